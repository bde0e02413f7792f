//! A plugin that returns every value it is given, for any types.
//!
//! `m0` takes so many parameters that they lie in memory as one record, and returns the address
//! of that record, whose first field is the result: an echo in which nothing knows the type.
//! `f0` takes its value in flattened form and stores it as the result, with layouts that
//! `wit-parser` computes.

use crate::types::{Definitions, Ty};
use first_class_abi::wit_parser::abi::{FlatTypes, WasmType};
use first_class_abi::wit_parser::{Int, Resolve, SizeAlign, Type, TypeDefKind};
use first_class_abi::{CallShape, World};
use std::fmt::Write;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// The interface with the functions.
pub(crate) const INTERFACE: &str = "t:t/i";

/// As many parameters as there are slots, so that one more does not fit.
const FILLING: usize = 16;

/// A world with functions for types, and a plugin that implements it.
pub(crate) struct Echo {
    pub(crate) world: World,
    pub(crate) component: Vec<u8>,
}

impl Echo {
    /// A plugin that returns what it is given.
    pub(crate) fn new(types: &[Ty]) -> Self {
        Self::of(&wit(types, "export i;"), module)
    }

    /// A plugin that hands what it is given to the same function of its caller, and returns what
    /// that returns.
    pub(crate) fn that_asks(types: &[Ty]) -> Self {
        Self::of(&wit(types, "import i; export i;"), asking_module)
    }

    fn of(wit: &str, module: fn(&World) -> String) -> Self {
        let mut resolve = Resolve::new();
        let package = resolve
            .push_source("t.wit", wit)
            .unwrap_or_else(|error| panic!("{error:?}\n{wit}"));
        let id = resolve
            .select_world(&[package], None)
            .expect("there is one");
        let world = World::new(resolve, id);
        let module = module(&world);
        let mut module =
            wat::parse_str(&module).unwrap_or_else(|error| panic!("{error}\n{module}"));
        embed_component_metadata(&mut module, world.resolve(), id, StringEncoding::UTF8)
            .expect("the world can be encoded");
        let component = ComponentEncoder::default()
            .validate(true)
            .module(&module)
            .and_then(|encoder| encoder.encode());
        let component = component.unwrap_or_else(|error| panic!("{error:?}\n{wit}"));
        Echo { world, component }
    }
}

fn wit(types: &[Ty], world: &str) -> String {
    let mut definitions = Definitions::default();
    let mut functions = String::new();
    let filling: String = (0..FILLING)
        .map(|index| format!(", p{index}: u8"))
        .collect();
    for (index, ty) in types.iter().enumerate() {
        let ty = definitions.spell(ty);
        let echo = format!("tuple<{ty}, u8>");
        writeln!(functions, "m{index}: func(x: {echo}{filling}) -> {echo};").expect("writes");
        writeln!(functions, "f{index}: func(x: {ty}) -> {ty};").expect("writes");
    }
    let definitions = definitions.text;
    format!("package t:t; interface i {{ {definitions} {functions} }} world w {{ {world} }}")
}

fn module(world: &World) -> String {
    let resolve = world.resolve();
    let mut sizes = SizeAlign::default();
    sizes.fill(resolve);
    let writer = Writer { resolve, sizes };
    let mut functions = String::new();
    for callable in world.callables() {
        let first_class_abi::Callee::Function(function) = &callable.callee else {
            unreachable!("there are no resources");
        };
        let name = format!("{INTERFACE}#{}", function.name);
        let body = match function.params.as_slice() {
            [only] => writer.flat_echo(&only.ty),
            _ => "(param i32) (result i32) local.get 0".to_owned(),
        };
        writeln!(functions, "(func (export \"{name}\") {body})").expect("writes");
    }
    format!("(module (memory (export \"memory\") 64) {ALLOCATOR} {functions})")
}

/// Functions that call their namesakes among the imports.
fn asking_module(world: &World) -> String {
    let (mut imports, mut functions) = (String::new(), String::new());
    let shapes = CallShape::of_callbacks(world);
    for (callable, shape) in world.callbacks().iter().zip(shapes) {
        let name = &callable.name;
        let params: Vec<_> = shape.params.iter().map(|ty| core(*ty)).collect();
        let result = shape.result.map(|ty| format!("(result {})", core(ty)));
        let result = result.unwrap_or_default();
        let params = params.join(" ");
        let pass: String = (0..shape.params.len())
            .map(|local| format!("local.get {local} "))
            .collect();
        let size = shape.result_size;
        let (import, body) = match shape.indirect_result {
            true => (
                format!("(param {params} i32)"),
                format!(
                    "(param {params}) (result i32) (local $out i32)
                     (local.set $out (call $allocate
                        (i32.const 0) (i32.const 0) (i32.const 8) (i32.const {size})))
                     {pass} local.get $out call ${name} local.get $out"
                ),
            ),
            false => (
                format!("(param {params}) {result}"),
                format!("(param {params}) {result} {pass} call ${name}"),
            ),
        };
        let import = format!("(import \"{INTERFACE}\" \"{name}\" (func ${name} {import}))");
        writeln!(imports, "{import}").expect("writes");
        let export = format!("(func (export \"{INTERFACE}#{name}\") {body})");
        writeln!(functions, "{export}").expect("writes");
    }
    format!("(module {imports} (memory (export \"memory\") 64) {ALLOCATOR} {functions})")
}

/// Hands out memory and never takes it back.
const ALLOCATOR: &str = r#"
    (global $top (mut i32) (i32.const 16))
    (func $allocate (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $start i32)
        (local.set $start
            (i32.and
                (i32.add (global.get $top) (i32.sub (local.get 2) (i32.const 1)))
                (i32.sub (i32.const 0) (local.get 2))))
        (global.set $top (i32.add (local.get $start) (local.get 3)))
        (local.get $start))
"#;

/// Writes functions for types.
struct Writer<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
}

/// Parameters in which a flattened value is: their numbers, and the types they were given.
type Locals<'a> = &'a [(usize, WasmType)];

impl Writer<'_> {
    fn flat_echo(&self, ty: &Type) -> String {
        let flat = self.flat(ty);
        let (size, align) = (
            self.sizes.size(ty).size_wasm32(),
            self.sizes.align(ty).align_wasm32(),
        );
        match flat.as_slice() {
            [one] => {
                let one = core(*one);
                format!("(param {one}) (result {one}) local.get 0")
            }
            // Too many for slots: a record in memory.
            many if many.len() > FILLING => "(param i32) (result i32) local.get 0".to_owned(),
            many => {
                let params: Vec<_> = many.iter().map(|ty| core(*ty)).collect();
                let locals: Vec<_> = many.iter().copied().enumerate().collect();
                format!(
                    "(param {}) (result i32) (local $out i32)
                     (local.set $out (call $allocate
                        (i32.const 0) (i32.const 0) (i32.const {align}) (i32.const {size})))
                     {} local.get $out",
                    params.join(" "),
                    self.store(ty, 0, &locals)
                )
            }
        }
    }

    fn flat(&self, ty: &Type) -> Vec<WasmType> {
        let mut storage = [WasmType::I32; 200];
        let mut flat = FlatTypes::new(&mut storage);
        self.resolve.push_flat(ty, &mut flat);
        flat.to_vec()
    }

    /// Code that stores a value.
    fn store(&self, ty: &Type, offset: usize, locals: Locals<'_>) -> String {
        use WasmType::{F32, F64, I32, I64};
        let put = |instruction: &str, want| {
            let value = converted(locals[0], want);
            format!("({instruction} offset={offset} (local.get $out) {value})\n")
        };
        match ty {
            Type::Bool | Type::U8 | Type::S8 => put("i32.store8", I32),
            Type::U16 | Type::S16 => put("i32.store16", I32),
            Type::U32 | Type::S32 | Type::Char | Type::ErrorContext => put("i32.store", I32),
            Type::U64 | Type::S64 => put("i64.store", I64),
            Type::F32 => put("f32.store", F32),
            Type::F64 => put("f64.store", F64),
            Type::String => self.store_all(&[Type::U32; 2], offset, locals),
            Type::Id(id) => match &self.resolve.types[*id].kind {
                TypeDefKind::Type(ty) => self.store(ty, offset, locals),
                TypeDefKind::List(_) | TypeDefKind::Map(..) => {
                    self.store_all(&[Type::U32; 2], offset, locals)
                }
                TypeDefKind::FixedLengthList(element, length) => {
                    self.store_all(&vec![*element; *length as usize], offset, locals)
                }
                TypeDefKind::Tuple(tuple) => self.store_all(&tuple.types, offset, locals),
                TypeDefKind::Record(record) => {
                    let types: Vec<_> = record.fields.iter().map(|field| field.ty).collect();
                    self.store_all(&types, offset, locals)
                }
                TypeDefKind::Flags(_) => match self.sizes.size(ty).size_wasm32() {
                    1 => put("i32.store8", I32),
                    2 => put("i32.store16", I32),
                    _ => put("i32.store", I32),
                },
                TypeDefKind::Enum(it) => put(store_tag(it.tag()), I32),
                TypeDefKind::Variant(it) => {
                    let cases: Vec<_> = it.cases.iter().map(|case| case.ty.as_ref()).collect();
                    self.store_case(it.tag(), &cases, offset, locals)
                }
                TypeDefKind::Option(some) => {
                    self.store_case(Int::U8, &[None, Some(some)], offset, locals)
                }
                TypeDefKind::Result(it) => {
                    let cases = [it.ok.as_ref(), it.err.as_ref()];
                    self.store_case(Int::U8, &cases, offset, locals)
                }
                other => unreachable!("{} is not among the types", other.as_str()),
            },
        }
    }

    fn store_all(&self, types: &[Type], offset: usize, mut locals: Locals<'_>) -> String {
        let mut code = String::new();
        for (field, ty) in self.sizes.field_offsets(types) {
            code += &self.store(ty, offset + field.size_wasm32(), locals);
            locals = &locals[self.flat(ty).len()..];
        }
        code
    }

    fn store_case(
        &self,
        tag: Int,
        cases: &[Option<&Type>],
        offset: usize,
        locals: Locals<'_>,
    ) -> String {
        let payload = self.sizes.payload_offset(tag, cases.iter().copied());
        let payload = offset + payload.size_wasm32();
        let number = converted(locals[0], WasmType::I32);
        let store = store_tag(tag);
        let mut code = format!("({store} offset={offset} (local.get $out) {number})\n");
        for (case, ty) in cases.iter().enumerate() {
            if let Some(ty) = ty {
                let then = self.store(ty, payload, &locals[1..]);
                write!(
                    code,
                    "(if (i32.eq {number} (i32.const {case})) (then {then}))"
                )
                .expect("writes");
            }
        }
        code
    }
}

fn store_tag(tag: Int) -> &'static str {
    match tag {
        Int::U8 => "i32.store8",
        Int::U16 => "i32.store16",
        Int::U32 | Int::U64 => "i32.store",
    }
}

fn core(ty: WasmType) -> &'static str {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
    }
}

/// What a parameter holds, which may have been widened to hold other cases' values, too.
fn converted((local, given): (usize, WasmType), want: WasmType) -> String {
    let value = format!("(local.get {local})");
    match (core(given), core(want)) {
        ("i32", "f32") => format!("(f32.reinterpret_i32 {value})"),
        ("i64", "i32") => format!("(i32.wrap_i64 {value})"),
        ("i64", "f32") => format!("(f32.reinterpret_i32 (i32.wrap_i64 {value}))"),
        ("i64", "f64") => format!("(f64.reinterpret_i64 {value})"),
        (given, want) => {
            assert_eq!(given, want, "no such types are joined");
            value
        }
    }
}
