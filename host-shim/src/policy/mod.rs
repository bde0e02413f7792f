//! What an embedder grants: sources, who may load them, and what their instances may do and take.

mod access;
mod limits;
mod output;
mod pattern;
mod restart;
mod retry;
mod wasi;

pub use access::Caller;
pub(crate) use access::Rule;
pub(crate) use limits::milliseconds;
pub use limits::{Capacity, Exceeded, Limit, Limits};
pub use output::{Capture, Output};
pub(crate) use pattern::Pattern;
pub use pattern::PatternError;
pub use restart::Restart;
#[cfg(feature = "mcp")]
pub(crate) use restart::doubled;
pub use retry::Retry;
pub use wasi::WasiGrants;
