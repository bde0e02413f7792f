//! One method that calls, and its twins that do not wait for the call's end.

use super::docs;
use super::spell::{Home, LONGEST_TUPLE, Speller};
use crate::world::method::Method;
use crate::world::model::Model;
use crate::world::names::Scope;
use first_class_abi::wit_parser::{Param, TypeId};
use first_class_abi::{Bulk, BulkType};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// The methods that call a function of the world or of an interface, and the one that says whether
/// there is the function. `start` has the methods that start calls.
pub(super) fn method(model: &Model, method: &Method, start: &TokenStream) -> TokenStream {
    let function = Written::new(Speller::new(model, Home::World), method);
    let call = function.call(&quote!(self.instance), &quote!(self));
    let future = function.future(start, &method.name);
    let supports = method.supports.as_ref().map(|name| {
        let summary = format!("Whether the plugin has `{}`.", method.function.name);
        supports(&summary, name, method.number)
    });
    quote!(#call #future #supports)
}

/// The functions that call a method, a static function or the constructor of a resource. What
/// has no resource yet takes the view of the interface, and with it the instance.
pub(super) fn resource_method(
    model: &Model,
    home: Home,
    resource: TypeId,
    method: &Method,
) -> TokenStream {
    let mut function = Written::new(Speller::new(model, home), method);
    if method.takes_resource() {
        let call = function.call(&quote!(self.resource), &quote!(self));
        let future = function.future(&quote!(self.start()), &method.name);
        return quote!(#call #future);
    }
    let Some(view) = model.view_of(resource) else {
        return TokenStream::new();
    };
    let (name, start) = (&view.name, &view.start);
    function.receiver = quote!(view: super::#name<'_>);
    let call = function.call(&quote!(view.instance), &quote!(view));
    let mut twins = view.statics.iter();
    let twin = twins.find(|twin| twin.number == method.number);
    let start = quote!(super::#start { instance: view.instance });
    let future = twin.map(|twin| function.future(&start, &twin.name));
    quote!(#call #future)
}

/// The method that starts a call: of the instance, or of the resource that the struct is of.
pub(super) fn started(model: &Model, home: Home, method: &Method) -> TokenStream {
    let function = Written::new(Speller::new(model, home), method);
    match method.takes_resource() {
        true => function.start(&quote!(self.of.resource), &quote!(self.of)),
        false => function.start(&quote!(self.instance), &quote!(self)),
    }
}

/// The method that adds a call to a batch. A method of a resource takes it first.
pub(super) fn batched(model: &Model, method: &Method) -> TokenStream {
    let speller = Speller::new(model, Home::World).keeping();
    let mut function = Written::new(speller, method);
    let resource = method.function.params.first();
    let resource = resource.filter(|_| method.takes_resource());
    let resource = resource.map(|param| speller.parameter(&param.ty));
    function.receiver = match resource {
        Some(resource) => quote!(&mut self, this: #resource),
        None => quote!(&mut self),
    };
    function.batch()
}

/// What the methods of one function have in common.
struct Written<'m> {
    speller: Speller<'m>,
    method: &'m Method,
    receiver: TokenStream,
    names: Vec<Ident>,
    types: Vec<TokenStream>,
    /// The type of the call's result.
    result: TokenStream,
}

impl<'m> Written<'m> {
    fn new(speller: Speller<'m>, method: &'m Method) -> Self {
        let is_method = method.takes_resource();
        let params = &method.function.params[usize::from(is_method)..];
        let (names, types) = parameters(speller, params);
        let result = method.function.result.as_ref();
        Written {
            speller,
            method,
            receiver: quote!(&self),
            names,
            types,
            result: result.map_or_else(|| quote!(()), |ty| speller.owned(ty)),
        }
    }

    /// The method that waits for the end of the call. `target` calls by number, `this` is the
    /// resource of a method.
    fn call(&self, target: &TokenStream, this: &TokenStream) -> TokenStream {
        let error = self.speller.runtime("CallError");
        let result = self.speller.result(&self.result, &error);
        let model = self.speller.model;
        match Bulk::of(model.resolve(), &self.method.function) {
            // What this guest serves has to come back to it in the middle of a call.
            Some(bulk) if model.imports.is_none() => self.call_bulk(bulk, target, &result),
            _ => self.by_number(&quote!(#target.call), this, &result),
        }
    }

    /// The same for a function that moves one string or one list of numbers.
    fn call_bulk(&self, bulk: Bulk, target: &TokenStream, result: &TokenStream) -> TokenStream {
        let none = match bulk.ty {
            BulkType::Text => quote!(""),
            BulkType::Numbers(_) => quote!(&[]),
        };
        let call = match bulk.ty {
            BulkType::Text => quote!(call_text),
            BulkType::Numbers(_) => quote!(call_numbers),
        };
        let argument = self.names.first();
        let argument = argument.map_or(none, |name| quote!(#name));
        let forget = (!bulk.gives).then(|| quote!(.map(|_| ())));
        let number = Literal::u32_unsuffixed(self.method.number);
        self.defined(result, &quote!(#target.#call(#number, #argument) #forget))
    }

    /// The method that gives a `Pending`.
    fn start(&self, target: &TokenStream, this: &TokenStream) -> TokenStream {
        let [error, pending] = ["CallError", "Pending"].map(|name| self.speller.runtime(name));
        let result = &self.result;
        let result = self.speller.result(&quote!(#pending<#result>), &error);
        self.by_number(&quote!(#target.start), this, &result)
    }

    /// The method that gives a `Ticket`.
    fn batch(&self) -> TokenStream {
        let ticket = self.speller.runtime("Ticket");
        let result = &self.result;
        self.by_number(
            &quote!(self.batch.call),
            &quote!(this),
            &quote!(#ticket<#result>),
        )
    }

    fn by_number(
        &self,
        call: &TokenStream,
        this: &TokenStream,
        result: &TokenStream,
    ) -> TokenStream {
        let mut names = self.names.clone();
        let mut values: Vec<_> = names.iter().map(|name| quote!(#name)).collect();
        if self.method.takes_resource() {
            names.insert(0, format_ident!("this"));
            values.insert(0, this.clone());
        }
        let number = Literal::u32_unsuffixed(self.method.number);
        let (definition, arguments) = arguments(&names, &values);
        self.defined(result, &quote!(#definition #call(#number, #arguments)))
    }

    /// The method, with what it does.
    fn defined(&self, result: &TokenStream, body: &TokenStream) -> TokenStream {
        let (receiver, name, types) = (&self.receiver, &self.method.name, &self.types);
        let names = &self.names;
        let (docs, ours) = (docs(&self.method.function.docs), self.about_ours());
        quote! {
            #docs
            #ours
            pub fn #name(#receiver, #(#names: #types),*) -> #result {
                #body
            }
        }
    }

    /// What there is to know of resources of this guest's that the function takes or gives.
    fn about_ours(&self) -> Option<TokenStream> {
        let function = &self.method.function;
        let has_ours = |ty| self.speller.model.analysis.has_ours(ty);
        let takes = function.params.iter().any(|param| has_ours(&param.ty));
        let gives = function.result.as_ref().is_some_and(has_ours);
        let takes = takes.then_some(
            " Takes resources of this guest's, for which the instance has to be loaded with \
             `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.",
        );
        let gives = gives.then_some(
            " Gives resources of this guest's: `Own::downcast` finds the type that implements one.",
        );
        let lines: Vec<_> = [takes, gives].into_iter().flatten().collect();
        let separator = function
            .docs
            .contents
            .is_some()
            .then(|| quote!(#[doc = ""]));
        (!lines.is_empty()).then(|| quote!(#separator #(#[doc = #lines])*))
    }

    /// The method that gives a future, by way of the one that gives a `Pending`.
    fn future(&self, start: &TokenStream, twin: &Ident) -> Option<TokenStream> {
        let name = self.method.asynchronous.as_ref()?;
        let Written {
            receiver,
            names,
            types,
            result,
            ..
        } = self;
        let future = self.speller.runtime("CallFuture");
        let summary = format!(
            " Calls [`Self::{}`] now, and gives its end as a future.",
            self.method.name
        );
        Some(quote! {
            #[doc = #summary]
            pub fn #name(#receiver, #(#names: #types),*) -> #future<#result> {
                #start.#twin(#(#names),*).into()
            }
        })
    }
}

fn parameters(speller: Speller<'_>, params: &[Param]) -> (Vec<Ident>, Vec<TokenStream>) {
    let mut scope = Scope::with(&["self", "this", "view"]);
    let names = params.iter().map(|param| scope.snake(&param.name));
    let types = params.iter().map(|param| speller.parameter(&param.ty));
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
