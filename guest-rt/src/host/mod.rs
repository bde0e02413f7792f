//! The way to the host: the import of the contract in a component, or an object in a native
//! program.

#[cfg(target_family = "wasm")]
mod component;
#[cfg(not(target_family = "wasm"))]
pub mod native;

use bytemuck::Pod;

/// An unsigned number, as which numbers cross where lists of them are all that crosses.
#[doc(hidden)]
pub trait Bits: Pod {
    /// Calls a function of the instance that moves a list of them.
    #[allow(private_interfaces, reason = "it is called in this crate alone")]
    fn invoke(
        host: &Host,
        instance: u32,
        function: u32,
        argument: &[Self],
    ) -> Result<Vec<Self>, Failure>;
}

#[cfg(target_family = "wasm")]
pub(crate) use component::{Callback, CallbackScalar, Failure, Host, Step, Transfer};
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{Callback, CallbackScalar, Failure, Handle as Host, Step, Transfer};
