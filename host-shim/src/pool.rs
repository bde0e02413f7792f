//! The threads on which started calls run.

use async_executor::{Executor, Task};
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

/// So many threads, which start with the first call and end with the pool.
///
/// They belong to no runtime: a plugin that cannot wait in the host blocks its thread, as it would
/// block that of a synchronous caller.
pub(crate) struct Pool {
    threads: NonZeroUsize,
    running: OnceLock<Running>,
}

struct Running {
    executor: Arc<Executor<'static>>,
    /// Its end is the end of the threads.
    _end: watch::Sender<()>,
}

impl Pool {
    pub(crate) fn new(threads: Option<NonZeroUsize>) -> Self {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Pool {
            threads: threads.unwrap_or_else(cores),
            running: OnceLock::new(),
        }
    }

    /// Runs a future on some thread of the pool. Dropping the task drops the future, when it does
    /// not compute.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> std::io::Result<Task<T>> {
        if let Some(running) = self.running.get() {
            return Ok(running.executor.spawn(future));
        }
        let running = self.start()?;
        Ok(self.running.get_or_init(|| running).executor.spawn(future))
    }

    fn start(&self) -> std::io::Result<Running> {
        let executor = Arc::new(Executor::new());
        let (end, ended) = watch::channel(());
        for _ in 0..self.threads.get() {
            let (executor, mut ended) = (executor.clone(), ended.clone());
            let run = move || {
                // An error is what is waited for: the other side is gone.
                let end = async move { while ended.changed().await.is_ok() {} };
                pollster::block_on(executor.run(end));
            };
            std::thread::Builder::new()
                .name("first-class-calls".into())
                .spawn(run)?;
        }
        Ok(Running {
            executor,
            _end: end,
        })
    }
}
