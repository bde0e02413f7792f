//! Random values of random types through the bridge and back.
//!
//! Each world has functions that return what they are given. Values go to them as buffers that
//! `first-class-abi` writes, through the shim and its bridge, and must come back unchanged; and
//! wasmtime's own dynamic call of the same plugin must say the same.

mod callbacks;
mod plugin;
mod types;
mod values;

use first_class_abi::contract::SCALAR_PARAMS;
use first_class_abi::value::{Codec, Value};
use first_class_host::ShimCtx;
use first_class_tests::patient;
use plugin::{Echo, INTERFACE};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use types::{Ty, types};
use values::{to_val, values};
use wasmtime::component::{Component, Instance, Linker, Val};
use wasmtime::{Config, Engine, Store};

/// How many types a world has. Compiling a world takes most of the time.
const TYPES: usize = 12;

/// How many values of each type go there and back.
const VALUES: usize = 6;

/// What fills the parameters of a function up to a record.
const FILLING: usize = 16;

/// A type, and values of it.
type Sample = (Ty, Vec<Value>);

fn samples() -> impl Strategy<Value = Sample> {
    types().prop_flat_map(|ty| {
        let values = proptest::collection::vec(values(&ty), VALUES);
        (Just(ty), values)
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn values_of_any_type_come_back_unchanged(
        samples in proptest::collection::vec(samples(), TYPES),
    ) {
        let types: Vec<Ty> = samples.iter().map(|(ty, _)| ty.clone()).collect();
        let echo = Echo::new(&types);
        let mut oracle = Oracle::new(&echo);
        let mut subject = Subject::new(echo);
        for (index, (ty, values)) in samples.iter().enumerate() {
            for value in values {
                let (name, arguments) = (format!("f{index}"), vec![value.clone()]);
                let result = subject.call(&name, &arguments);
                prop_assert!(subject.same(&name, &result, value), "{name}: {value:?}: {result:?}");
                let expected = oracle.call(&name, &[to_val(ty, value)]);
                prop_assert_eq!(to_val(ty, &result), expected);

                let (name, pair) = (format!("m{index}"), with_byte(value));
                let result = subject.call(&name, &filled(pair.clone()));
                prop_assert!(subject.same(&name, &result, &pair), "{name}: {value:?}: {result:?}");
                let pair_ty = Ty::Tuple(vec![ty.clone(), Ty::Plain("u8")]);
                let arguments = [to_val(&pair_ty, &pair)];
                let filling = [const { Val::U8(7) }; FILLING];
                let expected = oracle.call(&name, &[&arguments[..], &filling].concat());
                prop_assert_eq!(to_val(&pair_ty, &result), expected);
            }
        }
    }
}

fn with_byte(value: &Value) -> Value {
    Value::Tuple(vec![value.clone(), Value::U8(99)])
}

fn filled(first: Value) -> Vec<Value> {
    let filling = std::iter::repeat_n(Value::U8(7), FILLING);
    std::iter::once(first).chain(filling).collect()
}

/// The plugin behind the shim, called as a caller does.
struct Subject {
    codec: Codec,
    shim: ShimCtx,
    instance: u32,
    _folder: tempfile::TempDir,
}

impl Subject {
    fn new(echo: Echo) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("echo.wasm");
        std::fs::write(&path, &echo.component).expect("writes");
        let shim = patient().file("echo", path).build().expect("builds");
        let mut shim = shim.caller();
        let world = echo.world.encode().expect("the world can be encoded");
        let instance = shim
            .load("echo", &world)
            .unwrap_or_else(|error| panic!("{error}"));
        Subject {
            codec: Codec::new(Arc::new(echo.world)).expect("no type is too large"),
            shim,
            instance,
            _folder: folder,
        }
    }

    fn number(&self, name: &str) -> u32 {
        let mut callables = self.codec.world().callables().iter();
        let found = callables.position(|callable| callable.name == name);
        found.expect("is in the world") as u32
    }

    /// Calls with a buffer, and without one where that can be done.
    fn call(&mut self, name: &str, arguments: &[Value]) -> Value {
        let number = self.number(name);
        let buffer = self.codec.encode_arguments(number, arguments);
        let buffer = buffer.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(self.codec.check_arguments(number, &buffer), Ok(vec![]));
        let result = self
            .shim
            .invoke(self.instance, number, &buffer)
            .unwrap_or_else(|error| panic!("{name}: {arguments:?}: {error}"));
        if self.codec.shape(number).is_some_and(|shape| shape.scalar) {
            let scalar = self.call_scalar(number, &buffer);
            assert_eq!(scalar.to_le_bytes(), result[..], "{name}");
        }
        let result = self.codec.decode_result(number, &result);
        let result = result.unwrap_or_else(|error| panic!("{name}: {error}"));
        result.expect("there is a result")
    }

    fn call_scalar(&mut self, number: u32, buffer: &[u8]) -> u64 {
        let mut scalars = [0; SCALAR_PARAMS];
        for (scalar, slot) in scalars.iter_mut().zip(buffer.chunks_exact(8)) {
            *scalar = u64::from_le_bytes(slot.try_into().expect("has 8 bytes"));
        }
        let result = self.shim.invoke_scalar(self.instance, number, scalars);
        result.expect("the scalar lane works where it is offered")
    }

    /// Whether two results are the same, to the bits of a NaN.
    fn same(&self, name: &str, left: &Value, right: &Value) -> bool {
        let encode = |value| self.codec.encode_result(self.number(name), Some(value));
        encode(left) == encode(right)
    }
}

/// The plugin as wasmtime calls it, without anything of ours.
struct Oracle {
    store: Store<()>,
    instance: Instance,
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut config = Config::new();
    config
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true);
    Engine::new(&config).expect("the configuration is valid")
});

impl Oracle {
    fn new(echo: &Echo) -> Self {
        let component = Component::new(&ENGINE, &echo.component).expect("compiles");
        let mut store = Store::new(&ENGINE, ());
        let instance = Linker::new(&ENGINE)
            .instantiate(&mut store, &component)
            .expect("instantiates");
        Oracle { store, instance }
    }

    fn call(&mut self, name: &str, arguments: &[Val]) -> Val {
        let interface = self
            .instance
            .get_export_index(&mut self.store, None, INTERFACE);
        let function = self
            .instance
            .get_export_index(&mut self.store, interface.as_ref(), name);
        let function = function.expect("is exported");
        let function = self.instance.get_func(&mut self.store, function);
        let function = function.expect("is a function");
        let mut results = [Val::Bool(false)];
        function
            .call(&mut self.store, arguments, &mut results)
            .unwrap_or_else(|error| panic!("{name}: {arguments:?}: {error:?}"));
        let [result] = results;
        result
    }
}
