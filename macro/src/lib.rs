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
/// - `RuleInstance`, with `available()`, `load(source)`, `start()`, one method for each function that the
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
/// the types. Resources belong to one world, so they cannot be shared.
///
/// For what is optional, there is `supports_describe()` beside `describe()`; for an interface it
/// is a method of the handle, for a function of an interface one of the view.
///
/// # Calls that are not waited for
///
/// `instance.start()` has the same functions and interfaces; each of its methods starts a call and
/// returns a `Pending` at once. A resource has it, too: `cart.start().add("egg")?`. What has no
/// resource yet is called on the interface: a constructor of `cart` is
/// `instance.start().carts().new_cart(…)`, a static function `cart_merge(…)`. Beside each method there
/// is one whose name ends in `_async` and which returns a future: `instance.check_async(&doc).await`.
/// The call is started when the method is called, not when the future is first polled, so arguments
/// are borrowed no longer than that.
///
/// # Streams and futures
///
/// A `stream<u8>` of an exported function is a `StreamReader<u8, _>`, and a `future<string>` a
/// `FutureReader<String, _>`, in results as in parameters and inside of other types; without a type in
/// WIT, their elements are `()`. The second parameter is the number of the stream in its world, which
/// nobody needs to write. A reader can be read once or given on once, so parameters that hold one are
/// values, and types that hold one are not `Clone`.
///
/// To give something to the plugin, a world with streams has `instance.stream()`, and one with futures
/// `instance.future()`. Each makes a writer and a reader; the reader is for a call that is started:
///
/// ```ignore
/// let (mut writer, reader) = instance.stream()?;
/// let sum = instance.start().sum(reader)?;
/// writer.write(&bytes)?; // waits until the plugin has taken all
/// drop(writer);          // ends the stream
/// let sum = sum.wait()?;
/// ```
///
/// Writing waits for the plugin, and the plugin waits for whoever reads what it gives: a guest that
/// writes to a function and reads its stream has to write no more at a time than the plugin takes
/// without being read.
///
/// A world with streams or futures cannot have imports that a guest serves yet, and imports cannot have
/// streams or futures.
///
/// # Imports
///
/// What the world imports is served by the host, or by the guest that holds the instance: for
/// whatever is neither of WASI nor of `first-class:worlds`, there are traits in the module `rule`
/// - `LogImports` for an imported interface `log`, with a method for each of its functions. Parameters
///   are values, which the method owns;
/// - `RuleImports` for the world, above all of those, with the functions that the world itself imports.
///   If there are none of these, what implements the other traits implements it.
///
/// `RuleInstance::load_with(source, imports)` and `load_bytes_with` take a value that implements
/// `RuleImports`, which serves this instance alone. Its methods are called on the thread that waits
/// for a call of the instance.
///
/// ```ignore
/// impl rule::LogImports for Log {
///     fn write(&mut self, level: rule::log::Level, message: String) {
///         self.0.push(message);
///     }
/// }
///
/// let rule = RuleInstance::load_with("no-tabs", Log::default())?;
/// ```
///
/// A resource of an imported interface is a type that the trait leaves open: for `resource bucket` of
/// `kv` there is `type Bucket` in `KvImports`, with `new_bucket(…)` for its constructor,
/// `bucket_get(&mut self, this: &Self::Bucket, …)` for a method, and `bucket_merge(…)` for a static
/// function. What is given to the plugin or given back by it is `first_class::Own<Self::Bucket>`; it is
/// dropped when the plugin drops it. What the plugin lends is a reference, or inside of other types
/// `first_class::Lent<Self::Bucket>`. Records and variants that hold resources do not know who
/// implements them, so their fields are `Own` and `Lent` without a parameter, made with `into()` and
/// taken apart with `downcast()`. If a world imports and exports an interface with resources, such
/// types have a second definition for the import, as in `ImportedOrder` beside `Order`.
///
/// If exports of the plugin take or give such resources, `first_class::Own` is what they are made of on
/// this side, too. An `own` in a parameter is given away, as an `Own` of any type; a `borrow` is lent
/// until the call ends, as a reference to one. Inside of lists, records and options the type is
/// erased: there it is `own.erase()` that gives, and `own.lend()` that lends. What comes back is an
/// `Own` without a parameter, and `downcast()` finds its type. The instance has to be loaded with
/// `load_with`.
///
/// ```ignore
/// let context = Own::new(Context::default());
/// let chosen = rule.check(&context, vec![Own::new(Context::default()).erase()])?;
/// let chosen = chosen.map(Own::downcast::<Context>);
/// ```
///
/// Functions that the world itself imports, and types that it defines itself, cannot have resources;
/// they have to be in an interface.
///
/// An interface that uses a resource of another has the other's trait above it. Imported functions
/// that are `async` in WIT are served by methods that are not.
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
