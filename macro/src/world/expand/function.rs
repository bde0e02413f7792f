//! One method.

use super::docs;
use super::types::{Place, borrowed, owned};
use crate::world::model::{Method, Model};
use crate::world::names::Scope;
use proc_macro2::TokenStream;
use quote::quote;

/// The method that calls a function through `instance`, written in the module of the world.
pub(super) fn method(model: &Model, instance: TokenStream, method: &Method) -> TokenStream {
    let Method {
        name,
        number,
        function,
    } = method;
    let mut scope = Scope::with(&["self"]);
    let names: Vec<_> = function
        .params
        .iter()
        .map(|param| scope.snake(&param.name))
        .collect();
    let types = function
        .params
        .iter()
        .map(|param| borrowed(model, Place::World, &param.ty));
    let result = match &function.result {
        Some(ty) => owned(model, Place::World, ty),
        None => quote!(()),
    };
    let docs = docs(&function.docs);
    quote! {
        #docs
        pub fn #name(
            &self,
            #(#names: #types),*
        ) -> ::core::result::Result<#result, ::first_class::CallError> {
            #instance.call(#number, (#(#names,)*))
        }
    }
}
