//! An instance that runs on the threads of the pool, and the calls that go on in it.

use super::{Death, Driver};
use crate::bridge::CONCURRENT;
use crate::desk::{Desk, Ended, Ongoing, Operation, Remote};
use crate::error::CallError;
use crate::instance::live::Live;
use crate::instance::spawn::Spawn;
use crate::policy::{Exceeded, Limit};
use crate::pool::Use;
use async_executor::Task;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The code of a call that has returned.
const RETURNED: u32 = 2;

/// In the last four bits of what came of reading and writing.
const STATUS: u32 = 0xf;
const DONE: u32 = 0;
const CLOSED: u32 = 1;

/// A running instance. It ends when it is dropped.
pub(crate) struct Running {
    remote: Arc<Remote>,
    death: watch::Receiver<Option<(Death, Died)>>,
    /// Whether a call of it has succeeded.
    succeeded: Arc<AtomicBool>,
    _task: Task<()>,
}

/// When it died.
type Died = std::time::Instant;

/// A call that goes on in an instance, beside others.
pub(crate) struct Launched {
    underway: Underway,
    reach: Reach,
    spawn: Arc<Spawn>,
    function: u32,
    limit: Duration,
    succeeded: Arc<AtomicBool>,
}

/// What goes on in an instance. If nobody waits for it any more it is cancelled, and others go on.
struct Underway {
    remote: Arc<Remote>,
    ongoing: Ongoing,
    has_ended: bool,
}

/// By which an instance is reached, wherever it is.
#[derive(Clone)]
struct Reach {
    remote: Arc<Remote>,
    death: watch::Receiver<Option<(Death, Died)>>,
}

/// The streams and futures of an instance.
pub(crate) struct Streams {
    reach: Reach,
    spawn: Arc<Spawn>,
}

/// What came of reading or writing.
pub(crate) struct Transferred {
    pub(crate) count: u32,
    pub(crate) closed: bool,
    pub(crate) elements: Vec<u8>,
}

impl Running {
    /// Starts an instance.
    pub(crate) async fn start(spawn: &Spawn, limit: Duration) -> Result<Self, Death> {
        let (desk, remote) = Desk::new();
        let (store, instance) = Live::instance_of(spawn, limit, desk.clone()).await?;
        let driver = Driver::new(store, &instance, CONCURRENT, desk)?;
        let (sender, death) = watch::channel(None);
        let waits = spawn.host.waits.clone();
        let run = async move {
            let (mut store, result) = driver.run(&waits).await;
            let death = result.err().map(|death| death.explained(store.data_mut()));
            // Whoever learns of the death finds that the instance is gone.
            drop(store);
            let death = death.unwrap_or(Death::trap("nobody holds it any more"));
            let _ = sender.send(Some((death, Died::now())));
        };
        let task = spawn.host.pool.spawn(Use::Shared, run);
        Ok(Running {
            remote: Arc::new(remote),
            death,
            succeeded: Arc::default(),
            _task: task.map_err(|error| Death::trap(error.to_string()))?,
        })
    }

    /// What it died of, if it did, and when.
    pub(crate) fn death(&self) -> Option<(Death, Died)> {
        self.death.borrow().clone()
    }

    /// Whether a call of it has succeeded.
    pub(crate) fn has_succeeded(&self) -> bool {
        self.succeeded.load(Ordering::Relaxed)
    }

    fn reach(&self) -> Reach {
        Reach {
            remote: self.remote.clone(),
            death: self.death.clone(),
        }
    }

    /// Begins a call.
    pub(crate) fn launch(
        &self,
        spawn: &Arc<Spawn>,
        limit: Duration,
        function: u32,
        arguments: Vec<u8>,
    ) -> Launched {
        let call = Operation::Call {
            function,
            arguments,
        };
        Launched {
            underway: Underway::begin(&self.remote, call, limit),
            reach: self.reach(),
            spawn: spawn.clone(),
            function,
            limit,
            succeeded: self.succeeded.clone(),
        }
    }

    pub(crate) fn streams(&self, spawn: &Arc<Spawn>) -> Streams {
        Streams {
            reach: self.reach(),
            spawn: spawn.clone(),
        }
    }
}

impl Reach {
    /// What the instance has died of.
    async fn death(&mut self) -> Death {
        let gone = || Death::trap("its call was given up");
        match self.death.wait_for(Option::is_some).await {
            Ok(death) => death.as_ref().map_or_else(gone, |(death, _)| death.clone()),
            Err(_) => gone(),
        }
    }
}

impl Launched {
    /// Waits for the end of the call. The instance may die of it, or of another one.
    pub(crate) async fn finish(mut self) -> Result<Vec<u8>, CallError> {
        match self.underway.ended().await {
            Some(Ended {
                code: RETURNED,
                data,
            }) => {
                self.succeeded.store(true, Ordering::Relaxed);
                self.within_limit(data)
            }
            Some(_) => Err(self.spawn.given_up()),
            None => {
                let source = self.spawn.source_name.to_string();
                let function = self.spawn.plan.world.function_name(self.function);
                let death = self.reach.death().await;
                Err(death.in_call(source, function, self.limit))
            }
        }
    }

    fn within_limit(&self, result: Vec<u8>) -> Result<Vec<u8>, CallError> {
        let length = result.len() as u64;
        match length <= self.spawn.limits.result_bytes {
            true => Ok(result),
            false => Err(self.spawn.too_large(self.function, length)),
        }
    }
}

impl Underway {
    /// Begins something, of which the instance dies if it takes longer than it may.
    fn begin(remote: &Arc<Remote>, operation: Operation, limit: Duration) -> Self {
        Underway {
            remote: remote.clone(),
            ongoing: remote.begin(operation, Instant::now().checked_add(limit)),
            has_ended: false,
        }
    }

    /// Waits for its end; nothing if the instance died before.
    async fn ended(&mut self) -> Option<Ended> {
        let ended = self.ongoing.ended().await;
        self.has_ended = true;
        ended
    }

    fn cancel(&self) {
        self.remote.cancel(self.ongoing.number);
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        if !self.has_ended {
            self.cancel();
        }
    }
}

impl Streams {
    /// Makes a stream or a future: its reader and its writer.
    pub(crate) async fn make(&mut self, kind: u32) -> Result<(u32, u32), CallError> {
        self.size(kind)?;
        let deadline = Instant::now().checked_add(self.spawn.limits.deadline);
        match self.reach.remote.make(kind, deadline).await {
            Some(ends) => Ok(ends),
            None => Err(self.died().await),
        }
    }

    pub(crate) async fn read(
        &mut self,
        kind: u32,
        reader: u32,
        most: u32,
    ) -> Result<Transferred, CallError> {
        // An element takes no less than its part of the array.
        let fits = self.spawn.limits.result_bytes / self.size(kind)?;
        let most = most.min(u32::try_from(fits).unwrap_or(u32::MAX)).max(1);
        self.transfer(kind, Operation::Read { kind, reader, most })
            .await
    }

    pub(crate) async fn write(
        &mut self,
        kind: u32,
        writer: u32,
        count: u32,
        elements: Vec<u8>,
    ) -> Result<Transferred, CallError> {
        let needed = u64::from(count) * self.size(kind)?;
        if (elements.len() as u64) < needed && self.element_size(kind) > 0 {
            return Err(CallError::Protocol {
                message: format!(
                    "{count} elements take {needed} bytes, the caller passed {}",
                    elements.len()
                ),
            });
        }
        let (length, most) = (elements.len() as u64, self.spawn.limits.argument_bytes);
        Exceeded::check(Limit::Arguments, length, most).map_err(|it| self.exceeded(it))?;
        let write = Operation::Write {
            kind,
            writer,
            count,
            elements,
        };
        self.transfer(kind, write).await
    }

    pub(crate) fn drop_reader(&self, kind: u32, reader: u32) {
        if self.size(kind).is_ok() {
            self.reach.remote.drop_reader(kind, reader);
        }
    }

    pub(crate) fn drop_writer(&self, kind: u32, writer: u32) {
        if self.size(kind).is_ok() {
            self.reach.remote.drop_writer(kind, writer);
        }
    }

    /// Waits for the end of something for no longer than a call may take. What took longer is
    /// cancelled; what was done of it by then is done.
    async fn transfer(
        &mut self,
        kind: u32,
        operation: Operation,
    ) -> Result<Transferred, CallError> {
        let limit = self.spawn.limits.deadline;
        let waits = self.spawn.host.waits.clone();
        // Of an instance that does not even stop in as much time again nothing is to be hoped for.
        let most = limit.saturating_mul(2);
        let mut underway = Underway::begin(&self.reach.remote, operation, most);
        let no_timer = |error: std::io::Error| CallError::Protocol {
            message: format!("there is no timer: {error}"),
        };
        let ended = waits.within(limit, underway.ended()).await;
        let (ended, late) = match ended.map_err(no_timer)? {
            Some(ended) => (ended, false),
            None => {
                underway.cancel();
                (underway.ended().await, true)
            }
        };
        let Some(Ended { code, data }) = ended else {
            return Err(self.died().await);
        };
        let is_future = self.spawn.plan.world.transmits().kinds()[kind as usize].is_future;
        let count = match is_future {
            true => u32::from(code & STATUS == DONE),
            false => code >> 4,
        };
        if late && count == 0 {
            return Err(self.exceeded(Exceeded::time(Limit::Transfer, limit)));
        }
        Ok(Transferred {
            count,
            closed: code & STATUS == CLOSED,
            elements: data,
        })
    }

    async fn died(&mut self) -> CallError {
        let limit = self.spawn.limits.deadline;
        let source = self.spawn.source_name.to_string();
        let death = self.reach.death().await;
        death.in_call(source, "a stream".into(), limit)
    }

    fn exceeded(&self, exceeded: Exceeded) -> CallError {
        CallError::Limit {
            source_name: self.spawn.source_name.to_string(),
            function: "a stream".into(),
            exceeded,
        }
    }

    /// How many bytes an element of a kind takes; at least one.
    fn size(&self, kind: u32) -> Result<u64, CallError> {
        let kinds = self.spawn.plan.world.transmits().kinds();
        match (kind as usize) < kinds.len() {
            true => Ok(self.element_size(kind).max(1)),
            false => Err(CallError::Protocol {
                message: format!("the world has no kind of stream number {kind}"),
            }),
        }
    }

    fn element_size(&self, kind: u32) -> u64 {
        self.spawn.plan.world.element_size(kind)
    }
}
