//! The engine on which plugins run, its clock, and its linkers.

use crate::error::ShimError;
use crate::plugin_state::PluginState;
use std::path::PathBuf;
use std::time::Duration;
use wasmtime::component::Linker;
use wasmtime::{
    Cache, CacheConfig, Config, Enabled, Engine, PoolingAllocationConfig, ProfilingStrategy,
};

/// How often the clock ticks that stops endless loops; deadlines are this precise.
const TICK: Duration = Duration::from_millis(10);

/// How a plugin is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// On the stack of the caller's call: it cannot wait in the host.
    Direct,
    /// On a fiber, so that its deadline also ends a wait, and so that it gives way to others on the
    /// executor's thread.
    Waiting,
    /// On a fiber, on the engine with concurrency support: some of its exports are `async`.
    Concurrent,
}

/// What an engine is made with.
#[derive(Debug, Default)]
pub(crate) struct EngineSettings {
    /// Where compiled code is kept.
    pub(crate) cache: Option<PathBuf>,
    pub(crate) pooling: Option<Pooling>,
    pub(crate) profiler: Option<ProfilingStrategy>,
}

/// Takes the memory of instances from a pool that is set aside when the shim is built, which makes
/// loads faster and their cost even.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pooling {
    instances: u32,
    memory_bytes: usize,
}

impl Pooling {
    /// A pool for so many instances at once, each with at most so much memory in each of its linear
    /// memories, in bytes. Address space is set aside for all of them, and memory only as it is
    /// used; up to 128 KiB of each memory, and of each table, stay for the next instance that has its place.
    /// What does not fit into the pool fails to start.
    pub fn new(instances: u32, memory_bytes: usize) -> Self {
        Pooling {
            instances,
            memory_bytes,
        }
    }

    /// The settings of the pool, for an embedder that pools instances of an engine of its own, such as those of
    /// its callers: `config.allocation_strategy(pooling.allocation())`. They can be changed before that.
    pub fn allocation(&self) -> PoolingAllocationConfig {
        // A composed plugin is a component of three core instances and more: the bridge, the
        // plugin, and the small modules that tie them together.
        const PARTS: u32 = 8;
        const TABLE_ENTRIES: usize = 100_000;
        // What an instance has written to is made zero where it lies, up to so many bytes, instead of
        // being given back to the system: that is what most of a load would be.
        const KEPT: usize = 128 << 10;
        let mut pool = PoolingAllocationConfig::default();
        pool.total_component_instances(self.instances)
            .total_core_instances(self.instances.saturating_mul(PARTS))
            .total_memories(self.instances.saturating_mul(3))
            .total_tables(self.instances.saturating_mul(PARTS))
            .total_stacks(self.instances)
            .max_core_instances_per_component(64)
            .max_memories_per_component(16)
            .max_tables_per_component(64)
            .max_memories_per_module(4)
            .max_tables_per_module(16)
            .table_elements(TABLE_ENTRIES)
            .linear_memory_keep_resident(KEPT)
            .table_keep_resident(KEPT)
            .pagemap_scan(Enabled::Auto)
            .max_component_instance_size(1 << 20)
            .max_core_instance_size(1 << 20)
            .max_memory_size(self.memory_bytes);
        pool
    }
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
}

impl PluginEngine {
    /// Sets the engines up. `contract` adds the contract to the linkers of plugins that may hold
    /// instances themselves.
    pub(crate) fn new(
        settings: EngineSettings,
        contract: impl Fn(&mut Linker<PluginState>, Mode) -> wasmtime::Result<()>,
    ) -> Result<Self, ShimError> {
        Self::set_up(settings, contract).map_err(ShimError::Engine)
    }

    fn set_up(
        settings: EngineSettings,
        contract: impl Fn(&mut Linker<PluginState>, Mode) -> wasmtime::Result<()>,
    ) -> wasmtime::Result<Self> {
        let mut config = config(settings)?;
        let plain = Engine::new(config.concurrency_support(false))?;
        // A concurrent bridge cancels without waiting for it.
        config.wasm_component_model_more_async_builtins(true);
        let concurrent = Engine::new(config.concurrency_support(true))?;
        start_clock(&[&plain, &concurrent])?;
        let mut direct_linker = Linker::new(&plain);
        wasmtime_wasi::p2::add_to_linker_sync(&mut direct_linker)?;
        let waiting = |engine, mode| -> wasmtime::Result<_> {
            let mut linker = Linker::new(engine);
            wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
            contract(&mut linker, mode)?;
            Ok(linker)
        };
        Ok(PluginEngine {
            direct_linker,
            waiting_linker: waiting(&plain, Mode::Waiting)?,
            concurrent_linker: waiting(&concurrent, Mode::Concurrent)?,
            plain,
            concurrent,
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
}

/// How many ticks have to pass before a deadline is certainly over.
pub(crate) fn ticks(deadline: Duration) -> u64 {
    let ticks = deadline.as_nanos().div_ceil(TICK.as_nanos());
    u64::try_from(ticks).unwrap_or(u64::MAX / 2) + 1
}

fn config(settings: EngineSettings) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true);
    if let Some(directory) = settings.cache {
        let mut cache = CacheConfig::new();
        cache.with_directory(directory);
        config.cache(Some(Cache::new(cache)?));
    }
    if let Some(pooling) = settings.pooling {
        config.allocation_strategy(pooling.allocation());
    }
    if let Some(profiler) = settings.profiler {
        config.profiler(profiler);
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
