//! Sources that are no components of this process.
//!
//! A [`Backend`] is how such a source is reached. It gets calls as callers make them, a function's
//! number and a buffer, and gives buffers back; what lies between is its own business. Whatever it
//! reaches, callers see an instance like any other. What is common to all is done around it: limits,
//! deadlines, retries, metrics, the order of calls of a named instance.

mod carried;
mod error;
#[cfg(feature = "grpc")]
pub mod grpc;
#[cfg(feature = "mcp")]
pub mod mcp;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(any(feature = "grpc", feature = "mcp"))]
mod wit;
#[cfg(feature = "wrpc")]
pub mod wrpc;

pub use carried::{beyond_values, misfits};
pub use error::{BackendError, Misfit, OpenError};

use async_trait::async_trait;
use first_class_abi::value::{Codec, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A way to reach sources that are no components of this process. [`Source::backend`] makes a source
/// of it.
///
/// Its futures are polled in the context of a tokio runtime with timers and network, that of the
/// shim, whatever executor the embedder has. To drop one is to give up what it does. What takes
/// longer than the source's [deadline](crate::Limits::deadline) is dropped.
///
/// [`Source::backend`]: crate::Source::backend
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Looks whether a source can be had as a world, and what it lacks of it: the numbers of
    /// functions that the world calls [optional](first_class_abi::World::is_optional). It is asked
    /// at each load, and for each list of what is available.
    ///
    /// A backend that does not ask its peer only says what it cannot carry, which is all but
    /// [values](beyond_values) for most.
    ///
    /// # Errors
    /// [`OpenError::Misfits`] with everything that stands in the way; or why the peer cannot be asked.
    async fn check(&self, offered: &Offered) -> Result<Vec<u32>, OpenError> {
        OpenError::check(beyond_values(offered.codec.world()))?;
        Ok(Vec::new())
    }

    /// Opens a session: an instance of the source, which lives until it is dropped.
    ///
    /// # Errors
    /// When there is nobody to talk to, or no agreement.
    async fn open(&self, offered: &Offered) -> Result<Box<dyn Session>, OpenError>;
}

/// An instance behind a [`Backend`]. Calls of it go on at the same time.
#[async_trait]
pub trait Session: Send + Sync + 'static {
    /// Makes a call, and gives the buffer of its result.
    ///
    /// # Errors
    /// Those of [`BackendError`]. What is said there of the function decides whether a call is made
    /// again.
    async fn call(&self, call: &Call) -> Result<Vec<u8>, BackendError>;

    /// What the session ended of, if it did and cannot be called again.
    fn ended(&self) -> Option<String> {
        None
    }
}

/// What a caller asks a backend for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Offered {
    /// The name that the caller loads by, which the source's pattern matches.
    pub source_name: Arc<str>,
    /// The world, and what turns the buffers of its calls into values and back.
    pub codec: Codec,
}

/// One call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// The number of the function, which the world has.
    pub function: u32,
    /// The buffer of its arguments, as the caller made it: nobody has looked into it.
    pub arguments: Arc<[u8]>,
    /// When the call has to be over, if that is a time.
    pub ends: Option<Instant>,
    /// How large the buffer of its result may be, in bytes.
    pub result_bytes: u64,
}

impl Call {
    /// How long it may still take, if that has an end.
    pub fn left(&self) -> Option<Duration> {
        let ends = self.ends?;
        Some(ends.saturating_duration_since(Instant::now()))
    }

    /// Its arguments as values, one for each parameter.
    ///
    /// # Errors
    /// When the buffer does not hold arguments of the function.
    pub fn values(&self, codec: &Codec) -> Result<Vec<Value>, BackendError> {
        let values = codec.decode_arguments(self.function, &self.arguments);
        values.map_err(|error| BackendError::Arguments {
            message: error.to_string(),
        })
    }

    /// Its arguments packed, as they are sent.
    #[cfg(any(feature = "nats", feature = "wrpc"))]
    fn packed(&self, codec: &Codec) -> Result<Vec<u8>, BackendError> {
        let packed = codec.pack_arguments(self.function, &self.values(codec)?);
        packed.map_err(|error| BackendError::Arguments {
            message: error.to_string(),
        })
    }

    /// The buffer of its result.
    ///
    /// # Errors
    /// When the value is no result of the function.
    pub fn result(&self, codec: &Codec, value: Option<&Value>) -> Result<Vec<u8>, BackendError> {
        let result = codec.encode_result(self.function, value);
        result.map_err(|error| BackendError::Malformed {
            message: error.to_string(),
        })
    }
}
