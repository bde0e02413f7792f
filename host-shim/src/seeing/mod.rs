//! What an embedder can see of a shim: counters, metrics, spans.

mod counters;
mod meters;
mod tally;

pub use counters::Snapshot;
pub(crate) use counters::{Counters, Meter};
pub(crate) use meters::{Meters, Watch, watch_load};
pub(crate) use tally::Tally;
