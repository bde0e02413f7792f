//! The definitions of WIT types in Rust.

use super::docs;
use super::function::resource_method;
use super::spell::{Speller, anonymous};
use crate::world::names::Scope;
use first_class_abi::wit_parser::{Docs, Enum, Flags, Record, Type, TypeDefKind, TypeId, Variant};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// The definition of a named type.
pub(super) fn definition(speller: Speller<'_>, id: TypeId) -> TokenStream {
    let speller = speller.in_definition();
    let model = speller.model;
    let definition = &model.resolve().types[id];
    let name = &model.type_names[&id];
    let docs = docs(&definition.docs);
    let item = match &definition.kind {
        TypeDefKind::Record(record) => record_definition(speller, id, record),
        TypeDefKind::Variant(variant) => variant_definition(speller, id, variant),
        TypeDefKind::Enum(cases) => enum_definition(name, cases),
        TypeDefKind::Flags(flags) => return flags_definition(name, &definition.docs, flags),
        TypeDefKind::Resource => return resource_definition(speller, id),
        TypeDefKind::Type(Type::Id(target)) if model.type_names.contains_key(target) => {
            let target_path = speller.path(*target);
            return if model.type_names[target] == *name {
                quote!(#docs pub use #target_path;)
            } else {
                quote!(#docs pub use #target_path as #name;)
            };
        }
        kind => {
            let ty = anonymous(kind, &|ty| speller.owned(ty));
            quote!(pub type #name = #ty;)
        }
    };
    let error = model
        .analysis
        .is_error(id)
        .then(|| error_impl(name, &definition.kind));
    quote!(#docs #item #error)
}

fn derives(speller: Speller<'_>, id: TypeId) -> TokenStream {
    let ty = Type::Id(id);
    let analysis = &speller.model.analysis;
    let lift = (!analysis.borrows(&ty)).then(|| quote!(::first_class::Lift,));
    let copy = analysis.is_copy(&ty).then(|| quote!(Copy,));
    let value = (!analysis.has_handles(&ty)).then(|| quote!(Clone, #copy PartialEq,));
    quote! {
        #[derive(::first_class::ComponentType, ::first_class::Lower, #lift #value Debug)]
    }
}

fn resource_definition(speller: Speller<'_>, id: TypeId) -> TokenStream {
    let model = speller.model;
    let name = &model.type_names[&id];
    let docs = docs(&model.resolve().types[id].docs);
    let Some(resource) = model.resources.get(&id) else {
        return TokenStream::new();
    };
    let drop_number = Literal::u32_unsuffixed(resource.drop_number);
    let methods = resource
        .methods
        .iter()
        .map(|method| resource_method(model, speller.home, id, method));
    quote! {
        ::first_class::__resource! {
            #docs
            pub struct #name, dropped by #drop_number;
        }

        impl #name {
            #(#methods)*
        }
    }
}

fn record_definition(speller: Speller<'_>, id: TypeId, record: &Record) -> TokenStream {
    let name = &speller.model.type_names[&id];
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

fn variant_definition(speller: Speller<'_>, id: TypeId, variant: &Variant) -> TokenStream {
    let name = &speller.model.type_names[&id];
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

fn enum_definition(name: &Ident, cases: &Enum) -> TokenStream {
    let mut scope = Scope::default();
    let cases = cases.cases.iter().map(|case| {
        let (docs, name) = (docs(&case.docs), scope.camel(&case.name));
        quote!(#docs #name)
    });
    quote! {
        #[derive(
            ::first_class::ComponentType,
            ::first_class::Lower,
            ::first_class::Lift,
            Clone,
            Copy,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            Debug,
        )]
        pub enum #name { #(#cases),* }
    }
}

fn flags_definition(name: &Ident, type_docs: &Docs, flags: &Flags) -> TokenStream {
    let bits = match flags.flags.len() {
        0..=8 => 8,
        9..=16 => 16,
        _ => 32,
    };
    let bits = format_ident!("u{bits}");
    let mut scope = Scope::default();
    let constants = (0u32..).zip(&flags.flags).map(|(bit, flag)| {
        let (docs, name) = (docs(&flag.docs), scope.shouty(&flag.name));
        let bit = Literal::u32_unsuffixed(bit);
        quote!(#docs const #name = 1 << #bit;)
    });
    let docs = docs(type_docs);
    quote! {
        ::first_class::flags! {
            #docs
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
