//! A caller without a will of its own, and the strings that it hangs on.

use crate::target::{self, Edit};
use first_class_host::{Shim, ShimCtx, ShimView, add_to_linker};
use first_class_tests::component;
use std::sync::LazyLock;
use wasmtime::component::{
    Component, ComponentNamedList, Instance, Lift, Linker, Lower, ResourceTable,
};
use wasmtime::{Config, Engine, Store};

/// Where the puppet's memory has the answer of the last call, and what it carries.
const ANSWER: u32 = 64;
pub(crate) const PAYLOAD: u32 = ANSWER + 8;

/// Where the payload, a `failure`, has its message.
const MESSAGE: u32 = PAYLOAD + 20;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut config = Config::new();
    Engine::new(config.consume_fuel(true)).expect("the configuration is valid")
});

static HONEST: LazyLock<Component> = LazyLock::new(|| compile(&[]));

fn compile(edits: &[Edit<'_>]) -> Component {
    Component::new(&ENGINE, component("hostile", edits)).expect("compiles")
}

/// What came of a call of the contract.
pub(crate) type Outcome<T> = Result<T, Woe>;

/// Why a call of the contract gave nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Woe {
    /// The host answered with a failure of this code.
    Failed(u32),
    /// The caller trapped, and cannot be called any more.
    Trapped,
}

/// An address in the caller's memory, and a number of bytes.
pub(crate) type Span = (u32, u32);

struct State {
    shim: ShimCtx,
    table: ResourceTable,
}

impl ShimView for State {
    fn shim(&mut self) -> &mut ShimCtx {
        &mut self.shim
    }

    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }
}

/// A caller in a store of its own. Failures and traps are printed, for when a case fails.
pub(crate) struct Puppet {
    store: Store<State>,
    instance: Instance,
    /// Whether it has trapped.
    pub(crate) trapped: bool,
}

impl Puppet {
    pub(crate) fn new(shim: &Shim, edits: &[Edit<'_>]) -> Self {
        Self::of(shim.caller(), edits)
    }

    /// The same for a caller that was granted what others were not.
    pub(crate) fn of(shim: ShimCtx, edits: &[Edit<'_>]) -> Self {
        let component = match edits {
            [] => HONEST.clone(),
            _ => compile(edits),
        };
        let mut linker = Linker::new(&ENGINE);
        add_to_linker(&mut linker).expect("the contract is linked once");
        let table = ResourceTable::new();
        let state = State { shim, table };
        let mut store = Store::new(&ENGINE, state);
        store.set_fuel(u64::MAX).expect("fuel is consumed");
        let instance = linker
            .instantiate(&mut store, &component)
            .expect("instantiates");
        Puppet {
            store,
            instance,
            trapped: false,
        }
    }

    /// Lets it compute only so much more, about an instruction for each unit.
    pub(crate) fn limit_fuel(&mut self, fuel: u64) {
        self.store.set_fuel(fuel).expect("fuel is consumed");
    }

    pub(crate) fn available(&mut self, world: &[u8]) -> Outcome<()> {
        self.call::<_, ()>("reset", ())?;
        let world = self.place(world)?;
        self.raw_available(world)
    }

    /// Loads a source as the world `target`.
    pub(crate) fn load(&mut self, source: impl AsRef<[u8]>) -> Outcome<u32> {
        self.load_as(source, &*target::ENCODED)
    }

    pub(crate) fn load_as(
        &mut self,
        source: impl AsRef<[u8]>,
        world: impl AsRef<[u8]>,
    ) -> Outcome<u32> {
        self.call::<_, ()>("reset", ())?;
        let source = self.place(source.as_ref())?;
        let world = self.place(world.as_ref())?;
        self.raw_load(source, world)
    }

    /// Calls a function of the world `target` with a buffer.
    pub(crate) fn invoke(
        &mut self,
        instance: u32,
        function: &str,
        arguments: &[u8],
    ) -> Outcome<Vec<u8>> {
        self.invoke_number(instance, target::number(function), arguments)
    }

    pub(crate) fn invoke_number(
        &mut self,
        instance: u32,
        function: u32,
        arguments: &[u8],
    ) -> Outcome<Vec<u8>> {
        self.call::<_, ()>("reset", ())?;
        let arguments = self.place(arguments)?;
        self.raw_invoke(instance, function, arguments)
    }

    /// Calls a function of the world `target` with scalars.
    pub(crate) fn scalar(
        &mut self,
        instance: u32,
        function: &str,
        scalars: [u64; 4],
    ) -> Outcome<u64> {
        self.scalar_number(instance, target::number(function), scalars)
    }

    pub(crate) fn scalar_number(
        &mut self,
        instance: u32,
        function: u32,
        [a, b, c, d]: [u64; 4],
    ) -> Outcome<u64> {
        self.call::<_, ()>("reset", ())?;
        let params = (instance, function, a, b, c, d);
        self.ask("raw-invoke-scalar", params)?;
        Ok(target::slot(&self.peek((PAYLOAD, 8))?))
    }

    pub(crate) fn supports(&mut self, instance: u32, function: u32) -> Outcome<bool> {
        let (supports,): (u32,) = self.call("raw-supports", (instance, function))?;
        Ok(supports == 1)
    }

    pub(crate) fn is_alive(&mut self, instance: u32) -> Outcome<bool> {
        let (alive,): (u32,) = self.call("raw-is-alive", (instance,))?;
        Ok(alive == 1)
    }

    pub(crate) fn respawn(&mut self, instance: u32) -> Outcome<()> {
        self.call::<_, ()>("reset", ())?;
        self.ask("raw-respawn", (instance,))
    }

    pub(crate) fn release(&mut self, instance: u32) -> Outcome<()> {
        self.call("raw-release", (instance,))
    }

    /// Space in its memory.
    pub(crate) fn allocate(&mut self, size: u32) -> Outcome<Span> {
        let (address,) = self.call::<_, (u32,)>("allocate", (size,))?;
        Ok((address, size))
    }

    /// Puts bytes into its memory.
    pub(crate) fn place(&mut self, bytes: &[u8]) -> Outcome<Span> {
        let (address,) = self.call::<_, (u32,)>("place", (bytes,))?;
        Ok((address, bytes.len() as u32))
    }

    pub(crate) fn raw_available(&mut self, (address, length): Span) -> Outcome<()> {
        self.ask("raw-available", (address, length))
    }

    pub(crate) fn raw_load(&mut self, source: Span, world: Span) -> Outcome<u32> {
        let params = (source.0, source.1, world.0, world.1);
        self.ask("raw-load", params)?;
        self.peek_word(PAYLOAD)
    }

    /// Loads a component that it has itself, as the world `target`.
    pub(crate) fn load_bytes(&mut self, bytes: &[u8]) -> Outcome<u32> {
        self.call::<_, ()>("reset", ())?;
        let bytes = self.place(bytes)?;
        let world = self.place(&target::ENCODED)?;
        self.raw_load_bytes(bytes, world)
    }

    pub(crate) fn raw_load_bytes(&mut self, component: Span, world: Span) -> Outcome<u32> {
        let params = (component.0, component.1, world.0, world.1);
        self.ask("raw-load-bytes", params)?;
        self.peek_word(PAYLOAD)
    }

    pub(crate) fn raw_invoke(
        &mut self,
        instance: u32,
        function: u32,
        (address, length): Span,
    ) -> Outcome<Vec<u8>> {
        self.ask("raw-invoke", (instance, function, address, length))?;
        self.peek_list(PAYLOAD)
    }

    /// Calls a function of the contract that can fail.
    fn ask<P>(&mut self, function: &str, params: P) -> Outcome<()>
    where
        P: ComponentNamedList + Lower + Copy + std::fmt::Debug,
    {
        let (code,): (u32,) = self.call(function, params)?;
        if code == 0 {
            return Ok(());
        }
        let message = self.peek_list(MESSAGE)?;
        let message = String::from_utf8(message).expect("the host sends UTF-8");
        println!("{function}{params:?} failed with {code}: {message}");
        Err(Woe::Failed(code))
    }

    fn peek_list(&mut self, address: u32) -> Outcome<Vec<u8>> {
        let span = (self.peek_word(address)?, self.peek_word(address + 4)?);
        self.peek(span)
    }

    fn peek_word(&mut self, address: u32) -> Outcome<u32> {
        let bytes = self.peek((address, 4))?;
        Ok(u32::from_le_bytes(bytes.try_into().expect("has 4 bytes")))
    }

    fn peek(&mut self, span: Span) -> Outcome<Vec<u8>> {
        let (bytes,) = self.call("peek", span)?;
        Ok(bytes)
    }

    fn call<P, R>(&mut self, function: &str, params: P) -> Outcome<R>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        let typed = self
            .instance
            .get_typed_func::<P, R>(&mut self.store, function);
        let typed = typed.unwrap_or_else(|error| panic!("`{function}`: {error}"));
        typed.call(&mut self.store, params).map_err(|error| {
            println!("the caller trapped in {function}: {error:#}");
            self.trapped = true;
            Woe::Trapped
        })
    }
}
