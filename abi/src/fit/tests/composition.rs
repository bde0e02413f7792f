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
    connect(&mut graph, lower, plugin)?;
    let left_over = connect(&mut graph, plugin, upper)?;
    let options = EncodeOptions {
        validate: true,
        ..EncodeOptions::default()
    };
    graph.encode(options).map_err(|error| chain(&error))?;
    let needed: Vec<_> = expected.callables().iter().map(|c| &c.interface).collect();
    match left_over.iter().find(|name| needed.contains(name)) {
        Some(name) => Err(format!("nobody provides `{name}`")),
        None => Ok(()),
    }
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

/// Gives `user` all that `provider` has for it; the imports that are left are returned.
fn connect(
    graph: &mut CompositionGraph,
    from: NodeId,
    user: NodeId,
) -> Result<Vec<String>, String> {
    let world = |node: NodeId| &graph.types()[graph[graph[node].package().expect("one")].ty()];
    let exports: Vec<_> = world(from).exports.keys().cloned().collect();
    let imports: Vec<_> = world(user).imports.keys().cloned().collect();
    let mut left_over = Vec::new();
    for import in imports {
        let Some(export) = provider(&import, exports.iter().map(String::as_str)) else {
            left_over.push(import);
            continue;
        };
        let alias = graph.alias_instance_export(from, export);
        let alias = alias.map_err(|error| chain(&error))?;
        graph
            .set_instantiation_argument(user, &import, alias)
            .map_err(|error| chain(&error))?;
    }
    Ok(left_over)
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
