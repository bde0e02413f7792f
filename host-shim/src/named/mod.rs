//! Named instances: one live instance to a name, shared by all who load it.
//!
//! Calls of it take turns ([`turns`]). Its callers need not trust each other: what they pass is
//! checked before it enters, and each has numbers of its own for resources ([`handles`]). A call that
//! has begun goes on to its end even if nobody waits for it any more, since the instance belongs to
//! the others too.

mod attachment;
mod directory;
mod handles;
mod population;
mod to_its_end;
mod turns;

pub(crate) use attachment::Attachment;
pub(crate) use directory::Directory;

use crate::chain::Chain;
use crate::error::{CallError, LoadError};
use crate::instance::{Instance, Spawn};
use crate::lock::lock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Mutex as AsyncMutex;

/// How the instances of a source stay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stay {
    /// Which source it is.
    pub(crate) source: usize,
    /// After which time without a call one ends.
    pub(crate) idle: Option<Duration>,
    /// How many of them there may be.
    pub(crate) most: u64,
}

/// What stands behind a name.
struct Named {
    name: Arc<str>,
    /// Tells it apart from others that had or will have its name.
    id: u64,
    stay: Stay,
    /// The instance, for whoever's turn it is.
    slot: Arc<AsyncMutex<Slot>>,
    last_used: Mutex<Instant>,
    /// Whether it counts among the live instances of its source.
    counts: AtomicBool,
}

/// The instance behind a name, over time.
struct Slot {
    /// What the next instance is made of.
    spawn: Arc<Spawn>,
    instance: Option<Instance>,
    /// How many instances there have been.
    generation: u64,
    /// The last generation that died, and not of being idle.
    died: u64,
}

impl Named {
    fn used(&self) {
        *lock(&self.last_used) = Instant::now();
    }

    fn last_used(&self) -> Instant {
        *lock(&self.last_used)
    }

    fn counts(&self) -> bool {
        self.counts.load(Ordering::Relaxed)
    }

    fn set_counts(&self, counts: bool) {
        self.counts.store(counts, Ordering::Relaxed);
    }
}

impl Slot {
    fn is_alive(&self) -> bool {
        self.instance.as_ref().is_some_and(Instance::is_alive)
    }

    /// Makes a new instance in the place of what there is.
    async fn fill(&mut self, chain: &Chain) -> Result<(), LoadError> {
        self.mourn();
        self.instance = None;
        let limit = self.spawn.limits.deadline;
        let instance = Instance::new(self.spawn.clone(), chain, limit).await?;
        self.generation += 1;
        self.instance = Some(instance.shared());
        Ok(())
    }

    /// Notes that the instance may have died.
    fn mourn(&mut self) {
        if let Some(instance) = &mut self.instance {
            instance.settle();
            if !instance.is_alive() {
                self.died = self.generation;
            }
        }
    }

    /// Whether there has to be a new instance before a call.
    fn is_due(&mut self) -> Result<bool, CallError> {
        // It may have died between calls.
        self.mourn();
        match &self.instance {
            Some(instance) => instance.is_due(),
            None => Ok(true),
        }
    }

    /// Sees to it that there is a live instance: a new one if the last was idle for too long, or
    /// died and its source's policy wants another.
    async fn renew(&mut self, chain: &Chain) -> Result<(), CallError> {
        match &mut self.instance {
            Some(instance) => {
                if instance.revive(chain, self.spawn.limits.deadline).await? {
                    self.generation += 1;
                }
                Ok(())
            }
            None => {
                let filled = self.fill(chain).await;
                filled.map_err(|error| self.spawn.dead(&error.to_string()))
            }
        }
    }
}
