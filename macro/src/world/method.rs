//! A function as a method in Rust.

use first_class_abi::wit_parser::Function;
use proc_macro2::Ident;

/// A method that stands for a function.
pub(crate) struct Method {
    pub(crate) name: Ident,
    pub(crate) number: u32,
    pub(crate) function: Function,
    /// The method that gives the call's end as a future, beside one that waits for it.
    pub(crate) asynchronous: Option<Ident>,
    /// The method that says whether the plugin has the function, if it may lack it.
    pub(crate) supports: Option<Ident>,
}
