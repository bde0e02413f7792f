//! Worlds as data.
//!
//! Two sides must agree on what a world means without sharing a line of code at run time: the
//! macro, which writes typed methods into a guest, and the shim, which calls the plugin. What they
//! agree on lives here: the numbers of the contract ([`contract`]) and, with the feature `world`,
//! the world itself: its encoding and the number of each function ([`World`]), the shape of
//! each call ([`CallShape`]), its buffers as values ([`value`]), and in what a plugin differs from
//! it ([`fit`]).

#[cfg(feature = "world")]
mod absent;
#[cfg(all(doctest, feature = "world"))]
mod book;
#[cfg(feature = "world")]
mod bulk;
#[cfg(feature = "world")]
mod contain;
pub mod contract;
#[cfg(feature = "world")]
mod decode;
#[cfg(feature = "world")]
pub mod fit;
#[cfg(feature = "world")]
pub mod layout;
#[cfg(feature = "world")]
mod optional;
#[cfg(feature = "world")]
mod order;
#[cfg(feature = "world")]
mod packages;
#[cfg(feature = "world")]
mod shape;
#[cfg(all(test, feature = "world"))]
mod testing;
#[cfg(feature = "world")]
mod transmit;
#[cfg(feature = "world")]
pub mod value;
#[cfg(feature = "world")]
mod wit;
#[cfg(feature = "world")]
mod world;

#[cfg(feature = "world")]
pub use bulk::{Bulk, BulkType, Number};
#[cfg(feature = "world")]
pub use decode::DecodeError;
#[cfg(feature = "world")]
pub use fit::{Difference, differences, differences_lacking, provider};
#[cfg(feature = "world")]
pub use shape::CallShape;
#[cfg(feature = "world")]
pub use transmit::{Transmit, TransmitError, Transmits};
#[cfg(feature = "world")]
pub use wit::describe_wit_error;
#[cfg(feature = "world")]
pub use wit_parser;
#[cfg(feature = "world")]
pub use world::{Callable, Callee, EncodeError, World};
