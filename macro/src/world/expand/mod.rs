//! From the model to tokens. Nothing here can fail.

mod definition;
mod function;
mod spell;

use super::model::{Model, View, handle_name};
use super::options::Options;
use definition::definition;
use first_class_abi::wit_parser::Docs;
use function::method;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use spell::{Home, Speller};

/// All that the macro writes for a world.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let (module, handle) = (&model.module, &model.handle);
    let types = model
        .types
        .iter()
        .map(|id| definition(Speller::new(model, Home::World), *id));
    let modules = model.modules.iter().map(|module| {
        let name = &module.name;
        let speller = Speller::new(model, Home::Interface(module.id));
        let types = module.types.iter().map(|id| definition(speller, *id));
        let docs = docs(&model.resolve().interfaces[module.id].docs);
        quote!(#docs pub mod #name { #(#types)* })
    });
    let handle_definition = handle_definition(model);
    let views = model.views.iter().map(|view| view_definition(model, view));
    let summary = format!(" The world `{}`.", model.world.full_name());
    let rebuild = rebuild_on_change(model);
    quote! {
        #[doc = #summary]
        #[allow(
            clippy::all,
            dead_code,
            missing_docs,
            unused_imports,
            reason = "written for the whole world"
        )]
        pub mod #module {
            #handle_definition
            #(#views)*
            #(#types)*
            #(#modules)*
            #rebuild
        }
        pub use #module::#handle;
    }
}

/// What is written beside mistakes: the handle, without functions.
pub(crate) fn stub(options: &Options) -> TokenStream {
    let world = options.world.value();
    if syn::parse_str::<syn::Ident>(&handle_name(&world).to_string()).is_err() {
        return TokenStream::new();
    }
    let handle = handle_name(&world);
    quote! {
        pub struct #handle {}
        impl #handle {
            pub fn available() -> ::core::result::Result<::std::vec::Vec<::std::string::String>, ::first_class::LoadError> {
                ::core::unimplemented!()
            }
            pub fn load(_source: &str) -> ::core::result::Result<Self, ::first_class::LoadError> {
                ::core::unimplemented!()
            }
        }
    }
}

fn handle_definition(model: &Model) -> TokenStream {
    let handle = &model.handle;
    let world = Literal::byte_string(&model.encoded);
    let docs = world_docs(model);
    let methods = model
        .functions
        .iter()
        .map(|function| method(model, function));
    let views = model.views.iter().map(|view| {
        let (method, name) = (&view.method, &view.name);
        let summary = format!(" The functions of `{}`.", view.interface);
        quote! {
            #[doc = #summary]
            pub fn #method(&self) -> #name<'_> {
                #name { instance: &self.instance }
            }
        }
    });
    quote! {
        #docs
        #[derive(Debug)]
        pub struct #handle {
            instance: ::first_class::Instance,
        }

        impl #handle {
            const WORLD: &[u8] = #world;

            /// The sources that this guest may load as this world.
            ///
            /// # Errors
            /// When the host does not accept the world.
            pub fn available() -> ::core::result::Result<
                ::std::vec::Vec<::std::string::String>,
                ::first_class::LoadError,
            > {
                ::first_class::Instance::available(Self::WORLD)
            }

            /// Makes a live instance of a source.
            ///
            /// # Errors
            /// When there is no such source, or it does not implement the world, or fails to
            /// start.
            pub fn load(source: &str) -> ::core::result::Result<Self, ::first_class::LoadError> {
                let instance = ::first_class::Instance::load(source, Self::WORLD)?;
                ::core::result::Result::Ok(Self { instance })
            }

            #(#views)*
            #(#methods)*
        }
    }
}

fn view_definition(model: &Model, view: &View) -> TokenStream {
    let name = &view.name;
    let summary = format!(" The functions of `{}`.", view.interface);
    let docs = docs(&view.docs);
    let methods = view.methods.iter().map(|function| method(model, function));
    quote! {
        #[doc = #summary]
        ///
        #docs
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> {
            instance: &'a ::first_class::Instance,
        }

        impl #name<'_> {
            #(#methods)*
        }
    }
}

fn world_docs(model: &Model) -> TokenStream {
    let summary = format!(
        " A live instance of the world `{}`.",
        model.world.full_name()
    );
    let docs = docs(&model.resolve().worlds[model.world.id()].docs);
    quote! {
        #[doc = #summary]
        ///
        #docs
    }
}

/// WIT documentation as Rust's.
fn docs(docs: &Docs) -> TokenStream {
    let text = docs.contents.as_deref().unwrap_or_default();
    let lines = text.trim_end().lines().map(|line| format!(" {line}"));
    quote!(#(#[doc = #lines])*)
}

/// Makes the compiler read each file of the WIT, so that it expands the macro again when one
/// changes.
fn rebuild_on_change(model: &Model) -> TokenStream {
    let files = model.files.iter().filter_map(|path| path.to_str());
    quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
}
