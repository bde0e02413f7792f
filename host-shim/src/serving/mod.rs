//! Serving plugins of a shim to callers elsewhere, who need not know what a shim is.

#[cfg(feature = "nats")]
pub mod nats;
mod served;
#[cfg(feature = "wrpc")]
pub mod wrpc;

pub use served::ServeError;
