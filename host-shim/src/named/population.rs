//! Which names have live instances, and which of these give way to others.

use super::{Named, Slot, Stay};
use crate::instance::Spawn;
use crate::lock::lock;
use crate::policy::{Exceeded, Limit};
use crate::seeing::Counters;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::Mutex as AsyncMutex;

/// Named instances, by their names.
pub(super) struct Population {
    counters: Arc<Counters>,
    by_name: Mutex<HashMap<Arc<str>, Arc<Named>>>,
    ids: AtomicU64,
}

impl Population {
    pub(super) fn new(counters: Arc<Counters>) -> Self {
        Population {
            counters,
            by_name: Mutex::default(),
            ids: AtomicU64::new(0),
        }
    }

    /// What stands behind a name, if only from now on.
    pub(super) fn find(&self, spawn: &Arc<Spawn>, stay: Stay) -> Arc<Named> {
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
    pub(super) fn make_room(&self, new: &Named) -> Result<(), Exceeded> {
        let by_name = lock(&self.by_name);
        let of_source = by_name
            .values()
            .filter(|named| named.stay.source == new.stay.source && named.id != new.id);
        let mut live: Vec<_> = of_source.filter(|named| named.counts()).collect();
        let most = usize::try_from(new.stay.most).unwrap_or(usize::MAX);
        if live.len() >= most {
            // Others use theirs meanwhile.
            live.sort_by_cached_key(|named| named.last_used());
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
        named.set_counts(false);
        slot.mourn();
        if let Some(instance) = slot.instance.take() {
            self.counters.evicted();
            tracing::info!(
                source = &*named.name,
                "an idle instance ended, with its state"
            );
            // Last, so that whoever sees that it has ended sees of what.
            drop(instance);
        }
        true
    }

    /// Gives up the instances of some names: who loads one of these from now on gets a fresh one. Those
    /// who hold the old one keep it as long as they do. Returns the names of those that lived.
    pub(super) fn retire(&self, is_meant: impl Fn(&str) -> bool) -> Vec<Arc<str>> {
        let mut by_name = lock(&self.by_name);
        let retired = by_name.extract_if(|name, _| is_meant(name));
        let live = retired.filter(|(_, named)| named.counts());
        live.map(|(name, _)| name).collect()
    }

    /// Ends what was idle for too long, and forgets names that nobody has.
    pub(super) fn sweep(&self) {
        let mut by_name = lock(&self.by_name);
        for named in by_name.values() {
            let idle = named.stay.idle;
            if named.counts() && idle.is_some_and(|idle| named.last_used().elapsed() >= idle) {
                self.evict(named);
            }
        }
        by_name.retain(|_, named| named.counts() || Arc::strong_count(named) > 1);
    }
}
