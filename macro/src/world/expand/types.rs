//! WIT types in Rust: how they are named, and how they are defined.

use super::docs;
use crate::world::model::Model;
use crate::world::names::Scope;
use first_class_abi::wit_parser::{
    Docs, Enum, Flags, InterfaceId, Record, Tuple, Type, TypeDefKind, TypeId, TypeOwner, Variant,
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// Where a type is named, since modules are named from there.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    World,
    Interface(InterfaceId),
}

/// A type as results have it, and everything inside of lists and records.
pub(super) fn owned(model: &Model, place: Place, ty: &Type) -> TokenStream {
    let id = match ty {
        Type::Id(id) => *id,
        Type::String => return quote!(::std::string::String),
        ty => return primitive(ty),
    };
    if model.type_names.contains_key(&id) {
        return path(model, place, id);
    }
    let inner = |ty: &Type| owned(model, place, ty);
    anonymous(&model.resolve().types[id].kind, &inner)
}

/// A type as parameters have it: by reference where Rust would take it so.
pub(super) fn borrowed(model: &Model, place: Place, ty: &Type) -> TokenStream {
    let id = match ty {
        Type::Id(id) => *id,
        Type::String => return quote!(&str),
        ty => return primitive(ty),
    };
    let inner = |ty: &Type| borrowed(model, place, ty);
    match &model.resolve().types[id].kind {
        TypeDefKind::Type(ty) => borrowed(model, place, ty),
        TypeDefKind::List(element) => {
            let element = owned(model, place, element);
            quote!(&[#element])
        }
        kind @ (TypeDefKind::Option(_) | TypeDefKind::Result(_) | TypeDefKind::Tuple(_)) => {
            anonymous(kind, &inner)
        }
        _ => {
            let by_value = model.analysis.is_copy(ty);
            let ty = owned(model, place, ty);
            if by_value { ty } else { quote!(&#ty) }
        }
    }
}

fn primitive(ty: &Type) -> TokenStream {
    match ty {
        Type::Bool => quote!(bool),
        Type::U8 => quote!(u8),
        Type::U16 => quote!(u16),
        Type::U32 => quote!(u32),
        Type::U64 => quote!(u64),
        Type::S8 => quote!(i8),
        Type::S16 => quote!(i16),
        Type::S32 => quote!(i32),
        Type::S64 => quote!(i64),
        Type::F32 => quote!(f32),
        Type::F64 => quote!(f64),
        Type::Char => quote!(char),
        Type::String | Type::ErrorContext | Type::Id(_) => {
            unreachable!("not primitive, or refused by the check")
        }
    }
}

/// A type without a name of its own, made of parts that `inner` writes.
fn anonymous(kind: &TypeDefKind, inner: &dyn Fn(&Type) -> TokenStream) -> TokenStream {
    let or_unit = |ty: &Option<Type>| ty.as_ref().map_or_else(|| quote!(()), inner);
    match kind {
        TypeDefKind::Type(ty) => inner(ty),
        TypeDefKind::List(ty) => {
            let ty = inner(ty);
            quote!(::std::vec::Vec<#ty>)
        }
        TypeDefKind::FixedLengthList(ty, length) => {
            let (ty, length) = (inner(ty), Literal::u32_unsuffixed(*length));
            quote!([#ty; #length])
        }
        TypeDefKind::Option(ty) => {
            let ty = inner(ty);
            quote!(::core::option::Option<#ty>)
        }
        TypeDefKind::Result(result) => {
            let (ok, err) = (or_unit(&result.ok), or_unit(&result.err));
            quote!(::core::result::Result<#ok, #err>)
        }
        TypeDefKind::Tuple(Tuple { types }) => {
            let types = types.iter().map(inner);
            quote!((#(#types,)*))
        }
        kind => unreachable!(
            "`{}` has a name, or was refused by the check",
            kind.as_str()
        ),
    }
}

fn path(model: &Model, place: Place, id: TypeId) -> TokenStream {
    let name = &model.type_names[&id];
    let home = match model.resolve().types[id].owner {
        TypeOwner::Interface(interface) => Place::Interface(interface),
        _ => Place::World,
    };
    if home == place {
        return quote!(#name);
    }
    let up = (place != Place::World).then(|| quote!(super::));
    let module = match home {
        Place::Interface(interface) => model.module_of(interface),
        Place::World => None,
    };
    match module {
        Some(module) => quote!(#up #module::#name),
        None => quote!(#up #name),
    }
}

/// The definition of a named type.
pub(super) fn definition(model: &Model, place: Place, id: TypeId) -> TokenStream {
    let definition = &model.resolve().types[id];
    let name = &model.type_names[&id];
    let docs = docs(&definition.docs);
    let item = match &definition.kind {
        TypeDefKind::Record(record) => record_definition(model, place, id, record),
        TypeDefKind::Variant(variant) => variant_definition(model, place, id, variant),
        TypeDefKind::Enum(cases) => enum_definition(name, cases),
        TypeDefKind::Flags(flags) => return flags_definition(name, &definition.docs, flags),
        TypeDefKind::Type(Type::Id(target)) if model.type_names.contains_key(target) => {
            let target_path = path(model, place, *target);
            return if model.type_names[target] == *name {
                quote!(#docs pub use #target_path;)
            } else {
                quote!(#docs pub use #target_path as #name;)
            };
        }
        kind => {
            let inner = |ty: &Type| owned(model, place, ty);
            let ty = anonymous(kind, &inner);
            quote!(pub type #name = #ty;)
        }
    };
    let error = model
        .analysis
        .is_error(id)
        .then(|| error_impl(name, &definition.kind));
    quote!(#docs #item #error)
}

fn derives(model: &Model, id: TypeId) -> TokenStream {
    let copy = model.analysis.is_copy(&Type::Id(id)).then(|| quote!(Copy,));
    quote! {
        #[derive(
            ::first_class::ComponentType,
            ::first_class::Lower,
            ::first_class::Lift,
            Clone,
            #copy
            PartialEq,
            Debug,
        )]
    }
}

fn record_definition(model: &Model, place: Place, id: TypeId, record: &Record) -> TokenStream {
    let name = &model.type_names[&id];
    let derives = derives(model, id);
    let mut scope = Scope::default();
    let fields = record.fields.iter().map(|field| {
        let (docs, name) = (docs(&field.docs), scope.snake(&field.name));
        let ty = owned(model, place, &field.ty);
        quote!(#docs pub #name: #ty)
    });
    quote!(#derives pub struct #name { #(#fields),* })
}

fn variant_definition(model: &Model, place: Place, id: TypeId, variant: &Variant) -> TokenStream {
    let name = &model.type_names[&id];
    let derives = derives(model, id);
    let mut scope = Scope::default();
    let cases = variant.cases.iter().map(|case| {
        let (docs, name) = (docs(&case.docs), scope.camel(&case.name));
        let payload = case.ty.as_ref().map(|ty| owned(model, place, ty));
        let payload = payload.map(|ty| quote!((#ty)));
        quote!(#docs #name #payload)
    });
    quote!(#derives pub enum #name { #(#cases),* })
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
