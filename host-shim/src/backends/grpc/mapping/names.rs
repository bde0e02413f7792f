//! Names of both sides, which are compared without case, `-` and `_`.

use heck::ToKebabCase;
use prost_reflect::EnumDescriptor;
use std::collections::BTreeMap;

/// A name without what the two sides spell differently.
pub(super) fn normal(name: &str) -> String {
    let letters = name.chars().filter(|letter| !matches!(letter, '-' | '_'));
    letters.flat_map(char::to_lowercase).collect()
}

/// A name as WIT spells it, if it can be a name there.
pub(super) fn kebab(name: &str) -> Option<String> {
    let name = name.to_kebab_case();
    first_class_abi::wit_parser::validate_id(&name)
        .is_ok()
        .then_some(name)
}

/// The part of a name behind its last `.`.
pub(super) fn short(full: &str) -> &str {
    full.rsplit('.').next().unwrap_or(full)
}

/// The name of an interface or a world without its package and version.
pub(super) fn item(full: &str) -> &str {
    let name = full.rsplit('/').next().unwrap_or(full);
    name.split('@').next().unwrap_or(name)
}

/// How the names of an enum's values begin, if all of them do: as the enum is called, or with that in
/// capitals.
fn prefix(of: &EnumDescriptor) -> Option<String> {
    let prefix = normal(of.name());
    let is_longer = |name: &str| {
        let name = normal(name);
        name.len() > prefix.len() && name.starts_with(&prefix)
    };
    of.values()
        .all(|value| is_longer(value.name()))
        .then_some(prefix)
}

/// What a value of an enum is called in WIT: without the enum's name if all begin with it, as long
/// as that leaves a name.
pub(super) fn cases(of: &EnumDescriptor) -> Vec<(Option<String>, i32)> {
    let prefix = prefix(of);
    let case = |name: &str| {
        let rest = prefix
            .as_deref()
            .and_then(|prefix| kebab(behind(name, prefix)));
        rest.or_else(|| kebab(name))
    };
    of.values()
        .map(|value| (case(value.name()), value.number()))
        .collect()
}

/// The numbers of an enum's values by their normal names, with and without the enum's name. A name
/// that could be two values stands for the one that is called so in full.
pub(super) fn numbers(of: &EnumDescriptor) -> BTreeMap<String, i32> {
    let mut numbers = BTreeMap::new();
    if let Some(prefix) = prefix(of) {
        for value in of.values() {
            numbers.insert(normal(behind(value.name(), &prefix)), value.number());
        }
    }
    for value in of.values() {
        numbers.insert(normal(value.name()), value.number());
    }
    numbers
}

/// What of a name lies behind a normal prefix.
fn behind<'a>(name: &'a str, prefix: &str) -> &'a str {
    let mut left = prefix.chars().count();
    let rest = name.char_indices().find(|(_, letter)| {
        if matches!(letter, '-' | '_') {
            return false;
        }
        if left == 0 {
            return true;
        }
        left = left.saturating_sub(letter.to_lowercase().count());
        false
    });
    rest.map_or("", |(at, _)| &name[at..])
}

#[cfg(test)]
mod tests {
    use super::{behind, item, kebab, normal};

    #[test]
    fn both_sides_spell_a_name_alike() {
        for (wit, proto) in [
            ("check", "Check"),
            ("not-serving", "NOT_SERVING"),
            ("kv", "KV"),
            ("range-end", "range_end"),
            ("get-http2-status", "GetHTTP2Status"),
        ] {
            assert_eq!(normal(wit), normal(proto));
            assert_eq!(normal(&kebab(proto).expect("is a name")), normal(wit));
        }
        assert_eq!(
            kebab("HealthCheckResponse").as_deref(),
            Some("health-check-response")
        );
        assert_eq!(kebab("_2"), None);
        assert_eq!(item("acme:lint/rule@1.2.0"), "rule");
        assert_eq!(item("rule"), "rule");
    }

    #[test]
    fn a_prefix_is_taken_off_however_it_is_spelled() {
        assert_eq!(behind("SORT_ORDER_NONE", "sortorder"), "NONE");
        assert_eq!(behind("SortOrderNone", "sortorder"), "None");
        assert_eq!(behind("SORT_ORDER_", "sortorder"), "");
    }
}
