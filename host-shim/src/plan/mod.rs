//! What is prepared once for a world, and once for each plugin of it, so that a further instance
//! costs nothing but its instantiation.
//!
//! Preparing reads, checks and compiles a stranger's bytes. It takes place in a [`Workshop`], on
//! threads of its own: a caller waits for it no longer than it may, and what goes wrong there goes
//! wrong nowhere else.

mod cache;
mod component;
mod contents;
mod known;
mod origin;
mod plugin;
mod precompiled;
mod workshop;
mod world;

pub(crate) use known::KnownWorld;
pub(crate) use origin::{At, Given, Origin};
pub(crate) use plugin::{Peer, PluginPlan};
pub(crate) use workshop::Workshop;
pub(crate) use world::WorldPlan;

use crate::engine::PluginEngine;
use crate::error::LoadError;

/// Compiles a component ahead of time, as a plugin of an encoded world.
pub(crate) fn precompile(
    world: &[u8],
    component: &[u8],
    engine: &PluginEngine,
) -> Result<Vec<u8>, LoadError> {
    plugin::precompile(&WorldPlan::new(world)?, "the component", component, engine)
}

/// Checks whether a component is a plugin of an encoded world, as a load would, but for compiling
/// it. Imports of the world count as served by whoever loads it.
///
/// # Errors
/// When it is not, or the bytes are no world or no component; errors call it by `source_name`.
pub fn check(source_name: &str, component: &[u8], world: &[u8]) -> Result<(), LoadError> {
    plugin::check(&WorldPlan::new(world)?, source_name, component)
}
