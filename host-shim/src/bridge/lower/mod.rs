//! The core module of a lower bridge: the imports of a plugin that its caller serves.
//!
//! Each served function writes its arguments into a buffer at the start of the arena, hands it to
//! the host's `callback`, and returns what lies in the buffer that comes back. Adapters allocate
//! from the end of the arena's front on, which has room for the slots or the record of any
//! function, so the buffer has the form of the contract without anything being moved but records.
//! A function that needs no buffer goes to `callback-scalar`.
//!
//! An `own` of a resource that the caller implements is a handle on one side of the lower bridge
//! and the caller's own number on the other. Where such handles lie in a buffer follows from its
//! type; the host says it (`handles`), and a loop here exchanges them.

mod handles;

use crate::bridge::BridgeError;
use crate::bridge::arena::{MAX_PAGES, TOP, pages, realloc};
use crate::bridge::exposed::EXCHANGES;
use crate::bridge::module::record_size;
use crate::bridge::served::{Served, ServedFunction};
use crate::bridge::slots::{at, from_slot, load_slot, to_slot, value_type};
use first_class_abi::CallShape;
use first_class_abi::contract::{ARENA_BASE, MAX_FLAT_PARAMS, SCALAR_PARAMS, SLOT_SIZE};
use first_class_abi::wit_parser::TypeId;
use first_class_abi::wit_parser::abi::WasmType;
use handles::{GOES_OUT, INTRINSICS, bring_in, make, take, take_out};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    InstructionSink, MemorySection, MemoryType, Module, RefType, TableSection, TableType,
    TypeSection, ValType,
};

/// Where `callback` and `handles` leave the address and the length of their results.
const RETURN_AREA: u32 = 16;

/// Imports: the host's functions, and three for each resource from here on.
const CALLBACK: u32 = 0;
const HANDLES: u32 = 1;
const CALLBACK_SCALAR: u32 = 2;
const FIRST_INTRINSIC: u32 = 3;

/// Type indices; the types of the served functions follow.
const CALLBACK_TYPE: u32 = 0;
const HANDLES_TYPE: u32 = 1;
const EXCHANGE_TYPE: u32 = 2;
const DROP_TYPE: u32 = 3;
const REALLOC_TYPE: u32 = 4;
const LOOP_TYPE: u32 = 5;
const SCALAR_TYPE: u32 = 6;
const FIRST_SERVED_TYPE: u32 = 7;

/// Generates the module for the functions that are served; `host` is the interface by which it
/// calls the host.
pub(super) fn generate(
    served: &Served<'_>,
    exposed: &[TypeId],
    host: &str,
) -> Result<Vec<u8>, BridgeError> {
    let layout = Layout::new(served, exposed)?;
    let mut module = Module::new();
    module
        .section(&layout.types())
        .section(&layout.imports(host))
        .section(&layout.declarations())
        .section(&layout.table())
        .section(&layout.memory())
        .section(&layout.globals())
        .section(&layout.exports())
        .section(&layout.elements())
        .section(&layout.code());
    Ok(module.finish())
}

/// Where everything lies. The functions that are defined: one for each that is served, a destructor
/// for each resource, two functions for each that the upper bridge exchanges, the two loops over
/// handles, and the allocator.
struct Layout<'a> {
    served: &'a Served<'a>,
    /// The places of the resources that the upper bridge exchanges.
    exposed: Vec<u32>,
    /// The end of the arena's front.
    front: u32,
    largest_result: usize,
}

impl<'a> Layout<'a> {
    fn new(served: &'a Served<'a>, exposed: &[TypeId]) -> Result<Self, BridgeError> {
        let mut front = MAX_FLAT_PARAMS * SLOT_SIZE;
        let mut largest_result = 0;
        for function in &served.functions {
            let shape = function.shape;
            record_size(function.callable, shape)?;
            front = front.max(shape.arguments_size.next_multiple_of(SLOT_SIZE));
            largest_result = largest_result.max(shape.result_size);
        }
        let place = |id: &TypeId| served.resources.iter().position(|it| it.id == *id);
        let exposed = exposed.iter().filter_map(place);
        Ok(Layout {
            served,
            exposed: exposed.map(|place| place as u32).collect(),
            front: ARENA_BASE + front as u32,
            largest_result,
        })
    }

    fn resources(&self) -> u32 {
        self.served.resources.len() as u32
    }

    fn first_function(&self) -> u32 {
        FIRST_INTRINSIC + self.resources() * INTRINSICS
    }

    fn first_destructor(&self) -> u32 {
        self.first_function() + self.served.functions.len() as u32
    }

    fn first_exchange(&self) -> u32 {
        self.first_destructor() + self.resources()
    }

    /// The loop that makes numbers of handles.
    fn take_out(&self) -> u32 {
        self.first_exchange() + 2 * self.exposed.len() as u32
    }

    /// The loop that makes handles of numbers.
    fn bring_in(&self) -> u32 {
        self.take_out() + 1
    }

    fn realloc(&self) -> u32 {
        self.bring_in() + 1
    }

    fn types(&self) -> TypeSection {
        use ValType::{I32, I64};
        let mut section = TypeSection::new();
        section.ty().function([I32; 4], []);
        section.ty().function([I32; 5], []);
        section.ty().function([I32], [I32]);
        section.ty().function([I32], []);
        section.ty().function([I32; 4], [I32]);
        section.ty().function([], []);
        let scalars = [I64; SCALAR_PARAMS];
        section
            .ty()
            .function([&[I32], &scalars[..]].concat(), [I64]);
        for ServedFunction { shape, .. } in &self.served.functions {
            let params = shape.params.iter().copied().map(value_type);
            let result = match shape.indirect_result {
                true => Some(I32),
                false => shape.result.map(value_type),
            };
            section.ty().function(params.collect::<Vec<_>>(), result);
        }
        section
    }

    fn imports(&self, host: &str) -> ImportSection {
        let mut section = ImportSection::new();
        section
            .import(host, "callback", EntityType::Function(CALLBACK_TYPE))
            .import(host, "handles", EntityType::Function(HANDLES_TYPE))
            .import(host, "callback-scalar", EntityType::Function(SCALAR_TYPE));
        for resource in &self.served.resources {
            let module = format!("[export]{}", resource.interface);
            let name = &resource.name;
            let intrinsics = [
                ("new", EXCHANGE_TYPE),
                ("rep", EXCHANGE_TYPE),
                ("drop", DROP_TYPE),
            ];
            for (intrinsic, ty) in intrinsics {
                let name = format!("[resource-{intrinsic}]{name}");
                section.import(&module, &name, EntityType::Function(ty));
            }
        }
        section
    }

    fn declarations(&self) -> FunctionSection {
        let mut section = FunctionSection::new();
        for (ty, _) in (FIRST_SERVED_TYPE..).zip(&self.served.functions) {
            section.function(ty);
        }
        for _ in &self.served.resources {
            section.function(DROP_TYPE);
        }
        for _ in &self.exposed {
            section.function(EXCHANGE_TYPE).function(EXCHANGE_TYPE);
        }
        section
            .function(LOOP_TYPE)
            .function(LOOP_TYPE)
            .function(REALLOC_TYPE);
        section
    }

    fn table(&self) -> TableSection {
        let size = self.resources() * INTRINSICS;
        let mut section = TableSection::new();
        section.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: size.into(),
            maximum: Some(size.into()),
            shared: false,
        });
        section
    }

    fn memory(&self) -> MemorySection {
        let mut section = MemorySection::new();
        section.memory(MemoryType {
            minimum: pages(self.front as usize + self.largest_result),
            maximum: Some(MAX_PAGES.into()),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        section
    }

    fn globals(&self) -> GlobalSection {
        let mut section = GlobalSection::new();
        let ty = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        section
            .global(ty, &ConstExpr::i32_const(self.front as i32))
            .global(ty, &ConstExpr::i32_const(0));
        section
    }

    fn exports(&self) -> ExportSection {
        let mut section = ExportSection::new();
        section.export("memory", ExportKind::Memory, 0);
        for (index, function) in (self.first_function()..).zip(&self.served.functions) {
            let name = function.callable.display_name();
            section.export(&name, ExportKind::Func, index);
        }
        for (index, resource) in (self.first_destructor()..).zip(&self.served.resources) {
            let name = format!("{}#[dtor]{}", resource.interface, resource.name);
            section.export(&name, ExportKind::Func, index);
        }
        let exchanges = (self.first_exchange()..).step_by(2);
        for (place, make) in (0..self.exposed.len()).zip(exchanges) {
            for (name, index) in [("make", make), ("take", make + 1)] {
                let name = format!("{EXCHANGES}#{name}-{place}");
                section.export(&name, ExportKind::Func, index);
            }
        }
        section.export("cabi_realloc", ExportKind::Func, self.realloc());
        section
    }

    fn elements(&self) -> ElementSection {
        let intrinsics = FIRST_INTRINSIC..self.first_function();
        let mut section = ElementSection::new();
        section.active(
            None,
            &ConstExpr::i32_const(0),
            Elements::Functions(intrinsics.collect::<Vec<_>>().into()),
        );
        section
    }

    fn code(&self) -> CodeSection {
        let mut section = CodeSection::new();
        for function in &self.served.functions {
            section.function(&self.serve(function));
        }
        for resource in &self.served.resources {
            section.function(&self.destructor(resource.drop_number));
        }
        for resource in &self.exposed {
            section
                .function(&make(*resource))
                .function(&take(*resource));
        }
        section
            .function(&take_out())
            .function(&bring_in())
            .function(&realloc(0));
        section
    }

    /// A function of the caller's.
    fn serve(&self, function: &ServedFunction<'_>) -> Function {
        let shape = function.shape;
        if shape.scalar && !function.gives && !function.takes {
            return serve_scalars(function.number, shape);
        }
        let length = shape.params.len() as u32;
        let mut body = Function::new([(1, ValType::I32)]);
        let mut code = body.instructions();
        if shape.indirect_params {
            code.i32_const(ARENA_BASE as i32)
                .local_get(0)
                .i32_const(shape.arguments_size as i32)
                .memory_copy(0, 0);
        } else {
            store_slots(&mut code, shape);
        }
        arguments_length(&mut code, shape);
        code.local_set(length);
        if function.gives {
            handles(&mut code, function.number, 0, |code| {
                code.local_get(length);
            });
            code.call(self.take_out());
        }
        callback(&mut code, function.number, |code| {
            code.local_get(length);
        });
        if function.takes {
            handles(&mut code, function.number, 1, |code| {
                code.i32_const(0).i32_load(at(RETURN_AREA + 4, 2));
            });
            code.call(self.bring_in());
        }
        self.empty(&mut code);
        match shape.result {
            _ if shape.indirect_result => {
                code.i32_const(ARENA_BASE as i32);
            }
            Some(ty) => {
                code.i32_const(0);
                load_slot(&mut code, ARENA_BASE, ty);
            }
            None => {}
        }
        code.end();
        body
    }

    /// From here on the arena counts as empty. What is returned is read before anybody allocates.
    fn empty(&self, code: &mut InstructionSink<'_>) {
        code.i32_const(self.front as i32).global_set(TOP);
    }

    /// Tells the caller that a resource of its own is dropped.
    fn destructor(&self, drop_number: u32) -> Function {
        let mut body = Function::new([]);
        let mut code = body.instructions();
        code.global_get(GOES_OUT)
            .if_(BlockType::Empty)
            .return_()
            .end();
        callback_scalar(&mut code, drop_number, &[WasmType::I32]);
        code.drop().end();
        body
    }
}

/// A function of the caller's that needs no buffer.
fn serve_scalars(number: u32, shape: &CallShape) -> Function {
    let mut body = Function::new([]);
    let mut code = body.instructions();
    callback_scalar(&mut code, number, &shape.params);
    match shape.result {
        Some(ty) => from_slot(&mut code, ty),
        None => {
            code.drop();
        }
    }
    code.end();
    body
}

/// Hands the parameters to the caller, and leaves what comes back on the stack.
fn callback_scalar(code: &mut InstructionSink<'_>, number: u32, params: &[WasmType]) {
    code.i32_const(number as i32);
    for (index, ty) in (0..).zip(params) {
        code.local_get(index);
        to_slot(code, *ty);
    }
    for _ in params.len()..SCALAR_PARAMS {
        code.i64_const(0);
    }
    code.call(CALLBACK_SCALAR);
}

/// How long the buffer of arguments is: up to the end of what adapters have allocated, or its slots
/// alone if these point to nothing.
fn arguments_length(code: &mut InstructionSink<'_>, shape: &CallShape) {
    let points = |ty: &WasmType| matches!(ty, WasmType::Pointer | WasmType::PointerOrI64);
    if shape.params.iter().any(points) {
        code.global_get(TOP).i32_const(ARENA_BASE as i32).i32_sub();
    } else {
        code.i32_const(shape.arguments_size as i32);
    }
}

fn store_slots(code: &mut InstructionSink<'_>, shape: &CallShape) {
    for (index, ty) in shape.params.iter().enumerate() {
        let address = ARENA_BASE + (index * SLOT_SIZE) as u32;
        code.i32_const(0).local_get(index as u32);
        to_slot(code, *ty);
        code.i64_store(at(address, 3));
    }
}

/// Hands the buffer of this length at the start of the arena to the caller. What comes back lands
/// where it was, because by then the host has copied it.
fn callback(
    code: &mut InstructionSink<'_>,
    number: u32,
    length: impl FnOnce(&mut InstructionSink<'_>),
) {
    code.i32_const(ARENA_BASE as i32).global_set(TOP);
    code.i32_const(number as i32).i32_const(ARENA_BASE as i32);
    length(code);
    code.i32_const(RETURN_AREA as i32).call(CALLBACK);
}

/// Asks the host where handles that change their owner lie in the buffer of this length.
fn handles(
    code: &mut InstructionSink<'_>,
    number: u32,
    of_result: i32,
    length: impl FnOnce(&mut InstructionSink<'_>),
) {
    code.i32_const(number as i32)
        .i32_const(of_result)
        .i32_const(ARENA_BASE as i32);
    length(code);
    code.i32_const(RETURN_AREA as i32).call(HANDLES);
}
