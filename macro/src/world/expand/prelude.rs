//! Short names in what is written: those that the module has, and a type of the WIT has not.

use crate::world::names::Scope;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::collections::HashSet;

/// Names that have to be imported from `first_class`.
const RUNTIME: [&str; 18] = [
    "Batch",
    "CallError",
    "CallFuture",
    "ComponentType",
    "FutureReader",
    "FutureWriter",
    "Implementer",
    "Instance",
    "Lent",
    "Lift",
    "LoadError",
    "Lower",
    "Own",
    "Pending",
    "Results",
    "StreamReader",
    "StreamWriter",
    "Ticket",
];

/// The imports of a module: of the short names that its body uses.
pub(super) fn imports(body: &TokenStream, scope: &Scope) -> TokenStream {
    let mut used = HashSet::new();
    collect(body.clone(), &mut used);
    let is_used = |name: &&str| used.contains(*name) && !scope.has(name);
    let runtime: Vec<Ident> = RUNTIME
        .into_iter()
        .filter(is_used)
        .map(|name| format_ident!("{name}"))
        .collect();
    let runtime = match runtime.as_slice() {
        [] => TokenStream::new(),
        [name] => quote!(use ::first_class::#name;),
        names => quote!(use ::first_class::{#(#names),*};),
    };
    let map = Some("BTreeMap").filter(is_used);
    let map = map.map(|_| {
        quote!(
            use ::std::collections::BTreeMap;
        )
    });
    quote!(#runtime #map)
}

/// A name of `first_class`, as short as the scope allows.
pub(super) fn runtime(name: &str, scope: &Scope) -> TokenStream {
    let ident = format_ident!("{name}");
    short(name, scope, quote!(::first_class::#ident))
}

/// A name as it is, unless the scope has something else of that name.
pub(super) fn short(name: &str, scope: &Scope, full: TokenStream) -> TokenStream {
    if scope.has(name) {
        return full;
    }
    let ident = format_ident!("{name}");
    quote!(#ident)
}

fn collect(tokens: TokenStream, used: &mut HashSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                used.insert(ident.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), used),
            _ => {}
        }
    }
}
