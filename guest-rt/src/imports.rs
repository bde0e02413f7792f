//! Serving what an instance imports.

use crate::call::{lift_arguments, lower_result};
use crate::codec::{Lift, Lower, Malformed, Reader};
use crate::error::CallError;
use crate::host::Step;
use crate::implemented::{Given, Implemented};
use crate::owner::Owner;
use crate::pending;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, TryLockError, Weak};

/// What serves the imports of an instance: `first_class_world!` writes it around a value that
/// implements the traits of the world's imports.
pub trait Imports: Send {
    /// Serves a call of a function, given by its number.
    ///
    /// # Errors
    /// When the arguments are none of the function.
    fn serve(&mut self, function: u32, call: Callback<'_>) -> Result<Reply, Malformed>;
}

/// A call of an import, by an instance.
#[derive(Debug)]
pub struct Callback<'a> {
    owner: &'a Arc<Owner>,
    arguments: &'a [u8],
}

/// The answer to a [`Callback`].
#[derive(Debug)]
pub struct Reply(Vec<u8>);

impl Callback<'_> {
    /// The arguments, as a tuple or a record.
    ///
    /// # Errors
    /// When they are not of this type.
    pub fn arguments<A: Lift>(&self) -> Result<A, Malformed> {
        lift_arguments(&Reader::new(self.owner, self.arguments))
    }

    /// Answers with a result; `()` for none.
    pub fn reply<R: Lower>(self, result: &R) -> Reply {
        Reply(lower_result(self.owner, result))
    }

    /// Drops the resource that the instance drops.
    ///
    /// # Errors
    /// When there is no such resource.
    pub fn drop_resource(self) -> Result<Reply, Malformed> {
        let (resource,): (crate::Own,) = self.arguments()?;
        drop(resource);
        Ok(self.reply(&()))
    }
}

/// What an instance has that this guest serves.
pub(crate) struct Serving {
    owner: Weak<Owner>,
    imports: Mutex<Box<dyn Imports>>,
    /// The resources that this guest implements.
    pub(crate) implemented: Arc<Implemented>,
    /// How many calls are started and not taken.
    pub(crate) pending: AtomicU32,
}

impl fmt::Debug for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Serving")
    }
}

impl Serving {
    pub(crate) fn new(owner: Weak<Owner>, imports: Box<dyn Imports>) -> Self {
        Serving {
            owner,
            imports: Mutex::new(imports),
            implemented: Arc::default(),
            pending: AtomicU32::new(0),
        }
    }

    /// Calls a function with a buffer, and serves what it calls meanwhile.
    pub(crate) fn call(
        &self,
        owner: &Owner,
        function: u32,
        arguments: &[u8],
        mut given: Given,
    ) -> Result<Vec<u8>, CallError> {
        if self.pending.load(Ordering::Relaxed) > 0 {
            // It waits for these, which may have to be served.
            return call_after_others(owner, function, arguments, given);
        }
        let mut step = owner
            .host
            .begin(owner.number, function, arguments)
            .map_err(|failure| owner.refused(failure, &mut given))?;
        loop {
            let callback = match step {
                Step::Done(result) => return Ok(result),
                Step::Callback(callback) => callback,
            };
            let result = self.serve(owner, callback.function, &callback.arguments)?;
            let resumed = owner.host.resume(owner.number, &result);
            step = resumed.map_err(|failure| owner.failed(failure))?;
        }
    }

    /// Serves one call of an import. What is not served to its end is given up, and with it the
    /// instance.
    pub(crate) fn serve(
        &self,
        owner: &Owner,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        let guard = Abandon(owner);
        let shared = self.owner.upgrade().ok_or_else(|| owner.gone())?;
        let mut imports = match self.imports.try_lock() {
            Ok(imports) => imports,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(CallError::Busy {
                    source: owner.source.clone(),
                    chain: vec![owner.source.clone()],
                });
            }
        };
        let call = Callback {
            owner: &shared,
            arguments,
        };
        let Reply(result) = imports.serve(function, call)?;
        std::mem::forget(guard);
        Ok(result)
    }
}

/// Calls a function after the calls that are started.
fn call_after_others(
    owner: &Owner,
    function: u32,
    arguments: &[u8],
    mut given: Given,
) -> Result<Vec<u8>, CallError> {
    let call = owner.host.start(owner.number, function, arguments);
    let call = call.map_err(|failure| owner.refused(failure, &mut given))?;
    pending::wait_to_the_end(owner, call, &mut given)
}

/// Gives up the call that is being served, if serving it ends early.
struct Abandon<'a>(&'a Owner);

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        self.0.host.abandon(self.0.number);
        self.0.end_life();
    }
}
