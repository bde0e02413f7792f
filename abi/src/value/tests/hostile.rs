//! Buffers that nobody's encoder writes.

use super::*;
use crate::contract::ARENA_BASE;
use crate::value::{At, Malformed};
use expect_test::expect;
use proptest::prelude::*;

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn refusal(name: &str, buffer: &[u8]) -> String {
    let codec = codec();
    let refused = codec.decode_arguments(number(&codec, name), buffer);
    refused.expect_err("is malformed").to_string()
}

#[test]
fn what_is_wrong_is_said_and_where() {
    let list = |address, length| words(&[address, 0, length, 0]);
    let text = |address, length| words(&[2, 0, address, 0, length, 0]);
    let base = ARENA_BASE;
    let errors = [
        refusal(SAMPLE, &[0; 20]),
        refusal(SHAPE, &words(&[5, 0, 0, 0, 0, 0])),
        refusal(SHAPE, &words(&[256, 0, 0, 0, 0, 0])),
        refusal(SHAPE, &text(base + 20, 5)),
        refusal(SHAPE, &text(base - 1, 1)),
        refusal(SHAPE, &text(base, u32::MAX)),
        refusal(SHAPE, &text(u32::MAX, 2)),
        refusal(SHAPE, &text(base + 25, 0)),
        refusal(SHAPE, &[text(base + 24, 1), vec![0xff]].concat()),
        refusal(SHAPE, &words(&[4, 0, base, 0, 2, 0])),
        refusal(NESTED, &list(base + 2, 0)),
        refusal(NESTED, &list(base, 1 << 29)),
        refusal(SCALARS, &words(&[0, 0, 0, 0, 0, 0, 0xd800, 0])),
        refusal(UNITS, &list(base, u32::MAX)),
    ];
    expect![[r#"
        the buffer has 20 bytes, and the values alone take 120
        at `it`: there is no case number 5, only 5
        at `it`: there is no case number 256, only 5
        at `it.named`: 5 bytes at address 1044 do not lie in the buffer
        at `it.named`: 1 bytes at address 1023 do not lie in the buffer
        at `it.named`: 4294967295 bytes at address 1024 do not lie in the buffer
        at `it.named`: 2 bytes at address 4294967295 do not lie in the buffer
        at `it.named`: 0 bytes at address 1049 do not lie in the buffer
        at `it.named`: the string is not UTF-8
        at `it.many[0]`: there is no case number 4, only 2
        at `it`: address 1026 is not aligned to 4 bytes
        at `it`: 4294967296 bytes at address 1024 do not lie in the buffer
        at `d`: 0xd800 is not a character
        at `it`: strings and lists overlap so much that they are many times as large as the buffer"#]]
    .assert_eq(&errors.join("\n"));
}

/// A list whose elements are all itself, four types deep, stands for 2^48 bytes.
#[test]
fn what_overlaps_is_bounded() {
    let codec = codec();
    let length = 1 << 12;
    let mut buffer = words(&[ARENA_BASE + 16, 0, length, 0]);
    for _ in 0..length {
        buffer.extend(words(&[ARENA_BASE + 16, length]));
    }
    for refused in [
        codec
            .decode_arguments(number(&codec, NESTED), &buffer)
            .err(),
        codec.check_arguments(number(&codec, NESTED), &buffer).err(),
    ] {
        assert!(matches!(
            refused,
            Some(At {
                error: Malformed::Overlapping,
                ..
            })
        ));
    }
}

#[test]
fn an_empty_list_may_lie_below_the_buffer() {
    let codec = codec();
    let decoded = codec.decode_arguments(number(&codec, NESTED), &words(&[0, 0, 0, 0]));
    assert_eq!(decoded, Ok(vec![Value::List(vec![])]));
}

#[test]
fn a_little_sharing_is_allowed() {
    let codec = codec();
    let mut buffer = words(&[ARENA_BASE + 16, 0, 2, 0]);
    let shared = words(&[ARENA_BASE + 32, 1]);
    buffer.extend(shared.repeat(2));
    buffer.extend(words(&[ARENA_BASE + 40, 1, ARENA_BASE, 3]));
    let decoded = codec.decode_arguments(number(&codec, NESTED), &buffer);
    let Ok([Value::List(outer)]) = decoded.as_deref() else {
        panic!("{decoded:?}");
    };
    assert_eq!(outer[0], outer[1]);
}

/// Words that are more often an address, a length or a discriminant than any bytes would be.
fn likely() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        4 => 0..8_u32,
        4 => (0..64_u32).prop_map(|word| ARENA_BASE + 4 * word),
        1 => any::<u32>(),
    ];
    proptest::collection::vec(word, 0..120).prop_map(|list| words(&list))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Any bytes are values or are refused, by both ways of reading; and values that were read
    /// can be written and read again.
    #[test]
    fn any_bytes_are_values_or_refused(
        bytes in prop_oneof![likely(), proptest::collection::vec(any::<u8>(), 0..300)],
    ) {
        let codec = codec();
        for function in 0..codec.world().callables().len() as u32 {
            let decoded = codec.decode_arguments(function, &bytes);
            let checked = codec.check_arguments(function, &bytes);
            prop_assert_eq!(decoded.as_ref().err(), checked.as_ref().err());
            if let Ok(values) = decoded {
                let written = codec.encode_arguments(function, &values).expect("fits its type");
                let again = codec.decode_arguments(function, &written);
                // Fewer bytes may stand for fewer values, also of those that take none.
                if written.len() < bytes.len() && again.is_err() {
                    continue;
                }
                let again = again.expect("is well-formed");
                // A NaN is not equal to itself, but its bits are.
                prop_assert_eq!(codec.encode_arguments(function, &again), Ok(written));
            }
            let decoded = codec.decode_result(function, &bytes);
            let checked = codec.check_result(function, &bytes);
            prop_assert_eq!(decoded.as_ref().err(), checked.as_ref().err());
            if let Ok(value) = decoded {
                codec.encode_result(function, value.as_ref()).expect("fits its type");
            }
        }
    }
}
