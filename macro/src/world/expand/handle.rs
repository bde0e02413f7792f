//! The handle of a world, and the views of its interfaces.

use super::batch::batch_method;
use super::function::{method, supports};
use super::prelude::{runtime, short};
use super::start::start_method;
use super::summarised;
use crate::world::model::{Model, View};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

pub(super) fn handle_definition(model: &Model) -> TokenStream {
    let handle = &model.handle;
    let instance = runtime("Instance", &model.scope);
    let summary = format!(
        "A live instance of the world `{}`.",
        model.world.full_name()
    );
    let docs = summarised(&summary, &model.resolve().worlds[model.world.id()].docs);
    let loading = loading(model);
    let serving = serving(model);
    let start = start_method(model);
    let batch = batch_method(model);
    let ends = ends(model);
    let views = model.views.iter().map(view_method);
    let methods = model
        .functions
        .iter()
        .map(|function| method(model, function, &quote!(self.start())));
    quote! {
        #docs
        #[derive(Debug)]
        pub struct #handle {
            instance: #instance,
        }

        impl #handle {
            #loading
            #serving
            #start
            #batch
            #(#ends)*
            #(#views)*
            #(#methods)*
        }
    }
}

/// The methods that make streams and futures, where the world has any.
fn ends(model: &Model) -> impl Iterator<Item = TokenStream> {
    let has = |futures| {
        let mut kinds = model.transmits.kinds().iter();
        kinds.any(|kind| kind.is_future == futures)
    };
    let stream = has(false).then(|| stream_method(model));
    let future = has(true).then(|| future_method(model));
    stream.into_iter().chain(future)
}

fn stream_method(model: &Model) -> TokenStream {
    let signature = signature_of_ends(model, "stream", "StreamWriter", "StreamReader");
    quote! {
        /// A stream from this guest to the instance. Give the reader to a call that is started, and
        /// write then: what is written waits until the instance reads it. The element and the number
        /// of the stream follow from the call.
        ///
        /// ```ignore
        /// let (mut writer, reader) = instance.stream()?;
        /// let call = instance.start().sum(reader)?;
        /// writer.write(&bytes)?;
        /// drop(writer); // ends the stream
        /// let sum = call.wait()?;
        /// ```
        ///
        /// # Errors
        /// When the instance is dead.
        #signature {
            self.instance.stream()
        }
    }
}

fn future_method(model: &Model) -> TokenStream {
    let signature = signature_of_ends(model, "future", "FutureWriter", "FutureReader");
    quote! {
        /// A future from this guest to the instance. Give the reader to a call that is started, and
        /// write then. The value and the number of the future follow from the call.
        ///
        /// ```ignore
        /// let (writer, reader) = instance.future()?;
        /// let call = instance.start().greet(reader)?;
        /// writer.write("name".into())?; // has to be: dropping it kills the instance
        /// let greeting = call.wait()?;
        /// ```
        ///
        /// # Errors
        /// When the instance is dead.
        #signature {
            self.instance.future()
        }
    }
}

fn signature_of_ends(model: &Model, method: &str, writer: &str, reader: &str) -> TokenStream {
    let scope = &model.scope;
    let [writer, reader, error] = [writer, reader, "CallError"].map(|name| runtime(name, scope));
    let result = short("Result", scope, quote!(::core::result::Result));
    let method = format_ident!("{method}");
    quote! {
        pub fn #method<T, const KIND: u32>(
            &self,
        ) -> #result<(#writer<T, KIND>, #reader<T, KIND>), #error>
    }
}

/// What every handle has.
fn loading(model: &Model) -> TokenStream {
    let scope = &model.scope;
    let [instance, error] = ["Instance", "LoadError"].map(|name| runtime(name, scope));
    let result = short("Result", scope, quote!(::core::result::Result));
    let vec = short("Vec", scope, quote!(::std::vec::Vec));
    let string = short("String", scope, quote!(::std::string::String));
    let serving = model.imports.as_ref().map(|_| {
        quote! {
            /// What it imports of the world's imports, the host has to provide; `load_with` serves
            /// it.
            ///
        }
    });
    quote! {
        /// The sources that this guest may load as this world.
        ///
        /// # Errors
        /// When the host does not accept the world.
        pub fn available() -> #result<#vec<#string>, #error> {
            #instance::available(WORLD)
        }

        /// Makes a live instance of a source.
        ///
        #serving
        /// # Errors
        /// When there is no such source, or it does not implement the world, or fails to
        /// start.
        pub fn load(source: &str) -> #result<Self, #error> {
            #instance::load(source, WORLD).map(|instance| Self { instance })
        }

        /// Makes a live instance of a component that this guest has itself, if the host lets it.
        ///
        /// # Errors
        /// As for `load`, and when the host does not let it.
        pub fn load_bytes(component: &[u8]) -> #result<Self, #error> {
            #instance::load_bytes(component, WORLD).map(|instance| Self { instance })
        }

        /// Whether it can be called.
        pub fn is_alive(&self) -> bool {
            self.instance.is_alive()
        }

        /// Makes a fresh instance in the place of this one.
        ///
        /// # Errors
        /// When it fails to start.
        pub fn respawn(&self) -> #result<(), #error> {
            self.instance.respawn()
        }
    }
}

/// The loads by a caller that serves imports.
fn serving(model: &Model) -> Option<TokenStream> {
    let imports = model.imports.as_ref()?;
    let (dispatcher, name) = (&imports.dispatcher, &imports.world.name);
    let scope = &model.scope;
    let [instance, error] = ["Instance", "LoadError"].map(|name| runtime(name, scope));
    let result = short("Result", scope, quote!(::core::result::Result));
    let imports = quote!(imports: impl #name + ::core::marker::Send + 'static);
    Some(quote! {
        /// Makes a live instance of a source, and serves what it imports with a value that is this
        /// instance's alone.
        ///
        /// # Errors
        /// As for `load`.
        pub fn load_with(source: &str, #imports) -> #result<Self, #error> {
            #instance::load_with(source, WORLD, #dispatcher(imports))
                .map(|instance| Self { instance })
        }

        /// Makes a live instance of a component that this guest has itself, if the host lets it, and
        /// serves what it imports with a value that is this instance's alone.
        ///
        /// # Errors
        /// As for `load_bytes`.
        pub fn load_bytes_with(component: &[u8], #imports) -> #result<Self, #error> {
            #instance::load_bytes_with(component, WORLD, #dispatcher(imports))
                .map(|instance| Self { instance })
        }
    })
}

fn view_method(view: &View) -> TokenStream {
    let (method, name) = (&view.method, &view.name);
    let summary = format!(" The functions of `{}`.", view.interface);
    let supports = view.supports.as_ref().map(|(name, number)| {
        let summary = format!("Whether the plugin has the interface `{}`.", view.interface);
        supports(&summary, name, *number)
    });
    quote! {
        #[doc = #summary]
        pub fn #method(&self) -> #name<'_> {
            #name { instance: &self.instance }
        }
        #supports
    }
}

pub(super) fn view_definition(model: &Model, view: &View) -> TokenStream {
    let name = &view.name;
    let instance = runtime("Instance", &model.scope);
    let docs = summarised(
        &format!("The functions of `{}`.", view.interface),
        &view.docs,
    );
    let start = &view.start;
    let start = quote!(#start { instance: self.instance });
    let methods = view.methods.iter();
    let methods = methods.map(|function| method(model, function, &start));
    quote! {
        #docs
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> {
            instance: &'a #instance,
        }

        impl #name<'_> {
            #(#methods)*
        }
    }
}
