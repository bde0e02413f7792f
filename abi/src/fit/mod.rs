//! In what a plugin differs from the world that a caller expects.
//!
//! The shim composes a plugin with a bridge that imports what the world exports. Composition only
//! knows "fits" and "does not"; this module finds every reason before anything is composed, and is
//! as strict as composition: there must be an export for each function and resource of the world,
//! and types must be the same in structure. What the world's functions do not need may differ, and
//! a plugin may have more than the world asks for.

mod check;
mod compare;
mod difference;
mod matches;
mod members;
mod names;
mod side;
mod spell;
mod surface;
#[cfg(test)]
mod tests;

pub use difference::{Difference, Member, Mismatch, Place, Subject};
pub(crate) use names::Catalogue;
pub use names::{provider, similar};
pub use spell::{Signatures, primitive};

use crate::world::World;
use side::Side;
use wit_parser::IndexSet;

/// All the ways in which a plugin does not fit the world that a caller expects; none if it fits.
///
/// `plugin` is the plugin's own world, decoded from the component. Its exports are compared with
/// those of `expected`. Of its imports, those that `expected` has too are compared with these,
/// except for WASI, whose versions are between the plugin and the host; whether it may import
/// anything else is for the host to say.
///
/// An interface that a plugin both imports and exports is one interface in a decoded world. If
/// the component gives it two different types, the composition fails although nothing was found
/// here.
pub fn differences(expected: &World, plugin: &World) -> Vec<Difference> {
    compare(expected, expected, plugin)
}

/// The same for a plugin that may lack, and does lack, the functions of these numbers. It may import
/// them all the same, if the world does.
pub fn differences_lacking(expected: &World, lacks: &[u32], plugin: &World) -> Vec<Difference> {
    compare(&expected.without(lacks), expected, plugin)
}

/// Compares exports with those of one world, and imports with those of the other.
fn compare(exporting: &World, importing: &World, plugin: &World) -> Vec<Difference> {
    let plugin = Side::new(plugin);
    let exports = surface::exports(&Side::new(exporting), &plugin);
    let imports = surface::imports(&Side::new(importing), &plugin);
    // A type that both need is compared for both.
    let differences: IndexSet<_> = exports.into_iter().chain(imports).collect();
    differences.into_iter().collect()
}
