//! `first_class_world!`.

mod analysis;
mod check;
mod choices;
mod expand;
mod imports;
mod load;
mod method;
mod model;
mod names;
mod options;
mod suggest;
mod type_names;
mod types;
mod values;

use crate::errors::Errors;
use choices::Choices;
use load::NotLoaded;
use model::Model;
use options::Options;
use proc_macro2::TokenStream;
use quote::quote;

/// Expands the macro. Mistakes become `compile_error!`s beside as much of the world as there is,
/// so that code that uses it adds no errors of its own.
pub(crate) fn first_class_world(input: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let written = write(input, &mut errors);
    match errors.finish() {
        Ok(()) => written,
        Err(errors) => {
            let errors = errors.into_compile_error();
            quote!(#errors #written)
        }
    }
}

fn write(input: TokenStream, errors: &mut Errors) -> TokenStream {
    let Some(options) = Options::read(input, errors) else {
        return TokenStream::new();
    };
    let loaded = match load::load(&options, errors) {
        Ok(loaded) => loaded,
        Err(NotLoaded { nearest }) => {
            return expand::stubs(&options.world.value(), nearest.as_deref());
        }
    };
    check::check(&loaded, &options, errors);
    let choices = Choices::new(&loaded.world, &options, errors);
    let model = Model::new(loaded, choices, &options, errors);
    expand::expand(&model)
}

#[cfg(test)]
mod tests;
