//! The plugin for Extism that is measured: returns what it is given.
//!
//! What comes back lies in Extism's memory already (`Memory`) where the value could be returned as well: that
//! saves a copy.

#![allow(unsafe_code, reason = "`plugin_fn` exports functions")]

use extism_pdk::{plugin_fn, FnResult, Json, Memory, Msgpack};
use serde::{Deserialize, Serialize};

/// The record `sample`.
#[derive(Serialize, Deserialize)]
struct Sample {
    x: f64,
    y: f64,
    label: String,
}

/// Adds two numbers, four bytes each.
#[plugin_fn]
pub fn add(numbers: u64) -> FnResult<u32> {
    let (a, b) = (numbers as u32, (numbers >> 32) as u32);
    Ok(a.wrapping_add(b))
}

/// A text.
#[plugin_fn]
pub fn echo_string(value: String) -> FnResult<Memory> {
    Ok(Memory::from_bytes(value)?)
}

/// Bytes.
#[plugin_fn]
pub fn echo_bytes(value: Vec<u8>) -> FnResult<Memory> {
    Ok(Memory::from_bytes(value)?)
}

/// Records as JSON.
#[plugin_fn]
pub fn echo_json(Json(value): Json<Vec<Sample>>) -> FnResult<Json<Vec<Sample>>> {
    Ok(Json(value))
}

/// Records as MessagePack.
#[plugin_fn]
pub fn echo_msgpack(Msgpack(value): Msgpack<Vec<Sample>>) -> FnResult<Msgpack<Vec<Sample>>> {
    Ok(Msgpack(value))
}
