//! The data of a store.

use wasmtime::component::{Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// WASI, with nothing granted, and what the host has besides.
pub(crate) struct State<H> {
    wasi: WasiCtx,
    pub(crate) table: ResourceTable,
    pub(crate) host: H,
}

impl<H: Send> WasiView for State<H> {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// A store whose guests are never interrupted.
pub(crate) fn store<H>(engine: &Engine, host: H) -> Store<State<H>> {
    let state = State {
        wasi: WasiCtx::builder().build(),
        table: ResourceTable::new(),
        host,
    };
    let mut store = Store::new(engine, state);
    store.set_epoch_deadline(u64::MAX / 2);
    store
}

/// A linker with WASI in it.
pub(crate) fn linker<H: Send + 'static>(engine: &Engine) -> wasmtime::Result<Linker<State<H>>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    Ok(linker)
}
