//! What the store of one instance holds besides the instance.

use crate::desk::Desk;
use crate::exchange::Exchange;
use crate::policy::{Exceeded, Limit, Limits};
use crate::seeing::Meter;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wasmtime::{ResourceLimiter, Trap, UpdateDeadline};
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

/// The largest memory that may be asked for: more than any machine has, and little enough that sums
/// of sizes do not overflow.
const LARGEST: u64 = 1 << 47;

/// The data of an instance's store, as functions that an embedder
/// [provides](crate::Source::provide) see it.
pub struct PluginState {
    wasi: WasiCtx,
    table: ResourceTable,
    meter: Meter,
    most_memories: u64,
    most_memory_bytes: u64,
    table_entries: u64,
    most_table_entries: u64,
    last_table_growth: u64,
    /// The last growth that was refused. A plugin may live with that; if it traps, this is why.
    refused: Option<Exceeded>,
    most_callback_bytes: u64,
    /// What stops a call that does not wait, and how many ticks it has if nothing does.
    pub(crate) stop: Option<Arc<AtomicBool>>,
    ticks_left: u64,
    /// Where commands for it come in, if calls of it go on at the same time.
    pub(crate) desk: Option<Arc<Desk>>,
    /// Where its calls of its caller are left, if it makes any.
    pub(crate) exchange: Option<Arc<Exchange>>,
    source_name: Arc<str>,
    data: Option<Box<dyn Any + Send>>,
    /// The state of the instance as a caller of the shim, if it may be one. This module
    /// does not know its type, since that type holds instances itself.
    pub(crate) caller: Option<Box<dyn Any + Send>>,
}

impl PluginState {
    pub(crate) fn new(
        source_name: Arc<str>,
        wasi: WasiCtx,
        meter: Meter,
        most_memories: u64,
        limits: &Limits,
    ) -> Self {
        PluginState {
            wasi,
            table: ResourceTable::new(),
            meter,
            most_memories,
            most_memory_bytes: limits.memory_bytes.min(LARGEST),
            table_entries: 0,
            most_table_entries: limits.table_entries,
            last_table_growth: 0,
            refused: None,
            most_callback_bytes: limits.result_bytes,
            stop: None,
            ticks_left: 0,
            desk: None,
            exchange: None,
            source_name,
            data: None,
            caller: None,
        }
    }

    /// The name by which the instance was loaded.
    pub fn source_name(&self) -> &str {
        &self.source_name
    }

    /// The data of the instance, which its source [makes](crate::Source::instance_data); nothing if
    /// it makes none of this type.
    pub fn data<D: Any>(&mut self) -> Option<&mut D> {
        self.data.as_deref_mut()?.downcast_mut()
    }

    pub(crate) fn set_data(&mut self, data: Option<Box<dyn Any + Send>>) {
        self.data = data;
    }

    /// After how many ticks of the epoch to look at a call that may take so many.
    pub(crate) fn next_look(&mut self, ticks: u64) -> u64 {
        if self.stop.is_none() {
            return ticks;
        }
        self.ticks_left = ticks;
        1
    }

    /// Looks at a call that does not wait: whether its deadline is over, or somebody stops it.
    pub(crate) fn deadline_is_near(&mut self) -> wasmtime::Result<UpdateDeadline> {
        let Some(stop) = &self.stop else {
            return Err(Trap::Interrupt.into());
        };
        self.ticks_left = self.ticks_left.saturating_sub(1);
        if stop.load(Ordering::Relaxed) {
            return Err(wasmtime::Error::msg("its call was given up"));
        }
        match self.ticks_left {
            0 => Err(Trap::Interrupt.into()),
            _ => Ok(UpdateDeadline::Continue(1)),
        }
    }

    /// Checks how much it hands to its caller: as much as a result may have.
    pub(crate) fn check_callback(&mut self, length: u64) -> wasmtime::Result<()> {
        let fits = Exceeded::check(Limit::Result, length, self.most_callback_bytes);
        match self.allows(fits) {
            true => Ok(()),
            false => Err(wasmtime::Error::msg("it hands too much to its caller")),
        }
    }

    /// The growth that was refused since this was asked last.
    pub(crate) fn take_refused(&mut self) -> Option<Exceeded> {
        self.refused.take()
    }

    /// Remembers what exceeds its limit; whether it does not.
    fn allows(&mut self, checked: Result<(), Exceeded>) -> bool {
        match checked {
            Ok(()) => true,
            Err(exceeded) => {
                self.refused = Some(exceeded);
                false
            }
        }
    }
}

impl std::fmt::Debug for PluginState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PluginState")
            .field(&self.source_name)
            .finish()
    }
}

impl WasiView for PluginState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl ResourceLimiter for PluginState {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let growth = (desired - current) as u64;
        let after = self.meter.memory_bytes().saturating_add(growth);
        // A memory begins with a growth from nothing. So does one that was empty until then, which
        // is counted twice, but not more often: what is refused or fails is not counted.
        let counted = Exceeded::check(Limit::Memory, after, self.most_memory_bytes)
            .and_then(|()| (self.meter).memory_grows(current == 0, growth, self.most_memories));
        Ok(self.allows(counted))
    }

    /// Called right after a growth was allowed, when it turned out to be impossible.
    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        tracing::debug!(%error, "a memory could not grow");
        self.meter.memory_did_not_grow();
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let growth = (desired - current) as u64;
        let after = self.table_entries.saturating_add(growth);
        let fits = Exceeded::check(Limit::TableEntries, after, self.most_table_entries);
        let allowed = self.allows(fits);
        self.last_table_growth = if allowed { growth } else { 0 };
        self.table_entries += self.last_table_growth;
        Ok(allowed)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        tracing::debug!(%error, "a table could not grow");
        self.table_entries -= std::mem::take(&mut self.last_table_growth);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::PluginState;
    use crate::policy::{Limit, Limits};
    use crate::seeing::{Counters, Meter};
    use std::sync::Arc;
    use wasmtime::{Engine, Instance, Module, Store, TypedFunc, WasmParams, WasmResults};
    use wasmtime_wasi::WasiCtx;

    /// Tries to grow memories and tables of one page or entry.
    const GROWS: &str = "(module
        (memory $plain 1) (memory $wide i64 1) (table $table 1 funcref)
        (func (export \"plain\") (param i32) (result i32) (memory.grow $plain (local.get 0)))
        (func (export \"wide\") (param i64) (result i64) (memory.grow $wide (local.get 0)))
        (func (export \"table\") (param i32) (result i32)
            (table.grow $table (ref.null func) (local.get 0))))";

    fn store(
        engine: &Engine,
        counters: &Arc<Counters>,
        most_memories: u64,
        limits: &Limits,
    ) -> Store<PluginState> {
        let meter = Meter::new(counters.clone(), u64::MAX).expect("has room");
        let state = PluginState::new(
            "a".into(),
            WasiCtx::builder().build(),
            meter,
            most_memories,
            limits,
        );
        let mut store = Store::new(engine, state);
        store.limiter(|state| state);
        store
    }

    fn start(counters: &Arc<Counters>, limits: &Limits) -> (Store<PluginState>, Instance) {
        let engine = Engine::default();
        let mut store = store(&engine, counters, u64::MAX, limits);
        let module =
            Module::new(&engine, wat::parse_str(GROWS).expect("valid WAT")).expect("is valid");
        let instance = Instance::new(&mut store, &module, &[]).expect("instantiates");
        (store, instance)
    }

    fn function<P: WasmParams, R: WasmResults>(
        store: &mut Store<PluginState>,
        instance: Instance,
        name: &str,
    ) -> TypedFunc<P, R> {
        let function = instance.get_typed_func(store, name);
        function.expect("is exported")
    }

    #[test]
    fn only_memory_that_an_instance_got_is_counted() {
        let counters = Arc::new(Counters::default());
        let pages = || counters.snapshot().memory_bytes >> 16;
        let (mut store, instance) = start(&counters, &Limits::default().memory_bytes(u64::MAX));
        let plain = function::<u32, i32>(&mut store, instance, "plain");
        let wide = function::<u64, i64>(&mut store, instance, "wide");
        assert_eq!(pages(), 2);

        assert_eq!(plain.call(&mut store, 3).expect("returns"), 1);
        assert_eq!(pages(), 5);
        for _ in 0..3 {
            assert_eq!(plain.call(&mut store, u32::MAX).expect("returns"), -1);
            assert_eq!(wide.call(&mut store, u64::MAX).expect("returns"), -1);
            assert_eq!(wide.call(&mut store, 1 << 40).expect("returns"), -1);
        }
        assert_eq!(wide.call(&mut store, 2).expect("returns"), 1);
        assert_eq!(pages(), 7);
        drop(store);
        assert_eq!(pages(), 0);
    }

    #[test]
    fn a_memory_that_does_not_grow_takes_the_place_of_no_other() {
        const EMPTY: &str = "(module (memory 0) (func (export \"grow\") (param i32) (result i32)
            (memory.grow (local.get 0))))";
        let (engine, counters) = (Engine::default(), Arc::new(Counters::default()));
        let module = wat::parse_str(EMPTY).expect("valid WAT");
        let module = Module::new(&engine, module).expect("is valid");
        let mut stores = Vec::new();
        for most_memory_bytes in [0, u64::MAX] {
            let limits = Limits::default().memory_bytes(most_memory_bytes);
            let mut store = store(&engine, &counters, 2, &limits);
            let instance = Instance::new(&mut store, &module, &[]).expect("has room");
            stores.push((store, instance));
        }
        // One may not grow, and for the growth of the other there are too many memories.
        for (store, instance) in &mut stores {
            let grow = function::<u32, i32>(store, *instance, "grow");
            for _ in 0..10 {
                assert_eq!(grow.call(&mut *store, 1).expect("returns"), -1);
            }
        }
        let mut third = store(&engine, &counters, 2, &Limits::default());
        for _ in 0..10 {
            assert!(Instance::new(&mut third, &module, &[]).is_err());
        }
        let mut another = store(&engine, &counters, 3, &Limits::default());
        assert!(Instance::new(&mut another, &module, &[]).is_ok());
    }

    #[test]
    fn memories_and_tables_grow_up_to_their_limits_together() {
        let counters = Arc::new(Counters::default());
        let limits = Limits::default().memory_bytes(5 << 16).table_entries(10);
        let (mut store, instance) = start(&counters, &limits);
        let plain = function::<u32, i32>(&mut store, instance, "plain");
        let wide = function::<u64, i64>(&mut store, instance, "wide");
        let table = function::<u32, i32>(&mut store, instance, "table");

        assert_eq!(wide.call(&mut store, 2).expect("returns"), 1);
        assert_eq!(plain.call(&mut store, 2).expect("returns"), -1);
        let refused = store.data_mut().take_refused().expect("was refused");
        assert_eq!(
            (refused.limit, refused.found),
            (Limit::Memory, Some(6 << 16))
        );
        assert_eq!(plain.call(&mut store, 1).expect("returns"), 1);

        assert_eq!(table.call(&mut store, 10).expect("returns"), -1);
        let refused = store.data_mut().take_refused().expect("was refused");
        assert_eq!(
            (refused.limit, refused.found),
            (Limit::TableEntries, Some(11))
        );
        assert_eq!(table.call(&mut store, 9).expect("returns"), 1);
        assert_eq!(store.data_mut().take_refused(), None);
    }
}
