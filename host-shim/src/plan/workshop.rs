//! The threads on which plans are made.

use crate::error::LoadError;
use crate::policy::{Exceeded, Limit};
use crate::waits::Waits;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};

/// The stack of such a thread, for readers that recurse: more than any depth that the validator of
/// the binary format lets through was seen to take.
const STACK: usize = 64 << 20;

/// How many jobs may be done at once, and for how long a load waits for one.
pub(crate) struct Workshop {
    waits: Arc<Waits>,
    benches: Arc<Semaphore>,
    time: Duration,
    component_bytes: u64,
}

impl Workshop {
    pub(crate) fn new(waits: Arc<Waits>, time: Duration, component_bytes: u64) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Workshop {
            waits,
            benches: Arc::new(Semaphore::new(threads)),
            time,
            component_bytes,
        }
    }

    /// How large a component may be, in bytes.
    pub(crate) fn component_bytes(&self) -> u64 {
        self.component_bytes
    }

    /// Does a job on a thread of its own. When it takes too long, or nobody waits for it any more,
    /// it goes on all the same, so what it made can be found later.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        source_name: &str,
        job: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
    ) -> Result<T, LoadError> {
        let started = Instant::now();
        let bench = self
            .within(source_name, started, self.benches.clone().acquire_owned())
            .await?;
        let (sender, receiver) = oneshot::channel();
        let work = move || {
            // What the job was about is dropped with the panic.
            let outcome = catch_unwind(AssertUnwindSafe(job));
            drop(bench);
            // There may be nobody left to tell.
            let _ = sender.send(outcome);
        };
        let thread = std::thread::Builder::new()
            .name("first-class-plan".into())
            .stack_size(STACK)
            .spawn(work);
        thread
            .map_err(|error| failed(source_name, format!("no thread could be started: {error}")))?;
        match self.within(source_name, started, receiver).await? {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err(failed(
                source_name,
                "the compiler met something that it was not made for".into(),
            )),
        }
    }

    /// Waits for something that a job needs, from the start of the load on.
    pub(super) async fn within<T>(
        &self,
        source_name: &str,
        started: Instant,
        future: impl Future<Output = T>,
    ) -> Result<T, LoadError> {
        let left = self.time.saturating_sub(started.elapsed());
        let done = self.waits.within(left, future).await;
        done.map_err(|error| failed(source_name, error.to_string()))?
            .ok_or_else(|| LoadError::Limit {
                source_name: source_name.into(),
                exceeded: Exceeded::time(Limit::CompileTime, self.time),
            })
    }
}

fn failed(source_name: &str, message: String) -> LoadError {
    LoadError::Compile {
        source_name: source_name.into(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::Workshop;
    use crate::error::LoadError;
    use crate::waits::{Waits, run};
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    #[test]
    fn a_job_that_panics_or_takes_too_long_is_an_error() {
        let workshop = Workshop::new(Arc::new(Waits::default()), Duration::from_secs(60), 0);
        assert_eq!(run(workshop.run("a", || Ok(5))).expect("is done"), 5);
        let panicked = run(workshop.run::<()>("a", || panic!("on purpose")));
        assert!(matches!(panicked, Err(LoadError::Compile { .. })));

        let (finish, finished) = mpsc::channel();
        let (told, tell) = mpsc::channel();
        let short = Workshop::new(Arc::new(Waits::default()), Duration::from_millis(10), 0);
        let late = run(short.run("a", move || {
            let outcome = finished.recv();
            told.send(outcome).expect("is waited for");
            Ok(())
        }));
        assert!(matches!(late, Err(LoadError::Limit { .. })), "{late:?}");
        finish.send(()).expect("it goes on");
        assert_eq!(tell.recv().expect("it goes on"), Ok(()));
    }
}
