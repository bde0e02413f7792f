//! One method.

use super::docs;
use super::spell::{Home, Speller};
use crate::world::model::{Method, Model};
use crate::world::names::Scope;
use first_class_abi::wit_parser::{FunctionKind, Param, TypeId};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// The method that calls a function of the world or of an interface.
pub(super) fn method(model: &Model, method: &Method) -> TokenStream {
    let speller = Speller::new(model, Home::World);
    let (names, types) = parameters(speller, &method.function.params);
    let receiver = quote!(&self, #(#names: #types),*);
    let arguments = quote!((#(#names,)*));
    written(speller, method, receiver, quote!(self.instance), arguments)
}

/// The function that calls a method, a static function or the constructor of a resource. What
/// has no resource yet takes the view of the interface, and with it the instance.
pub(super) fn resource_method(
    model: &Model,
    home: Home,
    resource: TypeId,
    method: &Method,
) -> TokenStream {
    let speller = Speller::new(model, home);
    let params = &method.function.params;
    let is_method = matches!(
        method.function.kind,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
    );
    if is_method {
        let (names, types) = parameters(speller, &params[1..]);
        let receiver = quote!(&self, #(#names: #types),*);
        let arguments = quote!((self, #(#names,)*));
        return written(speller, method, receiver, quote!(self.resource), arguments);
    }
    let view = model.view_of(resource).map(|view| &view.name);
    let (names, types) = parameters(speller, params);
    let receiver = quote!(view: super::#view<'_>, #(#names: #types),*);
    let arguments = quote!((#(#names,)*));
    written(speller, method, receiver, quote!(view.instance), arguments)
}

fn parameters(speller: Speller<'_>, params: &[Param]) -> (Vec<Ident>, Vec<TokenStream>) {
    let mut scope = Scope::with(&["self", "view"]);
    let names = params.iter().map(|param| scope.snake(&param.name));
    let types = params.iter().map(|param| speller.borrowed(&param.ty));
    (names.collect(), types.collect())
}

fn written(
    speller: Speller<'_>,
    method: &Method,
    receiver: TokenStream,
    target: TokenStream,
    arguments: TokenStream,
) -> TokenStream {
    let Method {
        name,
        number,
        function,
    } = method;
    let result = match &function.result {
        Some(ty) => speller.owned(ty),
        None => quote!(()),
    };
    let docs = docs(&function.docs);
    let number = Literal::u32_unsuffixed(*number);
    quote! {
        #docs
        pub fn #name(
            #receiver
        ) -> ::core::result::Result<#result, ::first_class::CallError> {
            #target.call(#number, #arguments)
        }
    }
}
