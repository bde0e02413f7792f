//! Calls that go on when nobody waits for them any more.

use crate::waits::Waits;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A future that, once it is polled, is polled to its end: by whoever waits for it, or else in the
/// shim's own runtime.
pub(super) struct ToItsEnd<F: Future + Send + 'static>
where
    F::Output: Send,
{
    waits: Arc<Waits>,
    future: Option<Pin<Box<F>>>,
}

impl<F: Future + Send + 'static> ToItsEnd<F>
where
    F::Output: Send,
{
    pub(super) fn new(waits: Arc<Waits>, future: F) -> Self {
        ToItsEnd {
            waits,
            future: Some(Box::pin(future)),
        }
    }
}

impl<F: Future + Send + 'static> Future for ToItsEnd<F>
where
    F::Output: Send,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // Taken out, so that a panic takes it along.
        let Some(mut future) = self.future.take() else {
            return Poll::Pending;
        };
        let polled = future.as_mut().poll(context);
        if polled.is_pending() {
            self.future = Some(future);
        }
        polled
    }
}

impl<F: Future + Send + 'static> Drop for ToItsEnd<F>
where
    F::Output: Send,
{
    fn drop(&mut self) {
        if let Some(future) = self.future.take()
            && let Ok(runtime) = self.waits.runtime()
        {
            runtime.spawn(future);
        }
    }
}
