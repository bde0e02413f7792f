//! Which items of two worlds have to be compared, and why.

use super::check::check;
use super::compare::{Comparison, Direction};
use super::difference::Difference;
use super::matches::{Offers, Role};
use super::side::Side;
use wit_parser::WorldItem;

/// Compares what the expected world exports with what the plugin does.
pub(super) fn exports(expected: &Side<'_>, plugin: &Side<'_>) -> Vec<Difference> {
    let (exports, imports) = (plugin.exports(), plugin.imports());
    let (exports, imports) = (Offers::new(&exports), Offers::new(&imports));
    let required = expected.exports();
    let mut matches = Vec::new();
    for (name, item) in &required {
        matches.push(if expected.is_only_types(item) && !exports.serve(name) {
            imports.find(name, item, Role::Shared)
        } else {
            exports.find(name, item, Role::Whole)
        });
    }
    // The bridge imports, too, what the types of the exports take from interfaces that the world
    // does not export.
    for (name, item) in &expected.imports() {
        if required.contains_key(name) {
            continue;
        }
        matches.push(if exports.serve(name) {
            exports.find(name, item, Role::Types)
        } else {
            imports.find(name, item, Role::Shared)
        });
    }
    let comparison = Comparison::new(expected, plugin, Direction::Exports);
    check(comparison, &matches, &exports)
}

/// Compares what the plugin imports with what the expected world does, as far as both do.
pub(super) fn imports(expected: &Side<'_>, plugin: &Side<'_>) -> Vec<Difference> {
    let offers = expected.imports();
    let offers = Offers::new(&offers);
    let mut matches = Vec::new();
    for (name, item) in &plugin.imports() {
        let role = if name.starts_with("wasi:") {
            Role::Shared
        } else {
            Role::Whole
        };
        let found = offers.find(name, item, role);
        // Types of the world itself are compared with what the bridge imports.
        let is_type = |item: &WorldItem| matches!(item, WorldItem::Type { .. });
        if found.provided.is_some_and(|provided| !is_type(provided)) && !is_type(item) {
            matches.push(found);
        }
    }
    let comparison = Comparison::new(plugin, expected, Direction::Imports);
    check(comparison, &matches, &offers)
}
