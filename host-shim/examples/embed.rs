//! The shim in a wasmtime program that is there already: `embed CALLER.wasm PLUGINS`.
//!
//! What is new in it are the three lines that are marked.

use first_class_host::{Shim, ShimCtx, ShimView};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    shim: ShimCtx,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (ctx, table) = (&mut self.wasi, &mut self.table);
        WasiCtxView { ctx, table }
    }
}

impl ShimView for State {
    fn shim(&mut self) -> &mut ShimCtx {
        &mut self.shim
    }

    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (caller, plugins) = arguments.next().zip(arguments.next()).ok_or("two paths")?;
    let engine = Engine::default();
    let mut linker: Linker<State> = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let shim = Shim::builder().directory(plugins).build()?; // new
    first_class_host::add_to_linker(&mut linker)?; // new
    let (wasi, table) = (
        WasiCtx::builder().inherit_stdio().build(),
        ResourceTable::new(),
    );
    let shim = shim.caller(); // new
    let mut store = Store::new(&engine, State { wasi, table, shim });
    let component = Component::from_file(&engine, caller)?;
    let command = Command::instantiate(&mut store, &component, &linker)?;
    Ok(command
        .wasi_cli_run()
        .call_run(&mut store)?
        .map_err(|()| "the caller failed")?)
}
