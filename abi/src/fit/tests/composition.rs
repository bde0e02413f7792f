//! What composition says: real components of two worlds, put together as the shim does it.

use crate::fit::provider;
use crate::world::World;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId, WorldItem, WorldKey};

/// A component that has the world and traps when it is called.
pub(super) fn component(resolve: &Resolve, id: WorldId) -> Vec<u8> {
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(resolve, id, mangling);
    embed_component_metadata(&mut module, resolve, id, StringEncoding::UTF8).expect("embeds");
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .expect("encodes")
}

/// Composes the plugin between a component that imports what the expected world exports and one
/// that exports what it imports. Tells why that fails, if it does.
pub(super) fn compose(expected: &World, plugin: &[u8]) -> Result<(), String> {
    let mut graph = CompositionGraph::new();
    let plugin = instantiate(&mut graph, "plugin", plugin);
    let upper = instantiate(&mut graph, "upper", &upper(expected));
    let lower = instantiate(&mut graph, "lower", &lower(expected));
    let needs = |node| world_of(&graph, node).imports.keys().cloned().collect();
    let (plugin_needs, upper_needs) = (needs(plugin), needs(upper));
    connect(&mut graph, lower, plugin, plugin_needs)?;
    let missing = connect(&mut graph, plugin, upper, upper_needs)?;
    let missing = connect(&mut graph, lower, upper, missing)?;
    let options = EncodeOptions {
        validate: true,
        ..EncodeOptions::default()
    };
    graph.encode(options).map_err(|error| chain(&error))?;
    match missing.into_iter().find(|name| is_needed(expected, name)) {
        Some(name) => Err(format!("nobody provides `{name}`")),
        None => Ok(()),
    }
}

/// Whether the bridge cannot do without this import of its own.
fn is_needed(expected: &World, import: &str) -> bool {
    let mut callables = expected.callables().iter();
    callables.any(|callable| match callable.interface.as_str() {
        "" => callable.name == import,
        interface => interface == import,
    })
}

fn upper(expected: &World) -> Vec<u8> {
    let (mut resolve, id) = (expected.resolve().clone(), expected.id());
    resolve.importize(id, None).expect("turns around");
    component(&resolve, id)
}

fn lower(expected: &World) -> Vec<u8> {
    let (mut resolve, id) = (expected.resolve().clone(), expected.id());
    let names = expected.resolve().clone();
    let is_callback = |key: &WorldKey, item: &WorldItem| match item {
        WorldItem::Function(_) => true,
        WorldItem::Interface { id, .. } => {
            let has_functions = !names.interfaces[*id].functions.is_empty();
            has_functions && !names.name_world_key(key).starts_with("wasi:")
        }
        WorldItem::Type { .. } => false,
    };
    let turned = resolve.exportize(id, None, Some(&is_callback));
    turned.expect("turns around");
    component(&resolve, id)
}

fn instantiate(graph: &mut CompositionGraph, name: &str, bytes: &[u8]) -> NodeId {
    let package = Package::from_bytes(name, None, bytes, graph.types_mut()).expect("a component");
    let package = graph.register_package(package).expect("registers");
    graph.instantiate(package)
}

fn world_of(graph: &CompositionGraph, node: NodeId) -> &wac_graph::types::World {
    let package = graph[node].package().expect("an instance of a package");
    &graph.types()[graph[package].ty()]
}

/// Gives `user` those of its imports that `from` exports, and returns the others.
fn connect(
    graph: &mut CompositionGraph,
    from: NodeId,
    user: NodeId,
    imports: Vec<String>,
) -> Result<Vec<String>, String> {
    let exports: Vec<_> = world_of(graph, from).exports.keys().cloned().collect();
    let mut missing = Vec::new();
    for import in imports {
        let Some(export) = provider(&import, exports.iter().map(String::as_str)) else {
            missing.push(import);
            continue;
        };
        let alias = graph.alias_instance_export(from, export);
        let alias = alias.map_err(|error| chain(&error))?;
        graph
            .set_instantiation_argument(user, &import, alias)
            .map_err(|error| chain(&error))?;
    }
    Ok(missing)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        message = format!("{message}: {error}");
        source = error.source();
    }
    message
}
