//! `first_class_world!`.

mod analysis;
mod check;
mod expand;
mod load;
mod model;
mod names;
mod options;

use model::Model;
use options::Options;
use proc_macro2::TokenStream;

/// Expands the macro; mistakes become `compile_error!`s beside a handle without functions, so
/// that code that names the handle adds no errors of its own.
pub(crate) fn first_class_world(input: TokenStream) -> TokenStream {
    let options = match syn::parse2::<Options>(input) {
        Ok(options) => options,
        Err(errors) => return errors.into_compile_error(),
    };
    match model(&options) {
        Ok(model) => expand::expand(&model),
        Err(errors) => {
            let errors = errors.into_compile_error();
            let stub = expand::stub(&options);
            quote::quote!(#errors #stub)
        }
    }
}

fn model(options: &Options) -> syn::Result<Model> {
    let loaded = load::load(options)?;
    check::check(&loaded, options)?;
    Model::new(loaded)
}

#[cfg(test)]
mod tests;
