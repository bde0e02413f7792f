//! From the model to tokens. Nothing here can fail.

mod batch;
mod definition;
mod function;
mod handle;
mod imports;
mod prelude;
mod replaced;
mod spell;
mod start;

use super::model::{Model, handle_name, module_name};
use super::type_names::TypeModule;
use batch::{batch_definition, view_batch_definition};
use definition::definition;
use first_class_abi::wit_parser::Docs;
use handle::{handle_definition, view_definition};
use imports::import_definitions;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use spell::{Home, Speller};
use start::{start_definition, view_start_definition};

/// All that the macro writes for a world.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let (module, handle) = (&model.module, &model.handle);
    let types = model
        .types
        .iter()
        .map(|defined| definition(Speller::new(model, Home::World), *defined));
    let handle_definition = handle_definition(model);
    let views = model.views.iter().map(|view| view_definition(model, view));
    let start = start_definition(model);
    let view_starts = model
        .views
        .iter()
        .map(|view| view_start_definition(model, view));
    let batch = batch_definition(model);
    let view_batches = model
        .views
        .iter()
        .map(|view| view_batch_definition(model, view));
    let served = model.imports.as_ref();
    let served = served.map(|imports| import_definitions(model, imports));
    let encoded = Literal::byte_string(&model.encoded);
    let body = quote! {
        #handle_definition
        #(#views)*
        #start
        #(#view_starts)*
        #batch
        #(#view_batches)*
        #served
        #(#types)*
    };
    let imports = prelude::imports(&body, &model.scope);
    let modules = model
        .modules
        .iter()
        .map(|module| type_module(model, module));
    let summary = format!(" The world `{}`.", model.world.full_name());
    let rebuild = rebuild_on_change(model);
    let imports_trait = model.imports.iter().map(|imports| &imports.world.name);
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
            #imports
            #body
            #(#modules)*
            /// The world in its binary encoding, as the host is given it.
            pub const WORLD: &[u8] = #encoded;
            #rebuild
        }
        pub use #module::#handle;
        #(pub use #module::#imports_trait;)*
    }
}

/// The module of an interface's types, or what the user has in its place.
fn type_module(model: &Model, module: &TypeModule) -> TokenStream {
    let name = &module.name;
    if let Some(path) = model.choices.modules.get(&module.id) {
        return replaced::module(model, module, path);
    }
    let speller = Speller::new(model, Home::Interface(module.id));
    let types = module.types.iter();
    let types = types.map(|defined| definition(speller, *defined));
    let body = quote!(#(#types)*);
    let imports = prelude::imports(&body, &module.scope);
    let docs = docs(&model.resolve().interfaces[module.id].docs);
    quote! {
        #docs
        pub mod #name {
            #imports
            #body
        }
    }
}

/// What is written where there is no world: a handle without functions, under the name that was
/// given, and under the one that was most likely meant.
pub(crate) fn stubs(world: &str, nearest: Option<&str>) -> TokenStream {
    let other = nearest.filter(|nearest| module_name(nearest) != module_name(world));
    let stubs = [Some(world), other].into_iter().flatten().map(stub);
    stubs.collect()
}

fn stub(world: &str) -> TokenStream {
    let handle = handle_name(world);
    let module = module_name(world);
    let names = [&handle, &module.to_string()];
    if names
        .iter()
        .any(|name| syn::parse_str::<syn::Ident>(name).is_err())
    {
        return TokenStream::new();
    }
    let handle = format_ident!("{handle}");
    quote! {
        pub mod #module {
            pub struct #handle {}

            impl #handle {
                pub fn available() -> ::core::result::Result<
                    ::std::vec::Vec<::std::string::String>,
                    ::first_class::LoadError,
                > {
                    ::core::unimplemented!()
                }

                pub fn load(_: &str) -> ::core::result::Result<Self, ::first_class::LoadError> {
                    ::core::unimplemented!()
                }
            }
        }
        pub use #module::#handle;
    }
}

/// WIT documentation as Rust's, where code is Rust unless it says otherwise.
fn docs(docs: &Docs) -> TokenStream {
    let text = docs.contents.as_deref().unwrap_or_default();
    let mut in_code = false;
    let lines = text.trim_end().lines().map(|line| {
        let is_fence = line.trim_start().starts_with("```");
        let opens = is_fence && !in_code;
        in_code ^= is_fence;
        match opens && line.trim() == "```" {
            true => format!(" {line}text"),
            false => format!(" {line}"),
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// A summary of our own before WIT documentation.
fn summarised(summary: &str, of_wit: &Docs) -> TokenStream {
    let summary = format!(" {summary}");
    let separator = of_wit.contents.is_some().then(|| quote!(#[doc = ""]));
    let docs = docs(of_wit);
    quote!(#[doc = #summary] #separator #docs)
}

/// Makes the compiler read each file of the WIT, so that it expands the macro again when one
/// changes or goes.
///
/// New files are not noticed: `include_bytes!` takes no folder, and `proc_macro::tracked::path` is
/// unstable (<https://github.com/rust-lang/rust/issues/99515>). They need not be: a world names all
/// that is in it, so a new file changes a world only together with one that is read already.
fn rebuild_on_change(model: &Model) -> TokenStream {
    let files = model.files.iter().filter_map(|path| path.to_str());
    quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
}
