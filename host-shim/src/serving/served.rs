//! A source as it is served, whatever the wire.

use crate::backends::Misfit;
use crate::error::{CallError, LoadError};
use crate::policy::{Caller, Limits};
use crate::pool::Use;
use crate::shim::Shim;
use crate::waits::run;
use first_class_abi::value::{Codec, DecodeValueError, EncodeValueError, Value};
use std::sync::Arc;

/// What cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The source cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Two sources have one function, so that a call of it would not say which is meant.
    #[error(
        "both `{first}` and `{second}` have `{function}`; serve one of them at another address"
    )]
    Ambiguous {
        /// The function, such as `acme:shop/carts@1.2.0#total`.
        function: String,
        /// The source that was named first.
        first: String,
        /// The other one.
        second: String,
    },
    /// Nobody can listen at the address.
    #[error("nobody can listen at {address}: {error}")]
    Listen {
        /// The address, or the path of a socket.
        address: String,
        /// What the system said.
        error: std::io::Error,
    },
}

/// A source as a world, for those who call it.
pub(super) struct Served {
    shim: Shim,
    caller: Caller,
    pub(super) source_name: String,
    world: Vec<u8>,
    pub(super) codec: Codec,
    pub(super) limits: Limits,
}

/// A call that was served to no good end.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallFailure {
    #[error("there is no thread: {0}")]
    Thread(#[from] std::io::Error),
    #[error("the arguments do not fit: {0}")]
    Arguments(#[from] EncodeValueError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the result is malformed: {0}")]
    Result(#[from] DecodeValueError),
}

impl Served {
    /// Checks that a source can be loaded as a world, and that the wire carries it.
    pub(super) fn new(
        shim: Shim,
        caller: Caller,
        source_name: String,
        world: Vec<u8>,
        uncarried: impl Fn(&first_class_abi::World) -> Vec<Misfit>,
    ) -> Result<Self, LoadError> {
        let known = run(shim.inner.world(&world))?;
        let codec = known.plan.codec().clone();
        let misfits = uncarried(codec.world());
        if !misfits.is_empty() {
            return Err(LoadError::Misfit {
                source_name,
                world: codec.world().full_name(),
                misfits,
            });
        }
        shim.caller_as(caller.clone()).load(&source_name, &world)?;
        let limits = shim.inner.limits_of_name(&source_name).clone();
        Ok(Served {
            shim,
            caller,
            source_name,
            world,
            codec,
            limits,
        })
    }

    /// Calls a function of the named instance that the source stands for, or of a fresh one, which
    /// lives for this call alone. It computes in the threads of started calls.
    pub(super) async fn call(
        self: &Arc<Self>,
        function: u32,
        arguments: &[Value],
    ) -> Result<Option<Value>, CallFailure> {
        let buffer = self.codec.encode_arguments(function, arguments)?;
        let served = self.clone();
        let call = async move {
            let mut caller = served.shim.caller_as(served.caller.clone());
            let instance = caller
                .load_async(&served.source_name, &served.world)
                .await?;
            let result = caller.invoke_async(instance, function, &buffer).await;
            result.map_err(CallFailure::from)
        };
        let pool = &self.shim.inner.host.pool;
        let result = pool.spawn(Use::Shared, call)?.await?;
        Ok(self.codec.decode_result(function, &result)?)
    }
}
