//! The shim: what is offered, what was prepared from it, and what lives.

use crate::error::LoadError;
use crate::instance::{Host, Nesting, Spawn};
use crate::lock::lock;
use crate::named::{Directory, Stay};
use crate::plan::{At, KnownWorld, Origin, Workshop, precompile};
use crate::policy::{Caller, Capacity, Limits, Restart, Rule, WasiGrants};
use crate::provided::Provided;
use crate::seeing::{Meters, Snapshot};
use crate::sources::{Lifetime, Offer, Sources};
use lru::LruCache;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// A shim, shared by any number of callers and threads. Cloning it gives another handle.
#[derive(Clone)]
pub struct Shim {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) sources: Sources,
    pub(crate) rule: Option<Rule>,
    pub(crate) limits: Limits,
    pub(crate) metrics: bool,
    pub(crate) host: Arc<Host>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) workshop: Workshop,
    /// By the encoding of the world, as callers pass it; those that were asked for last.
    pub(crate) worlds: Mutex<LruCache<Box<[u8]>, Arc<KnownWorld>>>,
}

/// What a name stands for, ready to be made.
pub(crate) struct Prepared {
    pub(crate) spawn: Arc<Spawn>,
    /// How its instances stay, if they are named.
    pub(crate) stay: Option<Stay>,
}

impl Shim {
    /// What the shim holds at this moment.
    pub fn snapshot(&self) -> Snapshot {
        self.inner.host.counters.snapshot()
    }

    /// Gives up the named instances whose component is in this file, as after the file has changed: who
    /// loads one of their names from now on gets a fresh instance of what the file is then. Those who
    /// hold the old one keep it, and its state is lost with the last of them. Returns the names of
    /// the instances. A load that is not of a name sees a changed file by itself.
    pub fn retire(&self, file: &Path) -> Vec<String> {
        let is_in_file = |name: &str| {
            let found = self.inner.sources.find(name);
            found.is_some_and(|(_, origin)| matches!(&origin.at, At::File(path) if path == file))
        };
        let retired = self.inner.directory.retire(is_in_file).into_iter();
        retired.map(|name| name.to_string()).collect()
    }

    /// Compiles a component ahead of time, as a plugin of an encoded world. A source that is
    /// [trusted](crate::Source::trust_precompiled) takes the result in place of the component; it
    /// fits this version of this crate on this kind of machine, and is refused by others.
    ///
    /// # Errors
    /// When the component does not fit the world, or cannot be compiled.
    pub fn precompile(&self, component: &[u8], world: &[u8]) -> Result<Vec<u8>, LoadError> {
        precompile(world, component, &self.inner.host.engine)
    }
}

impl Inner {
    pub(crate) fn capacity(&self) -> &Capacity {
        &self.host.capacity
    }

    pub(crate) fn allows(&self, caller: &Caller, source_name: &str) -> bool {
        let rule = self.rule.as_ref();
        caller.may_load_name(source_name)
            && rule.is_none_or(|rule| rule.allows(caller, source_name))
    }

    /// The sources that a caller may load and that claim to implement a world: all but those
    /// components that export nothing of what it asks for. A file that cannot be read stays in the
    /// list, so that loading it tells why.
    pub(crate) async fn available(&self, caller: &Caller, world: &KnownWorld) -> Vec<String> {
        let mut available = Vec::new();
        for name in self.sources.names() {
            if !self.allows(caller, &name) {
                continue;
            }
            if let Some((_, origin)) = self.sources.find(&name)
                && world.is_claimed_by(&name, &origin, &self.workshop).await
            {
                available.push(name);
            }
        }
        available
    }

    /// What a name stands for, for a caller, who must not learn of a name that it may not load.
    pub(crate) fn find(
        &self,
        caller: &Caller,
        source_name: &str,
    ) -> Result<(&Offer, Origin), LoadError> {
        let found = match self.allows(caller, source_name) {
            true => self.sources.find(source_name),
            false => None,
        };
        found.ok_or_else(|| LoadError::NotFound {
            source_name: source_name.into(),
        })
    }

    /// Prepares a source.
    pub(crate) async fn prepare(
        &self,
        (offer, origin): (&Offer, Origin),
        source_name: &str,
        world: &KnownWorld,
        on_fiber: bool,
        nesting: &Arc<dyn Nesting>,
    ) -> Result<Prepared, LoadError> {
        let Host {
            engine, counters, ..
        } = &*self.host;
        let plan = world.plugin(source_name, &origin, &self.workshop, engine, counters);
        let plan = plan.await?;
        let Offer { source, meters, .. } = offer;
        let stay = match source.lifetime {
            Lifetime::Fresh => None,
            Lifetime::Named { idle, most } => Some(Stay {
                source: offer.number,
                idle,
                most,
            }),
        };
        let spawn = Spawn {
            host: self.host.clone(),
            source_name: source_name.into(),
            plan,
            wasi: source.wasi.clone(),
            provided: source.provided.clone(),
            limits: source.limits.clone().unwrap_or_else(|| self.limits.clone()),
            restart: source.restart,
            on_fiber: on_fiber || stay.is_some() || source.wasi.may_wait(),
            meters: meters.clone(),
            as_caller: source.as_caller(source_name),
            nesting: nesting.clone(),
        };
        Ok(Prepared {
            spawn: Arc::new(spawn),
            stay,
        })
    }

    /// Prepares a component that a caller gave itself.
    pub(crate) async fn prepare_bytes(
        &self,
        component: Arc<[u8]>,
        world: &KnownWorld,
        on_fiber: bool,
        nesting: &Arc<dyn Nesting>,
    ) -> Result<Arc<Spawn>, LoadError> {
        let origin = Origin {
            at: At::Given(component),
            trusted: false,
            provided: Provided::default(),
        };
        let Host {
            engine, counters, ..
        } = &*self.host;
        let plan = world.plugin(GIVEN, &origin, &self.workshop, engine, counters);
        Ok(Arc::new(Spawn {
            host: self.host.clone(),
            source_name: GIVEN.into(),
            plan: plan.await?,
            wasi: WasiGrants::default(),
            provided: Provided::default(),
            limits: self.limits.clone(),
            restart: Restart::Never,
            on_fiber,
            meters: Meters::default(),
            as_caller: Caller::of_plugin(GIVEN, Arc::new([])),
            nesting: nesting.clone(),
        }))
    }

    /// A world that a caller asks for.
    pub(crate) async fn world(&self, encoded: &[u8]) -> Result<Arc<KnownWorld>, LoadError> {
        if let Some(known) = lock(&self.worlds).get(encoded) {
            return Ok(known.clone());
        }
        let bytes: Box<[u8]> = encoded.into();
        let known = self.workshop.run("", move || KnownWorld::new(&bytes));
        let known = Arc::new(known.await?);
        let mut worlds = lock(&self.worlds);
        Ok(worlds.get_or_insert(encoded.into(), || known).clone())
    }
}

/// The name of what has no source.
pub(crate) const GIVEN: &str = "given bytes";
