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

/// How a plugin is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// On the stack of the caller's call: it cannot wait in the host.
    Direct,
    /// On a fiber, so that its deadline also ends a wait.
    Waiting,
    /// On a fiber, on the engine with concurrency support: some of its exports are `async`.
    Concurrent,
}

/// The engines for plugins. They are the shim's own, whatever engine the embedder's callers run on.
///
/// Concurrency support makes every call several times as expensive, so only those plugins get it
/// that need it.
pub(crate) struct PluginEngine {
    plain: Engine,
    concurrent: Engine,
    direct_linker: Linker<PluginState>,
    waiting_linker: Linker<PluginState>,
    concurrent_linker: Linker<PluginState>,
    /// Drives the waits; made for the first plugin that can wait.
    runtime: OnceLock<Runtime>,
}

impl PluginEngine {
    pub(crate) fn new(cache: Option<PathBuf>) -> Result<Self, ShimError> {
        Self::set_up(cache).map_err(ShimError::Engine)
    }

    fn set_up(cache: Option<PathBuf>) -> wasmtime::Result<Self> {
        let mut config = config(cache)?;
        let plain = Engine::new(config.concurrency_support(false))?;
        let concurrent = Engine::new(config.concurrency_support(true))?;
        start_clock(&[&plain, &concurrent])?;
        let mut direct_linker = Linker::new(&plain);
        wasmtime_wasi::p2::add_to_linker_sync(&mut direct_linker)?;
        let mut waiting_linker = Linker::new(&plain);
        wasmtime_wasi::p2::add_to_linker_async(&mut waiting_linker)?;
        let mut concurrent_linker = Linker::new(&concurrent);
        wasmtime_wasi::p2::add_to_linker_async(&mut concurrent_linker)?;
        Ok(PluginEngine {
            plain,
            concurrent,
            direct_linker,
            waiting_linker,
            concurrent_linker,
            runtime: OnceLock::new(),
        })
    }

    pub(crate) fn engine(&self, mode: Mode) -> &Engine {
        match mode {
            Mode::Direct | Mode::Waiting => &self.plain,
            Mode::Concurrent => &self.concurrent,
        }
    }

    pub(crate) fn linker(&self, mode: Mode) -> &Linker<PluginState> {
        match mode {
            Mode::Direct => &self.direct_linker,
            Mode::Waiting => &self.waiting_linker,
            Mode::Concurrent => &self.concurrent_linker,
        }
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

/// Starts the clock that deadlines are measured by. It ends with the engines.
fn start_clock(engines: &[&Engine]) -> std::io::Result<()> {
    let engines: Vec<_> = engines.iter().map(|engine| engine.weak()).collect();
    let tick = move || {
        while engines.iter().all(|engine| {
            let engine = engine.upgrade();
            engine.inspect(|engine| engine.increment_epoch()).is_some()
        }) {
            std::thread::sleep(TICK);
        }
    };
    std::thread::Builder::new()
        .name("first-class-clock".into())
        .spawn(tick)?;
    Ok(())
}
