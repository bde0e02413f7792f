//! Items of two worlds that have to be compared with each other, and why.

use super::names::Catalogue;
use super::side::Items;
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

impl<'a> Offers<'a> {
    pub(super) fn new(items: &'a Items<'a>) -> Self {
        Offers {
            items,
            names: Catalogue::new(items.keys().map(String::as_str)),
        }
    }

    pub(super) fn serve(&self, name: &str) -> bool {
        self.names.provider(name).is_some()
    }

    pub(super) fn find(&self, name: &str, required: &'a WorldItem, role: Role) -> Match<'a> {
        let provider = self.names.provider(name);
        Match {
            name: name.to_owned(),
            required,
            provided: provider.and_then(|name| self.items.get(name).copied()),
            role,
        }
    }
}
