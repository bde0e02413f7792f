//! All named instances of a shim.

use super::attachment::Attachment;
use super::turns::{Turn, Turns};
use super::{Named, Slot, Stay};
use crate::chain::Chain;
use crate::error::LoadError;
use crate::instance::{Host, Spawn};
use crate::lock::lock;
use crate::policy::{Exceeded, Limit};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use tokio::sync::Mutex as AsyncMutex;

/// How often instances are looked at that may be idle.
const ROUND: Duration = Duration::from_millis(100);

/// Named instances, by their names.
pub(crate) struct Directory {
    host: Arc<Host>,
    turns: Arc<Turns>,
    by_name: Mutex<HashMap<Arc<str>, Arc<Named>>>,
    ids: AtomicU64,
    has_janitor: AtomicBool,
}

impl Directory {
    pub(crate) fn new(host: Arc<Host>) -> Self {
        Directory {
            host,
            turns: Arc::default(),
            by_name: Mutex::default(),
            ids: AtomicU64::new(0),
            has_janitor: AtomicBool::new(false),
        }
    }

    /// Attaches one more caller to the instance behind a name, which is made if there is none that
    /// lives.
    pub(crate) async fn attach(
        self: &Arc<Self>,
        spawn: Arc<Spawn>,
        stay: Stay,
        chain: &Chain,
    ) -> Result<Attachment, LoadError> {
        self.start_janitor();
        let named = self.find(&spawn, stay);
        let limit = chain.time(spawn.limits.deadline);
        let turn = self.turns.wait(&named, chain, limit, &self.host.waits);
        let mut turn = turn.await.map_err(|chain| LoadError::Busy {
            source_name: spawn.source_name.to_string(),
            chain,
        })?;
        named.used();
        if turn.slot.is_alive() {
            let live = &turn.slot.spawn.plan.world;
            if !live.is_same(&spawn.plan.world) {
                return Err(LoadError::OtherWorld {
                    source_name: spawn.source_name.to_string(),
                    world: live.world().full_name(),
                });
            }
        } else {
            self.fill(&named, &mut turn, spawn, chain).await?;
        }
        let (spawn, generation) = (turn.slot.spawn.clone(), turn.slot.generation);
        Ok(Attachment::new(named, spawn, self.turns.clone(), generation))
    }

    async fn fill(
        &self,
        named: &Arc<Named>,
        turn: &mut Turn,
        spawn: Arc<Spawn>,
        chain: &Chain,
    ) -> Result<(), LoadError> {
        let made_room = self.make_room(named);
        made_room.map_err(|exceeded| LoadError::Limit {
            source_name: named.name.to_string(),
            exceeded,
        })?;
        turn.slot.spawn = spawn;
        let filled = turn.slot.fill(chain).await;
        named.set_counts(filled.is_ok());
        filled
    }

    /// What stands behind a name, if only from now on.
    fn find(&self, spawn: &Arc<Spawn>, stay: Stay) -> Arc<Named> {
        let mut by_name = lock(&self.by_name);
        let named = by_name.entry(spawn.source_name.clone()).or_insert_with(|| {
            let slot = Slot {
                spawn: spawn.clone(),
                instance: None,
                generation: 0,
                died: 0,
            };
            Arc::new(Named {
                name: spawn.source_name.clone(),
                id: self.ids.fetch_add(1, Ordering::Relaxed),
                stay,
                slot: Arc::new(AsyncMutex::new(slot)),
                last_used: Mutex::new(Instant::now()),
                counts: AtomicBool::new(false),
            })
        });
        named.clone()
    }

    /// Counts one more instance of a source. If there are as many as there may be, the one gives
    /// way that was not called for the longest time.
    fn make_room(&self, new: &Named) -> Result<(), Exceeded> {
        let by_name = lock(&self.by_name);
        let of_source = by_name
            .values()
            .filter(|named| named.stay.source == new.stay.source && named.id != new.id);
        let mut live: Vec<_> = of_source.filter(|named| named.counts()).collect();
        let most = usize::try_from(new.stay.most).unwrap_or(usize::MAX);
        if live.len() >= most {
            live.sort_by_key(|named| named.last_used());
            let surplus = live.len() + 1 - most;
            let evicted = live.iter().filter(|named| self.evict(named)).take(surplus);
            if evicted.count() < surplus {
                return Err(Exceeded {
                    limit: Limit::NamedInstances,
                    allowed: new.stay.most,
                    found: Some(new.stay.most.saturating_add(1)),
                });
            }
        }
        new.set_counts(true);
        Ok(())
    }

    /// Ends the instance behind a name unless it is in the middle of a call.
    fn evict(&self, named: &Named) -> bool {
        let Ok(mut slot) = named.slot.try_lock() else {
            return false;
        };
        if slot.instance.take().is_some() {
            named.set_counts(false);
            self.host.counters.evicted();
            tracing::info!(source = &*named.name, "an idle instance ended, with its state");
        }
        true
    }

    /// Ends what was idle for too long, and forgets names that nobody has.
    fn sweep(&self) {
        let mut by_name = lock(&self.by_name);
        for named in by_name.values() {
            let idle = named.stay.idle;
            if named.counts() && idle.is_some_and(|idle| named.last_used().elapsed() >= idle) {
                self.evict(named);
            }
        }
        by_name.retain(|_, named| named.counts() || Arc::strong_count(named) > 1);
    }

    /// Starts the rounds in which idle instances are ended. They end with the shim.
    fn start_janitor(self: &Arc<Self>) {
        if self.has_janitor.swap(true, Ordering::Relaxed) {
            return;
        }
        let Ok(runtime) = self.host.waits.runtime() else {
            return;
        };
        let directory: Weak<Self> = Arc::downgrade(self);
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(ROUND).await;
                match directory.upgrade() {
                    Some(directory) => directory.sweep(),
                    None => break,
                }
            }
        });
    }
}
