//! The macros of `first-class`, which re-exports them.
//!
//! Each goes the same way: parse what the user wrote, build a model of it, check the model, and
//! expand it. Mistakes are gathered up to the end of the check, so that several are reported at
//! once; expansion cannot fail.

mod derive;
mod errors;
mod world;

use proc_macro::TokenStream;

/// Writes a typed handle for instances of a WIT world.
///
/// ```ignore
/// first_class_world!("rule");                                  // world `rule` of the folder ./wit
/// first_class_world!("acme:lint/rule@1.2.0");                  // the same in full
/// first_class_world!({ world: "rule", path: "../wit/lint" });  // of another folder or file
/// first_class_world!({ world: "rule", inline: "package …" });  // of WIT that stands here
/// ```
///
/// For a world `rule` it writes
/// - `RuleInstance`, with `available()`, `load(source)`, one method for each function that the
///   world exports, and for each interface that it exports a method that returns a view with the
///   functions of the interface;
/// - a module `rule` with the types of the world, and a module in it for each interface.
///
/// A path counts from the folder of the crate's `Cargo.toml`. Names are those of WIT in Rust's
/// case. A name that is taken, by a keyword or by a method of the handle itself, gets a `_` at
/// its end; equal names of interfaces from several packages get their package in front.
///
/// # Options
///
/// | option | value |
/// |---|---|
/// | `world` | the name of the world, short or in full |
/// | `path` | the folder or the file of the WIT; without it, the folder `wit` |
/// | `inline` | the WIT itself, in place of `path` |
/// | `features: ["beta"]` | which of the `@unstable` parts of the WIT there are |
/// | `with: { "acme:lint/types/document": crate::Document }` | the user's own type for one of the WIT, or with the name of an interface the user's own module |
/// | `additional_derives: [serde::Serialize]` | what the types derive besides; those that hold resources go without |
/// | `optional: ["describe", "acme:lint/info", "acme:lint/fixes#apply"]` | exports that a plugin may lack |
///
/// Versions may be left out of the names in `with` and `optional` where that leaves one candidate.
///
/// A type in `with` derives `ComponentType`, `Lower` and `Lift`, and what the types that hold it
/// derive: `Clone`, `PartialEq` and `Debug`. A module in `with` has a type for each of those of the
/// interface that this world uses, under the name that would be written; the module that another
/// `first_class_world!` has written for the same interface will do, and then the two worlds share
/// the types. Resources live in an instance of one world, so they cannot be shared.
///
/// For what is optional, there is `supports_describe()` beside `describe()`; for an interface it
/// is a method of the handle, for a function of an interface one of the view.
///
/// # When the WIT changes
///
/// A change of any file of the WIT, or its removal, expands the macro again. A new file does not,
/// for which stable Rust has no means, and need not: a world names all that is in it, so a new file
/// can change it only together with one that is watched already.
#[proc_macro]
pub fn first_class_world(input: TokenStream) -> TokenStream {
    world::first_class_world(input.into()).into()
}

/// Makes a struct stand for a WIT `record`, or an enum for a `variant` or an `enum`.
#[proc_macro_derive(ComponentType)]
pub fn derive_component_type(input: TokenStream) -> TokenStream {
    derive::derive(input.into(), derive::component_type).into()
}

/// Lets values of a struct or an enum be passed to a component.
#[proc_macro_derive(Lower)]
pub fn derive_lower(input: TokenStream) -> TokenStream {
    derive::derive(input.into(), derive::lower).into()
}

/// Lets values of a struct or an enum be taken from a component.
#[proc_macro_derive(Lift)]
pub fn derive_lift(input: TokenStream) -> TokenStream {
    derive::derive(input.into(), derive::lift).into()
}
