//! Putting a bridge and a plugin together into one component.

use super::{BridgeError, bulk_name};
use first_class_abi::wit_parser::{Type, TypeDefKind, TypeOwner, WorldItem, WorldKey};
use first_class_abi::{Callable, World, provider};
use wac_graph::types::{ItemKind, Package};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

/// Composes the plugin into its bridge, over a lower bridge if it has one: the result exports the
/// bridge's entry and some functions of the plugin, and imports what the plugin imports and the lower
/// bridge does not export.
///
/// The plugin must have passed the check against the world before; a function that does not fit
/// all the same is an error here, never an import that is left over.
pub(super) fn compose(
    bridge: &[u8],
    entry: &str,
    plugin: &[u8],
    lower: Option<&[u8]>,
    bulk: &[(u32, &Callable)],
) -> Result<Vec<u8>, BridgeError> {
    let mut graph = CompositionGraph::new();
    let plugin_node = instantiate(&mut graph, "plugin", plugin)?;
    let bridge_node = instantiate(&mut graph, "bridge", bridge)?;
    connect(&mut graph, plugin_node, bridge_node)?;
    if let Some(lower) = lower {
        let lower = instantiate(&mut graph, "lower", lower)?;
        for (node, bytes) in [(plugin_node, plugin), (bridge_node, bridge)] {
            connect(&mut graph, lower, node)?;
            connect_types(&mut graph, lower, node, bytes)?;
        }
    }
    let alias = graph
        .alias_instance_export(bridge_node, entry)
        .map_err(BridgeError::tooling)?;
    graph.export(alias, entry).map_err(BridgeError::tooling)?;
    for (number, callable) in bulk {
        export(&mut graph, plugin_node, callable, bulk_name(*number))?;
    }
    // Wasmtime validates the component when it compiles it.
    let options = EncodeOptions {
        validate: false,
        ..EncodeOptions::default()
    };
    graph.encode(options).map_err(BridgeError::tooling)
}

/// Exports a function of a component by another name.
fn export(
    graph: &mut CompositionGraph,
    from: NodeId,
    callable: &Callable,
    name: String,
) -> Result<(), BridgeError> {
    let mut from = from;
    if !callable.interface.is_empty() {
        let exports = names(graph, from, |world| world.exports.keys());
        let exports = exports.iter().map(String::as_str);
        let interface = provider(&callable.interface, exports).unwrap_or(&callable.interface);
        from = graph
            .alias_instance_export(from, interface)
            .map_err(BridgeError::tooling)?;
    }
    let function = graph
        .alias_instance_export(from, &callable.name)
        .map_err(BridgeError::tooling)?;
    graph.export(function, name).map_err(BridgeError::tooling)
}

fn instantiate(
    graph: &mut CompositionGraph,
    name: &str,
    bytes: &[u8],
) -> Result<NodeId, BridgeError> {
    let package =
        Package::from_bytes(name, None, bytes, graph.types_mut()).map_err(BridgeError::tooling)?;
    let package = graph
        .register_package(package)
        .map_err(BridgeError::tooling)?;
    Ok(graph.instantiate(package))
}

/// Gives a component each of its imports that another one exports, if it has not got it yet. What
/// is left of a bridge are interfaces of types alone, which all then share as imports.
fn connect(graph: &mut CompositionGraph, from: NodeId, to: NodeId) -> Result<(), BridgeError> {
    let exports = names(graph, from, |world| world.exports.keys());
    let given: Vec<_> = graph
        .get_instantiation_arguments(to)
        .map(|(name, _)| name.to_owned())
        .collect();
    for import in names(graph, to, |world| world.imports.keys()) {
        if given.contains(&import) {
            continue;
        }
        let Some(export) = provider(&import, exports.iter().map(String::as_str)) else {
            continue;
        };
        let alias = graph
            .alias_instance_export(from, export)
            .map_err(BridgeError::tooling)?;
        graph
            .set_instantiation_argument(to, &import, alias)
            .map_err(BridgeError::tooling)?;
    }
    Ok(())
}

/// Gives a component the types that its world uses of interfaces that the lower bridge exports: they
/// are imports beside these interfaces, and resources among them have to be the same.
fn connect_types(
    graph: &mut CompositionGraph,
    lower: NodeId,
    to: NodeId,
    component: &[u8],
) -> Result<(), BridgeError> {
    if !imports_types(graph, to) {
        return Ok(());
    }
    let exports = names(graph, lower, |world| world.exports.keys());
    let world = World::of_component(component).map_err(BridgeError::tooling)?;
    for (import, interface, name) in used_types(&world) {
        let Some(export) = provider(&interface, exports.iter().map(String::as_str)) else {
            continue;
        };
        let alias = graph
            .alias_instance_export(lower, export)
            .and_then(|interface| graph.alias_instance_export(interface, name))
            .map_err(BridgeError::tooling)?;
        graph
            .set_instantiation_argument(to, import, alias)
            .map_err(BridgeError::tooling)?;
    }
    Ok(())
}

fn imports_types(graph: &CompositionGraph, node: NodeId) -> bool {
    let package = graph[node].package();
    let world = package.map(|package| &graph.types()[graph[package].ty()]);
    let mut imports = world.into_iter().flat_map(|world| world.imports.values());
    imports.any(|kind| matches!(kind, ItemKind::Type(_)))
}

/// The types that a world uses of interfaces: the name of each, the interface, and its name there.
fn used_types(world: &World) -> impl Iterator<Item = (&str, String, &str)> {
    let resolve = world.resolve();
    let imports = resolve.worlds[world.id()].imports.iter();
    imports.filter_map(|(key, item)| match (key, item) {
        (WorldKey::Name(import), WorldItem::Type { id, .. }) => {
            let TypeDefKind::Type(Type::Id(used)) = resolve.types[*id].kind else {
                return None;
            };
            let used = &resolve.types[used];
            let TypeOwner::Interface(interface) = used.owner else {
                return None;
            };
            let interface = resolve.id_of(interface)?;
            Some((import.as_str(), interface, used.name.as_deref()?))
        }
        _ => None,
    })
}

fn names<'a, I>(
    graph: &'a CompositionGraph,
    node: NodeId,
    select: impl Fn(&'a wac_graph::types::World) -> I,
) -> Vec<String>
where
    I: Iterator<Item = &'a String>,
{
    let package = graph[node].package();
    let world = package.map(|package| &graph.types()[graph[package].ty()]);
    world.into_iter().flat_map(select).cloned().collect()
}
