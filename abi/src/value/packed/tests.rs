//! Packed values, and bytes that are none. What other implementations pack is compared with in the
//! tests of the whole system.

use crate::World;
use crate::value::{Codec, Value};
use expect_test::expect;
use proptest::prelude::*;
use std::sync::Arc;
use wit_parser::Resolve;

const WIT: &str = "
    package t:t;
    interface i {
        flags few { a, b, c }
        flags more { a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6 }
        enum level { low, high }
        variant shape { empty, square(f32), named(string), many(list<level>) }
        record sample {
            small: u8, level: level, shape: shape, few: few, more: more,
            parts: list<tuple<u16, option<f64>>>, outcome: result<_, char>, raw: list<u8>,
        }
        a-sample: func(it: sample) -> result<sample, string>;
        b-numbers: func(a: s8, b: u16, c: s16, d: u32, e: s32, f: u64, g: s64) -> bool;
        c-nothing: func();
        d-units: func(it: list<tuple<>>);
        e-map: func(it: map<string, u8>);
        f-chars: func(it: list<char>);
    }
    world w { export i; }";

const SAMPLE: u32 = 0;
const NUMBERS: u32 = 1;
const NOTHING: u32 = 2;
const UNITS: u32 = 3;
const MAP: u32 = 4;
const CHARS: u32 = 5;

const MOST: u64 = 1 << 20;

fn codec() -> Codec {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("t.wit", WIT).expect("valid WIT");
    let world = resolve.select_world(&[package], None).expect("is there");
    Codec::new(Arc::new(World::new(resolve, world))).expect("no type is too large")
}

fn boxed(value: Value) -> Option<Box<Value>> {
    Some(Box::new(value))
}

fn sample() -> Value {
    let part = |number, float: Option<f64>| {
        let float = float.map(|float| Box::new(Value::F64(float)));
        Value::Tuple(vec![Value::U16(number), Value::Option(float)])
    };
    Value::Record(vec![
        Value::U8(200),
        Value::Enum(1),
        Value::Variant {
            case: 2,
            payload: boxed(Value::String("ß".into())),
        },
        Value::Flags(0b101),
        Value::Flags(1 << 16),
        Value::List(vec![part(300, Some(-0.5)), part(1, None)]),
        Value::Result(Err(boxed(Value::Char('🦀')))),
        Value::Bytes(vec![1, 2]),
    ])
}

#[test]
fn bytes_are_those_of_the_binary_format() {
    let codec = codec();
    let packed = codec.pack_arguments(SAMPLE, &[sample()]).expect("fits");
    #[rustfmt::skip]
    let expected = [
        200, // small
        1, // level
        2, 2, 0xc3, 0x9f, // shape
        0b101, // few
        0, 0, 1, // more
        2, 0xac, 2, 1, 0, 0, 0, 0, 0, 0, 0xe0, 0xbf, 1, 0, // parts
        1, 0xf0, 0x9f, 0xa6, 0x80, // outcome
        2, 1, 2, // raw
    ];
    assert_eq!(packed, expected);
    let read = codec.unpack_arguments(SAMPLE, &packed, MOST);
    assert_eq!(read, Ok(vec![sample()]));

    let result = Value::Result(Ok(boxed(sample())));
    let packed = codec.pack_result(SAMPLE, Some(&result)).expect("fits");
    assert_eq!(packed, [&[0], &expected[..]].concat());
    let read = codec.unpack_result(SAMPLE, &packed, MOST);
    assert_eq!(read, Ok(Some(result)));
    assert_eq!(codec.pack_arguments(NOTHING, &[]), Ok(Vec::new()));
    assert_eq!(codec.pack_result(NOTHING, None), Ok(Vec::new()));
    assert_eq!(codec.unpack_result(NOTHING, &[], MOST), Ok(None));
}

#[test]
fn numbers_come_back_at_their_ends() {
    let codec = codec();
    let least = [
        Value::S8(i8::MIN),
        Value::U16(0),
        Value::S16(i16::MIN),
        Value::U32(0),
        Value::S32(i32::MIN),
        Value::U64(0),
        Value::S64(i64::MIN),
    ];
    let most = [
        Value::S8(i8::MAX),
        Value::U16(u16::MAX),
        Value::S16(i16::MAX),
        Value::U32(u32::MAX),
        Value::S32(i32::MAX),
        Value::U64(u64::MAX),
        Value::S64(i64::MAX),
    ];
    for numbers in [least, most] {
        let packed = codec.pack_arguments(NUMBERS, &numbers).expect("fits");
        let read = codec.unpack_arguments(NUMBERS, &packed, MOST);
        assert_eq!(read.as_deref(), Ok(&numbers[..]));
    }
}

#[test]
fn what_is_wrong_is_said_and_where() {
    let codec = codec();
    let refusal = |function, packed: &[u8], most| {
        let refused = codec.unpack_arguments(function, packed, most);
        refused.expect_err("is malformed").to_string()
    };
    let errors = [
        refusal(SAMPLE, &[], MOST),
        refusal(SAMPLE, &[1, 2], MOST),
        refusal(SAMPLE, &[1, 0, 4], MOST),
        refusal(SAMPLE, &[1, 0, 2, 200], MOST),
        refusal(SAMPLE, &[1, 0, 2, 1, 0xff], MOST),
        refusal(SAMPLE, &[1, 0, 0, 8], MOST),
        refusal(SAMPLE, &[1, 0, 3, 0xff, 0xff, 0xff, 0xff, 0x0f], MOST),
        refusal(SAMPLE, &[1, 0, 3, 0xff, 0xff, 0xff, 0xff, 0x1f], MOST),
        refusal(SAMPLE, &[1, 0, 0, 0, 0, 0, 0, 1, 1, 2], MOST),
        refusal(NUMBERS, &[1, 0xff, 0xff, 0xff, 1], MOST),
        refusal(NUMBERS, &[1, 1, 0x80, 0x80, 0x02], MOST),
        refusal(NOTHING, &[1, 2, 3], MOST),
        refusal(UNITS, &[100], 99),
        refusal(MAP, &[0], MOST),
        refusal(CHARS, &[1, 0xed, 0xa0, 0x80], MOST),
        refusal(CHARS, &[1, 0x80], MOST),
        refusal(99, &[], MOST),
    ];
    expect![[r#"
        at `it.small`: 1 bytes are missing at least
        at `it.level`: there is no case number 2, only 2
        at `it.shape`: there is no case number 4, only 4
        at `it.shape.named`: 1 bytes are missing at least
        at `it.shape.named`: the string is not UTF-8
        at `it.few`: flags 0b1000 are more than the 3 of the type
        at `it.shape.many`: the values take more than 1048576 bytes
        at `it.shape.many`: the number does not fit into 32 bits
        at `it.parts[0][1]`: there is no case number 2, only 2
        at `b`: the number does not fit into 16 bits
        at `c`: the number does not fit into 16 bits
        3 bytes are left over
        at `it`: the values take more than 99 bytes
        at `it`: a value of type `a map` cannot be read from a buffer
        at `it[0]`: the string is not UTF-8
        at `it[0]`: the string is not UTF-8
        the world has no function number 99"#]]
    .assert_eq(&errors.join("\n"));
    let error = codec.pack_arguments(MAP, &[Value::Map(vec![])]);
    let error = error.expect_err("is not packed").to_string();
    assert_eq!(
        error,
        "at `it`: a value of type `a map` cannot be written to a buffer"
    );
}

#[test]
fn a_beginning_says_how_much_is_missing() {
    let codec = codec();
    let packed = codec.pack_arguments(SAMPLE, &[sample()]).expect("fits");
    for end in 0..packed.len() {
        let read = codec.unpack_arguments(SAMPLE, &packed[..end], MOST);
        let missing = read.expect_err("is too short").missing();
        let missing = missing.expect("is a beginning");
        assert!(
            (1..=packed.len() - end).contains(&missing),
            "{end}: {missing}"
        );
    }
}

/// All that a byte can stand for costs the reader no more than the bytes it has, and what it may take.
#[test]
fn lengths_are_not_believed() {
    let codec = codec();
    let list = [1, 0, 3, 0x80, 0x80, 0x40]; // a million levels
    let read = codec.unpack_arguments(SAMPLE, &list, MOST);
    assert_eq!(read.expect_err("has none of them").missing(), Some(1 << 20));
    let units = [0xff, 0xff, 0x3f];
    let read = codec.unpack_arguments(UNITS, &units, MOST);
    assert_eq!(
        read.expect("costs as much"),
        [Value::List(vec![Value::Tuple(vec![]); 0xf_ffff])]
    );
}

proptest! {
    #[test]
    fn any_bytes_are_values_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let codec = codec();
        for function in 0..6 {
            if let Ok(values) = codec.unpack_arguments(function, &bytes, MOST) {
                let packed = codec.pack_arguments(function, &values).expect("were read");
                let again = codec.unpack_arguments(function, &packed, MOST);
                // A NaN is unequal to itself.
                prop_assert_eq!(format!("{again:?}"), format!("{:?}", Ok::<_, ()>(values)));
            }
            let _ = codec.unpack_result(function, &bytes, MOST);
        }
    }
}
