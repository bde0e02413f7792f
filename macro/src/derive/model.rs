//! What a derive knows of the item it stands on.

use crate::errors::Errors;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DataStruct, DeriveInput, Fields, Generics, Ident, Type, Variant};

/// A struct or an enum that can stand for a WIT type.
pub(crate) struct Model {
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) shape: Shape,
}

pub(crate) enum Shape {
    Record(Vec<Field>),
    Variant(Vec<Case>),
}

pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

pub(crate) struct Case {
    pub(crate) name: Ident,
    pub(crate) payload: Option<Type>,
}

impl Model {
    pub(crate) fn new(input: &DeriveInput) -> syn::Result<Self> {
        let mut errors = Errors::new();
        let shape = match &input.data {
            Data::Struct(data) => record(data, &input.ident, &mut errors),
            Data::Enum(data) => variant(data, &input.ident, &mut errors),
            Data::Union(data) => {
                let span = data.union_token.span;
                errors.at(span, "a union has no counterpart in WIT; use an enum");
                Shape::Record(Vec::new())
            }
        };
        errors.finish()?;
        Ok(Model {
            name: input.ident.clone(),
            generics: input.generics.clone(),
            shape,
        })
    }
}

fn record(data: &DataStruct, name: &Ident, errors: &mut Errors) -> Shape {
    let Fields::Named(fields) = &data.fields else {
        errors.at(
            name.span(),
            "only a struct with named fields stands for a WIT `record`",
        );
        return Shape::Record(Vec::new());
    };
    if fields.named.is_empty() {
        errors.at(name.span(), "a WIT `record` has at least one field");
    }
    let fields = fields.named.iter().filter_map(|field| {
        Some(Field {
            name: field.ident.clone()?,
            ty: field.ty.clone(),
        })
    });
    Shape::Record(fields.collect())
}

fn variant(data: &DataEnum, name: &Ident, errors: &mut Errors) -> Shape {
    if data.variants.is_empty() {
        errors.at(name.span(), "a WIT `variant` has at least one case");
    }
    let cases = data.variants.iter().map(|variant| Case {
        name: variant.ident.clone(),
        payload: payload(variant, errors),
    });
    Shape::Variant(cases.collect())
}

fn payload(variant: &Variant, errors: &mut Errors) -> Option<Type> {
    let mut refuse = |span: Span| {
        errors.at(
            span,
            "a case of a WIT `variant` has at most one value; wrap several in a struct or a tuple",
        );
        None
    };
    match &variant.fields {
        Fields::Unit => None,
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            fields.unnamed.first().map(|field| field.ty.clone())
        }
        fields => refuse(fields.span()),
    }
}
