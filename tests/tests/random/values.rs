//! Random values of a type, and the same values for wasmtime's dynamic calls.

use crate::types::Ty;
use first_class_abi::value::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use wasmtime::component::Val;

/// At most this many elements of a list.
const MOST: usize = 4;

pub(crate) fn values(ty: &Ty) -> BoxedStrategy<Value> {
    match ty {
        Ty::Plain(name) => plain(name),
        Ty::List(element) if matches!(**element, Ty::Plain("u8")) => {
            vec(any::<u8>(), 0..=MOST).prop_map(Value::Bytes).boxed()
        }
        Ty::List(element) => vec(values(element), 0..=MOST).prop_map(Value::List).boxed(),
        Ty::FixedLengthList(element, length) => vec(values(element), *length)
            .prop_map(Value::FixedLengthList)
            .boxed(),
        Ty::Map(key, value) => vec((plain(key), values(value)), 0..=MOST)
            .prop_map(Value::Map)
            .boxed(),
        Ty::Record(types) => all(types).prop_map(Value::Record).boxed(),
        Ty::Tuple(types) => all(types).prop_map(Value::Tuple).boxed(),
        Ty::Variant(cases) => {
            let cases = cases.iter().enumerate().map(|(case, ty)| {
                payload(ty.as_ref()).prop_map(move |payload| Value::Variant {
                    case: case as u32,
                    payload,
                })
            });
            let cases: Vec<_> = cases.map(Strategy::boxed).collect();
            proptest::strategy::Union::new(cases).boxed()
        }
        Ty::Enum(count) => (0..*count as u32).prop_map(Value::Enum).boxed(),
        Ty::Flags(count) => {
            let mask = u32::MAX >> (32 - count);
            let flags = any::<u32>().prop_map(move |bits| Value::Flags(bits & mask));
            flags.boxed()
        }
        Ty::Option(some) => {
            let some = values(some).prop_map(|some| Value::Option(Some(Box::new(some))));
            prop_oneof![1 => Just(Value::Option(None)), 3 => some].boxed()
        }
        Ty::Result(ok, err) => {
            let ok = payload(ok.as_deref()).prop_map(|ok| Value::Result(Ok(ok)));
            let err = payload(err.as_deref()).prop_map(|err| Value::Result(Err(err)));
            prop_oneof![ok, err].boxed()
        }
    }
}

fn all(types: &[Ty]) -> impl Strategy<Value = Vec<Value>> + use<> {
    types.iter().map(values).collect::<Vec<_>>()
}

fn payload(ty: Option<&Ty>) -> BoxedStrategy<Option<Box<Value>>> {
    match ty {
        None => Just(None).boxed(),
        Some(ty) => values(ty).prop_map(|value| Some(Box::new(value))).boxed(),
    }
}

fn plain(name: &str) -> BoxedStrategy<Value> {
    match name {
        "bool" => any::<bool>().prop_map(Value::Bool).boxed(),
        "u8" => any::<u8>().prop_map(Value::U8).boxed(),
        "s8" => any::<i8>().prop_map(Value::S8).boxed(),
        "u16" => any::<u16>().prop_map(Value::U16).boxed(),
        "s16" => any::<i16>().prop_map(Value::S16).boxed(),
        "u32" => any::<u32>().prop_map(Value::U32).boxed(),
        "s32" => any::<i32>().prop_map(Value::S32).boxed(),
        "u64" => any::<u64>().prop_map(Value::U64).boxed(),
        "s64" => any::<i64>().prop_map(Value::S64).boxed(),
        // Every pattern of bits, NaNs among them.
        "f32" => any::<u32>()
            .prop_map(|bits| Value::F32(f32::from_bits(bits)))
            .boxed(),
        "f64" => any::<u64>()
            .prop_map(|bits| Value::F64(f64::from_bits(bits)))
            .boxed(),
        "char" => any::<char>().prop_map(Value::Char).boxed(),
        "string" => ".{0,6}".prop_map(Value::String).boxed(),
        _ => unreachable!("no plain type is named {name}"),
    }
}

/// The value as wasmtime has it.
pub(crate) fn to_val(ty: &Ty, value: &Value) -> Val {
    match (ty, value) {
        (Ty::List(element), Value::List(items)) => Val::List(each(element, items)),
        (_, Value::Bytes(bytes)) => Val::List(bytes.iter().copied().map(Val::U8).collect()),
        (Ty::FixedLengthList(element, _), Value::FixedLengthList(items)) => {
            Val::FixedLengthList(each(element, items))
        }
        (Ty::Map(key, of), Value::Map(entries)) => {
            let entries = entries.iter();
            let entry = |(k, v): &(Value, Value)| (to_val(&Ty::Plain(key), k), to_val(of, v));
            Val::Map(entries.map(entry).collect())
        }
        (Ty::Record(types), Value::Record(fields)) => {
            let fields = types.iter().zip(fields).enumerate();
            let field = |(index, (ty, field))| (format!("f{index}"), to_val(ty, field));
            Val::Record(fields.map(field).collect())
        }
        (Ty::Tuple(types), Value::Tuple(fields)) => {
            let fields = types.iter().zip(fields);
            Val::Tuple(fields.map(|(ty, field)| to_val(ty, field)).collect())
        }
        (Ty::Variant(cases), Value::Variant { case, payload }) => {
            let ty = cases[*case as usize].as_ref();
            Val::Variant(format!("c{case}"), payload_val(ty, payload))
        }
        (_, Value::Enum(case)) => Val::Enum(format!("c{case}")),
        (Ty::Flags(count), Value::Flags(bits)) => {
            let set = (0..*count).filter(|flag| bits >> flag & 1 == 1);
            Val::Flags(set.map(|flag| format!("b{flag}")).collect())
        }
        (Ty::Option(some), Value::Option(payload)) => Val::Option(payload_val(Some(some), payload)),
        (Ty::Result(ok, err), Value::Result(result)) => Val::Result(match result {
            Ok(payload) => Ok(payload_val(ok.as_deref(), payload)),
            Err(payload) => Err(payload_val(err.as_deref(), payload)),
        }),
        (_, plain) => plain_val(plain),
    }
}

fn each(element: &Ty, items: &[Value]) -> Vec<Val> {
    items.iter().map(|item| to_val(element, item)).collect()
}

fn payload_val(ty: Option<&Ty>, payload: &Option<Box<Value>>) -> Option<Box<Val>> {
    let (ty, payload) = (ty?, payload.as_ref()?);
    Some(Box::new(to_val(ty, payload)))
}

fn plain_val(value: &Value) -> Val {
    match value {
        Value::Bool(it) => Val::Bool(*it),
        Value::U8(it) => Val::U8(*it),
        Value::S8(it) => Val::S8(*it),
        Value::U16(it) => Val::U16(*it),
        Value::S16(it) => Val::S16(*it),
        Value::U32(it) => Val::U32(*it),
        Value::S32(it) => Val::S32(*it),
        Value::U64(it) => Val::U64(*it),
        Value::S64(it) => Val::S64(*it),
        Value::F32(it) => Val::Float32(*it),
        Value::F64(it) => Val::Float64(*it),
        Value::Char(it) => Val::Char(*it),
        Value::String(it) => Val::String(it.clone()),
        other => unreachable!("a {} is not plain", other.kind()),
    }
}
