//! Core values in slots.

use first_class_abi::wit_parser::abi::WasmType;
use wasm_encoder::{InstructionSink, MemArg, ValType};

/// Pushes what is in a slot, which lies so many bytes behind the address on the stack.
pub(super) fn load_slot(code: &mut InstructionSink<'_>, offset: u32, ty: WasmType) {
    match value_type(ty) {
        ValType::I64 => code.i64_load(at(offset, 3)),
        ValType::F32 => code.f32_load(at(offset, 2)),
        ValType::F64 => code.f64_load(at(offset, 3)),
        _ => code.i32_load(at(offset, 2)),
    };
}

pub(super) fn from_slot(code: &mut InstructionSink<'_>, ty: WasmType) {
    match value_type(ty) {
        ValType::I64 => code,
        ValType::F32 => code.i32_wrap_i64().f32_reinterpret_i32(),
        ValType::F64 => code.f64_reinterpret_i64(),
        _ => code.i32_wrap_i64(),
    };
}

pub(super) fn to_slot(code: &mut InstructionSink<'_>, ty: WasmType) {
    match value_type(ty) {
        ValType::I64 => code,
        ValType::F32 => code.i32_reinterpret_f32().i64_extend_i32_u(),
        ValType::F64 => code.i64_reinterpret_f64(),
        _ => code.i64_extend_i32_u(),
    };
}

/// The core type of a flattened value in a 32-bit memory.
pub(super) fn value_type(ty: WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}

pub(super) fn at(offset: u32, align: u32) -> MemArg {
    MemArg {
        offset: offset.into(),
        align,
        memory_index: 0,
    }
}
