//! Which items of two worlds have to be compared, and why.

use super::check::check;
use super::compare::{Comparison, Direction};
use super::difference::Difference;
use super::names::Catalogue;
use super::side::{Items, Side};
use wit_parser::WorldItem;

/// An item that is required, and the one that serves it, if there is one.
pub(super) struct Match<'a> {
    pub(super) name: String,
    pub(super) required: &'a WorldItem,
    pub(super) provided: Option<&'a WorldItem>,
    pub(super) role: Role,
}

/// Why two items are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// All that the required item has is needed.
    Whole,
    /// Composition connects an import of the world with an export of the plugin, for its types.
    Types,
    /// Both are imports, which composition merges: types that both have must be the same.
    Shared,
}

/// What is provided: the items, and their names to look them up.
pub(super) struct Offers<'a> {
    pub(super) items: &'a Items<'a>,
    pub(super) names: Catalogue<'a>,
}

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

impl<'a> Offers<'a> {
    fn new(items: &'a Items<'a>) -> Self {
        Offers {
            items,
            names: Catalogue::new(items.keys().map(String::as_str)),
        }
    }

    fn serve(&self, name: &str) -> bool {
        self.names.provider(name).is_some()
    }

    fn find(&self, name: &str, required: &'a WorldItem, role: Role) -> Match<'a> {
        let provider = self.names.provider(name);
        Match {
            name: name.to_owned(),
            required,
            provided: provider.and_then(|name| self.items.get(name).copied()),
            role,
        }
    }
}
