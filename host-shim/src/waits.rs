//! Waiting, on whatever thread and in whatever executor a call comes from.
//!
//! Everything that may wait is written once, as a future. A synchronous embedder drives it to its
//! end with [`run`], which costs nothing if it turns out not to wait. Timers, and the functions of
//! WASI, always run in the shim's own runtime, so an embedder may use any executor.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// The runtime that wakes what waits; made when something waits for the first time.
#[derive(Default)]
pub(crate) struct Waits(OnceLock<Runtime>);

impl Waits {
    /// The runtime.
    ///
    /// # Errors
    /// When the system gives no thread for it.
    pub(crate) fn runtime(&self) -> std::io::Result<&Handle> {
        if let Some(runtime) = self.0.get() {
            return Ok(runtime.handle());
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("first-class-waits")
            .enable_all()
            .build()?;
        let mut made = Some(runtime);
        let make = || made.take().expect("it is made once");
        let handle = self.0.get_or_init(make).handle();
        if let Some(late) = made {
            // Another thread was faster. To drop a runtime is to wait for it, which an executor's thread may not.
            late.shutdown_background();
        }
        Ok(handle)
    }

    /// Runs a future for at most so long; `None` when the time is over.
    ///
    /// # Errors
    /// As for [`Waits::runtime`].
    pub(crate) async fn within<F: Future>(
        &self,
        limit: Duration,
        future: F,
    ) -> std::io::Result<Option<F::Output>> {
        let runtime = self.runtime()?;
        let mut future = pin!(future);
        // What is done at once needs no timer.
        let at_once = poll_fn(|context| {
            let _entered = runtime.enter();
            Poll::Ready(future.as_mut().poll(context))
        });
        if let Poll::Ready(output) = at_once.await {
            return Ok(Some(output));
        }
        let in_time = async { tokio::time::timeout(limit, future).await.ok() };
        Box::pin(self.inside(in_time)).await
    }

    /// Runs a future that uses timers.
    ///
    /// # Errors
    /// As for [`Waits::runtime`].
    pub(crate) async fn inside<F: Future>(&self, future: F) -> std::io::Result<F::Output> {
        Ok(InRuntime {
            runtime: self.runtime()?,
            future: pin!(future),
        }
        .await)
    }
}

impl Drop for Waits {
    /// The last handle of a shim may go on a thread that must not wait for the runtime's end.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// A future that is polled in the context of the shim's runtime.
struct InRuntime<'a, F> {
    runtime: &'a Handle,
    future: Pin<&'a mut F>,
}

impl<F: Future> Future for InRuntime<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.runtime.enter();
        self.future.as_mut().poll(context)
    }
}

/// Drives a future to its end on this thread.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(output) => output,
        Poll::Pending => pollster::block_on(future),
    }
}

#[cfg(test)]
mod tests {
    use super::{Builder, Waits};
    use std::sync::Barrier;
    use std::thread;

    #[test]
    fn executors_that_wait_at_the_same_time_get_one_runtime() {
        const EXECUTORS: usize = 4;
        for _ in 0..20 {
            let (waits, start) = (Waits::default(), Barrier::new(EXECUTORS));
            let runtime = || {
                let executor = Builder::new_current_thread().build().expect("is made");
                executor.block_on(async {
                    start.wait();
                    waits.runtime().expect("is there").id()
                })
            };
            thread::scope(|scope| {
                let executors = [(); EXECUTORS].map(|()| scope.spawn(runtime));
                let ids = executors.map(|executor| executor.join().expect("does not panic"));
                assert!(ids.iter().all(|id| *id == ids[0]));
            });
        }
    }
}
