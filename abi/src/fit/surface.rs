//! Which items of two worlds have to be compared, and why.

use super::check::check;
use super::compare::{Comparison, Direction};
use super::difference::Difference;
use super::names::provider;
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

/// Compares what the expected world exports with what the plugin does.
pub(super) fn exports(expected: Side<'_>, plugin: Side<'_>) -> Vec<Difference> {
    let (required, exports, imports) = (expected.exports(), plugin.exports(), plugin.imports());
    let mut matches = Vec::new();
    for (name, item) in &required {
        let role = if expected.is_only_types(item) && !serves(name, &exports) {
            Role::Shared
        } else {
            Role::Whole
        };
        let offers = if role == Role::Shared {
            &imports
        } else {
            &exports
        };
        matches.push(Match::new(name, item, offers, role));
    }
    // The bridge imports, too, what the types of the exports take from interfaces that the world
    // does not export.
    for (name, item) in &expected.imports() {
        if required.contains_key(name) {
            continue;
        }
        matches.push(if serves(name, &exports) {
            Match::new(name, item, &exports, Role::Types)
        } else {
            Match::new(name, item, &imports, Role::Shared)
        });
    }
    let comparison = Comparison::new(expected, plugin, Direction::Exports);
    check(comparison, &matches, &exports)
}

/// Compares what the plugin imports with what the expected world does, as far as both do.
pub(super) fn imports(expected: Side<'_>, plugin: Side<'_>) -> Vec<Difference> {
    let (required, offers) = (plugin.imports(), expected.imports());
    let mut matches = Vec::new();
    for (name, item) in &required {
        let role = if name.starts_with("wasi:") {
            Role::Shared
        } else {
            Role::Whole
        };
        if serves(name, &offers) {
            matches.push(Match::new(name, item, &offers, role));
        }
    }
    let comparison = Comparison::new(plugin, expected, Direction::Imports);
    check(comparison, &matches, &offers)
}

fn serves(name: &str, offers: &Items<'_>) -> bool {
    provider(name, offers.keys().map(String::as_str)).is_some()
}

impl<'a> Match<'a> {
    fn new(name: &str, required: &'a WorldItem, offers: &Items<'a>, role: Role) -> Self {
        let provider = provider(name, offers.keys().map(String::as_str));
        Match {
            name: name.to_owned(),
            required,
            provided: provider.and_then(|name| offers.get(name).copied()),
            role,
        }
    }
}
