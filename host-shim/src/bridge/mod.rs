//! The bridge: a small component, generated from a world, between the shim and a plugin.
//!
//! It imports what the world exports and exports two entry functions (`wit/bridge.wit`). Its core
//! module ([`module`]) holds an arena, into which the shim copies a buffer of arguments, and a
//! trampoline for each function, which takes core values out of the buffer and calls the
//! plugin's export. All checks of what lies in the buffer are those that wasmtime's own adapters
//! make between the bridge and the plugin. [`compose`] puts a bridge and a plugin together.
//!
//! Invariant: nothing here depends on a plugin, so one bridge serves all plugins of a world.

mod compose;
mod module;

pub(crate) use compose::compose;

use first_class_abi::wit_parser::{CloneMaps, Resolve, WorldId};
use first_class_abi::{CallShape, World};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// The interface by which the shim enters a bridge.
pub(crate) const ENTRY: &str = "first-class:bridge/entry@0.1.0";

/// The namespace and the name of its package.
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
    /// The world has a package of the bridge's own name.
    #[error("the package `{0}` is the shim's own; a world needs another one")]
    Reserved(String),
    /// The component tooling refused the world or the plugin.
    #[error("{0}")]
    Tooling(String),
}

impl BridgeError {
    fn tooling(error: impl Into<anyhow::Error>) -> Self {
        BridgeError::Tooling(format!("{:#}", error.into()))
    }
}

/// Makes the component that bridges to any plugin of `world`.
pub(crate) fn generate(world: &World, shapes: &[CallShape]) -> Result<Vec<u8>, BridgeError> {
    check_names(world)?;
    let mut module = module::generate(world, shapes)?;
    let (resolve, id) = bridge_world(world).map_err(BridgeError::tooling)?;
    embed_component_metadata(&mut module, &resolve, id, StringEncoding::UTF8)
        .map_err(BridgeError::tooling)?;
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(BridgeError::tooling)
}

/// The tooling panics when a package is added that is already there.
fn check_names(world: &World) -> Result<(), BridgeError> {
    let mut packages = world.resolve().package_names.keys();
    let reserved = packages.find(|it| (it.namespace.as_str(), it.name.as_str()) == PACKAGE);
    match reserved {
        Some(name) => Err(BridgeError::Reserved(name.to_string())),
        None => Ok(()),
    }
}

/// The world that the bridge itself implements: `world` turned around, and the entry functions.
fn bridge_world(world: &World) -> anyhow::Result<(Resolve, WorldId)> {
    let mut resolve = world.resolve().clone();
    let id = world.id();
    resolve.importize(id, None)?;
    let package = resolve.push_source("bridge.wit", BRIDGE_WIT)?;
    let entry = resolve.select_world(&[package], Some("bridge"))?;
    resolve.merge_worlds(entry, id, &mut CloneMaps::default())?;
    Ok((resolve, id))
}

#[cfg(test)]
mod tests {
    use super::{BridgeError, generate};
    use first_class_abi::wit_parser::Resolve;
    use first_class_abi::{CallShape, World};

    #[test]
    fn a_world_cannot_take_the_place_of_the_bridge() {
        let mut resolve = Resolve::new();
        let wit = "package first-class:bridge@0.1.0; world w { export f: func(); }";
        let package = resolve.push_source("t.wit", wit).expect("valid WIT");
        let id = resolve
            .select_world(&[package], None)
            .expect("there is one");
        let world = World::new(resolve, id);
        let refused = generate(&world, &CallShape::of_world(&world));
        assert!(matches!(refused, Err(BridgeError::Reserved(_))));
    }
}
