//! What the unit tests share.

use crate::World;
use wit_parser::Resolve;

/// The only world of some WIT.
pub(crate) fn world(wit: &str) -> World {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("test.wit", wit).expect("valid WIT");
    let id = resolve
        .select_world(&[package], None)
        .expect("the only world");
    World::new(resolve, id)
}
