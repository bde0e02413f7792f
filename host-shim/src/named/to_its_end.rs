//! Calls that go on when nobody waits for them any more.

use crate::instance::Host;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A future that, once it is polled, is polled to its end: by whoever waits for it, or else in the
/// threads of the shim, since it may compute.
pub(super) struct ToItsEnd<F: Future + Send + 'static>
where
    F::Output: Send,
{
    host: Arc<Host>,
    future: Option<Pin<Box<F>>>,
}

impl<F: Future + Send + 'static> ToItsEnd<F>
where
    F::Output: Send,
{
    pub(super) fn new(host: Arc<Host>, future: F) -> Self {
        ToItsEnd {
            host,
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
        if let Some(future) = self.future.take() {
            self.host.go_on(async move {
                future.await;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ToItsEnd;
    use crate::engine::{EngineSettings, PluginEngine};
    use crate::instance::Host;
    use crate::policy::Capacity;
    use crate::pool::Pool;
    use std::pin::pin;
    use std::sync::{Arc, mpsc};
    use std::task::{Context, Waker};
    use std::thread;
    use std::time::Duration;
    use tokio::sync::oneshot;

    /// What computes on the thread of the timers holds up all that waits.
    #[test]
    fn what_nobody_waits_for_any_more_goes_on_in_the_pool() {
        let engine = PluginEngine::new(EngineSettings::default(), |_, _| Ok(()));
        let host = Arc::new(Host {
            engine: Arc::new(engine.expect("starts")),
            waits: Arc::default(),
            counters: Arc::default(),
            capacity: Capacity::default(),
            pool: Pool::new(None),
        });
        let (go_on, told) = oneshot::channel();
        let (sender, receiver) = mpsc::channel();
        let call = ToItsEnd::new(host.clone(), async move {
            told.await.expect("is told");
            let name = thread::current().name().map(str::to_owned);
            sender.send(name).expect("is waited for");
        });
        {
            let mut call = pin!(call);
            let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(polled.is_pending());
        }
        go_on.send(()).expect("goes on");
        let name = receiver.recv_timeout(Duration::from_secs(60));
        assert_eq!(name, Ok(Some("first-class-calls".into())));
    }
}
