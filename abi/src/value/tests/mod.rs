//! Values to buffers and back, and buffers that are wrong.

mod hostile;
mod round;

use super::{Codec, Value};
use crate::World;
use std::sync::Arc;
use wit_parser::Resolve;

/// Functions of many shapes. Their numbers follow from their names.
const WIT: &str = "
    package t:t;
    interface i {
        resource file { read: func(at: u64) -> list<u8>; }
        flags access { read, write, execute }
        enum level { low, high }
        variant shape { empty, square(f32), named(string), big(u64), many(list<level>) }
        record sample {
            small: u8, level: level, shape: shape, access: access,
            parts: list<tuple<u16, option<f64>>>, fixed: list<s16, 3>,
            outcome: result<_, char>, table: map<string, u64>,
        }
        a-shape: func(it: shape) -> shape;
        b-sample: func(it: sample) -> sample;
        c-scalars: func(a: bool, b: s8, c: f32, d: char) -> s16;
        d-nested: func(it: list<list<list<list<u8>>>>) -> list<list<list<list<bool>>>>;
        e-nothing: func();
        f-files: func(all: list<own<file>>, one: borrow<file>) -> option<file>;
        g-units: func(it: list<tuple<>>);
        h-bytes: func(it: list<u8>) -> string;
    }
    world w { export i; }";

const SHAPE: &str = "a-shape";
const SAMPLE: &str = "b-sample";
const SCALARS: &str = "c-scalars";
const NESTED: &str = "d-nested";
const NOTHING: &str = "e-nothing";
const FILES: &str = "f-files";
const UNITS: &str = "g-units";
const BYTES: &str = "h-bytes";

fn codec() -> Codec {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("t.wit", WIT).expect("valid WIT");
    let world = resolve
        .select_world(&[package], None)
        .expect("there is one");
    Codec::new(Arc::new(World::new(resolve, world))).expect("no type is too large")
}

fn number(codec: &Codec, name: &str) -> u32 {
    let mut callables = codec.world().callables().iter();
    let found = callables.position(|callable| callable.name == name);
    found.expect("is in the world") as u32
}

fn some(value: Value) -> Value {
    Value::Option(Some(Box::new(value)))
}

fn shape(case: u32, payload: Option<Value>) -> Value {
    Value::Variant {
        case,
        payload: payload.map(Box::new),
    }
}

/// A value of type `sample`.
fn sample() -> Value {
    let part = |number, float| Value::Tuple(vec![Value::U16(number), float]);
    Value::Record(vec![
        Value::U8(200),
        Value::Enum(1),
        shape(2, Some(Value::String("ålesund".into()))),
        Value::Flags(0b101),
        Value::List(vec![
            part(1, some(Value::F64(-0.5))),
            part(65535, Value::Option(None)),
        ]),
        Value::FixedLengthList(vec![Value::S16(-1), Value::S16(0), Value::S16(i16::MIN)]),
        Value::Result(Err(Some(Box::new(Value::Char('ß'))))),
        Value::Map(vec![
            (Value::String("a".into()), Value::U64(u64::MAX)),
            (Value::String(String::new()), Value::U64(0)),
        ]),
    ])
}
