//! What the store of one instance holds besides the instance.

use crate::counters::Meter;
use wasmtime::ResourceLimiter;
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

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
        let allowed = maximum.is_none_or(|maximum| desired <= maximum);
        if allowed {
            self.meter.memory_grew((desired - current) as u64);
        }
        Ok(allowed)
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
