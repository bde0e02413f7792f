//! From the names of WIT to those of Rust.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::Ident;
use quote::format_ident;
use std::collections::HashSet;

/// The names of one Rust scope. It hands each name out once.
#[derive(Default)]
pub(crate) struct Scope {
    taken: HashSet<String>,
}

impl Scope {
    /// A scope in which these names are taken from the start.
    pub(crate) fn with(taken: &[&str]) -> Self {
        let mut scope = Scope::default();
        scope.reserve(taken);
        scope
    }

    /// A scope for modules and types, where a name of Rust's own types would hide the type.
    pub(crate) fn of_items() -> Self {
        Scope::with(&[
            "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "str", "u8", "u16", "u32",
            "u64",
        ])
    }

    /// Whether the scope has the name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// Keeps names from being handed out.
    pub(crate) fn reserve<T: AsRef<str>>(&mut self, names: impl IntoIterator<Item = T>) {
        let names = names.into_iter().map(|name| name.as_ref().to_owned());
        self.taken.extend(names);
    }

    /// The first of the candidates that is free, or else the last one with `_` at its end.
    pub(crate) fn pick(&mut self, candidates: impl IntoIterator<Item = String>) -> Ident {
        let mut last = String::new();
        for candidate in candidates.into_iter().map(escaped) {
            if self.taken.insert(candidate.clone()) {
                return ident(&candidate);
            }
            last = candidate;
        }
        loop {
            last.push('_');
            if self.taken.insert(last.clone()) {
                return ident(&last);
            }
        }
    }

    /// A function, a module or a field.
    pub(crate) fn snake(&mut self, name: &str) -> Ident {
        self.pick([snake(name)])
    }

    /// A type or a case.
    pub(crate) fn camel(&mut self, name: &str) -> Ident {
        self.pick([camel(name)])
    }

    /// A constant.
    pub(crate) fn shouty(&mut self, name: &str) -> Ident {
        self.pick([name.to_shouty_snake_case()])
    }
}

pub(crate) fn snake(name: &str) -> String {
    name.to_snake_case()
}

pub(crate) fn camel(name: &str) -> String {
    name.to_upper_camel_case()
}

/// A keyword gets a `_` at its end.
fn escaped(name: String) -> String {
    // Reserved since edition 2024, which `syn` does not know.
    let is_reserved = name == "gen" || syn::parse_str::<Ident>(&name).is_err();
    match is_reserved {
        true => format!("{name}_"),
        false => name,
    }
}

/// An identifier of a name that is none of Rust's keywords.
fn ident(name: &str) -> Ident {
    format_ident!("{name}")
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn keywords_and_taken_names_are_marked() {
        let mut scope = Scope::with(&["load"]);
        assert_eq!(scope.snake("type"), "type_");
        assert_eq!(scope.snake("load"), "load_");
        assert_eq!(scope.snake("check-all"), "check_all");
        assert_eq!(scope.snake("check-all"), "check_all_");
        assert_eq!(scope.camel("self"), "Self_");
        assert_eq!(scope.pick(["a".into(), "b".into()]), "a");
        assert_eq!(scope.pick(["a".into(), "b".into()]), "b");
    }
}
