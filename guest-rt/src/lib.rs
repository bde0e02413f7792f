//! First-class worlds for guests written in Rust.
//!
//! A WebAssembly component can be linked with one implementation of an interface, chosen before
//! it runs. With this crate a guest holds any number of implementations of a WIT *world* as
//! ordinary values, chosen while it runs:
//!
//! ```ignore
//! first_class::first_class_world!("rule"); // reads ./wit, world `rule`
//!
//! for name in RuleInstance::available()? {
//!     let rule = RuleInstance::load(&name)?; // a live instance, owned by this value
//!     for finding in rule.check(&document)? {
//!         println!("{finding:?}");
//!     }
//! }
//! ```
//!
//! [`first_class_world!`] writes the handle and the types of the world; what they do is here. A
//! call lowers its arguments into the form that the Component Model's canonical ABI gives them
//! ([`Lower`]), hands the buffer to the host, and lifts the result ([`Lift`]).

// The derives name this crate by its own name, also where it derives something itself.
extern crate self as first_class;

mod batch;
#[cfg(doctest)]
mod book;
mod call;
mod codec;
pub mod error;
mod flags;
mod host;
mod implemented;
mod imports;
mod instance;
mod malformed;
mod own;
mod owner;
mod passing;
mod pending;
mod resource;
mod stream;

pub use batch::{Batch, Results, Ticket};
pub use codec::{
    ComponentType, FlatOrigin, FlatPlace, Heap, Layout, Lift, Lower, Malformed, MemoryOrigin,
    MemoryPlace, Number, Origin, Place, Reader, SlotPlace,
};
pub use error::{CallError, LoadError};
pub use first_class_macro::{ComponentType, Lift, Lower, first_class_world};
#[cfg(not(target_family = "wasm"))]
pub use host::native;
pub use imports::{Callback, Imports, Reply};
pub use instance::Instance;
pub use own::{Implementer, Lent, Own};
pub use pending::{CallFuture, Pending, block_on, join, join_within};
pub use resource::Resource;
pub use stream::{FutureReader, FutureWriter, StreamReader, StreamWriter};

/// What the macros of this very version name; nothing for others to use.
#[doc(hidden)]
pub mod __private_0_1_0 {
    pub use bitflags;
}
