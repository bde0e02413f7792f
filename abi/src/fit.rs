//! In what a plugin differs from the world that a caller expects.

use crate::world::World;
use wit_parser::{Resolve, WorldId};

/// One way in which a plugin does not fit a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference(pub String);

/// All the ways in which the component type `plugin` does not fit the expected world.
pub fn differences(_expected: &World, _plugin: (&Resolve, WorldId)) -> Vec<Difference> {
    Vec::new()
}
