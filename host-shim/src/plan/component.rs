//! Reading the type of a component from bytes that may be anything.

use crate::bridge::served_imports;
use crate::engine::Mode;
use first_class_abi::contract::{CALLS, INSTANCES, POLLING, STREAMS};
use first_class_abi::wit_parser::WorldItem;
use first_class_abi::{World, provider};

const MAGIC: &[u8] = b"\0asm";
const CORE_VERSION: &[u8] = &[1, 0, 0, 0];

/// The component's own world. The error says what the bytes are instead, and what to do.
pub(super) fn read_type(bytes: &[u8]) -> Result<World, String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    if !bytes.starts_with(MAGIC) {
        return Err(match std::str::from_utf8(bytes) {
            Ok(_) => "the file is text, not WebAssembly".into(),
            Err(_) => "the file is not WebAssembly".into(),
        });
    }
    if bytes[MAGIC.len()..].starts_with(CORE_VERSION) {
        return Err(
            "it is a core module; build it for `wasm32-wasip2`, or make it a component with \
             `wasm-tools component new`"
                .into(),
        );
    }
    World::of_component(bytes).map_err(|error| format!("the file is truncated or damaged: {error}"))
}

/// What the type of a plugin says about how it has to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Traits {
    pub(super) mode: Mode,
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
        let mode = match is_async {
            true => Mode::Concurrent,
            false if holds || can_wait(plugin) => Mode::Waiting,
            // Whatever serves an import may wait.
            false if !(served.is_empty() && provided.is_empty()) => Mode::Waiting,
            false => Mode::Direct,
        };
        Traits {
            mode,
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
    use super::{can_wait, read_type};
    use wit_component::ComponentEncoder;

    fn component() -> Vec<u8> {
        let encoded = wat::parse_str("(component (import \"f\" (func)))").expect("valid WAT");
        assert!(ComponentEncoder::default().module(&encoded).is_err());
        encoded
    }

    #[test]
    fn anything_but_a_component_is_named_for_what_it_is() {
        let component = component();
        let module = wat::parse_str("(module)").expect("valid WAT");
        let cases: [(&[u8], &str); 6] = [
            (b"", "empty"),
            (b"#!/bin/sh", "text"),
            (&[0xff, 0xfe, 0, 1], "not WebAssembly"),
            (b"\0asm", "truncated"),
            (&module, "core module"),
            (&component[..component.len() - 3], "truncated"),
        ];
        for (bytes, expected) in cases {
            let error = read_type(bytes).expect_err("no component");
            assert!(error.contains(expected), "{error}");
        }
        assert!(read_type(&component).is_ok());
    }

    #[test]
    fn waiting_takes_a_clock_or_a_network() {
        let can_wait = |wat: &str| {
            let bytes = wat::parse_str(wat).expect("valid WAT");
            can_wait(&read_type(&bytes).expect("a component"))
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

    /// It passes on an instance that it imports, with a resource in it, which no toolchain writes.
    #[test]
    fn a_component_that_wit_parser_panics_on_is_refused() {
        let component = wat::parse_str(
            r#"(component
                (import "a:b/c" (instance $i (export "t" (type (sub resource)))))
                (export "a:b/c" (instance $i)))"#,
        );
        let error = read_type(&component.expect("valid WAT")).expect_err("cannot be read");
        assert!(error.contains("is not what"), "{error}");
    }
}
