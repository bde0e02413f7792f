//! Random values there and back, through two implementations that are not ours.

use crate::ours::peer::WORLD;
use crate::peers::{POOL, Peer, Values};
use crate::python::Python;
use crate::{LONG, host, server};
use first_class_abi::value::{Codec, Value};
use first_class_abi::wit_parser::{Resolve, Type, TypeDefKind};
use first_class_abi::{Callee, World};
use first_class_host::backends::grpc::{Descriptors, Grpc, wit};
use first_class_host::{LoadError, Shim, ShimCtx, Source};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::{Config, TestRunner};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// At most this many elements of a list.
const MOST: usize = 4;

/// Values of a type, as they come back: maps in order, without keys twice.
fn values(resolve: &Resolve, ty: &Type) -> BoxedStrategy<Value> {
    let id = match ty {
        Type::Id(id) => *id,
        plain => return scalars(plain),
    };
    match &resolve.types[id].kind {
        TypeDefKind::Type(ty) => values(resolve, ty),
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter();
            let fields: Vec<_> = fields.map(|field| values(resolve, &field.ty)).collect();
            fields.prop_map(Value::Record).boxed()
        }
        TypeDefKind::Tuple(tuple) => {
            let types = tuple.types.iter();
            let types: Vec<_> = types.map(|ty| values(resolve, ty)).collect();
            types.prop_map(Value::Tuple).boxed()
        }
        TypeDefKind::Enum(cases) => {
            let count = cases.cases.len() as u32;
            (0..count).prop_map(Value::Enum).boxed()
        }
        TypeDefKind::Variant(variant) => {
            let cases = (0..).zip(&variant.cases).map(|(case, it)| match &it.ty {
                None => Just(Value::Variant {
                    case,
                    payload: None,
                })
                .boxed(),
                Some(ty) => values(resolve, ty)
                    .prop_map(move |value| Value::Variant {
                        case,
                        payload: Some(Box::new(value)),
                    })
                    .boxed(),
            });
            Union::new(cases.collect::<Vec<_>>()).boxed()
        }
        TypeDefKind::Option(some) => {
            let some = values(resolve, some).prop_map(|some| Some(Box::new(some)));
            prop_oneof![1 => Just(None), 3 => some]
                .prop_map(Value::Option)
                .boxed()
        }
        TypeDefKind::List(Type::U8) => vec(any::<u8>(), 0..=MOST).prop_map(Value::Bytes).boxed(),
        TypeDefKind::List(element) => vec(values(resolve, element), 0..=MOST)
            .prop_map(|items| Value::List(sorted(items)))
            .boxed(),
        TypeDefKind::Map(key, value) => {
            vec((values(resolve, key), values(resolve, value)), 0..=MOST)
                .prop_map(|entries| {
                    let pairs = entries
                        .into_iter()
                        .map(|(key, value)| Value::Tuple(vec![key, value]));
                    let pairs = sorted(pairs.collect()).into_iter();
                    Value::Map(pairs.map(pair).collect())
                })
                .boxed()
        }
        other => panic!("{other:?}"),
    }
}

fn pair(value: Value) -> (Value, Value) {
    match value {
        Value::Tuple(parts) => match <[Value; 2]>::try_from(parts) {
            Ok([key, value]) => (key, value),
            Err(parts) => panic!("{parts:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Entries of a map in order; other lists as they are.
fn sorted(mut items: Vec<Value>) -> Vec<Value> {
    fn key(value: &Value) -> (i64, &str) {
        match value {
            Value::Tuple(parts) => match &parts[0] {
                Value::Bool(it) => (i64::from(*it), ""),
                Value::S32(it) => (i64::from(*it), ""),
                Value::String(it) => (0, it),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }
    if matches!(items.first(), Some(Value::Tuple(_))) {
        items.sort_by(|a, b| key(a).cmp(&key(b)));
        items.dedup_by(|a, b| key(a) == key(b));
    }
    items
}

fn scalars(ty: &Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::S32 => any::<i32>().prop_map(Value::S32).boxed(),
        Type::S64 => any::<i64>().prop_map(Value::S64).boxed(),
        Type::U32 => any::<u32>().prop_map(Value::U32).boxed(),
        Type::U64 => any::<u64>().prop_map(Value::U64).boxed(),
        // Every pattern of bits, NaNs among them. A negative zero is as good as never one of them:
        // prost takes it for the default, which is not sent.
        Type::F32 => prop_oneof![4 => any::<u32>(), 1 => Just(0)]
            .prop_map(|bits| Value::F32(f32::from_bits(bits)))
            .boxed(),
        Type::F64 => prop_oneof![4 => any::<u64>(), 1 => Just(0)]
            .prop_map(|bits| Value::F64(f64::from_bits(bits)))
            .boxed(),
        Type::String => ".{0,6}".prop_map(Value::String).boxed(),
        other => panic!("{other:?}"),
    }
}

/// Sends random values through the source `peer`, and sees them come back.
fn check(mut caller: ShimCtx, cases: u32) {
    let world = Arc::new(World::decode(WORLD).expect("is a world"));
    let codec = Codec::new(world.clone()).expect("is a world");
    let echo = world
        .callables()
        .iter()
        .position(|it| it.name == "echo")
        .expect("is there");
    let Callee::Function(function) = &world.callables()[echo].callee else {
        panic!("it is a function");
    };
    let strategy = values(world.resolve(), &function.params[0].ty);
    let instance = caller.load("peer", WORLD).expect("loads");
    let caller = RefCell::new(caller);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let checked = TestRunner::new(config).run(&strategy, |value| {
        let arguments = codec.encode_arguments(echo as u32, std::slice::from_ref(&value));
        let arguments = arguments.expect("are arguments");
        let result = caller
            .borrow_mut()
            .invoke(instance, echo as u32, &arguments);
        let result = result.expect("is served");
        let result = codec
            .decode_result(echo as u32, &result)
            .expect("is a result");
        // A NaN is unequal to itself.
        prop_assert_eq!(format!("{:?}", result), format!("{:?}", Some(value)));
        Ok(())
    });
    checked.expect("all come back");
}

#[test]
fn values_come_back_through_prost() {
    let peer = Peer::values(&Values::default());
    check(host(server(&peer.address, "values.proto")).caller(), 500);
}

#[test]
fn values_come_back_through_python() {
    let Some(python) = Python::values() else {
        return;
    };
    check(host(server(&python.address, "values.proto")).caller(), 300);
}

#[test]
fn descriptors_of_a_stranger_do_no_harm() {
    let encoded = POOL.encode_to_vec();
    let changes = vec((any::<prop::sample::Index>(), any::<u8>()), 1..6);
    let config = Config {
        cases: 1000,
        failure_persistence: None,
        ..Config::default()
    };
    let whole = Cell::new(0);
    let checked = TestRunner::new(config).run(&changes, |changes| {
        let mut bytes = encoded.clone();
        for (at, byte) in changes {
            bytes[at.index(encoded.len())] = byte;
        }
        if let Ok(descriptors) = Descriptors::set(&bytes) {
            for service in descriptors.services().expect("is known") {
                whole.set(whole.get() + 1);
                // What is written is WIT, or nothing is.
                let _ = wit::of(&service);
            }
            let grpc = Grpc::new("http://127.0.0.1:1", descriptors).expect("is an endpoint");
            let source = Source::backend(grpc);
            let shim = Shim::builder()
                .source("peer", source)
                .deadline(LONG)
                .build();
            let loaded = shim.expect("builds").caller().load("peer", WORLD);
            let is_typed = matches!(loaded, Ok(_) | Err(LoadError::Misfit { .. }));
            prop_assert!(is_typed, "{loaded:?}");
        }
        Ok(())
    });
    checked.expect("does no harm");
    assert!(
        whole.get() > 100,
        "nearly all was refused, which shows little"
    );
}
