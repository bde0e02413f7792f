//! One method.

use super::docs;
use super::spell::{Home, LONGEST_TUPLE, Speller};
use crate::world::model::{Method, Model};
use crate::world::names::Scope;
use first_class_abi::wit_parser::{FunctionKind, Param, TypeId};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// The method that calls a function of the world or of an interface, and the one that says
/// whether there is the function.
pub(super) fn method(model: &Model, method: &Method) -> TokenStream {
    let speller = Speller::new(model, Home::World);
    let (names, types) = parameters(speller, &method.function.params);
    let receiver = quote!(&self, #(#names: #types),*);
    let call = call(
        &names,
        &names.iter().map(|name| quote!(#name)).collect::<Vec<_>>(),
    );
    let call = written(speller, method, receiver, quote!(self.instance), call);
    let supports = method.supports.as_ref().map(|name| {
        let summary = format!("Whether the plugin has `{}`.", method.function.name);
        supports(&summary, name, method.number)
    });
    quote!(#call #supports)
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
    let is_method = matches!(
        method.function.kind,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
    );
    let params = &method.function.params[usize::from(is_method)..];
    let (mut names, types) = parameters(speller, params);
    let mut values: Vec<_> = names.iter().map(|name| quote!(#name)).collect();
    if is_method {
        let receiver = quote!(&self, #(#names: #types),*);
        names.insert(0, format_ident!("this"));
        values.insert(0, quote!(self));
        let call = call(&names, &values);
        return written(speller, method, receiver, quote!(self.resource), call);
    }
    let view = model.view_of(resource).map(|view| &view.name);
    let receiver = quote!(view: super::#view<'_>, #(#names: #types),*);
    let call = call(&names, &values);
    written(speller, method, receiver, quote!(view.instance), call)
}

fn parameters(speller: Speller<'_>, params: &[Param]) -> (Vec<Ident>, Vec<TokenStream>) {
    let mut scope = Scope::with(&["self", "this", "view"]);
    let names = params.iter().map(|param| scope.snake(&param.name));
    let types = params.iter().map(|param| speller.borrowed(&param.ty));
    (names.collect(), types.collect())
}

/// The arguments as one value, and what has to be defined for it: a tuple as long as those that
/// can cross, or else a record.
struct Call {
    definition: TokenStream,
    arguments: TokenStream,
}

fn call(names: &[Ident], values: &[TokenStream]) -> Call {
    if values.len() <= LONGEST_TUPLE {
        return Call {
            definition: TokenStream::new(),
            arguments: quote!((#(#values,)*)),
        };
    }
    let types: Vec<_> = (0..names.len())
        .map(|index| format_ident!("T{index}"))
        .collect();
    Call {
        definition: quote! {
            #[derive(::first_class::ComponentType, ::first_class::Lower)]
            struct Arguments<#(#types),*> {
                #(#names: #types),*
            }
        },
        arguments: quote!(Arguments { #(#names: #values),* }),
    }
}

fn written(
    speller: Speller<'_>,
    method: &Method,
    receiver: TokenStream,
    target: TokenStream,
    call: Call,
) -> TokenStream {
    let result = match &method.function.result {
        Some(ty) => speller.owned(ty),
        None => quote!(()),
    };
    let name = &method.name;
    let result = speller.result(&result, &speller.runtime("CallError"));
    let docs = docs(&method.function.docs);
    let number = Literal::u32_unsuffixed(method.number);
    let Call {
        definition,
        arguments,
    } = call;
    quote! {
        #docs
        pub fn #name(#receiver) -> #result {
            #definition
            #target.call(#number, #arguments)
        }
    }
}

/// The method that says whether there is what a plugin may lack.
pub(super) fn supports(summary: &str, name: &Ident, number: u32) -> TokenStream {
    let summary = format!(" {summary}");
    let number = Literal::u32_unsuffixed(number);
    quote! {
        #[doc = #summary]
        pub fn #name(&self) -> bool {
            self.instance.supports(#number)
        }
    }
}
