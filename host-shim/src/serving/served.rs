//! A source as it is served, whatever the wire.

use crate::backends::Misfit;
#[cfg(feature = "nats")]
use crate::caller::ShimCtx;
use crate::error::{CallError, LoadError};
use crate::policy::{Caller, Limits};
use crate::pool::Use;
use crate::shim::Shim;
#[cfg(feature = "nats")]
use crate::sources::{Lifetime, Offer};
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
    /// A subject of NATS cannot say what the name of the source, a pattern, means.
    #[error(
        "`{source_name}` cannot be served over NATS: a `*` has to be a whole segment, and `**` the last"
    )]
    Pattern {
        /// The pattern.
        source_name: String,
    },
    /// The NATS server cannot be reached, or does not have what it takes.
    #[error("{0}")]
    Unavailable(String),
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
    pub(super) shim: Shim,
    caller: Caller,
    /// Its name, or the pattern of its names.
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
        // What a pattern stands for is only known of its names.
        let limits = match shim.inner.sources.offer(&source_name) {
            Some(offer) if offer.is_pattern() => shim.inner.limits_of(offer).clone(),
            _ => {
                shim.caller_as(caller.clone()).load(&source_name, &world)?;
                shim.inner.limits_of_name(&source_name).clone()
            }
        };
        Ok(Served {
            shim,
            caller,
            source_name,
            world,
            codec,
            limits,
        })
    }

    /// Calls a function of the named instance that a name of the source stands for, or of a fresh one, which
    /// lives for this call alone. It computes in the threads of started calls.
    pub(super) async fn call(
        self: &Arc<Self>,
        source_name: &str,
        function: u32,
        arguments: &[Value],
    ) -> Result<Option<Value>, CallFailure> {
        let buffer = self.codec.encode_arguments(function, arguments)?;
        let (served, source_name) = (self.clone(), source_name.to_owned());
        let call = async move {
            let mut caller = served.shim.caller_as(served.caller.clone());
            let instance = caller.load_async(&source_name, &served.world).await?;
            let result = caller.invoke_async(instance, function, &buffer).await;
            result.map_err(CallFailure::from)
        };
        let pool = &self.shim.inner.host.pool;
        let result = pool.spawn(Use::Shared, call)?.await?;
        Ok(self.codec.decode_result(function, &result)?)
    }

    /// How long instances of the source live.
    #[cfg(feature = "nats")]
    pub(super) fn lifetime(&self) -> Lifetime {
        let sources = &self.shim.inner.sources;
        let offer = match sources.offer(&self.source_name) {
            Some(offer) => Some(offer),
            None => sources.find(&self.source_name).map(|(offer, _)| offer),
        };
        offer.map_or(Lifetime::Fresh, |offer| offer.source.lifetime.clone())
    }

    /// Whether a name is one of the source's.
    #[cfg(feature = "nats")]
    pub(super) fn has(&self, source_name: &str) -> bool {
        let inner = &self.shim.inner;
        let is_meant = |offer: &Offer| offer.is_named(&self.source_name);
        let is_found = match inner.sources.find(source_name) {
            Some((offer, _)) => self.source_name == source_name || is_meant(offer),
            None => false,
        };
        is_found && inner.allows(&self.caller, source_name)
    }

    /// Makes an instance that nobody else has, whatever the lifetime of the source's own instances.
    #[cfg(feature = "nats")]
    pub(super) async fn keep(self: &Arc<Self>, source_name: &str) -> Result<Kept, CallFailure> {
        let mut caller = self.shim.caller_as(self.caller.clone()).alone();
        let instance = caller.load_async(source_name, &self.world).await?;
        Ok(Kept {
            served: self.clone(),
            caller,
            instance,
        })
    }
}

/// An instance that lives as long as this.
#[cfg(feature = "nats")]
pub(super) struct Kept {
    served: Arc<Served>,
    caller: ShimCtx,
    instance: u32,
}

#[cfg(feature = "nats")]
impl Kept {
    /// Calls a function of it.
    pub(super) async fn call(
        &mut self,
        function: u32,
        arguments: &[Value],
    ) -> Result<Option<Value>, CallFailure> {
        let codec = &self.served.codec;
        let buffer = codec.encode_arguments(function, arguments)?;
        let call = self.caller.invoke_async(self.instance, function, &buffer);
        Ok(codec.decode_result(function, &call.await?)?)
    }

    /// Whether it can be called again, itself or another that its source's policy makes in its place.
    pub(super) fn is_alive(&mut self) -> bool {
        self.caller.is_alive(self.instance)
    }
}
