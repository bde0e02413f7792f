//! The definitions of WIT types in Rust.

use super::function::{resource_method, started};
use super::spell::{Home, Speller};
use super::{docs, replaced};
use crate::world::model::{Model, Resource};
use crate::world::names::Scope;
use crate::world::types::{Definition, Side};
use first_class_abi::wit_parser::{Docs, Enum, Flags, Record, Type, TypeDefKind, TypeId, Variant};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// The definition of a named type.
pub(super) fn definition(speller: Speller<'_>, defined: Definition) -> TokenStream {
    let Definition { id, side } = defined;
    let speller = speller.in_definition(side);
    let model = speller.model;
    let definition = &model.resolve().types[id];
    let name = &model.type_names[&defined];
    if let Some(path) = model.choices.types.get(&id) {
        return replaced::definition(model, defined, path);
    }
    let docs = docs(&definition.docs);
    let item = match &definition.kind {
        TypeDefKind::Record(record) => record_definition(speller, name, id, record),
        TypeDefKind::Variant(variant) => variant_definition(speller, name, id, variant),
        TypeDefKind::Enum(cases) => enum_definition(speller, name, cases),
        TypeDefKind::Flags(flags) => {
            return flags_definition(speller, name, &definition.docs, flags);
        }
        TypeDefKind::Resource => return resource_definition(speller, id),
        TypeDefKind::Type(Type::Id(target)) if model.type_name(*target, side).is_some() => {
            let target_path = speller.path(*target);
            let target_name = model.type_name(*target, side);
            // A path that begins with a module could mean a crate.
            let here = (speller.home == Home::World).then(|| quote!(self::));
            let rename = (target_name != Some(name)).then(|| quote!(as #name));
            return quote!(#docs pub use #here #target_path #rename;);
        }
        _ => {
            let ty = speller.unnamed(id, &|ty| speller.owned(ty));
            let lifetime = speller.lifetime(id);
            quote!(pub type #name #lifetime = #ty;)
        }
    };
    let is_error = model.analysis.is_error(id) && !model.analysis.has_long_tuple(id);
    let error = is_error.then(|| error_impl(name, &definition.kind));
    quote!(#docs #item #error)
}

/// What a record or a variant derives.
fn derives(speller: Speller<'_>, id: TypeId) -> TokenStream {
    let ty = Type::Id(id);
    let model = speller.model;
    let analysis = &model.analysis;
    let mut names = vec!["ComponentType", "Lower"];
    names.extend((!analysis.borrows(id, speller.side)).then_some("Lift"));
    let mut names: Vec<_> = names.iter().map(|name| speller.runtime(name)).collect();
    let mut of_std = Vec::new();
    let is_value = !analysis.has_handles(&ty);
    if is_value {
        of_std.push("Clone");
        if analysis.is_copy(&ty) && !model.holds_replaced(id) {
            of_std.push("Copy");
        }
    }
    if !analysis.has_long_tuple(id) {
        of_std.extend(is_value.then_some("PartialEq"));
        of_std.push("Debug");
    }
    names.extend(idents(&of_std));
    if is_value {
        names.extend(additional(model, &of_std));
    }
    quote!(#[derive(#(#names),*)])
}

/// The derives that the user wants besides.
fn additional(model: &Model, derived: &[&str]) -> impl Iterator<Item = TokenStream> {
    let derives = model.choices.derives.iter().filter(move |path| {
        let last = path.segments.last();
        last.is_none_or(|last| !derived.iter().any(|name| last.ident == name))
    });
    derives.map(quote::ToTokens::to_token_stream)
}

fn idents(names: &[&str]) -> impl Iterator<Item = TokenStream> {
    names.iter().map(|name| {
        let name = format_ident!("{name}");
        quote!(#name)
    })
}

fn resource_definition(speller: Speller<'_>, id: TypeId) -> TokenStream {
    let model = speller.model;
    // Only exported ones have a definition.
    let (Some(name), Some(resource)) =
        (model.type_name(id, Side::Export), model.resources.get(&id))
    else {
        return TokenStream::new();
    };
    let docs = docs(&model.resolve().types[id].docs);
    let drop_number = Literal::u32_unsuffixed(resource.drop_number);
    let methods = resource.methods.iter();
    let methods = methods.map(|method| resource_method(model, speller.home, id, method));
    let methods: TokenStream = methods.collect();
    let start = resource.start.as_ref().map(start_method);
    let methods = (!methods.is_empty()).then(|| quote!(impl #name { #start #methods }));
    let start = start_definition(speller, name, resource);
    quote! {
        ::first_class::__resource! {
            #docs
            pub struct #name, dropped by #drop_number;
        }

        #methods
        #start
    }
}

fn start_method(start: &Ident) -> TokenStream {
    quote! {
        /// Starts calls without waiting for their ends: its methods give a `Pending` each.
        pub fn start(&self) -> #start<'_> {
            #start { of: self }
        }
    }
}

/// The struct that starts calls of a resource's methods.
fn start_definition(
    speller: Speller<'_>,
    name: &Ident,
    resource: &Resource,
) -> Option<TokenStream> {
    let start = resource.start.as_ref()?;
    let methods = resource.methods.iter();
    let methods = methods.filter(|method| method.takes_resource());
    let methods = methods.map(|method| started(speller.model, speller.home, method));
    let summary = format!(" The methods of [`{name}`], each starting a call.");
    Some(quote! {
        #[doc = #summary]
        #[derive(Clone, Copy, Debug)]
        pub struct #start<'a> {
            of: &'a #name,
        }

        impl #start<'_> {
            #(#methods)*
        }
    })
}

fn record_definition(
    speller: Speller<'_>,
    name: &Ident,
    id: TypeId,
    record: &Record,
) -> TokenStream {
    let derives = derives(speller, id);
    let mut scope = Scope::default();
    let fields = record.fields.iter().map(|field| {
        let (docs, name) = (docs(&field.docs), scope.snake(&field.name));
        let ty = speller.owned(&field.ty);
        quote!(#docs pub #name: #ty)
    });
    let lifetime = speller.lifetime(id);
    quote!(#derives pub struct #name #lifetime { #(#fields),* })
}

fn variant_definition(
    speller: Speller<'_>,
    name: &Ident,
    id: TypeId,
    variant: &Variant,
) -> TokenStream {
    let derives = derives(speller, id);
    let mut scope = Scope::default();
    let cases = variant.cases.iter().map(|case| {
        let (docs, name) = (docs(&case.docs), scope.camel(&case.name));
        let payload = case.ty.as_ref().map(|ty| speller.owned(ty));
        let payload = payload.map(|ty| quote!((#ty)));
        quote!(#docs #name #payload)
    });
    let lifetime = speller.lifetime(id);
    quote!(#derives pub enum #name #lifetime { #(#cases),* })
}

fn enum_definition(speller: Speller<'_>, name: &Ident, cases: &Enum) -> TokenStream {
    let mut scope = Scope::default();
    let cases = cases.cases.iter().map(|case| {
        let (docs, name) = (docs(&case.docs), scope.camel(&case.name));
        quote!(#docs #name)
    });
    let runtime = ["ComponentType", "Lower", "Lift"].map(|name| speller.runtime(name));
    let of_std = [
        "Clone",
        "Copy",
        "PartialEq",
        "Eq",
        "PartialOrd",
        "Ord",
        "Hash",
        "Debug",
    ];
    let (idents, additional) = (idents(&of_std), additional(speller.model, &of_std));
    quote! {
        #[derive(#(#runtime,)* #(#idents,)* #(#additional),*)]
        pub enum #name { #(#cases),* }
    }
}

fn flags_definition(
    speller: Speller<'_>,
    name: &Ident,
    type_docs: &Docs,
    flags: &Flags,
) -> TokenStream {
    let bits = match flags.flags.len() {
        0..=8 => 8,
        9..=16 => 16,
        _ => 32,
    };
    let bits = format_ident!("u{bits}");
    let mut scope = Scope::default();
    // More than 32 were refused.
    let constants = (0u32..32).zip(&flags.flags).map(|(bit, flag)| {
        let (docs, name) = (docs(&flag.docs), scope.shouty(&flag.name));
        let bit = Literal::u32_unsuffixed(bit);
        quote!(#docs const #name = 1 << #bit;)
    });
    let docs = docs(type_docs);
    let additional: Vec<_> = additional(
        speller.model,
        &["Clone", "Copy", "PartialEq", "Eq", "Hash", "Debug"],
    )
    .collect();
    let derives = (!additional.is_empty()).then(|| quote!(#[derive(#(#additional),*)]));
    quote! {
        ::first_class::flags! {
            #docs
            #derives
            pub struct #name: #bits { #(#constants)* }
        }
    }
}

/// The error type of a function is one in Rust, too.
fn error_impl(name: &Ident, kind: &TypeDefKind) -> TokenStream {
    match kind {
        TypeDefKind::Record(_) | TypeDefKind::Variant(_) | TypeDefKind::Enum(_) => quote! {
            impl ::core::fmt::Display for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Debug::fmt(self, f)
                }
            }

            impl ::core::error::Error for #name {}
        },
        _ => TokenStream::new(),
    }
}
