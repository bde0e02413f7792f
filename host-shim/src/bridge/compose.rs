//! Putting a bridge and a plugin together into one component.

use super::BridgeError;
use first_class_abi::provider;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

/// Composes the plugin into its bridge, over a lower bridge if it has one: the result exports the
/// bridge's entry, and imports what the plugin imports and the lower bridge does not export.
///
/// The plugin must have passed the check against the world before; a function that does not fit
/// all the same is an error here, never an import that is left over.
pub(super) fn compose(
    bridge: &[u8],
    entry: &str,
    plugin: &[u8],
    lower: Option<&[u8]>,
) -> Result<Vec<u8>, BridgeError> {
    let mut graph = CompositionGraph::new();
    let plugin = instantiate(&mut graph, "plugin", plugin)?;
    let bridge = instantiate(&mut graph, "bridge", bridge)?;
    connect(&mut graph, plugin, bridge)?;
    if let Some(lower) = lower {
        let lower = instantiate(&mut graph, "lower", lower)?;
        connect(&mut graph, lower, plugin)?;
        connect(&mut graph, lower, bridge)?;
    }
    let alias = graph
        .alias_instance_export(bridge, entry)
        .map_err(BridgeError::tooling)?;
    graph.export(alias, entry).map_err(BridgeError::tooling)?;
    // Wasmtime validates the component when it compiles it.
    let options = EncodeOptions {
        validate: false,
        ..EncodeOptions::default()
    };
    graph.encode(options).map_err(BridgeError::tooling)
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
