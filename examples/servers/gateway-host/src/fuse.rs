//! Linking a gateway with its plugins before it runs, as it is done without handles.

use anyhow::Result;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

/// What a gateway exports.
const HANDLER: &str = "wasi:http/incoming-handler@";

/// One component, in which the gateway's imports are what the plugins export.
pub(crate) fn fuse(gateway: &[u8], plugins: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let (gateway, imports, exports) = instantiate(&mut graph, "gateway", gateway)?;
    for (number, plugin) in plugins.iter().enumerate() {
        let name = format!("plugin-{number}");
        let (plugin, _, functions) = instantiate(&mut graph, &name, plugin)?;
        for name in functions.iter().filter(|name| imports.contains(name)) {
            let function = graph.alias_instance_export(plugin, name)?;
            graph.set_instantiation_argument(gateway, name, function)?;
        }
    }
    for name in exports.iter().filter(|name| name.starts_with(HANDLER)) {
        let handler = graph.alias_instance_export(gateway, name)?;
        graph.export(handler, name)?;
    }
    Ok(graph.encode(EncodeOptions::default())?)
}

/// An instance of a component, and the names of its imports and exports.
fn instantiate(
    graph: &mut CompositionGraph,
    name: &str,
    bytes: &[u8],
) -> Result<(NodeId, Vec<String>, Vec<String>)> {
    let package = Package::from_bytes(name, None, bytes, graph.types_mut())?;
    let package = graph.register_package(package)?;
    let world = &graph.types()[graph[package].ty()];
    let imports = world.imports.keys().cloned().collect();
    let exports = world.exports.keys().cloned().collect();
    Ok((graph.instantiate(package), imports, exports))
}
