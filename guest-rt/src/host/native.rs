//! The host of a native program, for testing a guest's logic with plain `cargo test`.
//!
//! Nothing is linked in: a test gives a [`Host`] to [`set_host`], and the handles that
//! `first_class_world!` writes work as they do in a component.

use super::Bits;
use crate::codec::copied;
use crate::error::LoadError;
use bytemuck::Pod;
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

    /// Makes an instance of a source, whose imports the caller serves.
    ///
    /// # Errors
    /// As the contract says.
    fn load_with_imports(&self, source: &str, world: &[u8]) -> Result<u32, Failure>;

    /// Makes an instance of a component that the caller gives itself, whose imports it serves.
    ///
    /// # Errors
    /// As the contract says.
    fn load_bytes_with_imports(&self, component: &[u8], world: &[u8]) -> Result<u32, Failure>;

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

    /// Calls a function that moves a string.
    ///
    /// # Errors
    /// As the contract says.
    fn invoke_text(&self, instance: u32, function: u32, argument: &str) -> Result<String, Failure>;

    /// Calls a function that moves a list of numbers.
    ///
    /// # Errors
    /// As the contract says.
    fn invoke_numbers(
        &self,
        instance: u32,
        function: u32,
        argument: &[u8],
    ) -> Result<Vec<u8>, Failure>;

    /// Whether an instance takes batches.
    fn takes_batches(&self, instance: u32) -> bool;

    /// Makes many calls.
    ///
    /// # Errors
    /// As the contract says.
    fn invoke_batch(&self, instance: u32, calls: &[u8]) -> Result<Outcome, Failure>;

    /// Calls a function up to its end or to an import that the caller serves.
    ///
    /// # Errors
    /// As the contract says.
    fn begin(&self, instance: u32, function: u32, arguments: &[u8]) -> Result<Step, Failure>;

    /// Goes on with a call that waits for its caller.
    ///
    /// # Errors
    /// As the contract says.
    fn resume(&self, instance: u32, result: &[u8]) -> Result<Step, Failure>;

    /// The same as [`Host::begin`] with scalars.
    ///
    /// # Errors
    /// As the contract says.
    fn begin_scalar(
        &self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<Step, Failure>;

    /// The same as [`Host::resume`] with a scalar.
    ///
    /// # Errors
    /// As the contract says.
    fn resume_scalar(&self, instance: u32, result: u64) -> Result<Step, Failure>;

    /// Gives up the call that waits for its caller.
    fn abandon(&self, instance: u32);

    /// Starts a call.
    ///
    /// # Errors
    /// As the contract says.
    fn start(&self, instance: u32, function: u32, arguments: &[u8]) -> Result<u32, Failure>;

    /// Waits for the end of a call, or for an import that is to be served.
    ///
    /// # Errors
    /// As the contract says.
    fn wait(&self, call: u32, nanoseconds: Option<u64>) -> Result<Option<Step>, Failure>;

    /// Gives the result of an import that `wait` has asked for.
    ///
    /// # Errors
    /// As the contract says.
    fn answer(&self, instance: u32, result: &[u8]) -> Result<(), Failure>;

    /// Gives up a call.
    fn cancel(&self, call: u32);

    /// Makes a stream or a future: its reader and its writer.
    ///
    /// # Errors
    /// As the contract says.
    fn make_stream(&self, instance: u32, kind: u32) -> Result<(u32, u32), Failure>;

    /// Reads from a stream or a future.
    ///
    /// # Errors
    /// As the contract says.
    fn read(&self, instance: u32, kind: u32, reader: u32, most: u32) -> Result<Transfer, Failure>;

    /// Writes into a stream or a future.
    ///
    /// # Errors
    /// As the contract says.
    fn write(
        &self,
        instance: u32,
        kind: u32,
        writer: u32,
        count: u32,
        elements: &[u8],
    ) -> Result<Transfer, Failure>;

    /// Drops a reader.
    fn drop_reader(&self, instance: u32, kind: u32, reader: u32);

    /// Drops a writer.
    fn drop_writer(&self, instance: u32, kind: u32, writer: u32);

    /// Whether the plugin has a function.
    fn supports(&self, instance: u32, function: u32) -> bool;

    /// Whether an instance can be called.
    fn is_alive(&self, instance: u32) -> bool;

    /// Ends an instance.
    fn release(&self, instance: u32);
}

/// They cross as bytes.
impl<B: Pod> Bits for B {
    #[allow(private_interfaces, reason = "it is called in this crate alone")]
    fn invoke(
        host: &Handle,
        instance: u32,
        function: u32,
        argument: &[Self],
    ) -> Result<Vec<Self>, Failure> {
        let bytes = host.invoke_numbers(instance, function, bytemuck::cast_slice(argument))?;
        Ok(copied(&bytes))
    }
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

/// The record `outcome` of the contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The results of the calls that have one.
    pub results: Vec<u8>,
    /// Why the call behind these has none.
    pub failure: Option<Failure>,
}

/// The record `callback` of the contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Callback {
    /// The instance that calls.
    pub instance: u32,
    /// The number of the import.
    pub function: u32,
    /// The buffer of its arguments.
    pub arguments: Vec<u8>,
}

/// The variant `step` of the contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// The call ended, with the buffer of its result.
    Done(Vec<u8>),
    /// It waits for the caller to serve an import.
    Callback(Callback),
    /// A call that was begun with scalars ended, with its result.
    DoneScalar(u64),
    /// It waits for the caller to serve an import that needs no buffer.
    CallbackScalar(CallbackScalar),
}

/// The record `callback-scalar` of the contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallbackScalar {
    /// The number of the import.
    pub function: u32,
    /// The first argument.
    pub a: u64,
    /// The second one.
    pub b: u64,
    /// The third one.
    pub c: u64,
    /// The fourth one.
    pub d: u64,
}

/// The record `transfer` of the contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// How many elements were read or taken.
    pub count: u32,
    /// Whether nobody is at the other end.
    pub closed: bool,
    /// The elements that were read.
    pub elements: Vec<u8>,
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
            message: "this thread has no host; give it one with `first_class_native::host_with`"
                .into(),
        })
    }
}

impl Handle {
    /// Calls a function with scalars. The failure is in a box, as it is in a component.
    pub(crate) fn invoke_scalar(
        &self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, Box<Failure>> {
        let result = self.0.invoke_scalar(instance, function, scalars);
        result.map_err(Box::new)
    }

    /// Whether two have one table of instances.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
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

            fn load_with_imports(&self, _: &str, _: &[u8]) -> Result<u32, Failure> {
                unreachable!()
            }

            fn load_bytes_with_imports(&self, _: &[u8], _: &[u8]) -> Result<u32, Failure> {
                unreachable!()
            }

            fn respawn(&self, _: u32) -> Result<(), Failure> {
                unreachable!()
            }

            fn takes_batches(&self, _: u32) -> bool {
                unreachable!()
            }

            fn invoke_batch(&self, _: u32, _: &[u8]) -> Result<Outcome, Failure> {
                unreachable!()
            }

            fn begin(&self, _: u32, _: u32, _: &[u8]) -> Result<Step, Failure> {
                unreachable!()
            }

            fn resume(&self, _: u32, _: &[u8]) -> Result<Step, Failure> {
                unreachable!()
            }

            fn begin_scalar(
                &self,
                _: u32,
                _: u32,
                _: [u64; SCALAR_PARAMS],
            ) -> Result<Step, Failure> {
                unreachable!()
            }

            fn resume_scalar(&self, _: u32, _: u64) -> Result<Step, Failure> {
                unreachable!()
            }

            fn abandon(&self, _: u32) {
                unreachable!()
            }

            fn start(&self, _: u32, _: u32, _: &[u8]) -> Result<u32, Failure> {
                unreachable!()
            }

            fn wait(&self, _: u32, _: Option<u64>) -> Result<Option<Step>, Failure> {
                unreachable!()
            }

            fn answer(&self, _: u32, _: &[u8]) -> Result<(), Failure> {
                unreachable!()
            }

            fn cancel(&self, _: u32) {
                unreachable!()
            }

            fn make_stream(&self, _: u32, _: u32) -> Result<(u32, u32), Failure> {
                unreachable!()
            }

            fn read(&self, _: u32, _: u32, _: u32, _: u32) -> Result<Transfer, Failure> {
                unreachable!()
            }

            fn write(&self, _: u32, _: u32, _: u32, _: u32, _: &[u8]) -> Result<Transfer, Failure> {
                unreachable!()
            }

            fn drop_reader(&self, _: u32, _: u32, _: u32) {
                unreachable!()
            }

            fn drop_writer(&self, _: u32, _: u32, _: u32) {
                unreachable!()
            }

            fn invoke(&self, _: u32, _: u32, _: &[u8]) -> Result<Vec<u8>, Failure> {
                unreachable!()
            }

            fn invoke_text(&self, _: u32, _: u32, _: &str) -> Result<String, Failure> {
                unreachable!()
            }

            fn invoke_numbers(&self, _: u32, _: u32, _: &[u8]) -> Result<Vec<u8>, Failure> {
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
