//! The shim: what is offered, what was prepared from it, and what lives.

use crate::backends::{Backend, Offered};
use crate::error::LoadError;
use crate::instance::{Host, Nesting, Spawn};
use crate::lock::lock;
use crate::named::{Directory, Stay};
use crate::plan::{At, Given, KnownWorld, Origin, Peer, PluginPlan, Workshop, precompile};
use crate::policy::{Caller, Capacity, Exceeded, Limit, Limits, Restart, Rule, WasiGrants};
use crate::provided::Provided;
use crate::seeing::{Meters, Snapshot};
use crate::sources::{Found, Lifetime, Offer, Sources};
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
        let is_in_file = |name: &str| match self.inner.sources.find(name) {
            Some((_, Found::Component(origin))) => {
                matches!(&origin.at, At::File(path) if path == file)
            }
            _ => false,
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
            let claimed = match self.sources.find(&name) {
                None => false,
                Some((_, Found::Component(origin))) => {
                    world.is_claimed_by(&name, &origin, &self.workshop).await
                }
                Some((offer, Found::Peer(backend))) => {
                    let checked = self.check(offer, &*backend, &offered(&name, world)).await;
                    !matches!(checked, Err(LoadError::Misfit { .. }))
                }
            };
            if claimed {
                available.push(name);
            }
        }
        available
    }

    /// Asks a backend whether a source can be had as a world, and what it lacks of it.
    async fn check(
        &self,
        offer: &Offer,
        backend: &dyn Backend,
        offered: &Offered,
    ) -> Result<Vec<u32>, LoadError> {
        let name = &offered.source_name;
        let limit = self.limits_of(offer).deadline;
        let checked = self.host.waits.within(limit, backend.check(offered)).await;
        let checked = checked.map_err(|error| LoadError::Unavailable {
            source_name: name.to_string(),
            message: error.to_string(),
        })?;
        let checked = checked.ok_or_else(|| LoadError::Limit {
            source_name: name.to_string(),
            exceeded: Exceeded::time(Limit::Start, limit),
        })?;
        checked.map_err(|error| LoadError::of_open(name, offered.codec.world().full_name(), error))
    }

    /// What an instance of a source may take.
    #[cfg(any(feature = "nats", feature = "wrpc"))]
    pub(crate) fn limits_of_name(&self, source_name: &str) -> &Limits {
        let found = self.sources.find(source_name);
        found.map_or(&self.limits, |(offer, _)| self.limits_of(offer))
    }

    pub(crate) fn limits_of<'a>(&'a self, offer: &'a Offer) -> &'a Limits {
        offer.source.limits.as_ref().unwrap_or(&self.limits)
    }

    /// What a name stands for, for a caller, who must not learn of a name that it may not load.
    pub(crate) fn find(
        &self,
        caller: &Caller,
        source_name: &str,
    ) -> Result<(&Offer, Found), LoadError> {
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
        (offer, found): (&Offer, Found),
        source_name: &str,
        world: &KnownWorld,
        on_fiber: bool,
        nesting: &Arc<dyn Nesting>,
    ) -> Result<Prepared, LoadError> {
        let plan = match found {
            Found::Component(origin) => self.plugin(world, source_name, &origin).await?,
            Found::Peer(backend) => Arc::new(self.peer(world, source_name, offer, backend).await?),
        };
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
            limits: self.limits_of(offer).clone(),
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

    async fn plugin(
        &self,
        world: &KnownWorld,
        source_name: &str,
        origin: &Origin,
    ) -> Result<Arc<PluginPlan>, LoadError> {
        let Host {
            engine, counters, ..
        } = &*self.host;
        let plan = world.plugin(source_name, origin, &self.workshop, engine, counters);
        plan.await
    }

    async fn peer(
        &self,
        world: &KnownWorld,
        source_name: &str,
        offer: &Offer,
        backend: Arc<dyn Backend>,
    ) -> Result<PluginPlan, LoadError> {
        let offered = offered(source_name, world);
        let lacks = self.check(offer, &*backend, &offered).await?;
        let retry = offer.source.retry.clone();
        let peer = Peer {
            backend,
            offered,
            retry,
        };
        Ok(PluginPlan::of_peer(world.plan.clone(), lacks, peer))
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
            at: At::Given(Given::new(component)),
            trusted: false,
            provided: Provided::default(),
        };
        let plan = self.plugin(world, GIVEN, &origin).await?;
        Ok(Arc::new(Spawn {
            host: self.host.clone(),
            source_name: GIVEN.into(),
            plan,
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

/// What a backend is asked for.
fn offered(source_name: &str, world: &KnownWorld) -> Offered {
    Offered {
        source_name: source_name.into(),
        codec: world.plan.codec().clone(),
    }
}

/// The name of what has no source.
pub(crate) const GIVEN: &str = "given bytes";
