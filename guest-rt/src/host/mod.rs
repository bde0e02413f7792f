//! The way to the host: the import of the contract in a component, or an object in a native
//! program.

#[cfg(target_family = "wasm")]
mod component;
#[cfg(not(target_family = "wasm"))]
pub mod native;

#[cfg(target_family = "wasm")]
pub(crate) use component::{Callback, CallbackScalar, Failure, Host, Step, Transfer};
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{Callback, CallbackScalar, Failure, Handle as Host, Step, Transfer};
