//! Serving what an instance imports.

use crate::call::{lift_arguments, lower_result};
use crate::codec::{Lift, Lower, Malformed, Reader};
use crate::error::{Busy, CallError};
use crate::host::{CallbackScalar, Step};
use crate::implemented::Implemented;
use crate::owner::{Owner, Serving};
use crate::passing::Given;
use crate::pending;
use first_class_abi::contract::SCALAR_PARAMS;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

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
pub struct Reply(Answer);

/// What a function of this guest's returns: a scalar, if it is that or nothing, or else a buffer.
#[derive(Debug)]
pub(crate) enum Answer {
    Scalar(u64),
    Buffer(Vec<u8>),
}

impl Answer {
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        match self {
            Answer::Buffer(buffer) => buffer,
            Answer::Scalar(scalar) => scalar.to_le_bytes().to_vec(),
        }
    }

    /// The scalar, which is in the slot at the front of a buffer; 0 if there is none.
    fn scalar(&self) -> u64 {
        match self {
            Answer::Buffer(buffer) => buffer.first_chunk().copied().map_or(0, u64::from_le_bytes),
            Answer::Scalar(scalar) => *scalar,
        }
    }
}

impl Callback<'_> {
    /// The arguments, as a tuple or a record.
    ///
    /// # Errors
    /// When they are not of this type.
    pub fn arguments<A: Lift>(&self) -> Result<A, Malformed> {
        lift_arguments(&Reader::new(self.owner, self.owner.life(), self.arguments))
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

/// What serves the imports of an instance with a value of the guest's.
pub(crate) struct Server {
    imports: Mutex<Box<dyn Imports>>,
    implemented: Implemented,
    pending: AtomicU32,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Server")
    }
}

impl Server {
    pub(crate) fn new(imports: Box<dyn Imports>) -> Self {
        Server {
            imports: Mutex::new(imports),
            implemented: Implemented::default(),
            pending: AtomicU32::new(0),
        }
    }
}

impl Serving for Server {
    fn call(
        &self,
        owner: &Arc<Owner>,
        function: u32,
        arguments: &[u8],
        mut given: Given,
    ) -> Result<Vec<u8>, CallError> {
        if self.pending.load(Ordering::Relaxed) > 0 {
            // It waits for these, which may have to be served.
            return call_after_others(owner, function, arguments, given);
        }
        let begun = owner.host.begin(owner.number, function, arguments);
        let begun = begun.map_err(|failure| owner.refused(failure, &mut given))?;
        let ended = self.to_its_end(owner, given.life(), begun)?;
        Ok(ended.into_buffer())
    }

    fn call_scalar(
        &self,
        owner: &Arc<Owner>,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        if self.pending.load(Ordering::Relaxed) > 0 {
            let arguments = bytemuck::cast_slice(&scalars);
            let result = call_after_others(owner, function, arguments, Given::nothing(owner))?;
            return Ok(Answer::Buffer(result).scalar());
        }
        let life = owner.life();
        let begun = owner.host.begin_scalar(owner.number, function, scalars);
        let begun = begun.map_err(|failure| owner.failed(failure))?;
        Ok(self.to_its_end(owner, life, begun)?.scalar())
    }

    /// What is not served to its end is given up, and with it the instance.
    fn serve(
        &self,
        owner: &Arc<Owner>,
        function: u32,
        arguments: &[u8],
    ) -> Result<Answer, CallError> {
        let guard = Abandon(owner);
        let mut imports = match self.imports.try_lock() {
            Ok(imports) => imports,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(CallError::from(Busy {
                    source: owner.source.clone(),
                    chain: vec![owner.source.clone()],
                }));
            }
        };
        let Reply(result) = imports.serve(function, Callback { owner, arguments })?;
        std::mem::forget(guard);
        Ok(result)
    }

    fn implemented(&self) -> &Implemented {
        &self.implemented
    }

    fn pending(&self) -> &AtomicU32 {
        &self.pending
    }
}

impl Server {
    /// Serves a call of a life of the instance until it ends.
    fn to_its_end(&self, owner: &Arc<Owner>, life: u32, begun: Step) -> Result<Answer, CallError> {
        let mut step = begun;
        loop {
            let answer = match step {
                Step::Done(result) => return Ok(Answer::Buffer(result)),
                Step::DoneScalar(result) => return Ok(Answer::Scalar(result)),
                Step::Callback(callback) => {
                    self.serve(owner, callback.function, &callback.arguments)?
                }
                Step::CallbackScalar(CallbackScalar {
                    function,
                    a,
                    b,
                    c,
                    d,
                }) => self.serve(owner, function, bytemuck::cast_slice(&[a, b, c, d]))?,
            };
            let resumed = match answer {
                Answer::Scalar(result) => owner.host.resume_scalar(owner.number, result),
                Answer::Buffer(result) => owner.host.resume(owner.number, &result),
            };
            step = resumed.map_err(|failure| owner.failed_in(life, failure))?;
        }
    }
}

/// Calls a function after the calls that are started.
fn call_after_others(
    owner: &Arc<Owner>,
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
