//! A call as a future.

use super::Pending;
use crate::codec::Lift;
use crate::error::CallError;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The future of a call: `instance.check_async(…)` gives one.
///
/// The call is started where the method is called and not where the future is first polled: its
/// arguments are borrowed no longer than that, and calls of several instances run at the same time
/// in whatever order they are awaited. Dropping the future gives the call up, see
/// [`Pending::cancel`].
#[derive(Debug)]
#[must_use = "a call is given up when its future is dropped"]
pub struct CallFuture<T>(Result<Pending<T>, CallError>);

impl<T> From<Result<Pending<T>, CallError>> for CallFuture<T> {
    fn from(started: Result<Pending<T>, CallError>) -> Self {
        CallFuture(started)
    }
}

impl<T: Lift> Future for CallFuture<T> {
    type Output = Result<T, CallError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Ok(pending) => Pin::new(pending).poll(context),
            Err(error) => Poll::Ready(Err(error.clone())),
        }
    }
}
