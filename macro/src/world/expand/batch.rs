//! The structs that add calls to a batch: that of the world, and those of interfaces.

use super::function::batched;
use super::prelude::{runtime, short};
use crate::world::model::{Model, View};
use proc_macro2::TokenStream;
use quote::quote;

/// The method of the handle that gives the struct of the world.
pub(super) fn batch_method(model: &Model) -> Option<TokenStream> {
    let (batch, run) = model.batch.as_ref()?;
    let summary = format!(
        " A batch of calls, which are made in one crossing by [`{batch}::{run}`]: its methods give a \
         `Ticket` each, for which there is a result then."
    );
    Some(quote! {
        #[doc = #summary]
        pub fn batch(&self) -> #batch<'_> {
            #batch { batch: self.instance.batch() }
        }
    })
}

/// The struct of the world.
pub(super) fn batch_definition(model: &Model) -> Option<TokenStream> {
    let (name, run) = model.batch.as_ref()?;
    let scope = &model.scope;
    let [batch, results, error] =
        ["Batch", "Results", "CallError"].map(|name| runtime(name, scope));
    let result = short("Result", scope, quote!(::core::result::Result));
    let summary = format!(
        " The functions of [`{}`], each adding a call to a batch.",
        model.handle
    );
    let views = model.views.iter().map(view_method);
    let methods = model.functions.iter().map(|method| batched(model, method));
    Some(quote! {
        #[doc = #summary]
        #[derive(Debug)]
        pub struct #name<'a> {
            batch: #batch<'a>,
        }

        impl<'a> #name<'a> {
            /// Makes the calls in their order, up to the first that fails. That it did is a part of the
            /// results.
            ///
            /// # Errors
            /// When nothing was called: the instance is dead, a limit was exceeded, or a resource
            /// lives elsewhere.
            pub fn #run(self) -> #result<#results, #error> {
                self.batch.run()
            }

            #(#views)*
            #(#methods)*
        }
    })
}

fn view_method(view: &View) -> TokenStream {
    let (method, batch) = (&view.method, &view.batch);
    let summary = format!(" Adds calls of the functions of `{}`.", view.interface);
    quote! {
        #[doc = #summary]
        pub fn #method(&mut self) -> #batch<'_, 'a> {
            #batch { batch: &mut self.batch }
        }
    }
}

/// The struct of an interface.
pub(super) fn view_batch_definition(model: &Model, view: &View) -> TokenStream {
    let name = &view.batch;
    let batch = runtime("Batch", &model.scope);
    let summary = format!(
        " The functions of [`{}`], each adding a call to a batch.",
        view.name
    );
    let methods = view
        .methods
        .iter()
        .chain(&view.statics)
        .chain(&view.members);
    let methods = methods.map(|method| batched(model, method));
    quote! {
        #[doc = #summary]
        #[derive(Debug)]
        pub struct #name<'b, 'a> {
            batch: &'b mut #batch<'a>,
        }

        impl<'a> #name<'_, 'a> {
            #(#methods)*
        }
    }
}
