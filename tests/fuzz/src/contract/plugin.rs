//! A plugin with something of everything, and the world that its callers ask for.

use first_class_abi::World;
use first_class_abi::wit_parser::Resolve;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

const WIT: &str = include_str!("plugin.wit");
const CODE: &str = include_str!("plugin.wat");

/// The function that callers ask for and the plugin lacks.
const MISSING: &str = "missing";

/// The world that callers ask for.
pub(super) fn asked() -> World {
    world("asked").with_optional([MISSING.to_owned()])
}

/// The component.
pub(super) fn component() -> Vec<u8> {
    let world = world("plugin");
    let mut module = wat::parse_str(CODE).expect("valid WAT");
    let encoding = StringEncoding::UTF8;
    embed_component_metadata(&mut module, world.resolve(), world.id(), encoding)
        .expect("the world can be encoded");
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .expect("the module implements the world")
}

fn world(name: &str) -> World {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("plugin.wit", WIT).expect("valid WIT");
    let world = resolve.select_world(&[package], Some(name));
    World::new(resolve, world.expect("is in the WIT"))
}
