//! Serving plugins of a shim to callers elsewhere, who need not know what a shim is.

mod served;
pub mod wrpc;

pub use served::ServeError;
