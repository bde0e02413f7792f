//! A world that some caller has asked for, and the plugins that were met for it.

use super::cache::Cache;
use super::contents::Contents;
use super::origin::Origin;
use super::plugin::PluginPlan;
use super::workshop::Workshop;
use super::world::WorldPlan;
use crate::engine::PluginEngine;
use crate::error::LoadError;
use crate::seeing::Counters;
use first_class_abi::World;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// How many plugins are kept for a world, and how many of those that callers gave themselves.
const MOST_PLUGINS: NonZeroUsize = NonZeroUsize::new(4096).expect("is not 0");
const MOST_GIVEN: NonZeroUsize = NonZeroUsize::new(16).expect("is not 0");

/// What is kept for a world.
pub(crate) struct KnownWorld {
    pub(crate) plan: Arc<WorldPlan>,
    plugins: Cache<Arc<PluginPlan>>,
    given: Cache<Arc<PluginPlan>>,
    contents: Arc<Contents>,
    claims: Cache<bool>,
}

impl KnownWorld {
    pub(crate) fn new(encoded: &[u8]) -> Result<Self, LoadError> {
        Ok(KnownWorld {
            plan: Arc::new(WorldPlan::new(encoded)?),
            plugins: Cache::new(MOST_PLUGINS),
            given: Cache::new(MOST_GIVEN),
            contents: Arc::default(),
            claims: Cache::new(MOST_PLUGINS),
        })
    }

    /// The plan of a plugin of this world, made now or earlier.
    pub(crate) async fn plugin(
        &self,
        source_name: &str,
        origin: &Origin,
        workshop: &Workshop,
        engine: &Arc<PluginEngine>,
        counters: &Arc<Counters>,
    ) -> Result<Arc<PluginPlan>, LoadError> {
        let plugins = match origin.is_given() {
            true => &self.given,
            false => &self.plugins,
        };
        let (world, engine, counters) = (self.plan.clone(), engine.clone(), counters.clone());
        let (name, from) = (source_name.to_owned(), origin.clone());
        let contents = self.contents.clone();
        let make = move |bytes: &[u8]| {
            contents.get(bytes, &from, || {
                let plan = PluginPlan::new(&world, &name, bytes, &from, &engine)?;
                counters.compiled();
                tracing::debug!(source = name, "a component was compiled");
                Ok(plan)
            })
        };
        plugins.get(source_name, origin, workshop, make).await
    }

    /// Whether a component exports anything of what the world asks for. What cannot be read may
    /// well do, so that to load it tells why it cannot.
    pub(crate) async fn is_claimed_by(
        &self,
        source_name: &str,
        origin: &Origin,
        workshop: &Workshop,
    ) -> bool {
        let world = self.plan.clone();
        let claims = move |bytes: &[u8]| {
            Ok(match World::of_component(bytes) {
                Ok(plugin) => world.is_claimed_by(&plugin),
                Err(_) => true,
            })
        };
        let claim = self.claims.get(source_name, origin, workshop, claims);
        claim.await.unwrap_or(true)
    }
}
