//! The bridge: a small component, generated from a world, between the shim and a plugin.
//!
//! It imports what the world exports and exports two entry functions (`wit/bridge.wit`). Its core
//! module ([`module`]) holds an arena, into which the shim copies a buffer of arguments, and a
//! trampoline for each function, which takes core values out of the buffer and calls the
//! plugin's export. All checks of what lies in the buffer are those that wasmtime's own adapters
//! make between the bridge and the plugin. [`compose`] puts a bridge and a plugin together.
//!
//! What the world imports, but for WASI, the plugin's caller serves: for that a second bridge, the
//! lower one ([`lower`]), exports it to the plugin and calls the host.
//!
//! Invariant: a bridge depends on the world, and on which parts of it a plugin has, alone.

mod arena;
mod batch;
mod compose;
mod concurrent;
mod exposed;
mod lower;
mod module;
mod served;
mod slots;
#[cfg(test)]
mod tests;

pub(crate) use exposed::{PER_RESOURCE, exposed_resources};
pub(crate) use served::{served_imports, served_resources};

use first_class_abi::wit_parser::{CloneMaps, Resolve, TypeId, WorldId, WorldItem, WorldKey};
use first_class_abi::{CallShape, Callable, Callee, Transmits, World};
use served::Served;
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
    entry: &'static str,
}

/// The lower bridge of a world: what a plugin calls of its caller.
pub(crate) struct LowerBridge(Vec<u8>);

impl Bridge {
    /// Makes the component that bridges to any plugin of `world`, or to those that lack the
    /// functions of some numbers, or that take or give some resources of their callers.
    pub(crate) fn generate(
        world: &World,
        shapes: &[CallShape],
        lacks: &[u32],
        exposed: &[TypeId],
    ) -> Result<Self, BridgeError> {
        let is_async = has_async_functions(world);
        let exchanges = exposed::exchanges(world, exposed);
        let module = module::generate(world, shapes, lacks, &exchanges, entry(is_async))?;
        let mut own = vec![(
            BRIDGE_WIT.to_owned(),
            if is_async { "async-bridge" } else { "bridge" },
        )];
        own.extend(joint(world, exposed, "upper")?);
        let present = world.without(lacks);
        Ok(Bridge {
            component: component(module, &present, &own, turn_around)?,
            entry: entry(is_async),
        })
    }

    /// The same for calls that go on at the same time, and for streams and futures, whose kinds
    /// have these numbers.
    pub(crate) fn concurrent(
        world: &World,
        shapes: &[CallShape],
        transmits: &Transmits,
        lacks: &[u32],
    ) -> Result<Self, BridgeError> {
        let module =
            concurrent::generate(world, shapes, transmits, lacks, CONCURRENT, CONCURRENT_HOST)?;
        let present = world.without(lacks);
        let own = [(BRIDGE_WIT.to_owned(), "concurrent-bridge")];
        Ok(Bridge {
            component: component(module, &present, &own, turn_around)?,
            entry: CONCURRENT,
        })
    }

    /// Composes a plugin into the bridge, over a lower one if it needs one. The result exports some
    /// functions of the plugin as well, which are given with their numbers.
    pub(crate) fn compose(
        &self,
        plugin: &[u8],
        lower: Option<&LowerBridge>,
        bulk: &[(u32, &Callable)],
    ) -> Result<Vec<u8>, BridgeError> {
        let lower = lower.map(|lower| lower.0.as_slice());
        compose::compose(&self.component, self.entry(), plugin, lower, bulk)
    }

    /// The interface by which the shim enters it.
    pub(crate) fn entry(&self) -> &'static str {
        self.entry
    }
}

impl LowerBridge {
    /// Makes the component that has these imports of a world served by the caller.
    pub(crate) fn generate(
        world: &World,
        shapes: &[CallShape],
        imports: &[String],
    ) -> Result<Self, BridgeError> {
        if let Some(name) = exposed::with_resources(world, imports) {
            return Err(BridgeError::Tooling(format!(
                "`{name}` is a function of the world itself that has resources, which its caller \
                 cannot serve"
            )));
        }
        let served = Served::new(world, shapes, imports);
        let exposed = exposed_resources(world, &served_resources(world, imports));
        let module = lower::generate(&served, &exposed, CALLBACKS)?;
        let mut own = vec![(BRIDGE_WIT.to_owned(), "lower-bridge")];
        own.extend(joint(world, &exposed, "lower")?);
        let turn = |resolve: &mut Resolve, id| {
            exposed::drop_uses(resolve, id, imports);
            let resolved = resolve.clone();
            resolve.exportize(
                id,
                None,
                Some(&|key, item| {
                    let is_type = matches!(item, WorldItem::Type { .. });
                    !is_type && imports.contains(&resolved.name_world_key(key))
                }),
            )
        };
        Ok(LowerBridge(component(module, world, &own, turn)?))
    }
}

/// The interface by which the host enters a concurrent bridge.
pub(crate) const CONCURRENT: &str = "first-class:bridge/concurrent-entry@0.1.0";

/// The interface by which a concurrent bridge calls the host.
pub(crate) const CONCURRENT_HOST: &str = "first-class:bridge/concurrent-host@0.1.0";

/// The name by which a composition exports a function of the plugin.
pub(crate) fn bulk_name(number: u32) -> String {
    format!("bulk{number}")
}

/// The interface by which lower bridges call the host.
pub(crate) const CALLBACKS: &str = "first-class:bridge/callbacks@0.1.0";

/// The interface by which the shim enters a bridge that does one thing after the other.
pub(crate) fn entry(is_async: bool) -> &'static str {
    match is_async {
        true => "first-class:bridge/async-entry@0.1.0",
        false => "first-class:bridge/entry@0.1.0",
    }
}

/// Whether some function of a world, on either side, is `async`.
pub(crate) fn has_async_functions(world: &World) -> bool {
    let mut functions = world.callables().iter().chain(world.callbacks());
    functions.any(|Callable { callee, .. }| match callee {
        Callee::Function(function) => function.kind.is_async(),
        Callee::Drop(_) => false,
    })
}

/// Makes what a world exports its imports.
fn turn_around(resolve: &mut Resolve, id: WorldId) -> anyhow::Result<()> {
    rename_types(resolve, id);
    resolve.importize(id, None)
}

/// Gives types of a world other names where it exports something by the same name, since in the
/// bridge all of them are imports. Nobody looks for types by their names.
fn rename_types(resolve: &mut Resolve, id: WorldId) {
    let world = &mut resolve.worlds[id];
    let imports = std::mem::take(&mut world.imports);
    for (mut key, item) in imports {
        while let (WorldKey::Name(name), WorldItem::Type { id, .. }) = (&key, &item)
            && world.exports.contains_key(&key)
        {
            let name = format!("{name}-type");
            resolve.types[*id].name = Some(name.clone());
            key = WorldKey::Name(name);
        }
        world.imports.insert(key, item);
    }
}

/// What joins two bridges, if it is about any resource: a text in WIT and a world of it.
fn joint<'a>(
    world: &World,
    exposed: &[TypeId],
    name: &'a str,
) -> Result<Option<(String, &'a str)>, BridgeError> {
    if exposed.is_empty() {
        return Ok(None);
    }
    let wit = exposed::wit(world, exposed);
    let wit = wit.ok_or_else(|| BridgeError::Tooling("a resource has no name".into()))?;
    Ok(Some((wit, name)))
}

/// Makes a module a component of `world` turned around, and of worlds of our own, each with the text
/// that it is in.
fn component(
    mut module: Vec<u8>,
    world: &World,
    own: &[(String, &str)],
    turn: impl FnOnce(&mut Resolve, WorldId) -> anyhow::Result<()>,
) -> Result<Vec<u8>, BridgeError> {
    let (resolve, id) = turned(world, own, turn).map_err(BridgeError::tooling)?;
    embed_component_metadata(&mut module, &resolve, id, StringEncoding::UTF8)
        .map_err(BridgeError::tooling)?;
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(BridgeError::tooling)
}

fn turned(
    world: &World,
    own: &[(String, &str)],
    turn: impl FnOnce(&mut Resolve, WorldId) -> anyhow::Result<()>,
) -> anyhow::Result<(Resolve, WorldId)> {
    let mut resolve = world.resolve().clone();
    let id = world.id();
    let mut packages = resolve.package_names.keys();
    if packages.any(|package| (package.namespace.as_str(), package.name.as_str()) == PACKAGE) {
        let (namespace, name) = PACKAGE;
        anyhow::bail!("the package `{namespace}:{name}` is the host's own");
    }
    turn(&mut resolve, id)?;
    let mut worlds = Vec::new();
    for (text, name) in own {
        let package = resolve.push_source("own.wit", text)?;
        worlds.push(resolve.select_world(&[package], Some(name))?);
    }
    // All goes into a world of ours: others' packages must not depend on ours, which may depend on
    // them.
    let Some((own, others)) = worlds.split_first() else {
        anyhow::bail!("there is no world of our own");
    };
    for other in [id].iter().chain(others) {
        resolve.merge_worlds(*other, *own, &mut CloneMaps::default())?;
    }
    Ok((resolve, *own))
}
