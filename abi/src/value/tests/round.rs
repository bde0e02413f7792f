//! Values that fit, and values that do not.

use super::*;
use crate::contract::ARENA_BASE;
use crate::value::{HandleUse, Unfit};
use expect_test::expect;

/// The arguments come back from their buffer.
fn round(name: &str, arguments: &[Value]) -> Vec<u8> {
    let codec = codec();
    let function = number(&codec, name);
    let buffer = codec
        .encode_arguments(function, arguments)
        .expect("the values fit");
    let decoded = codec.decode_arguments(function, &buffer);
    assert_eq!(decoded.as_deref(), Ok(arguments), "{name}");
    let handles = codec.check_arguments(function, &buffer);
    assert!(handles.is_ok(), "{handles:?}");
    buffer
}

/// The result comes back from its buffer.
fn round_result(name: &str, result: &Value) -> Vec<u8> {
    let codec = codec();
    let function = number(&codec, name);
    let buffer = codec
        .encode_result(function, Some(result))
        .expect("the value fits");
    let decoded = codec.decode_result(function, &buffer);
    assert_eq!(decoded.as_ref(), Ok(&Some(result.clone())), "{name}");
    buffer
}

#[test]
fn values_come_back() {
    round(SAMPLE, &[sample()]);
    round_result(SAMPLE, &sample());
    for value in [
        shape(0, None),
        shape(1, Some(Value::F32(1.5))),
        shape(2, Some(Value::String(String::new()))),
        shape(3, Some(Value::U64(u64::MAX))),
        shape(4, Some(Value::List(vec![Value::Enum(0), Value::Enum(1)]))),
    ] {
        round(SHAPE, std::slice::from_ref(&value));
        round_result(SHAPE, &value);
    }
    round(NOTHING, &[]);
    round(UNITS, &[Value::List(vec![Value::Tuple(vec![]); 7])]);
    round(BYTES, &[Value::Bytes(vec![1, 2, 3])]);
    round_result(BYTES, &Value::String("text".into()));
    let bytes = Value::List(vec![Value::Bytes(vec![1, 2]), Value::Bytes(vec![])]);
    round(NESTED, &[Value::List(vec![Value::List(vec![bytes])])]);
}

#[test]
fn buffers_are_those_of_the_contract() {
    let scalars = [
        Value::Bool(true),
        Value::S8(-1),
        Value::F32(1.0),
        Value::Char('a'),
    ];
    let buffer = round(SCALARS, &scalars);
    let slots: Vec<u64> = buffer
        .chunks(8)
        .map(|slot| u64::from_le_bytes(slot.try_into().expect("has 8 bytes")))
        .collect();
    assert_eq!(slots, [1, 0xff, 0x3f80_0000, 0x61]);
    assert_eq!(
        round_result(SCALARS, &Value::S16(-2)),
        [0xfe, 0xff, 0, 0, 0, 0, 0, 0]
    );

    let text = round_result(BYTES, &Value::String("hi".into()));
    assert_eq!(text[..4], (ARENA_BASE + 8).to_le_bytes());
    assert_eq!(text[4..], *b"\x02\0\0\0hi");
    let codec = codec();
    let nothing = codec.encode_result(number(&codec, NOTHING), None);
    assert_eq!(nothing, Ok(vec![]));
}

#[test]
fn a_list_of_bytes_may_be_given_as_a_list() {
    let codec = codec();
    let function = number(&codec, BYTES);
    let list = Value::List(vec![Value::U8(1), Value::U8(2)]);
    assert_eq!(
        codec.encode_arguments(function, &[list]),
        codec.encode_arguments(function, &[Value::Bytes(vec![1, 2])])
    );
}

#[test]
fn the_bits_above_a_value_are_ignored() {
    let codec = codec();
    let function = number(&codec, SCALARS);
    let slots = [
        0xdead_beef_0001_0000_u64,
        0xaaaa_aaaa_aaaa_aa80,
        0xbbbb_bbbb_0000_0000,
        0xcccc_cccc_0000_0041,
    ];
    let buffer: Vec<u8> = slots.iter().flat_map(|slot| slot.to_le_bytes()).collect();
    let expected = [
        Value::Bool(true),
        Value::S8(-128),
        Value::F32(0.0),
        Value::Char('A'),
    ];
    assert_eq!(
        codec.decode_arguments(function, &buffer).as_deref(),
        Ok(&expected[..])
    );
}

#[test]
fn handles_are_listed_in_the_order_of_the_values() {
    let codec = codec();
    let function = number(&codec, FILES);
    let files = Value::List(vec![Value::Handle(3), Value::Handle(9)]);
    let arguments = [files, Value::Handle(4)];
    let buffer = round(FILES, &arguments);
    let found = codec.check_arguments(function, &buffer).expect("fits");
    let what =
        |found: &[HandleUse]| -> Vec<_> { found.iter().map(|it| (it.handle, it.owned)).collect() };
    assert_eq!(what(&found), [(3, true), (9, true), (4, false)]);
    assert!(found.iter().all(|it| it.resource == found[0].resource));
    for used in &found {
        assert_eq!(buffer[used.offset..][..4], used.handle.to_le_bytes());
    }

    let mut visited = Vec::new();
    for mut value in arguments {
        value.for_each_handle(&mut |handle| visited.push(*handle));
    }
    assert_eq!(visited, [3, 9, 4]);

    let drop = number(&codec, "[resource-drop]file");
    let buffer = codec
        .encode_arguments(drop, &[Value::Handle(7)])
        .expect("fits");
    let found = codec.check_arguments(drop, &buffer).expect("fits");
    assert_eq!(what(&found), [(7, true)]);
    assert_eq!(round_result(FILES, &some(Value::Handle(8))).len(), 8);
}

#[test]
fn a_value_that_does_not_fit_is_refused_where_it_is() {
    let codec = codec();
    let function = number(&codec, SAMPLE);
    let refusal = |position: usize, value: Value| {
        let Value::Record(mut fields) = sample() else {
            unreachable!("a sample is a record");
        };
        fields[position] = value;
        let refused = codec.encode_arguments(function, &[Value::Record(fields)]);
        refused.expect_err("does not fit").to_string()
    };
    let part = Value::Tuple(vec![Value::U16(1), some(Value::F32(0.0))]);
    let errors = [
        refusal(0, Value::U16(1)),
        refusal(1, Value::Enum(2)),
        refusal(2, shape(1, None)),
        refusal(2, shape(0, Some(Value::U8(1)))),
        refusal(3, Value::Flags(8)),
        refusal(4, Value::List(vec![part])),
        refusal(5, Value::FixedLengthList(vec![])),
        refusal(7, Value::Map(vec![(Value::U8(0), Value::U64(0))])),
    ];
    expect![[r#"
        at `it.small`: expected u8, found u16
        at `it.level`: there is no case number 2, only 2
        at `it.shape.square`: a value is missing
        at `it.shape.empty`: there is a value where none belongs
        at `it.access`: flags 0b1000 are more than the 3 of the type
        at `it.parts[0][1].some`: expected f64, found f32
        at `it.fixed`: expected 3 values, found 0
        at `it.table[0].key`: expected string, found u8"#]]
    .assert_eq(&errors.join("\n"));
    let count = codec.encode_arguments(function, &[]).map_err(|it| it.error);
    assert_eq!(
        count,
        Err(Unfit::Count {
            expected: 1,
            found: 0
        })
    );
    let unknown = codec.encode_result(99, None).map_err(|it| it.error);
    assert_eq!(unknown, Err(Unfit::NoFunction(99)));
}
