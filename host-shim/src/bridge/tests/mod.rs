//! What a bridge is made of, and what it can be made for.

mod arena;
mod worlds;

use first_class_abi::World;
use first_class_abi::wit_parser::Resolve;

/// The world `w` of a text in WIT.
fn world(wit: &str) -> World {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("test.wit", wit).expect("valid WIT");
    let id = resolve
        .select_world(&[package], Some("w"))
        .expect("has a world `w`");
    World::new(resolve, id)
}
