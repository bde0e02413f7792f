//! What the type of a component says about how it has to be run.

use crate::bridge::served_imports;
use crate::engine::Mode;
use first_class_abi::contract::{CALLS, INSTANCES, POLLING, STREAMS};
use first_class_abi::wit_parser::WorldItem;
use first_class_abi::{World, provider};

/// What the type of a plugin says about how it has to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Traits {
    pub(super) mode: Mode,
    /// Whether it may wait in the host for something else than its caller.
    pub(super) waits: bool,
    /// Whether it imports the contract, so that it may hold instances itself.
    pub(super) holds: bool,
    /// The imports of the world that its caller has to serve.
    pub(super) served: Vec<String>,
}

impl Traits {
    /// What the type of a plugin of a world says, which has `async` functions or not.
    pub(super) fn of(plugin: &World, world: &World, is_async: bool, provided: &[String]) -> Self {
        let served = served_imports(world, plugin, provided);
        let imports = plugin.import_names();
        let holds = imports.iter().any(|name| is_contract(name));
        // Whatever the embedder provides may wait.
        let waits = is_async || holds || can_wait(plugin) || !provided.is_empty();
        let mode = match is_async {
            true => Mode::Concurrent,
            false if waits || !served.is_empty() => Mode::Waiting,
            false => Mode::Direct,
        };
        Traits {
            mode,
            waits,
            holds,
            served,
        }
    }
}

impl Traits {
    /// Whether calls of it go on at the same time. One that calls its caller, or instances of its
    /// own, does one thing after the other.
    pub(super) fn is_concurrent(&self) -> bool {
        self.mode == Mode::Concurrent && self.served.is_empty() && !self.holds
    }
}

fn is_contract(import: &str) -> bool {
    [INSTANCES, CALLS, POLLING, STREAMS]
        .iter()
        .any(|contract| provider(import, [*contract]).is_some())
}

/// The imports of a component that neither the shim nor anybody else satisfies: all functions but
/// those of WASI, of the contract, and of imports with these names.
pub(super) fn unsatisfied_imports(plugin: &World, satisfied: &[&[String]]) -> Vec<String> {
    let resolve = plugin.resolve();
    let imports = resolve.worlds[plugin.id()].imports.iter();
    let unsatisfied = imports.filter(|(key, item)| match (key, item) {
        (_, WorldItem::Function(_)) => true,
        (_, WorldItem::Type { .. }) => false,
        (key, WorldItem::Interface { id, .. }) => {
            let types_only = resolve.interfaces[*id].functions.is_empty();
            let name = resolve.name_world_key(key);
            !types_only && !name.starts_with("wasi:") && !is_contract(&name)
        }
    });
    unsatisfied
        .map(|(key, _)| resolve.name_world_key(key))
        .filter(|import| {
            let mut satisfied = satisfied.iter().copied().flatten().map(String::as_str);
            !satisfied.any(|name| provider(import, [name]).is_some())
        })
        .collect()
}

/// Whether a component can wait in the host, with nothing granted to it: for a time that it names,
/// or for a network. What else `wasi:io/poll` waits for is always ready then, and the standard
/// library of Rust imports it for that alone.
fn can_wait(plugin: &World) -> bool {
    let resolve = plugin.resolve();
    let mut imports = resolve.worlds[plugin.id()].imports.iter();
    imports.any(|(key, item)| {
        let WorldItem::Interface { id, .. } = item else {
            return false;
        };
        let name = resolve.name_world_key(key);
        let mut functions = resolve.interfaces[*id].functions.keys();
        if name.starts_with("wasi:clocks/") {
            return functions.any(|function| function.starts_with("subscribe"));
        }
        let is_network = name.starts_with("wasi:sockets/") || name.starts_with("wasi:http/");
        is_network && functions.next().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::can_wait;
    use first_class_abi::World;

    #[test]
    fn waiting_takes_a_clock_or_a_network() {
        let can_wait = |wat: &str| {
            let bytes = wat::parse_str(wat).expect("valid WAT");
            can_wait(&World::of_component(&bytes).expect("a component"))
        };
        let import = |name: &str, function: &str| {
            format!(r#"(component (import "{name}" (instance (export "{function}" (func)))))"#)
        };
        assert!(can_wait(&import(
            "wasi:clocks/monotonic-clock@0.2.0",
            "subscribe-duration"
        )));
        assert!(can_wait(&import("wasi:sockets/tcp@0.2.0", "start")));
        assert!(!can_wait(&import(
            "wasi:clocks/monotonic-clock@0.2.0",
            "now"
        )));
        assert!(!can_wait(&import("wasi:io/poll@0.2.0", "poll")));
    }
}
