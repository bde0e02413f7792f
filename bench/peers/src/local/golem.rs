//! Golem: values to the form in which its components pass them, and back, without any engine.
//!
//! Both sides begin and end with a tree of values of any type, as who forwards calls has them.

use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Context, Result};
use first_class_abi::World;
use first_class_abi::value::{Codec, Value};
use first_class_abi::wit_parser::Resolve;
use first_class_bench_common::measure::Contender;
use golem_wasm_rpc::WitValue;

use super::{check, workload};
use crate::callers::repeated;
use crate::cases::Pair;

/// The world of the plugin.
const WIT: &str = include_str!("../../../wit/calls/calls.wit");

/// Encodes and decodes a list of records.
pub(crate) fn records(length: u32) -> Result<Pair> {
    Ok(Pair {
        contenders: [wit_value(length)?, codec(length)?],
        _server: Box::new(()),
    })
}

/// A `WitValue`, into which the tree goes.
fn wit_value(length: u32) -> Result<Contender> {
    use golem_wasm_rpc::Value;
    let record =
        |(x, y, label)| Value::Record(vec![Value::F64(x), Value::F64(y), Value::String(label)]);
    let records = Value::List(workload::records(length).map(record).collect());
    passing("golem-wasm-rpc", records, |value| {
        let encoded = WitValue::from(value);
        Ok(black_box(encoded).into())
    })
}

/// A buffer of the contract, as backends write and read them.
fn codec(length: u32) -> Result<Contender> {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("calls.wit", WIT)?;
    let world = resolve.select_world(&[package], Some("plugin"))?;
    let world = World::new(resolve, world);
    let mut functions = world.callables().iter();
    let function = functions.position(|function| function.name == "echo-samples");
    let function = u32::try_from(function.context("the function is not there")?)?;
    let codec = Codec::new(Arc::new(world))?;
    let record =
        |(x, y, label)| Value::Record(vec![Value::F64(x), Value::F64(y), Value::String(label)]);
    let records = Value::List(workload::records(length).map(record).collect());
    passing("codec", records, move |value| {
        let encoded = codec.encode_result(function, Some(&value))?;
        let decoded = codec.decode_result(function, black_box(&encoded))?;
        decoded.context("there is no result")
    })
}

/// Encodes and decodes a value over and over, which has come out as it went in.
fn passing<V: Clone + PartialEq + 'static>(
    name: &'static str,
    value: V,
    mut pass: impl FnMut(V) -> Result<V> + 'static,
) -> Result<Contender> {
    let passed = pass(value.clone())?;
    check(passed == value)?;
    let mut value = Some(passed);
    Ok(repeated(name, move || {
        let passed = value.take().context("the last pass has failed")?;
        value = Some(pass(passed)?);
        Ok(())
    }))
}
