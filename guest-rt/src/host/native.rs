//! The host of a native program, for testing a guest's logic with plain `cargo test`.
//!
//! Nothing is linked in: a test gives a [`Host`] to [`set_host`], and the handles that
//! `first_class_world!` writes work as they do in a component.

use crate::error::LoadError;
use first_class_abi::contract::SCALAR_PARAMS;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

/// The contract `first-class:worlds`, natively.
pub trait Host: Send + Sync {
    /// The sources that claim to implement an encoded world.
    ///
    /// # Errors
    /// As the contract says.
    fn available(&self, world: &[u8]) -> Result<Vec<String>, Failure>;

    /// Makes an instance of a source.
    ///
    /// # Errors
    /// As the contract says.
    fn load(&self, source: &str, world: &[u8]) -> Result<u32, Failure>;

    /// Makes an instance of a component that the caller gives itself.
    ///
    /// # Errors
    /// As the contract says.
    fn load_bytes(&self, component: &[u8], world: &[u8]) -> Result<u32, Failure>;

    /// Makes a fresh instance in the place of one.
    ///
    /// # Errors
    /// As the contract says.
    fn respawn(&self, instance: u32) -> Result<(), Failure>;

    /// Calls a function with a buffer of arguments.
    ///
    /// # Errors
    /// As the contract says.
    fn invoke(&self, instance: u32, function: u32, arguments: &[u8]) -> Result<Vec<u8>, Failure>;

    /// Calls a function with scalars.
    ///
    /// # Errors
    /// As the contract says.
    fn invoke_scalar(
        &self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, Failure>;

    /// Whether the plugin has a function.
    fn supports(&self, instance: u32, function: u32) -> bool;

    /// Whether an instance can be called.
    fn is_alive(&self, instance: u32) -> bool;

    /// Ends an instance.
    fn release(&self, instance: u32);
}

/// The record `failure` of the contract.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Failure {
    /// What kind of failure, by the contract's numbers.
    pub code: u32,
    /// The source of the instance.
    pub source: String,
    /// The function that was called.
    pub function: String,
    /// What happened.
    pub message: String,
    /// One entry per fact.
    pub details: Vec<String>,
    /// The limit that was exceeded, in its own unit.
    pub limit: u64,
}

thread_local! {
    static HOST: RefCell<Option<Arc<dyn Host>>> = const { RefCell::new(None) };
}

/// Sets the host for all that this thread loads from now on. Instances keep the host that they
/// were loaded from, on whichever thread they are used.
pub fn set_host(host: Arc<dyn Host>) {
    HOST.with_borrow_mut(|current| *current = Some(host));
}

/// A reference to the host that an instance came from.
#[derive(Clone)]
pub(crate) struct Handle(Arc<dyn Host>);

impl Handle {
    pub(crate) fn current() -> Result<Self, LoadError> {
        let host = HOST.with_borrow(|current| current.clone());
        host.map(Handle).ok_or_else(|| LoadError::Host {
            code: 0,
            message: "this thread has no host; give it one with `first_class::native::set_host`"
                .into(),
        })
    }
}

impl std::ops::Deref for Handle {
    type Target = dyn Host;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Host")
    }
}

#[cfg(test)]
impl Handle {
    /// A host that is never called.
    pub(crate) fn unreachable() -> Self {
        struct Unreachable;

        impl Host for Unreachable {
            fn available(&self, _: &[u8]) -> Result<Vec<String>, Failure> {
                unreachable!()
            }

            fn load(&self, _: &str, _: &[u8]) -> Result<u32, Failure> {
                unreachable!()
            }

            fn load_bytes(&self, _: &[u8], _: &[u8]) -> Result<u32, Failure> {
                unreachable!()
            }

            fn respawn(&self, _: u32) -> Result<(), Failure> {
                unreachable!()
            }

            fn invoke(&self, _: u32, _: u32, _: &[u8]) -> Result<Vec<u8>, Failure> {
                unreachable!()
            }

            fn invoke_scalar(
                &self,
                _: u32,
                _: u32,
                _: [u64; SCALAR_PARAMS],
            ) -> Result<u64, Failure> {
                unreachable!()
            }

            fn supports(&self, _: u32, _: u32) -> bool {
                unreachable!()
            }

            fn is_alive(&self, _: u32) -> bool {
                unreachable!()
            }

            fn release(&self, _: u32) {}
        }

        Handle(Arc::new(Unreachable))
    }
}
