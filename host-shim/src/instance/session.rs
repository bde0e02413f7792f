//! An instance that is a session with a peer. Calls of it go on at the same time.

use super::death::Death;
use super::spawn::Spawn;
use crate::backends::{BackendError, Call, Session};
use crate::error::{CallError, LoadError};
use crate::plan::Peer;
use crate::policy::{Exceeded, Limit};
use crate::seeing::Meter;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// An open session. It ends when it is dropped, and no call of it goes on.
pub(super) struct Open {
    session: Arc<dyn Session>,
    since: Instant,
    found: Arc<Found>,
    _meter: Meter,
}

/// What calls have found of a session.
#[derive(Default)]
struct Found {
    /// What it ended of, and when.
    ended: OnceLock<(String, Instant)>,
    /// Whether one has succeeded.
    succeeded: AtomicBool,
}

/// A call that goes on in a session, beside others. To drop it is to give it up.
pub(crate) struct Sent {
    session: Arc<dyn Session>,
    found: Arc<Found>,
    spawn: Arc<Spawn>,
    call: Call,
    limit: Duration,
}

impl Open {
    /// Opens a session within its deadline.
    pub(super) async fn start(
        spawn: &Spawn,
        peer: &Peer,
        limit: Duration,
    ) -> Result<Self, LoadError> {
        let at_start = |death: Death| death.at_start(spawn.source_name.to_string(), limit);
        let host = &spawn.host;
        let meter = Meter::new(host.counters.clone(), host.capacity.instances);
        let meter = meter.map_err(|exceeded| at_start(Death::Limit(exceeded)))?;
        let opened = host.waits.within(limit, peer.backend.open(&peer.offered));
        let opened = opened
            .await
            .map_err(|error| at_start(Death::trap(error.to_string())))?
            .ok_or_else(|| at_start(Death::Deadline))?;
        let session = opened.map_err(|error| {
            let world = peer.offered.codec.world().full_name();
            LoadError::of_open(&spawn.source_name, world, error)
        })?;
        Ok(Open {
            session: session.into(),
            since: Instant::now(),
            found: Arc::default(),
            _meter: meter,
        })
    }

    /// What it ended of, if it did, and when. If no call has found that, nobody knows when: at its
    /// earliest when it was opened, so that sessions which end at once are not opened too often, and
    /// one that has lived for long is opened again without a pause.
    pub(super) fn ended(&self) -> Option<(String, Instant)> {
        let by_itself = || Some((self.session.ended()?, self.since));
        self.found.ended.get().cloned().or_else(by_itself)
    }

    /// Whether a call of it has succeeded.
    pub(super) fn has_succeeded(&self) -> bool {
        self.found.succeeded.load(Ordering::Relaxed)
    }

    /// Begins a call, whose time runs from now on.
    pub(super) fn launch(
        &self,
        spawn: &Arc<Spawn>,
        limit: Duration,
        function: u32,
        arguments: Vec<u8>,
    ) -> Sent {
        Sent {
            session: self.session.clone(),
            found: self.found.clone(),
            spawn: spawn.clone(),
            call: Call {
                function,
                arguments: arguments.into(),
                ends: Instant::now().checked_add(limit),
                result_bytes: spawn.limits.result_bytes,
            },
            limit,
        }
    }
}

impl Sent {
    /// Waits for the end of the call.
    pub(crate) async fn finish(self) -> Result<Vec<u8>, CallError> {
        let left = self.call.left().unwrap_or(self.limit);
        let ended = self.spawn.host.waits.within(left, self.attempts()).await;
        match ended {
            Ok(Some(result)) => {
                let result = result.and_then(|result| self.checked(result));
                if result.is_ok() {
                    self.found.succeeded.store(true, Ordering::Relaxed);
                }
                result
            }
            Ok(None) => Err(self.late()),
            Err(error) => Err(CallError::Protocol {
                message: format!("there is no timer: {error}"),
            }),
        }
    }

    /// Makes the call, and makes it again where that is allowed and there is time for it.
    async fn attempts(&self) -> Result<Vec<u8>, CallError> {
        let mut failed = 0;
        // Whether the peer may have executed it in one of the attempts.
        let mut may_have_run = false;
        loop {
            let error = match self.session.call(&self.call).await {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            failed += 1;
            may_have_run |= matches!(error, BackendError::Lost { .. });
            let pause = self.pause_after(failed, &error);
            let Some(pause) = pause else {
                return Err(self.told(error, may_have_run));
            };
            let source = &*self.spawn.source_name;
            tracing::debug!(source, %error, failed, ?pause, "a call is made again after a pause");
            tokio::time::sleep(pause).await;
        }
    }

    /// How long to wait before the next attempt, if there may be one.
    fn pause_after(&self, failed: u32, error: &BackendError) -> Option<Duration> {
        let retry = &self.spawn.plan.peer()?.retry;
        let is_allowed = match error {
            BackendError::Unreachable { .. } => true,
            BackendError::Lost { .. } => retry.is_idempotent(&self.function_name()),
            _ => false,
        };
        let pause = retry.pause_after(failed).filter(|_| is_allowed)?;
        let is_in_time = self.call.left().is_none_or(|left| pause < left);
        is_in_time.then_some(pause)
    }

    fn function_name(&self) -> String {
        self.spawn.plan.world.function_name(self.call.function)
    }

    /// The result, if it is as long as it may and has to be.
    fn checked(&self, result: Vec<u8>) -> Result<Vec<u8>, CallError> {
        let (length, most) = (result.len() as u64, self.call.result_bytes);
        if length > most {
            return Err(self.spawn.too_large(self.call.function, length));
        }
        let least = self.spawn.shape(self.call.function)?.result_size;
        match result.len() < least {
            true => Err(self.remote(format!("it takes {least} bytes, {length} came"))),
            false => Ok(result),
        }
    }

    /// What a caller is told of an error.
    fn told(&self, error: BackendError, may_have_run: bool) -> CallError {
        let source_name = self.spawn.source_name.to_string();
        match error {
            BackendError::Arguments { message } => CallError::Protocol { message },
            BackendError::Unreachable { message } | BackendError::Lost { message } => {
                CallError::Unavailable {
                    source_name,
                    function: self.function_name(),
                    message,
                    may_have_run,
                }
            }
            BackendError::Late => self.late(),
            BackendError::TooLarge { found } => {
                let exceeded = Exceeded {
                    limit: Limit::Result,
                    allowed: self.call.result_bytes,
                    found,
                };
                self.spawn.exceeded(self.call.function, exceeded)
            }
            BackendError::Unsupported => CallError::Unsupported {
                source_name,
                function: self.function_name(),
            },
            BackendError::There(error) => error.named(&source_name, self.function_name()),
            BackendError::Ended { message } => {
                let dead = self.spawn.dead(&message);
                // Whoever is told first tells the others.
                let _ = self.found.ended.set((message, Instant::now()));
                dead
            }
            error @ (BackendError::Failed { .. } | BackendError::Malformed { .. }) => {
                self.remote(error.to_string())
            }
        }
    }

    fn late(&self) -> CallError {
        CallError::Deadline {
            source_name: self.spawn.source_name.to_string(),
            function: self.function_name(),
            limit: self.limit,
        }
    }

    fn remote(&self, message: String) -> CallError {
        CallError::Remote {
            source_name: self.spawn.source_name.to_string(),
            function: self.function_name(),
            message,
        }
    }
}
