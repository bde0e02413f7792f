//! The user's own types and modules in place of written ones.

use crate::world::model::Model;
use crate::world::type_names::TypeModule;
use crate::world::types::Definition;
use crate::world::values::spelt;
use first_class_abi::wit_parser::{Type, TypeId};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

/// A type that stands for a WIT type: its name here, and a check of what can be checked.
pub(super) fn definition(model: &Model, defined: Definition, path: &Path) -> TokenStream {
    let name = &model.type_names[&defined];
    let import = import(path, name);
    let check = check(model, defined.id, path, quote!(#name));
    quote!(#import #check)
}

/// A module that stands for the types of an interface.
pub(super) fn module(model: &Model, module: &TypeModule, path: &Path) -> TokenStream {
    let module_name = &module.name;
    let import = import(path, module_name);
    let checks = module.types.iter().map(|defined| {
        let name = &model.type_names[defined];
        check(model, defined.id, path, quote!(#module_name::#name))
    });
    quote!(#import #(#checks)*)
}

fn import(path: &Path, name: &Ident) -> TokenStream {
    let same = path.segments.last().is_some_and(|last| last.ident == *name);
    // All of it is at the path, so that the compiler shows the path if there is no such thing.
    let end = path.segments.last().map_or(path.span(), Spanned::span);
    let name = Ident::new(&name.to_string(), end);
    let rename = (!same).then(|| quote_spanned!(end=> as #name));
    quote_spanned!(path.span()=> pub use #path #rename;)
}

/// That a type lies as the one that it stands for. What is wrong with it is shown at its path.
fn check(model: &Model, id: TypeId, path: &Path, name: TokenStream) -> TokenStream {
    let ty = Type::Id(id);
    let size = Literal::usize_unsuffixed(model.sizes.size(&ty).size_wasm32());
    let align = Literal::usize_unsuffixed(model.sizes.align(&ty).align_wasm32());
    let wit = model.resolve().types[id].name.as_deref();
    let message = format!(
        "`{}` does not have the parts of the WIT type `{}`",
        spelt(path),
        wit.unwrap_or_default()
    );
    let spanned: TokenStream = name
        .into_iter()
        .map(|mut token| {
            token.set_span(path.span());
            token
        })
        .collect();
    quote_spanned! {path.span()=>
        const _: () = {
            const LAYOUT: ::first_class::Layout = <#spanned as ::first_class::ComponentType>::LAYOUT;
            ::core::assert!(LAYOUT.size == #size && LAYOUT.align == #align, #message);
        };
    }
}
