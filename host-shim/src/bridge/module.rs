//! The core module of a bridge.
//!
//! Its memory, from low to high addresses: a few words for the entry functions themselves, and
//! from [`ARENA_BASE`] the arena. A buffer of arguments lies at the start of the arena, because
//! the arena is empty when the shim copies it there. A result overwrites it: adapters have
//! copied all arguments into the plugin before they write anything back. What they allocate
//! comes from [`realloc`]. In a batch ([`batch`]) the results of all calls pile up behind the calls.
//!
//! There is no memory until something is allocated in it, since many an instance needs none: scalars,
//! and lists that go past the bridge, do without.

use super::BridgeError;
use super::arena::{MAX_PAGES, TOP, realloc};
use super::batch;
use super::exposed::Exchange;
use super::slots::{at, from_slot, load_slot, to_slot, value_type};
use first_class_abi::contract::{ARENA_BASE, SCALAR_PARAMS, SLOT_SIZE};
use first_class_abi::{CallShape, Callable, World};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, HeapType, ImportSection, MemorySection,
    MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

/// The largest record at the front of a buffer; what lists and strings hold comes on top of it.
const MAX_RECORD: usize = 1 << 24;

/// Where an entry leaves the address and the length of its result.
pub(super) const RETURN_AREA: u32 = 16;

/// The tables: trampolines that take a buffer, and those that take scalars.
pub(super) const BUFFER_TABLE: u32 = 0;
const SCALAR_TABLE: u32 = 1;

/// Type indices; the types of the imports follow.
pub(super) const BUFFER_TYPE: u32 = 0;
const SCALAR_TYPE: u32 = 1;
const CALL_TYPE: u32 = 2;
const CALL_SCALAR_TYPE: u32 = 3;
const REALLOC_TYPE: u32 = 4;
const PREPARE_BATCH_TYPE: u32 = 5;
const CALL_BATCH_TYPE: u32 = 6;
const FIRST_IMPORT_TYPE: u32 = 7;

/// Generates the module for a world whose functions have these shapes.
pub(super) fn generate(
    world: &World,
    shapes: &[CallShape],
    lacks: &[u32],
    exchanges: &[Exchange],
    entry: &str,
) -> Result<Vec<u8>, BridgeError> {
    let least_memory = least_memory(world, shapes)?;
    let layout = Functions::new(shapes, lacks, exchanges);
    let mut module = Module::new();
    module
        .section(&types(&layout))
        .section(&imports(world, &layout))
        .section(&layout.declarations())
        .section(&tables(&layout))
        .section(&memory())
        .section(&globals())
        .section(&exports(&layout, entry))
        .section(&layout.elements())
        .section(&code(&layout, least_memory));
    Ok(module.finish())
}

/// The index spaces of the functions: the imports, then a buffer trampoline for each, then the
/// scalar trampolines, and the functions that the bridge exports.
///
/// What the plugin lacks is not imported; its places in the tables stay empty.
struct Functions<'a> {
    present: Vec<(u32, &'a CallShape)>,
    /// What the lower bridge has for resources of the caller's, by the numbers after those of the
    /// world.
    exchanges: &'a [Exchange],
    /// How many numbers there are, with those of what the plugin lacks.
    numbers: u32,
}

impl<'a> Functions<'a> {
    fn new(shapes: &'a [CallShape], lacks: &[u32], exchanges: &'a [Exchange]) -> Self {
        let numbered = (0..).zip(shapes);
        let present = numbered.filter(|(number, _)| !lacks.contains(number));
        let more = (shapes.len() as u32..).zip(exchanges.iter().map(|it| &it.shape));
        Functions {
            present: present.chain(more).collect(),
            exchanges,
            numbers: (shapes.len() + exchanges.len()) as u32,
        }
    }

    fn imports(&self) -> u32 {
        self.present.len() as u32
    }

    /// The functions that have a scalar trampoline, each with its import.
    fn scalars(&self) -> impl Iterator<Item = (u32, u32, &'a CallShape)> {
        let imported = (0..).zip(&self.present);
        imported
            .filter(|(_, (_, shape))| shape.scalar)
            .map(|(import, (number, shape))| (import, *number, *shape))
    }

    fn call(&self) -> u32 {
        self.imports() * 2 + self.scalars().count() as u32
    }

    fn call_scalar(&self) -> u32 {
        self.call() + 1
    }

    fn prepare_batch(&self) -> u32 {
        self.call() + 2
    }

    fn call_batch(&self) -> u32 {
        self.call() + 3
    }

    fn realloc(&self) -> u32 {
        self.call() + 4
    }

    fn declarations(&self) -> FunctionSection {
        let mut section = FunctionSection::new();
        for _ in &self.present {
            section.function(BUFFER_TYPE);
        }
        for _ in self.scalars() {
            section.function(SCALAR_TYPE);
        }
        section
            .function(CALL_TYPE)
            .function(CALL_SCALAR_TYPE)
            .function(PREPARE_BATCH_TYPE)
            .function(CALL_BATCH_TYPE)
            .function(REALLOC_TYPE);
        section
    }

    fn elements(&self) -> ElementSection {
        let mut buffers = vec![None; self.numbers as usize];
        let mut scalars = buffers.clone();
        for (trampoline, (number, _)) in (self.imports()..).zip(&self.present) {
            buffers[*number as usize] = Some(trampoline);
        }
        for (trampoline, (_, number, _)) in (self.imports() * 2..).zip(self.scalars()) {
            scalars[number as usize] = Some(trampoline);
        }
        let mut section = ElementSection::new();
        for (table, functions) in [(BUFFER_TABLE, buffers), (SCALAR_TABLE, scalars)] {
            let functions = functions.into_iter().map(|function| match function {
                Some(function) => ConstExpr::ref_func(function),
                None => ConstExpr::ref_null(HeapType::FUNC),
            });
            let functions: Vec<_> = functions.collect();
            section.active(
                Some(table),
                &ConstExpr::i32_const(0),
                Elements::Expressions(RefType::FUNCREF, functions.into()),
            );
        }
        section
    }
}

/// How many bytes the larger one of the records takes that a call's arguments and result begin with.
pub(super) fn record_size(callable: &Callable, shape: &CallShape) -> Result<usize, BridgeError> {
    let size = shape.arguments_size.max(shape.result_size);
    match size > MAX_RECORD {
        true => Err(BridgeError::TooLarge {
            function: callable.display_name(),
            size,
            limit: MAX_RECORD,
        }),
        false => Ok(size),
    }
}

/// How many bytes a call with a buffer needs, whatever is in it.
fn least_memory(world: &World, shapes: &[CallShape]) -> Result<u32, BridgeError> {
    let mut largest = 0;
    for (callable, shape) in world.callables().iter().zip(shapes) {
        largest = largest.max(record_size(callable, shape)?);
    }
    Ok(ARENA_BASE + largest as u32)
}

fn types(layout: &Functions<'_>) -> TypeSection {
    use ValType::{I32, I64};
    let mut section = TypeSection::new();
    let scalars = [I64; SCALAR_PARAMS];
    section.ty().function([I32; 2], []);
    section.ty().function(scalars, [I64]);
    section.ty().function([I32; 3], [I32]);
    section
        .ty()
        .function([&[I32], &scalars[..]].concat(), [I64]);
    section.ty().function([I32; 4], [I32]);
    section.ty().function([I32; 5], [I32]);
    section.ty().function([], [I32]);
    for (_, shape) in &layout.present {
        let params = shape.params.iter().copied().map(value_type);
        let return_pointer = shape.indirect_result.then_some(I32);
        let params: Vec<_> = params.chain(return_pointer).collect();
        section.ty().function(params, shape.result.map(value_type));
    }
    section
}

fn imports(world: &World, layout: &Functions<'_>) -> ImportSection {
    let mut section = ImportSection::new();
    for (ty, (number, _)) in (FIRST_IMPORT_TYPE..).zip(&layout.present) {
        let (module, name) = match world.callables().get(*number as usize) {
            Some(callable) if callable.interface.is_empty() => ("$root", &callable.name),
            Some(callable) => (&*callable.interface, &callable.name),
            None => {
                let exchange = &layout.exchanges[*number as usize - world.callables().len()];
                (&*exchange.module, &exchange.name)
            }
        };
        section.import(module, name, EntityType::Function(ty));
    }
    section
}

fn tables(layout: &Functions<'_>) -> TableSection {
    let mut section = TableSection::new();
    for _ in [BUFFER_TABLE, SCALAR_TABLE] {
        section.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: layout.numbers.into(),
            maximum: Some(layout.numbers.into()),
            shared: false,
        });
    }
    section
}

fn memory() -> MemorySection {
    let mut section = MemorySection::new();
    section.memory(MemoryType {
        minimum: 0,
        maximum: Some(MAX_PAGES.into()),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    section
}

fn globals() -> GlobalSection {
    let mut section = GlobalSection::new();
    let ty = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    section.global(ty, &ConstExpr::i32_const(ARENA_BASE as i32));
    section
}

fn exports(layout: &Functions<'_>, entry: &str) -> ExportSection {
    let mut section = ExportSection::new();
    section.export("memory", ExportKind::Memory, 0).export(
        "cabi_realloc",
        ExportKind::Func,
        layout.realloc(),
    );
    let entries = [
        ("call", layout.call()),
        ("call-scalar", layout.call_scalar()),
        ("prepare-batch", layout.prepare_batch()),
        ("call-batch", layout.call_batch()),
    ];
    for (name, function) in entries {
        section.export(&format!("{entry}#{name}"), ExportKind::Func, function);
    }
    section
}

fn code(layout: &Functions<'_>, least_memory: u32) -> CodeSection {
    let mut section = CodeSection::new();
    for (import, (_, shape)) in (0..).zip(&layout.present) {
        section.function(&buffer_trampoline(import, shape));
    }
    for (import, _, shape) in layout.scalars() {
        section.function(&scalar_trampoline(import, shape));
    }
    let results = layout.present.iter().map(|(_, shape)| shape.result_size);
    let largest = results.max().unwrap_or_default() as u32;
    section
        .function(&call())
        .function(&call_scalar())
        .function(&batch::prepare(largest))
        .function(&batch::call(largest))
        .function(&realloc(least_memory));
    section
}

/// Calls an import: `(address of the arguments, address for the result)`. The arena's used part ends
/// with the result.
fn buffer_trampoline(import: u32, shape: &CallShape) -> Function {
    const ARGUMENTS: u32 = 0;
    const RESULT: u32 = 1;
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.local_get(RESULT)
        .i32_const(shape.result_size as i32)
        .i32_add()
        .global_set(TOP);
    if shape.result.is_some() {
        code.local_get(RESULT);
    }
    if shape.indirect_params {
        code.local_get(ARGUMENTS);
    } else {
        for (slot, ty) in shape.params.iter().enumerate() {
            code.local_get(ARGUMENTS);
            load_slot(&mut code, (slot * SLOT_SIZE) as u32, *ty);
        }
    }
    if shape.indirect_result {
        code.local_get(RESULT);
    }
    code.call(import);
    if let Some(ty) = shape.result {
        to_slot(&mut code, ty);
        code.i64_store(at(0, 3));
    }
    code.end();
    function
}

/// Calls an import with scalars.
fn scalar_trampoline(import: u32, shape: &CallShape) -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    for (local, ty) in (0..).zip(&shape.params) {
        code.local_get(local);
        from_slot(&mut code, *ty);
    }
    code.call(import);
    match shape.result {
        Some(ty) => to_slot(&mut code, ty),
        None => {
            code.i64_const(0);
        }
    }
    code.end();
    function
}

/// The entry with buffers: `(function, arguments, length) -> address of (address, length)`.
///
/// The result ends where the arena does, and the arena counts as empty from here on: the shim
/// copies the result out before it enters again.
fn call() -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.i32_const(ARENA_BASE as i32)
        .i32_const(ARENA_BASE as i32)
        .local_get(0)
        .call_indirect(BUFFER_TABLE, BUFFER_TYPE)
        .i32_const(0)
        .i32_const(ARENA_BASE as i32)
        .i32_store(at(RETURN_AREA, 2))
        .i32_const(0)
        .global_get(TOP)
        .i32_const(ARENA_BASE as i32)
        .i32_sub()
        .i32_store(at(RETURN_AREA + 4, 2))
        .i32_const(ARENA_BASE as i32)
        .global_set(TOP)
        .i32_const(RETURN_AREA as i32)
        .end();
    function
}

/// The entry without: `(function, scalars...) -> scalar`.
fn call_scalar() -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    for scalar in 1..=SCALAR_PARAMS as u32 {
        code.local_get(scalar);
    }
    code.local_get(0)
        .call_indirect(SCALAR_TABLE, SCALAR_TYPE)
        .end();
    function
}
