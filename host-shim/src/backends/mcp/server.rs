//! The connection that all sessions of a backend share, and when it is made anew.

use super::connection::Connection;
use super::{Config, OpenError};
use crate::lock::lock;
use crate::policy::doubled;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// When a server is started again that has ended, or could not be started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Restarts {
    pub(super) most: u32,
    pub(super) first: Duration,
    pub(super) longest: Duration,
}

type Started = Result<Arc<Connection>, OpenError>;

/// What becomes of the connection.
pub(super) struct Server {
    config: Arc<Config>,
    slot: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    state: State,
    /// How often in a row it did not start, or ended before it had answered.
    failures: u32,
    /// What the last of them was, and until when nothing is tried.
    pause: Option<(OpenError, Instant)>,
}

#[derive(Default)]
enum State {
    #[default]
    Idle,
    Starting(Starting),
    Ready(Arc<Connection>),
}

/// A start that goes on, whoever waits for it, until the backend is dropped.
struct Starting {
    outcome: watch::Receiver<Option<Started>>,
    task: AbortHandle,
}

impl Drop for Starting {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(super) fn new(config: Config) -> Self {
        Server {
            config: Arc::new(config),
            slot: Mutex::default(),
        }
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// The same, changed before it is used.
    pub(super) fn configured(self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = (*self.config).clone();
        change(&mut config);
        Server::new(config)
    }

    /// The connection, which is made if there is none.
    pub(super) async fn connection(&self, source_name: &Arc<str>) -> Started {
        let mut outcome = {
            let mut slot = lock(&self.slot);
            self.settle(&mut slot);
            match &slot.state {
                State::Ready(connection) => return Ok(connection.clone()),
                State::Starting(starting) => starting.outcome.clone(),
                State::Idle => {
                    self.may_start(&slot)?;
                    let starting = self.start(source_name.clone());
                    let outcome = starting.outcome.clone();
                    slot.state = State::Starting(starting);
                    outcome
                }
            }
        };
        let started = outcome.wait_for(Option::is_some).await;
        let started = started.ok().and_then(|started| started.clone());
        self.settle(&mut lock(&self.slot));
        started.unwrap_or_else(|| Err(OpenError::Unavailable("its start was given up".into())))
    }

    /// Notes what has happened since.
    fn settle(&self, slot: &mut Slot) {
        match &slot.state {
            State::Idle => {}
            State::Starting(starting) => {
                let outcome = starting.outcome.borrow().clone();
                match outcome {
                    Some(Ok(connection)) => slot.state = State::Ready(connection),
                    Some(Err(error)) => self.failed(slot, error),
                    // Its runtime is gone, and the start with it.
                    None if starting.outcome.has_changed().is_err() => slot.state = State::Idle,
                    None => {}
                }
            }
            State::Ready(connection) => {
                if let Some(ended) = connection.ended() {
                    if connection.has_answered() {
                        slot.failures = 0;
                    }
                    let error = OpenError::Unavailable(format!("{}: {ended}", self.config.how));
                    self.failed(slot, error);
                }
            }
        }
    }

    fn failed(&self, slot: &mut Slot, error: OpenError) {
        let restarts = self.config.restarts;
        slot.state = State::Idle;
        slot.failures = slot.failures.saturating_add(1);
        // The first is made good at once.
        let pause = match slot.failures {
            1 => Duration::ZERO,
            failures => doubled(restarts.first, restarts.longest, failures - 1),
        };
        tracing::warn!(server = %self.config.how, %error, failures = slot.failures, ?pause, "a server failed");
        slot.pause = Instant::now()
            .checked_add(pause)
            .map(|until| (error, until));
    }

    /// Whether it may be started now.
    fn may_start(&self, slot: &Slot) -> Result<(), OpenError> {
        let Some((error, until)) = &slot.pause else {
            return Ok(());
        };
        if slot.failures > self.config.restarts.most {
            let reason = format!("{error}; it failed {} times and is given up", slot.failures);
            return Err(OpenError::Unavailable(reason));
        }
        let left = until.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Ok(()),
            false => {
                let reason = format!("{error}; it is started again after {} ms", left.as_millis());
                Err(OpenError::Unavailable(reason))
            }
        }
    }

    fn start(&self, source_name: Arc<str>) -> Starting {
        let (sender, outcome) = watch::channel(None);
        let config = self.config.clone();
        let task = tokio::spawn(async move {
            let start = Connection::start(&config, &source_name);
            let started = tokio::time::timeout(config.starting, start).await;
            let started = started.unwrap_or_else(|_| {
                let limit = config.starting.as_millis();
                let reason = format!("{}: it did not answer within {limit} ms", config.how);
                Err(OpenError::Unavailable(reason))
            });
            // If nobody is left to hear it, the connection ends here.
            let _ = sender.send(Some(started.map(Arc::new)));
        });
        Starting {
            outcome,
            task: task.abort_handle(),
        }
    }
}
