//! The wasmtime program around the caller.

use crate::component;
use crate::terminal::printable;
use first_class_host::{ShimCtx, ShimView};
use miette::{MietteDiagnostic, Result, miette};
use std::path::Path;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Cache, CacheConfig, Config, Engine, Store, WasmBacktrace};
use wasmtime_wasi::p2::bindings::sync::CommandPre;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView};

/// A caller, ready to be run any number of times.
pub(super) struct Host {
    command: CommandPre<State>,
}

/// How a caller ended.
pub(super) enum Ended {
    Exited(u8),
    /// By a trap, which this describes.
    Trapped(Box<MietteDiagnostic>),
}

/// What is kept for a caller that runs.
struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    shim: ShimCtx,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
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

impl Host {
    /// Compiles a caller.
    pub(super) fn new(path: &Path, cache: Option<&Path>) -> Result<Self> {
        let bytes = component::read(path)?;
        component::world(path, &bytes)?;
        let name = path.display();
        let engine =
            engine(cache).map_err(|error| miette!("wasmtime cannot be set up: {error:#}"))?;
        let component = Component::from_binary(&engine, &bytes);
        let component =
            component.map_err(|error| miette!("`{name}` cannot be compiled: {error:#}"))?;
        let no_program = || {
            miette!(
                help = "give the caller here, which has a `main`, and plugins with `--plugins` or \
                        `--source`; `cargo first-class call` calls a plugin",
                "`{name}` is no program: it does not export `wasi:cli/run`"
            )
        };
        // A plugin may import what nobody has here, which would be said of it first.
        let ty = component.component_type();
        if !ty
            .exports(&engine)
            .any(|(name, _)| name.starts_with("wasi:cli/run@"))
        {
            return Err(no_program());
        }
        let linker =
            linker(&engine).map_err(|error| miette!("wasmtime cannot be set up: {error:#}"))?;
        let instance = linker.instantiate_pre(&component).map_err(|error| {
            miette!(
                help = "a caller may import WASI 0.2 and `first-class:worlds`",
                "`{name}` cannot be run: {error:#}"
            )
        })?;
        let command = CommandPre::new(instance).map_err(|_| no_program())?;
        Ok(Host { command })
    }

    /// What stops a caller that runs, wherever it is in its own code.
    pub(super) fn stopper(&self) -> impl Fn() + Send + 'static {
        let engine = self.command.engine().clone();
        move || engine.increment_epoch()
    }

    /// Runs the caller to its end.
    pub(super) fn run(&self, wasi: WasiCtx, shim: ShimCtx) -> Result<Ended> {
        let state = State {
            wasi,
            table: ResourceTable::new(),
            shim,
        };
        let mut store = Store::new(self.command.engine(), state);
        store.set_epoch_deadline(1);
        let ended = self.command.instantiate(&mut store);
        let ended = ended.and_then(|command| command.wasi_cli_run().call_run(&mut store));
        Ok(match ended {
            Ok(Ok(())) => Ended::Exited(0),
            Ok(Err(())) => Ended::Exited(1),
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(exit) => Ended::Exited(exit.0.try_into().unwrap_or(1)),
                None => Ended::Trapped(Box::new(trap(&error))),
            },
        })
    }
}

/// The trap, with the functions that were running, whose names are the caller's.
fn trap(error: &wasmtime::Error) -> MietteDiagnostic {
    let message = format!("the caller trapped: {}", error.root_cause());
    let diagnostic = MietteDiagnostic::new(message);
    match error.downcast_ref::<WasmBacktrace>() {
        Some(backtrace) => {
            let backtrace = backtrace.to_string();
            let lines = backtrace.lines().skip(1).map(printable); // the first is wasmtime's heading
            let lines: Vec<_> = lines.collect();
            diagnostic.with_help(format!("it was in\n{}", lines.join("\n")))
        }
        None => diagnostic,
    }
}

fn engine(cache: Option<&Path>) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    if let Some(directory) = cache {
        let mut cache = CacheConfig::new();
        cache.with_directory(directory);
        config.cache(Some(Cache::new(cache)?));
    }
    Engine::new(&config)
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    first_class_host::add_to_linker(&mut linker)?;
    Ok(linker)
}
