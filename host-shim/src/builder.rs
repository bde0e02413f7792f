//! Describing a shim.

use crate::callbacks;
use crate::engine::{EngineSettings, PluginEngine, Pooling};
use crate::error::ShimError;
use crate::instance::Host;
use crate::linker::add_to_plugin_linker;
use crate::named::Directory;
use crate::plan::Workshop;
use crate::policy::{Capacity, Limits, Rule};
use crate::pool::Pool;
use crate::seeing::Counters;
use crate::shim::{Inner, Shim};
use crate::sources::{Source, Sources};
use crate::waits::Waits;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wasmtime::ProfilingStrategy;

/// How many worlds are remembered, with the plugins that were compiled for them. Compiled code takes
/// mappings of the process as well, and callers may come and go with worlds of their own.
const MOST_WORLDS: NonZeroUsize = NonZeroUsize::new(256).expect("is not 0");

/// Describes a [`Shim`].
#[derive(Debug, Default)]
pub struct ShimBuilder {
    sources: Vec<(String, Source)>,
    rule: Option<Rule>,
    limits: Limits,
    capacity: Capacity,
    cache: Option<PathBuf>,
    pooling: Option<Pooling>,
    profiler: Option<ProfilingStrategy>,
    metrics: bool,
    call_threads: Option<NonZeroUsize>,
}

impl Shim {
    /// Describes a new shim.
    pub fn builder() -> ShimBuilder {
        ShimBuilder::default()
    }
}

impl ShimBuilder {
    /// Offers a source under a name, or under every name of a pattern: `*` stands for any
    /// characters but `/`, and `**` for any.
    #[must_use]
    pub fn source(mut self, name: impl Into<String>, source: Source) -> Self {
        self.sources.push((name.into(), source));
        self
    }

    /// Offers a component file under a name; short for a source that is a [`Source::file`].
    #[must_use]
    pub fn file(self, name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        self.source(name, Source::file(path))
    }

    /// Offers every `*.wasm` file of a directory under its name without the extension; short for
    /// a source `*` that is a [`Source::directory`].
    #[must_use]
    pub fn directory(self, path: impl Into<PathBuf>) -> Self {
        self.source("*", Source::directory(path))
    }

    /// Lets a function decide which caller, by its identity, may load which source, by its name.
    /// Without it each caller may load what its own [`Caller`](crate::Caller) allows. The function
    /// is called at each load, and for each source of a list.
    #[must_use]
    pub fn access(mut self, allows: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Self {
        self.rule = Some(Rule::new(allows));
        self
    }

    /// What each instance may take, unless its source has limits of its own.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long a call may take; short for [`Limits::deadline`] in [`ShimBuilder::limits`].
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.limits = self.limits.deadline(deadline);
        self
    }

    /// What the shim as a whole takes on.
    #[must_use]
    pub fn capacity(mut self, capacity: Capacity) -> Self {
        self.capacity = capacity;
        self
    }

    /// On how many threads calls run that callers start and do not wait for at once; as many as the
    /// machine has cores unless set. A call of a plugin that cannot wait in the host has its thread to
    /// its end. Those of others share as many threads again, and give way to each other: one that
    /// waits for a clock or a network takes none.
    #[must_use]
    pub fn call_threads(mut self, threads: NonZeroUsize) -> Self {
        self.call_threads = Some(threads);
        self
    }

    /// Keeps compiled code in this directory, so that the next process need not compile.
    /// Without it, compiled code lives as long as the shim.
    #[must_use]
    pub fn cache(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cache = Some(directory.into());
        self
    }

    /// Takes the memory of instances from a pool.
    #[must_use]
    pub fn pooling(mut self, pooling: Pooling) -> Self {
        self.pooling = Some(pooling);
        self
    }

    /// Tells a profiler what the compiled code of plugins is called, such as `perf` with
    /// [`ProfilingStrategy::PerfMap`]. Others than that take wasmtime's feature `profiling`, without which
    /// [`ShimBuilder::build`] fails.
    #[must_use]
    pub fn profiler(mut self, strategy: ProfilingStrategy) -> Self {
        self.profiler = Some(strategy);
        self
    }

    /// Records metrics of loads and calls with the recorder that the `metrics` crate has when the
    /// shim is built: counters `first_class_calls_total` (labels `source`, the source's name or
    /// pattern, and `outcome`) and `first_class_loads_total` (`outcome`), and histograms
    /// `first_class_call_seconds`, `first_class_call_bytes_in`, `first_class_call_bytes_out` (label
    /// `source`) and `first_class_load_seconds`.
    #[must_use]
    pub fn metrics(mut self) -> Self {
        self.metrics = true;
        self
    }

    /// Builds the shim.
    ///
    /// # Errors
    /// When a path does not exist, two sources have one name, a name is malformed, or the engine
    /// cannot be set up.
    pub fn build(self) -> Result<Shim, ShimError> {
        let mut sources = Sources::default();
        for (name, source) in self.sources {
            sources.add(&name, source, self.metrics)?;
        }
        let settings = EngineSettings {
            cache: self.cache,
            pooling: self.pooling,
            profiler: self.profiler,
        };
        let waits = Arc::new(Waits::default());
        let (time, bytes) = (self.capacity.compile_time, self.capacity.component_bytes);
        let engine = PluginEngine::new(settings, |linker, mode| {
            add_to_plugin_linker(linker)?;
            callbacks::add_to_linker(linker, mode)
        })?;
        let host = Arc::new(Host {
            engine: Arc::new(engine),
            waits: waits.clone(),
            counters: Arc::new(Counters::default()),
            capacity: self.capacity,
            pool: Pool::new(self.call_threads),
        });
        Ok(Shim {
            inner: Arc::new(Inner {
                sources,
                rule: self.rule,
                limits: self.limits,
                metrics: self.metrics,
                directory: Arc::new(Directory::new(host.clone())),
                host,
                workshop: Workshop::new(waits, time, bytes),
                worlds: Mutex::new(LruCache::new(MOST_WORLDS)),
            }),
        })
    }
}
