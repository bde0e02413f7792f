//! The implementations that the derives write.

use super::model::{Case, Field, Model, Shape};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{GenericParam, Ident, parse_quote};

/// `impl ComponentType`: how the parts lie.
pub(crate) fn component_type(model: &Model) -> TokenStream {
    let layout = match &model.shape {
        Shape::Record(fields) => {
            let types = fields.iter().map(|field| &field.ty);
            quote!(::first_class::Layout::record(&[
                #(<#types as ::first_class::ComponentType>::LAYOUT),*
            ]))
        }
        Shape::Variant(cases) => {
            let payloads = cases.iter().map(|case| match &case.payload {
                Some(ty) => quote!(<#ty as ::first_class::ComponentType>::LAYOUT),
                None => quote!(::first_class::Layout::UNIT),
            });
            quote!(::first_class::Layout::variant(&[#(#payloads),*]))
        }
    };
    implement(
        model,
        "ComponentType",
        quote! {
            const LAYOUT: ::first_class::Layout = #layout;
        },
    )
}

/// `impl Lower`: the parts, one after the other, or the case and its payload.
pub(crate) fn lower(model: &Model) -> TokenStream {
    let (place, body) = match &model.shape {
        Shape::Record(fields) => (quote!(mut place), lower_record(fields)),
        Shape::Variant(cases) => (quote!(place), lower_variant(cases)),
    };
    implement(
        model,
        "Lower",
        quote! {
            fn lower<P: ::first_class::Place>(&self, #place: P, heap: &mut ::first_class::Heap<'_>) {
                #body
            }
        },
    )
}

/// `impl Lift`: the same way back.
pub(crate) fn lift(model: &Model) -> TokenStream {
    let (origin, body) = match &model.shape {
        Shape::Record(fields) => (quote!(mut origin), lift_record(fields)),
        Shape::Variant(cases) => (quote!(origin), lift_variant(&model.name, cases)),
    };
    implement(
        model,
        "Lift",
        quote! {
            fn lift<'a, O: ::first_class::Origin<'a>>(
                #origin: O,
                reader: &::first_class::Reader<'a>,
            ) -> ::core::result::Result<Self, ::first_class::Malformed> {
                #body
            }
        },
    )
}

fn lower_record(fields: &[Field]) -> TokenStream {
    let fields = fields.iter().map(|Field { name, ty }| {
        quote!(::first_class::Lower::lower(&self.#name, place.field::<#ty>(), heap);)
    });
    quote!(#(#fields)*)
}

fn lift_record(fields: &[Field]) -> TokenStream {
    let fields = fields.iter().map(|Field { name, ty }| {
        quote!(#name: ::first_class::Lift::lift(origin.field::<#ty>(), reader)?)
    });
    quote!(::core::result::Result::Ok(Self { #(#fields),* }))
}

fn lower_variant(cases: &[Case]) -> TokenStream {
    let arms = (0u32..).zip(cases).map(|(discriminant, case)| {
        let name = &case.name;
        match &case.payload {
            Some(ty) => quote! {
                Self::#name(payload) => {
                    let mut place = place.variant::<Self>(heap, #discriminant);
                    ::first_class::Lower::lower(payload, place.field::<#ty>(), heap);
                }
            },
            None => quote! {
                Self::#name => {
                    place.variant::<Self>(heap, #discriminant);
                }
            },
        }
    });
    quote!(match self { #(#arms)* })
}

fn lift_variant(name: &Ident, cases: &[Case]) -> TokenStream {
    let arms = (0u32..).zip(cases).map(|(discriminant, case)| {
        let name = &case.name;
        match &case.payload {
            Some(ty) => quote! {
                (#discriminant, mut payload) => {
                    ::first_class::Lift::lift(payload.field::<#ty>(), reader).map(Self::#name)
                }
            },
            None => quote! {
                (#discriminant, _) => ::core::result::Result::Ok(Self::#name),
            },
        }
    });
    let what = format!("a `{name}` has an unknown discriminant");
    quote! {
        match origin.variant::<Self>() {
            #(#arms)*
            _ => ::core::result::Result::Err(::first_class::Malformed { what: #what }),
        }
    }
}

/// The implementation of a trait, with the trait as a bound on every type parameter.
fn implement(model: &Model, name: &str, body: TokenStream) -> TokenStream {
    let trait_name = format_ident!("{name}");
    let mut generics = model.generics.clone();
    for param in &mut generics.params {
        if let GenericParam::Type(param) = param {
            param.bounds.push(parse_quote!(::first_class::#trait_name));
        }
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let item = &model.name;
    quote! {
        impl #impl_generics ::first_class::#trait_name for #item #type_generics #where_clause {
            #body
        }
    }
}
