//! One method that calls, and its twins that do not wait for the call's end.

use super::docs;
use super::spell::{Home, LONGEST_TUPLE, Speller};
use crate::world::model::{Method, Model};
use crate::world::names::Scope;
use first_class_abi::wit_parser::{Param, TypeId};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// The methods that call a function of the world or of an interface, and the one that says whether
/// there is the function.
pub(super) fn method(model: &Model, method: &Method) -> TokenStream {
    let speller = Speller::new(model, Home::World);
    let calls = Writer::new(speller, method, quote!(self.instance)).calls();
    let supports = method.supports.as_ref().map(|name| {
        let summary = format!("Whether the plugin has `{}`.", method.function.name);
        supports(&summary, name, method.number)
    });
    quote!(#calls #supports)
}

/// The functions that call a method, a static function or the constructor of a resource. What
/// has no resource yet takes the view of the interface, and with it the instance.
pub(super) fn resource_method(
    model: &Model,
    home: Home,
    resource: TypeId,
    method: &Method,
) -> TokenStream {
    let speller = Speller::new(model, home);
    if method.takes_resource() {
        return Writer::new(speller, method, quote!(self.resource)).calls();
    }
    let view = model.view_of(resource).map(|view| &view.name);
    let mut writer = Writer::new(speller, method, quote!(view.instance));
    writer.receiver = quote!(view: super::#view<'_>);
    writer.calls()
}

/// The method that starts a call. If the function is a method of a resource, the target is that of
/// the resource.
pub(super) fn started(
    model: &Model,
    home: Home,
    method: &Method,
    target: TokenStream,
) -> TokenStream {
    let speller = Speller::new(model, home);
    let mut writer = Writer::new(speller, method, target);
    if method.takes_resource() {
        writer.resource = quote!(self.of);
    }
    writer.write(Lane::Start)
}

/// How a call goes on.
#[derive(Clone, Copy)]
enum Lane {
    /// The method waits for its end.
    Call,
    /// The method gives a `Pending`.
    Start,
    /// The method gives a future.
    Async,
}

/// What the methods of one function have in common.
struct Writer<'m> {
    speller: Speller<'m>,
    method: &'m Method,
    receiver: TokenStream,
    /// What the resource of a method is.
    resource: TokenStream,
    /// What has the functions that call by number.
    target: TokenStream,
}

impl<'m> Writer<'m> {
    fn new(speller: Speller<'m>, method: &'m Method, target: TokenStream) -> Self {
        Writer {
            speller,
            method,
            receiver: quote!(&self),
            resource: quote!(self),
            target,
        }
    }

    /// The method that waits, and the one beside it that gives a future.
    fn calls(&self) -> TokenStream {
        let call = self.write(Lane::Call);
        let asynchronous = self.method.asynchronous.as_ref();
        let asynchronous = asynchronous.map(|_| self.write(Lane::Async));
        quote!(#call #asynchronous)
    }

    fn write(&self, lane: Lane) -> TokenStream {
        let (receiver, target) = (&self.receiver, &self.target);
        let docs = self.docs(lane);
        let (name, verb) = match (lane, &self.method.asynchronous) {
            (Lane::Async, Some(name)) => (name, quote!(call_async)),
            (Lane::Start, _) => (&self.method.name, quote!(start)),
            _ => (&self.method.name, quote!(call)),
        };
        let result = self.result(lane);
        let number = Literal::u32_unsuffixed(self.method.number);
        let is_method = self.method.takes_resource();
        let params = &self.method.function.params[usize::from(is_method)..];
        let (mut names, types) = parameters(self.speller, params);
        let mut values: Vec<_> = names.iter().map(|name| quote!(#name)).collect();
        let params = quote!(#receiver, #(#names: #types),*);
        if is_method {
            names.insert(0, format_ident!("this"));
            values.insert(0, self.resource.clone());
        }
        let (definition, arguments) = arguments(&names, &values);
        quote! {
            #docs
            pub fn #name(#params) -> #result {
                #definition
                #target.#verb(#number, #arguments)
            }
        }
    }

    fn docs(&self, lane: Lane) -> TokenStream {
        let summary = match lane {
            Lane::Call | Lane::Start => return docs(&self.method.function.docs),
            Lane::Async => format!(
                " Calls [`Self::{}`] now, and gives its end as a future.",
                self.method.name
            ),
        };
        quote!(#[doc = #summary])
    }

    fn result(&self, lane: Lane) -> TokenStream {
        let speller = self.speller;
        let result = match &self.method.function.result {
            Some(ty) => speller.owned(ty),
            None => quote!(()),
        };
        let error = || speller.runtime("CallError");
        match lane {
            Lane::Call => speller.result(&result, &error()),
            Lane::Start => {
                let pending = speller.runtime("Pending");
                speller.result(&quote!(#pending<#result>), &error())
            }
            Lane::Async => {
                let future = speller.runtime("CallFuture");
                quote!(#future<#result>)
            }
        }
    }
}

fn parameters(speller: Speller<'_>, params: &[Param]) -> (Vec<Ident>, Vec<TokenStream>) {
    let mut scope = Scope::with(&["self", "this", "view"]);
    let names = params.iter().map(|param| scope.snake(&param.name));
    let types = params.iter().map(|param| speller.borrowed(&param.ty));
    (names.collect(), types.collect())
}

/// The arguments as one value, after what has to be defined for it: a tuple as long as those that
/// can cross, or else a record.
fn arguments(names: &[Ident], values: &[TokenStream]) -> (TokenStream, TokenStream) {
    if values.len() <= LONGEST_TUPLE {
        return (TokenStream::new(), quote!((#(#values,)*)));
    }
    let definition = arguments_definition(names, &quote!(::first_class::Lower));
    (definition, quote!(Arguments { #(#names: #values),* }))
}

/// The record of more arguments than a tuple has.
pub(super) fn arguments_definition(names: &[Ident], derive: &TokenStream) -> TokenStream {
    let types: Vec<_> = (0..names.len())
        .map(|index| format_ident!("T{index}"))
        .collect();
    quote! {
        #[derive(::first_class::ComponentType, #derive)]
        struct Arguments<#(#types),*> {
            #(#names: #types),*
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
