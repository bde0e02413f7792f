//! The calls of a world's functions.

use super::walks::Walks;
use super::{Text, import, table};
use crate::bridge::BridgeError;
use crate::bridge::module::record_size;
use crate::bridge::slots::value_type;
use first_class_abi::contract::SLOT_SIZE;
use first_class_abi::layout::{Form, Layouts};
use first_class_abi::wit_parser::abi::{AbiVariant, WasmType};
use first_class_abi::wit_parser::{Function, Type};
use first_class_abi::{CallShape, Callable, Callee, World};
use std::fmt::Write;
use wasm_encoder::ValType;

/// A function that a plugin has.
pub(super) struct Call<'a> {
    number: usize,
    callable: &'a Callable,
    shape: &'a CallShape,
    /// The core types of the import's parameters, without that for its result.
    params: Vec<WasmType>,
    arguments: Arguments,
    /// How many bytes its result takes where the plugin writes it, if it has one.
    result_size: Option<u32>,
    is_async: bool,
}

/// How a call's arguments go from its buffer to the import.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arguments {
    /// As core values, from slots.
    Flat,
    /// As the record that the buffer begins with.
    Record,
    /// As a record of this size, made of slots.
    Spread(u32),
}

impl<'a> Call<'a> {
    /// The calls of all functions, by their numbers.
    pub(super) fn of_world(
        world: &'a World,
        shapes: &'a [CallShape],
        lacks: &[u32],
        layouts: &Layouts,
    ) -> Result<Vec<Option<Call<'a>>>, BridgeError> {
        let numbered = (0..).zip(world.callables().iter().zip(shapes));
        let calls = numbered.map(|(number, (callable, shape))| {
            if lacks.contains(&number) {
                return Ok(None);
            }
            record_size(callable, shape)?;
            Ok(Some(Call::new(
                world,
                number as usize,
                callable,
                shape,
                layouts,
            )))
        });
        calls.collect()
    }

    fn new(
        world: &World,
        number: usize,
        callable: &'a Callable,
        shape: &'a CallShape,
        layouts: &Layouts,
    ) -> Self {
        let mut call = Call {
            number,
            callable,
            shape,
            params: shape.params.clone(),
            arguments: match shape.indirect_params {
                true => Arguments::Record,
                false => Arguments::Flat,
            },
            result_size: (shape.result_size > 0).then_some(shape.result_size as u32),
            is_async: false,
        };
        if let Callee::Function(function) = &callable.callee
            && function.kind.is_async()
        {
            call.make_async(world, function, layouts);
        }
        call
    }

    /// An `async` function takes fewer core values, and writes any result to memory.
    fn make_async(&mut self, world: &World, function: &Function, layouts: &Layouts) {
        let resolve = world.resolve();
        let mut signature = resolve.wasm_signature(AbiVariant::GuestImportAsync, function);
        if signature.retptr {
            signature.params.pop();
        }
        if signature.indirect_params && self.arguments == Arguments::Flat {
            let record = layouts.record(function.params.iter().map(|it| &it.ty));
            self.arguments = Arguments::Spread(record.unwrap_or_default().size);
        }
        self.params = signature.params;
        self.result_size = function.result.map(|ty| layouts.get(&ty).size);
        self.is_async = true;
    }

    /// Writes its import, what begins it, and what takes its result.
    pub(super) fn write(&self, walks: &mut Walks<'_>, text: &mut Text) {
        self.write_import(&mut text.imports);
        let begin = self.begin(walks);
        let result = self.result(walks);
        text.functions += &begin;
        text.functions += &result;
    }

    fn write_import(&self, imports: &mut String) {
        let module = match self.callable.interface.as_str() {
            "" => "$root",
            interface => interface,
        };
        let prefix = if self.is_async { "[async-lower]" } else { "" };
        let names = import(module, &format!("{prefix}{}", self.callable.name));
        let mut params: Vec<_> = self.params.iter().copied().map(type_name).collect();
        if self.has_return_pointer() {
            params.push("i32");
        }
        let result = match (self.is_async, self.shape.result) {
            (true, _) => "(result i32)".to_owned(),
            (false, Some(ty)) => format!("(result {})", type_name(ty)),
            (false, None) => String::new(),
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            imports,
            "(import {names} (func $import-{} (param {}) {result}))",
            self.number,
            params.join(" ")
        );
    }

    fn has_return_pointer(&self) -> bool {
        match self.is_async {
            true => self.result_size.is_some(),
            false => self.shape.indirect_result,
        }
    }

    fn begin(&self, walks: &mut Walks<'_>) -> String {
        let Call { number, shape, .. } = self;
        let arguments = self.place_arguments(walks);
        let place = match self.result_size {
            None => "(i32.const 0)".to_owned(),
            Some(size) => format!("(call $alloc (i32.const {size}))"),
        };
        let call = self.call();
        let least = shape.arguments_size;
        format!(
            "(func $begin-{number} (param $address i32) (param $length i32)
              (local $from i32) (local $at i32) (local $to i32) (local $it i32)
            (call $receive (local.get $address) (local.get $length) (i64.const {least}))
            {arguments}
            (local.set $it (call $begun (i32.const 0) (i32.const {number}) {place}))
            (call $called (local.get $it) {call}))\n"
        )
    }

    /// Sets `$at` to where the slots or the record lie that the import is called with.
    fn place_arguments(&self, walks: &mut Walks<'_>) -> String {
        let types = self.param_types();
        let size = self.shape.arguments_size;
        if let Arguments::Spread(size) = self.arguments {
            let spread = walks.spread_fields(types.iter().copied());
            let fix = walks.fix_fields(types.iter().copied(), Form::Memory);
            return format!(
                "(local.set $from (local.get $address))
                (local.set $to (call $room (i32.const {size})))
                {spread}(local.set $at (local.get $to))\n{fix}"
            );
        }
        let form = match self.arguments {
            Arguments::Record => Form::Memory,
            _ => Form::Slots,
        };
        if !types.iter().any(|ty| walks.is_deep(ty)) {
            return "(local.set $at (local.get $address))\n".to_owned();
        }
        let fix = walks.fix_fields(types.iter().copied(), form);
        format!("(local.set $at (call $front (i32.const {size})))\n{fix}")
    }

    fn param_types(&self) -> Vec<Type> {
        match &self.callable.callee {
            Callee::Function(function) => function.params.iter().map(|it| it.ty).collect(),
            Callee::Drop(_) => Vec::new(),
        }
    }

    /// The call, which leaves its status.
    fn call(&self) -> String {
        const PLACE: &str = "(i32.load offset=16 (local.get $it))";
        let mut arguments = match self.arguments {
            Arguments::Flat => self.slots(),
            Arguments::Record | Arguments::Spread(_) => "(local.get $at)".to_owned(),
        };
        if self.has_return_pointer() {
            arguments = format!("{arguments} {PLACE}");
        }
        let call = format!("(call $import-{} {arguments})", self.number);
        match self.shape.result {
            _ if self.is_async => call,
            None => format!("{call} (i32.const 2)"),
            Some(ty) => format!("(i64.store {PLACE} {}) (i32.const 2)", to_slot(ty, &call)),
        }
    }

    fn slots(&self) -> String {
        let slots = self.params.iter().enumerate().map(|(slot, ty)| {
            let load = type_name(*ty);
            format!("({load}.load offset={} (local.get $at))", slot * SLOT_SIZE)
        });
        slots.collect::<Vec<_>>().join(" ")
    }

    /// The function that puts the result into what goes out, in the form of the contract.
    fn result(&self, walks: &mut Walks<'_>) -> String {
        let body = match (&self.callable.callee, self.result_size) {
            (Callee::Function(function), Some(size)) => {
                let ty = function.result.as_ref();
                ty.map_or_else(String::new, |ty| self.result_of(walks, ty, size))
            }
            _ => String::new(),
        };
        let number = self.number;
        format!("(func $result-{number} (param $place i32) (local $at i32)\n{body})\n")
    }

    fn result_of(&self, walks: &mut Walks<'_>, ty: &Type, size: u32) -> String {
        if self.shape.result.is_none() {
            let fix = walks.fix(ty, Form::Memory, 0);
            return format!(
                "(drop (call $append (local.get $place) (i32.const {size}) (i32.const 8)))\n{fix}"
            );
        }
        let value = match self.is_async {
            true => walks.single(ty, 0),
            false => "(i64.load (local.get $place))".to_owned(),
        };
        format!(
            "(drop (call $reserve (i32.const 8) (i32.const 8)))
            (i64.store (global.get $base) {value})\n"
        )
    }
}

/// The tables of what begins a call, and of what takes its result.
pub(super) fn tables(calls: &[Option<Call<'_>>]) -> String {
    let of = |what: &'static str| {
        let numbers = calls.iter().map(move |call| {
            let number = call.as_ref()?.number;
            Some(format!("${what}-{number}"))
        });
        table(&format!("{what}s"), numbers)
    };
    of("begin") + &of("result")
}

fn type_name(ty: WasmType) -> &'static str {
    match value_type(ty) {
        ValType::I64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        _ => "i32",
    }
}

fn to_slot(ty: WasmType, value: &str) -> String {
    match value_type(ty) {
        ValType::I64 => value.to_owned(),
        ValType::F32 => format!("(i64.extend_i32_u (i32.reinterpret_f32 {value}))"),
        ValType::F64 => format!("(i64.reinterpret_f64 {value})"),
        _ => format!("(i64.extend_i32_u {value})"),
    }
}
