//! The engine on which plugins run, its clock, and its linkers.

use crate::error::ShimError;
use crate::plugin_state::PluginState;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use wasmtime::component::Linker;
use wasmtime::{Cache, CacheConfig, Config, Engine};

/// How often the clock ticks that stops endless loops; deadlines are this precise.
const TICK: Duration = Duration::from_millis(10);

/// The engine for plugins. It is the shim's own, whatever engine the embedder's callers run on.
pub(crate) struct PluginEngine {
    engine: Engine,
    /// For plugins that cannot wait in the host: entered on the caller's stack.
    sync: Linker<PluginState>,
    /// For plugins that can: entered on a fiber, so that a deadline also ends a wait.
    waiting: Linker<PluginState>,
    /// Drives the waits; made for the first plugin that can wait.
    runtime: OnceLock<Runtime>,
}

impl PluginEngine {
    pub(crate) fn new(cache: Option<PathBuf>) -> Result<Self, ShimError> {
        let engine =
            Engine::new(&config(cache).map_err(ShimError::Engine)?).map_err(ShimError::Engine)?;
        start_clock(&engine).map_err(ShimError::Thread)?;
        let mut sync = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut sync).map_err(ShimError::Engine)?;
        let mut waiting = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut waiting).map_err(ShimError::Engine)?;
        Ok(PluginEngine {
            engine,
            sync,
            waiting,
            runtime: OnceLock::new(),
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn linker(&self, can_wait: bool) -> &Linker<PluginState> {
        if can_wait { &self.waiting } else { &self.sync }
    }

    /// The runtime that wakes waiting plugins.
    pub(crate) fn runtime(&self) -> std::io::Result<&Runtime> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("first-class-waits")
            .enable_all()
            .build()?;
        Ok(self.runtime.get_or_init(|| runtime))
    }
}

/// How many ticks have to pass before a deadline is certainly over.
pub(crate) fn ticks(deadline: Duration) -> u64 {
    let ticks = deadline.as_nanos().div_ceil(TICK.as_nanos());
    u64::try_from(ticks).unwrap_or(u64::MAX / 2) + 1
}

fn config(cache: Option<PathBuf>) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true);
    if let Some(directory) = cache {
        let mut settings = CacheConfig::new();
        settings.with_directory(directory);
        config.cache(Some(Cache::new(settings)?));
    }
    Ok(config)
}

/// Starts the clock that deadlines are measured by. It ends with the engine.
fn start_clock(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    };
    std::thread::Builder::new()
        .name("first-class-clock".into())
        .spawn(tick)?;
    Ok(())
}
