//! The structs that start calls: those of the world, and those of an interface.

use super::function::started;
use super::prelude::runtime;
use super::spell::Home;
use crate::world::method::Method;
use crate::world::model::{Model, View};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The method of the handle that gives the struct of the world.
pub(super) fn start_method(model: &Model) -> Option<TokenStream> {
    let start = model.start.as_ref()?;
    Some(quote! {
        /// Starts calls without waiting for their ends: its methods give a `Pending` each.
        pub fn start(&self) -> #start<'_> {
            #start { instance: &self.instance }
        }
    })
}

/// The struct of the world.
pub(super) fn start_definition(model: &Model) -> Option<TokenStream> {
    let start = model.start.as_ref()?;
    let summary = format!(
        " The functions of [`{}`], each starting a call.",
        model.handle
    );
    let views = model.views.iter().map(view_method);
    let methods: Vec<_> = model.functions.iter().collect();
    Some(definition(
        model,
        start,
        &summary,
        &methods,
        quote!(#(#views)*),
    ))
}

fn view_method(view: &View) -> TokenStream {
    let (method, start) = (&view.method, &view.start);
    let summary = format!(" Starts calls of the functions of `{}`.", view.interface);
    quote! {
        #[doc = #summary]
        pub fn #method(&self) -> #start<'a> {
            #start { instance: self.instance }
        }
    }
}

/// The struct of an interface.
pub(super) fn view_start_definition(model: &Model, view: &View) -> TokenStream {
    let summary = format!(" The functions of [`{}`], each starting a call.", view.name);
    let methods: Vec<_> = view.methods.iter().chain(&view.statics).collect();
    definition(model, &view.start, &summary, &methods, TokenStream::new())
}

fn definition(
    model: &Model,
    name: &Ident,
    summary: &str,
    methods: &[&Method],
    views: TokenStream,
) -> TokenStream {
    let instance = runtime("Instance", &model.scope);
    let methods = methods
        .iter()
        .map(|method| started(model, Home::World, method));
    quote! {
        #[doc = #summary]
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> {
            instance: &'a #instance,
        }

        impl<'a> #name<'a> {
            #views
            #(#methods)*
        }
    }
}
