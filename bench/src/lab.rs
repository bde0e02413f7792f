//! What all subjects share: one engine, and the guests compiled on it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use first_class_host::{Capacity, Pooling, Shim, ShimBuilder};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, ProfilingStrategy};

use crate::subjects::handle::SOURCE;

/// The package of the plugin.
const PLUGIN: &str = "bench-plugin";

/// More instances than any case holds at once.
const MOST_INSTANCES: u64 = 20_000;

/// The guests, and the engine for all of them but the shim's plugins, for which the shim has its own
/// with the same settings.
pub(crate) struct Lab {
    folder: PathBuf,
    /// What all engines tell a profiler.
    pub(crate) profiler: ProfilingStrategy,
    pub(crate) engine: Engine,
    pub(crate) plugin: Component,
    /// A caller that imports what the plugin exports.
    pub(crate) importing_caller: Component,
    /// A caller with handles.
    pub(crate) holding_caller: Component,
    /// The importing caller, composed with the plugin.
    pub(crate) fused: Component,
    pub(crate) shim: Shim,
    /// A shim with the plugins of other worlds.
    pub(crate) other_shim: Shim,
}

impl Lab {
    /// Compiles the guests of a folder.
    pub(crate) fn new(folder: &Path, profiler: ProfilingStrategy) -> Result<Self> {
        let engine = engine(profiler)?;
        let read = |package: &str| {
            let path = component_path(folder, package);
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let path = |package| component_path(folder, package);
        let (importing_caller, plugin) = (read("bench-caller-imports")?, read(PLUGIN)?);
        let compile = |bytes: &[u8]| Component::new(&engine, bytes);
        Ok(Lab {
            folder: folder.into(),
            profiler,
            plugin: compile(&plugin)?,
            importing_caller: compile(&importing_caller)?,
            holding_caller: compile(&read("bench-caller-handles")?)?,
            fused: compile(&compose(importing_caller, plugin)?)?,
            shim: new_shim(&path(PLUGIN), profiler)?,
            other_shim: Shim::builder()
                .profiler(profiler)
                .file("asking", path("bench-asking"))
                .file("worker", path("bench-worker"))
                .build()?,
            engine,
        })
    }

    pub(crate) fn component_path(&self, package: &str) -> PathBuf {
        component_path(&self.folder, package)
    }

    /// Where the plugin is.
    pub(crate) fn plugin_path(&self) -> PathBuf {
        self.component_path(PLUGIN)
    }
}

/// An engine with the settings that the shim has for plugins which cannot wait. Ours has to stop
/// endless loops, for which the code of the guests looks at the epoch; so all of them do.
pub(crate) fn engine(profiler: ProfilingStrategy) -> Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true).concurrency_support(false);
    config.profiler(profiler);
    Ok(Engine::new(&config)?)
}

fn component_path(folder: &Path, package: &str) -> PathBuf {
    folder
        .join(package.replace('-', "_"))
        .with_extension("wasm")
}

/// A shim with the plugin as its source, which it has not compiled yet.
pub(crate) fn new_shim(plugin: &Path, profiler: ProfilingStrategy) -> Result<Shim> {
    Ok(shim_builder(plugin, profiler).build()?)
}

/// The same with a pool for a few small instances.
pub(crate) fn pooling_shim(plugin: &Path, profiler: ProfilingStrategy) -> Result<Shim> {
    let pooling = Pooling::new(16, 16 << 20);
    Ok(shim_builder(plugin, profiler).pooling(pooling).build()?)
}

fn shim_builder(plugin: &Path, profiler: ProfilingStrategy) -> ShimBuilder {
    let capacity = Capacity::default()
        .instances(MOST_INSTANCES)
        .memories(2 * MOST_INSTANCES)
        .instances_per_caller(MOST_INSTANCES);
    let builder = Shim::builder().profiler(profiler);
    builder.file(SOURCE, plugin).capacity(capacity)
}

/// Gives a component's imports to it, from the exports of another one.
fn compose(socket: Vec<u8>, plugin: Vec<u8>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut package = |name, bytes| {
        let package = Package::from_bytes(name, None, bytes, graph.types_mut());
        graph
            .register_package(package.map_err(|error| anyhow!(error))?)
            .map_err(|error| anyhow!(error))
    };
    let (socket, plugin) = (package("caller", socket)?, package("plugin", plugin)?);
    plug(&mut graph, vec![plugin], socket)?;
    Ok(graph.encode(EncodeOptions::default())?)
}
