//! What can go wrong, as a guest sees it.

mod call;
mod load;

pub use call::{
    Busy, CallError, Dead, Deadline, Exceeded, ForeignResource, ForeignTicket, HostFailure,
    NotServed, Remote, Skipped, Trap, Unavailable, Unsupported,
};
pub(crate) use call::{has_died, has_run};
pub use load::LoadError;
