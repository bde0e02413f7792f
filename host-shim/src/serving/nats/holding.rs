//! A name that this server holds: its lease, its instance, and the calls of it.

use super::Common;
use super::asked::Asked;
use super::directory::{Directory, Lease, NotRenewed, Taken};
use super::plugin::Plugin;
use super::slot::Slot;
use crate::backends::nats::{INSTANCE, tokens};
use crate::error::CallError;
use crate::lock::lock;
use crate::pool::Use;
use async_nats::Subscriber;
use futures::StreamExt;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex as AsyncMutex, Notify, OwnedSemaphorePermit, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How often to look whether an instance is idle.
const ROUND: Duration = Duration::from_millis(100);

/// How soon to try again to renew a lease.
const AGAIN: Duration = Duration::from_millis(50);

/// How far a holding is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Status {
    Begins,
    Held,
    /// Another server holds it.
    Elsewhere(String),
    /// It is over, or has not begun, and why.
    Over(String),
}

/// A name that this server holds, or is about to.
pub(super) struct Holding {
    common: Arc<Common>,
    plugin: Arc<Plugin>,
    pub(super) name: Arc<str>,
    /// Tells it apart from others that had or will have its name.
    pub(super) id: u64,
    /// After which time without a call it ends.
    idle: Option<Duration>,
    status: watch::Sender<Status>,
    used: Mutex<Instant>,
    calls: AtomicUsize,
    gives_way: Notify,
}

/// What is left to do when a name is held no more.
struct Held {
    name: Arc<str>,
    common: Arc<Common>,
    directory: Arc<Directory>,
    lease: Arc<Lease>,
    slot: Arc<AsyncMutex<Slot>>,
    /// Is told when the instance is gone.
    ended: Arc<Notify>,
}

impl Holding {
    pub(super) fn new(
        common: Arc<Common>,
        plugin: Arc<Plugin>,
        name: Arc<str>,
        id: u64,
        idle: Option<Duration>,
    ) -> Self {
        Holding {
            common,
            plugin,
            name,
            id,
            idle,
            status: watch::channel(Status::Begins).0,
            used: Mutex::new(Instant::now()),
            calls: AtomicUsize::new(0),
            gives_way: Notify::new(),
        }
    }

    /// Waits until it is known which server holds the name, and gives that one.
    ///
    /// # Errors
    /// Why none does.
    pub(super) async fn server(&self) -> Result<String, String> {
        let mut status = self.status.subscribe();
        let status = status.wait_for(|status| *status != Status::Begins).await;
        match status.as_deref() {
            Ok(Status::Held) => Ok(self.common.server.clone()),
            Ok(Status::Elsewhere(server)) => Ok(server.clone()),
            Ok(Status::Over(reason)) => Err(reason.clone()),
            Ok(Status::Begins) | Err(_) => Err("its server ends".into()),
        }
    }

    /// When it was used last, if no call of it goes on.
    pub(super) fn unused_since(&self) -> Option<Instant> {
        let is_unused = self.calls.load(Ordering::Relaxed) == 0;
        (is_unused && *self.status.borrow() == Status::Held).then(|| *lock(&self.used))
    }

    /// Ends it, if no call of it goes on.
    pub(super) fn give_way(&self) {
        self.gives_way.notify_one();
    }

    /// Holds the name as long as that may be.
    pub(super) async fn hold(self: Arc<Self>, directory: Arc<Directory>) {
        let end = match self.begin(&directory).await {
            Ok(Ok((held, mut calls))) => {
                self.status.send_replace(Status::Held);
                let ended = held.ended.clone();
                let reason = self.keep(held, &mut calls).await;
                self.status.send_replace(Status::Over(reason.clone()));
                self.turn_away(calls).await;
                // Before that, the name cannot be held here again.
                ended.notified().await;
                Status::Over(reason)
            }
            Ok(Err(by)) => Status::Elsewhere(by),
            Err(reason) => Status::Over(reason),
        };
        tracing::debug!(source = &*self.name, ?end, "a name is not held here");
        self.status.send_replace(end);
    }

    /// Tells those who have called too late to look elsewhere.
    async fn turn_away(&self, mut calls: Subscriber) {
        let _ = calls.unsubscribe().await;
        while let Some(message) = calls.next().await {
            let asked = Asked::of_subject(&self.common.link.client, message);
            let away = "its server holds the name no more";
            let error = self.plugin.unavailable(away, false);
            asked.answer(Err(error), None).await;
        }
    }

    /// Takes the name; or tells which server has it.
    async fn begin(
        &self,
        directory: &Arc<Directory>,
    ) -> Result<Result<(Held, Subscriber), String>, String> {
        let tokens = tokens(&self.name);
        let lease = match directory.take(&tokens).await? {
            Taken::Lease(lease) => Arc::new(lease),
            Taken::Held { by } => return Ok(Err(by)),
        };
        let Common {
            server,
            link,
            subjects,
            ..
        } = &*self.common;
        let slot = Slot::new(
            self.plugin.clone(),
            self.name.clone(),
            format!("{server}.{}", self.id),
        );
        let held = Held {
            name: self.name.clone(),
            common: self.common.clone(),
            directory: directory.clone(),
            lease,
            slot: Arc::new(AsyncMutex::new(slot)),
            ended: Arc::default(),
        };
        held.common.holding.send_modify(|count| *count += 1);
        tracing::info!(source = &*self.name, server = &**server, "a name is held");
        let calls = link.client.subscribe(subjects.held(server, &tokens)).await;
        let calls = calls.map_err(|error| error.to_string())?;
        link.client
            .flush()
            .await
            .map_err(|error| error.to_string())?;
        Ok(Ok((held, calls)))
    }

    /// Serves the calls of the name, until the lease ends or nobody needs it; why.
    async fn keep(self: &Arc<Self>, held: Held, calls: &mut Subscriber) -> String {
        let mut serving = JoinSet::new();
        let (directory, lease) = (held.directory.clone(), held.lease.clone());
        let mut renewing = pin!(renewals(&directory, &lease));
        loop {
            tokio::select! {
                reason = &mut renewing => return reason,
                () = self.gives_way.notified() => {
                    if self.unused_since().is_some() {
                        return "it was not called for the longest time, and others are".into();
                    }
                }
                () = sleep(ROUND), if self.idle.is_some() => {
                    let unused = self.unused_since().map(|since| since.elapsed());
                    if let (Some(unused), Some(idle)) = (unused, self.idle) && unused >= idle {
                        return "it was idle".into();
                    }
                }
                message = calls.next() => {
                    let Some(message) = message else {
                        return "the connection ended".into();
                    };
                    let asked = Asked::of_subject(&self.common.link.client, message);
                    match self.common.room.clone().try_acquire_owned() {
                        Ok(place) => {
                            let (lease, slot) = (lease.clone(), held.slot.clone());
                            let call = Counted::new(self);
                            serving.spawn(call.serve(asked, lease, slot, place));
                        }
                        // To wait here would be to miss the end of the lease.
                        Err(_) => drop(serving.spawn(asked.answer(Err(self.common.full()), None))),
                    }
                }
            }
            // Those that have ended.
            while serving.try_join_next().is_some() {}
        }
    }

    async fn answer(
        &self,
        asked: &Asked,
        lease: &Lease,
        slot: Arc<AsyncMutex<Slot>>,
        instance: &mut Option<String>,
    ) -> Result<Vec<u8>, CallError> {
        let Some(message) = asked.message() else {
            let message = "nobody waits for it".into();
            return Err(CallError::Protocol { message });
        };
        let wanted = self.plugin.wanted(message)?;
        let function = wanted.function;
        let limit = self.plugin.served.limits.deadline;
        let time = wanted.time.map_or(limit, |time| time.min(limit));
        let Ok(mut slot) = timeout(time, slot.lock_owned()).await else {
            return Err(CallError::Busy {
                source_name: self.name.to_string(),
                chain: vec![self.name.to_string()],
            });
        };
        if !lease.is_valid() {
            let message = "its server holds the name no more";
            return Err(self.plugin.unavailable(message, false));
        }
        let own = slot.instance();
        *instance = Some(own.clone());
        if wanted.instance.is_some_and(|expected| expected != own) {
            return Err(CallError::Dead {
                source_name: self.name.to_string(),
                message: "the instance that was called before is gone, with its state: it died or \
                          ended, or its server was lost; nothing was called, and the next call goes \
                          to a new instance"
                    .into(),
            });
        }
        let call = async move {
            let result = slot.call(function, &wanted.arguments).await;
            (result, slot.instance())
        };
        let pool = &self.plugin.served.shim.inner.host.pool;
        let (result, own) = match pool.spawn(Use::Shared, call) {
            Ok(call) => {
                asked.begin();
                call.await
            }
            Err(error) => return Err(self.plugin.unavailable(error.to_string(), false)),
        };
        *instance = Some(own);
        self.plugin.result(function, result)
    }
}

/// Renews a lease until that fails; why.
async fn renewals(directory: &Directory, lease: &Lease) -> String {
    let mut pause = directory.pause();
    loop {
        sleep(pause.min(lease.left())).await;
        match timeout(lease.left(), directory.renew(lease)).await {
            Ok(Ok(())) => pause = directory.pause(),
            Ok(Err(NotRenewed::Lost(reason))) => return reason,
            Ok(Err(NotRenewed::Failed(reason))) if lease.is_valid() => {
                tracing::debug!(reason, "a lease was not renewed");
                pause = AGAIN;
            }
            Ok(Err(NotRenewed::Failed(_))) | Err(_) => {
                return "its lease could not be renewed in time".into();
            }
        }
    }
}

/// A call that goes on.
struct Counted(Arc<Holding>);

impl Counted {
    fn new(holding: &Arc<Holding>) -> Self {
        holding.calls.fetch_add(1, Ordering::Relaxed);
        *lock(&holding.used) = Instant::now();
        Counted(holding.clone())
    }

    async fn serve(
        self,
        asked: Asked,
        lease: Arc<Lease>,
        slot: Arc<AsyncMutex<Slot>>,
        _place: OwnedSemaphorePermit,
    ) {
        let holding = &self.0;
        let mut instance = None;
        let answer = holding.answer(&asked, &lease, slot, &mut instance).await;
        // By now another server may hold the name, and nobody may learn of two instances of it.
        let answer = match lease.is_valid() {
            true => answer,
            false => {
                let message = "its server held the name no more when the call ended";
                Err(holding.plugin.unavailable(message, asked.has_begun()))
            }
        };
        let instance = instance.map(|it| (INSTANCE, it));
        asked.answer(answer, instance).await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        *lock(&self.0.used) = Instant::now();
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Held {
    /// The lease is given up when the instance is gone. A call that computes stops at the next tick of
    /// the epoch, and has the slot until then.
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (common, directory) = (self.common.clone(), self.directory.clone());
        let (lease, slot, name) = (self.lease.clone(), self.slot.clone(), self.name.clone());
        let ended = self.ended.clone();
        runtime.spawn(async move {
            slot.lock_owned().await.end();
            let (source, server, lease_end_us) = (&*name, &*common.server, lease.end_us());
            tracing::info!(source, server, lease_end_us, "a name is held no more");
            let release = directory.release(&lease);
            if lease.is_valid() {
                // What is given up is this server's entry, so it takes the name again only after that.
                let _ = timeout(lease.left(), release).await;
                ended.notify_one();
            } else {
                ended.notify_one();
                let _ = timeout(directory.time(), release).await;
            }
            common.holding.send_modify(|count| *count -= 1);
        });
    }
}
