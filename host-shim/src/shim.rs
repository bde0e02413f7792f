//! The shim: sources, what was prepared from them, and the instances' surroundings.

use crate::counters::{Counters, Snapshot};
use crate::engine::PluginEngine;
use crate::error::{LoadError, ShimError};
use crate::file_cache::{FileCache, lock};
use crate::instance::{Instance, Surroundings};
use crate::plan::{PluginPlan, WorldPlan};
use crate::source::Sources;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a call may take when the embedder does not say.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(1);

/// A shim, shared by any number of callers and threads. Cloning it gives another handle.
#[derive(Clone)]
pub struct Shim {
    inner: Arc<Inner>,
}

struct Inner {
    sources: Sources,
    surroundings: Surroundings,
    /// By the encoding of the world, as callers pass it.
    worlds: Mutex<HashMap<Box<[u8]>, Arc<KnownWorld>>>,
}

/// A world that some caller has asked for, and the plugins that were met for it.
struct KnownWorld {
    plan: Arc<WorldPlan>,
    plugins: FileCache<PathBuf, Arc<PluginPlan>>,
    claims: FileCache<PathBuf, bool>,
}

impl Shim {
    /// Describes a new shim.
    pub fn builder() -> ShimBuilder {
        ShimBuilder::default()
    }

    /// What the shim holds at this moment.
    pub fn snapshot(&self) -> Snapshot {
        self.inner.surroundings.counters.snapshot()
    }

    /// The sources that claim to implement a world: all but those components that export
    /// nothing of what it asks for. A file that cannot be read stays in the list, so that
    /// loading it tells why.
    pub(crate) fn available(&self, world: &[u8]) -> Result<Vec<String>, LoadError> {
        let world = self.world(world)?;
        let names = self.inner.sources.names().into_iter();
        Ok(names
            .filter(|name| match self.inner.sources.find(name) {
                Some(path) => world.is_claimed_by(&path),
                None => false,
            })
            .collect())
    }

    pub(crate) fn load(&self, source_name: &str, world: &[u8]) -> Result<Instance, LoadError> {
        let path = self.inner.sources.find(source_name);
        let path = path.ok_or_else(|| LoadError::NotFound {
            source_name: source_name.into(),
        })?;
        let plan = self.plan(source_name, &path, &*self.world(world)?)?;
        Instance::new(source_name.into(), plan, self.inner.surroundings.clone())
    }

    fn plan(
        &self,
        source_name: &str,
        path: &Path,
        world: &KnownWorld,
    ) -> Result<Arc<PluginPlan>, LoadError> {
        let Surroundings {
            engine, counters, ..
        } = &self.inner.surroundings;
        let unreadable = |error| LoadError::Unreadable {
            source_name: source_name.into(),
            error: Arc::new(error),
        };
        world.plugins.get(path.into(), path, unreadable, |bytes| {
            let plan = world
                .plan
                .plan_plugin(source_name, &bytes, engine, counters)?;
            tracing::debug!(source = source_name, "a component was compiled");
            Ok(Arc::new(plan))
        })
    }

    fn world(&self, encoded: &[u8]) -> Result<Arc<KnownWorld>, LoadError> {
        if let Some(known) = lock(&self.inner.worlds).get(encoded) {
            return Ok(known.clone());
        }
        let known = Arc::new(KnownWorld {
            plan: Arc::new(WorldPlan::new(encoded)?),
            plugins: FileCache::new(),
            claims: FileCache::new(),
        });
        let mut worlds = lock(&self.inner.worlds);
        Ok(worlds.entry(encoded.into()).or_insert(known).clone())
    }
}

impl KnownWorld {
    fn is_claimed_by(&self, path: &Path) -> bool {
        let claim = self.claims.get(path.into(), path, drop, |bytes| {
            Ok(match crate::component::read_type(&bytes) {
                Ok(plugin) => self.plan.is_claimed_by(&plugin),
                Err(_) => true,
            })
        });
        claim.unwrap_or(true)
    }
}

/// Describes a [`Shim`].
#[derive(Debug, Default)]
pub struct ShimBuilder {
    files: Vec<(String, PathBuf)>,
    directories: Vec<PathBuf>,
    deadline: Option<Duration>,
    cache: Option<PathBuf>,
}

impl ShimBuilder {
    /// Offers a component file under a name.
    pub fn file(mut self, name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        self.files.push((name.into(), path.into()));
        self
    }

    /// Offers every `*.wasm` file of a directory under its name without the extension. Files
    /// that are added later are seen as well.
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directories.push(path.into());
        self
    }

    /// How long a call may take, wall clock, before its instance is stopped; 1 second unless
    /// set. Deadlines are kept to within some 20 ms.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Keeps compiled code in this directory, so that the next process need not compile.
    /// Without it, compiled code lives as long as the shim.
    pub fn cache(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cache = Some(directory.into());
        self
    }

    /// Builds the shim.
    ///
    /// # Errors
    /// When a path does not exist, two sources have one name, or the engine cannot be set up.
    pub fn build(self) -> Result<Shim, ShimError> {
        let mut sources = Sources::default();
        for (name, path) in self.files {
            sources.add_file(name, path)?;
        }
        for path in self.directories {
            sources.add_directory(path)?;
        }
        let surroundings = Surroundings {
            engine: Arc::new(PluginEngine::new(self.cache)?),
            counters: Arc::new(Counters::default()),
            deadline: self.deadline.unwrap_or(DEFAULT_DEADLINE),
        };
        Ok(Shim {
            inner: Arc::new(Inner {
                sources,
                surroundings,
                worlds: Mutex::default(),
            }),
        })
    }
}
