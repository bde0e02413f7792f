//! The bridge: a small component, generated from a world, between the shim and a plugin.
//!
//! It imports what the world exports and exports two entry functions (`wit/bridge.wit`). Its core
//! module ([`module`]) holds an arena, into which the shim copies a buffer of arguments, and a
//! trampoline for each function, which takes core values out of the buffer and calls the
//! plugin's export. All checks of what lies in the buffer are those that wasmtime's own adapters
//! make between the bridge and the plugin. [`compose`] puts a bridge and a plugin together.
//!
//! Invariant: nothing here depends on a plugin, so one bridge serves all plugins of a world.

mod arena;
mod compose;
mod module;
#[cfg(test)]
mod tests;

use first_class_abi::wit_parser::{CloneMaps, Resolve, WorldId};
use first_class_abi::{CallShape, Callee, World};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// The package that [`BRIDGE_WIT`] defines. A world that has anything of it would collide.
const PACKAGE: (&str, &str) = ("first-class", "bridge");

const BRIDGE_WIT: &str = include_str!("../../wit/bridge.wit");

/// A world for which no bridge can be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BridgeError {
    /// Buffers of this size do not fit into the memory of a bridge.
    #[error("the arguments or the result of `{function}` take {size} bytes, more than {limit}")]
    TooLarge {
        function: String,
        size: usize,
        limit: usize,
    },
    /// The component tooling refused the world or the plugin.
    #[error("{0}")]
    Tooling(String),
}

impl BridgeError {
    fn tooling(error: impl Into<anyhow::Error>) -> Self {
        BridgeError::Tooling(format!("{:#}", error.into()))
    }
}

/// The bridge of a world.
pub(crate) struct Bridge {
    component: Vec<u8>,
    is_async: bool,
}

impl Bridge {
    /// Makes the component that bridges to any plugin of `world`, or to those that lack the
    /// functions of some numbers.
    pub(crate) fn generate(
        world: &World,
        shapes: &[CallShape],
        lacks: &[u32],
    ) -> Result<Self, BridgeError> {
        let is_async = has_async_functions(world);
        let mut module = module::generate(world, shapes, lacks, entry(is_async))?;
        let present = world.without(lacks);
        let (resolve, id) = bridge_world(&present, is_async).map_err(BridgeError::tooling)?;
        embed_component_metadata(&mut module, &resolve, id, StringEncoding::UTF8)
            .map_err(BridgeError::tooling)?;
        let component = ComponentEncoder::default()
            .validate(true)
            .module(&module)
            .and_then(|encoder| encoder.encode())
            .map_err(BridgeError::tooling)?;
        Ok(Bridge {
            component,
            is_async,
        })
    }

    /// Composes a plugin into the bridge.
    pub(crate) fn compose(&self, plugin: &[u8]) -> Result<Vec<u8>, BridgeError> {
        compose::compose(&self.component, self.entry(), plugin)
    }

    /// The interface by which the shim enters it.
    pub(crate) fn entry(&self) -> &'static str {
        entry(self.is_async)
    }

    /// Whether its entry functions are `async`, because some function of the world is.
    pub(crate) fn is_async(&self) -> bool {
        self.is_async
    }
}

fn entry(is_async: bool) -> &'static str {
    match is_async {
        true => "first-class:bridge/async-entry@0.1.0",
        false => "first-class:bridge/entry@0.1.0",
    }
}

fn has_async_functions(world: &World) -> bool {
    let mut callables = world.callables().iter();
    callables.any(|callable| match &callable.callee {
        Callee::Function(function) => function.kind.is_async(),
        Callee::Drop(_) => false,
    })
}

/// The world that the bridge itself implements: `world` turned around, and the entry functions.
fn bridge_world(world: &World, is_async: bool) -> anyhow::Result<(Resolve, WorldId)> {
    let mut resolve = world.resolve().clone();
    let id = world.id();
    let mut packages = resolve.package_names.keys();
    if packages.any(|package| (package.namespace.as_str(), package.name.as_str()) == PACKAGE) {
        let (namespace, name) = PACKAGE;
        anyhow::bail!("the package `{namespace}:{name}` is the host's own");
    }
    resolve.importize(id, None)?;
    let package = resolve.push_source("bridge.wit", BRIDGE_WIT)?;
    let name = if is_async { "async-bridge" } else { "bridge" };
    let entry = resolve.select_world(&[package], Some(name))?;
    resolve.merge_worlds(entry, id, &mut CloneMaps::default())?;
    Ok((resolve, id))
}
