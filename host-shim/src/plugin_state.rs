//! What the store of one instance holds besides the instance.

use crate::counters::Meter;
use wasmtime::ResourceLimiter;
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// The largest memory that may be asked for: more than any machine has, and little enough that sums
/// of sizes do not overflow.
const LARGEST: u64 = 1 << 47;

/// The data of an instance's store: WASI with nothing granted, and the instance's meter.
pub(crate) struct PluginState {
    wasi: WasiCtx,
    table: ResourceTable,
    meter: Meter,
}

impl PluginState {
    pub(crate) fn new(meter: Meter) -> Self {
        PluginState {
            wasi: WasiCtxBuilder::new().build(),
            table: ResourceTable::new(),
            meter,
        }
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
        let allowed = desired as u64 <= LARGEST && maximum.is_none_or(|maximum| desired <= maximum);
        if allowed {
            self.meter.memory_grew((desired - current) as u64);
        }
        Ok(allowed)
    }

    /// Called right after a growth was allowed, when it turned out to be impossible.
    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        tracing::debug!(%error, "a memory could not grow");
        self.meter.memory_did_not_grow();
        Ok(())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }
}

#[cfg(test)]
mod tests {
    use super::PluginState;
    use crate::counters::{Counters, Meter};
    use std::sync::Arc;
    use wasmtime::{Engine, Instance, Module, Store};

    /// Tries to grow a memory of one page, and then another one, by as many pages.
    const GROWS: &str = "(module
        (memory $plain 1) (memory $wide i64 1)
        (func (export \"plain\") (param i32) (result i32) (memory.grow $plain (local.get 0)))
        (func (export \"wide\") (param i64) (result i64) (memory.grow $wide (local.get 0))))";

    #[test]
    fn only_memory_that_an_instance_got_is_counted() {
        let counters = Arc::new(Counters::default());
        let pages = || counters.snapshot().memory_bytes >> 16;
        let engine = Engine::default();
        let state = PluginState::new(Meter::new(counters.clone()));
        let mut store = Store::new(&engine, state);
        store.limiter(|state| state);
        let module =
            Module::new(&engine, wat::parse_str(GROWS).expect("valid WAT")).expect("is valid");
        let instance = Instance::new(&mut store, &module, &[]).expect("instantiates");
        let plain = instance.get_typed_func::<u32, i32>(&mut store, "plain");
        let plain = plain.expect("is exported");
        let wide = instance.get_typed_func::<u64, i64>(&mut store, "wide");
        let wide = wide.expect("is exported");
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
}
