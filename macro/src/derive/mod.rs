//! The derives: `ComponentType`, `Lower` and `Lift`.

mod expand;
mod model;

pub(crate) use expand::{component_type, lift, lower};

use model::Model;
use proc_macro2::TokenStream;

/// Parses the item, and expands it with one of the derives.
pub(crate) fn derive(input: TokenStream, expand: fn(&Model) -> TokenStream) -> TokenStream {
    match syn::parse2(input).and_then(|input| Model::new(&input)) {
        Ok(model) => expand(&model),
        Err(errors) => errors.into_compile_error(),
    }
}

#[cfg(test)]
mod tests;
