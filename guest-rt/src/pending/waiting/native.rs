//! Waiting natively, where guests are only tested.

use super::poll_again;
use crate::host::Host;
use std::task::{Context, Poll};

/// What a pending call waits by: nothing.
#[derive(Debug, Default)]
pub(in crate::pending) struct Waiting(());

impl Waiting {
    /// Has the task polled again.
    pub(in crate::pending) fn poll(&mut self, _: &Host, _: u32, context: &Context<'_>) -> Poll<()> {
        poll_again(context);
        Poll::Pending
    }
}

/// Runs an executor.
pub(in crate::pending) fn inside<R>(run: impl FnOnce() -> R) -> R {
    run()
}

/// Waits until somebody wakes the task.
pub(in crate::pending) fn wait_for_any() {
    std::thread::park();
}
