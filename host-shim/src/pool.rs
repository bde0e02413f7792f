//! The threads on which started calls run.

use async_executor::{Executor, Task};
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

/// How a call uses its thread.
#[derive(Clone, Copy)]
pub(crate) enum Use {
    /// It keeps it to its end.
    Whole,
    /// It gives way to others at every tick of the epoch, and while it waits.
    Shared,
}

/// The threads: as many for calls that keep theirs to the end as for those that give way, so that
/// the first cannot keep the second from their time.
pub(crate) struct Pool {
    whole: Threads,
    shared: Threads,
}

impl Pool {
    pub(crate) fn new(threads: Option<NonZeroUsize>) -> Self {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = threads.unwrap_or_else(cores);
        Pool {
            whole: Threads::new(threads),
            shared: Threads::new(threads),
        }
    }

    /// Runs a future on some thread. Dropping the task drops the future, when it does not compute.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        how: Use,
        future: impl Future<Output = T> + Send + 'static,
    ) -> std::io::Result<Task<T>> {
        let threads = match how {
            Use::Whole => &self.whole,
            Use::Shared => &self.shared,
        };
        Ok(threads.executor()?.spawn(future))
    }
}

/// So many threads, which start with the first call and end with the pool.
///
/// They belong to no runtime: a plugin that cannot wait in the host blocks its thread, as it would
/// block that of a synchronous caller.
struct Threads {
    count: NonZeroUsize,
    running: OnceLock<Running>,
}

struct Running {
    executor: Arc<Executor<'static>>,
    /// Its end is the end of the threads.
    _end: watch::Sender<()>,
}

impl Threads {
    fn new(count: NonZeroUsize) -> Self {
        Threads {
            count,
            running: OnceLock::new(),
        }
    }

    fn executor(&self) -> std::io::Result<&Executor<'static>> {
        if let Some(running) = self.running.get() {
            return Ok(&running.executor);
        }
        let running = self.start()?;
        Ok(&self.running.get_or_init(|| running).executor)
    }

    fn start(&self) -> std::io::Result<Running> {
        let executor = Arc::new(Executor::new());
        let (end, ended) = watch::channel(());
        for _ in 0..self.count.get() {
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
