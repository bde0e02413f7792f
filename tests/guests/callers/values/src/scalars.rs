//! Numbers, `bool` and `char`.

use crate::values::ScalarsView;

macro_rules! check {
    ($view:ident, $($method:ident: [$($value:expr),*];)*) => {
        $($(assert_eq!($view.$method($value), Ok($value));)*)*
    };
}

pub(crate) fn check(view: &ScalarsView<'_>) {
    check! { view,
        echo_bool: [true, false];
        echo_u8: [0, 1, u8::MAX];
        echo_s8: [0, -1, i8::MIN, i8::MAX];
        echo_u16: [0, 1, u16::MAX];
        echo_s16: [0, -1, i16::MIN, i16::MAX];
        echo_u32: [0, 1, u32::MAX];
        echo_s32: [0, -1, i32::MIN, i32::MAX];
        echo_u64: [0, 1, u64::MAX];
        echo_s64: [0, -1, i64::MIN, i64::MAX];
        echo_f32: [0.0, -1.5, f32::MIN, f32::MAX, f32::INFINITY, f32::MIN_POSITIVE];
        echo_f64: [0.0, -1.5, f64::MIN, f64::MAX, f64::NEG_INFINITY, f64::MIN_POSITIVE];
        echo_char: ['\0', 'a', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}'];
    }
    check_nans(view);
}

/// NaNs come back as NaNs. Wasm may choose their payload; ours keeps it, and a zero keeps its sign.
fn check_nans(view: &ScalarsView<'_>) {
    for bits in [0x7fc0_0001, 0xffc1_2345] {
        let value = view.echo_f32(f32::from_bits(bits)).expect("is alive");
        assert_eq!(value.to_bits(), bits);
    }
    for bits in [0x7ff8_dead_beef_0001, 0xfff8_0000_0000_0042] {
        let value = view.echo_f64(f64::from_bits(bits)).expect("is alive");
        assert_eq!(value.to_bits(), bits);
    }
    let zero = view.echo_f64(-0.0).expect("is alive");
    assert!(zero.is_sign_negative());
}
