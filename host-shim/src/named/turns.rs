//! Whose turn it is with each named instance.
//!
//! Turns are given in the order in which they were asked for. Who asks for one holds others at the
//! same time, if the call comes from within a named instance. So before a call waits it is checked
//! that nobody it would wait for waits for it in turn.

use super::{Named, Slot};
use crate::chain::Chain;
use crate::lock::lock;
use crate::waits::Waits;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

/// Who has turns, and who waits for one.
#[derive(Default)]
pub(super) struct Turns(Mutex<Graph>);

#[derive(Default)]
struct Graph {
    /// By the instance: whose turn it is.
    holders: HashMap<u64, Holder>,
    /// By the root of a chain: the instance that it waits for. A chain waits for one at a time.
    waiting: HashMap<u64, Wait>,
}

struct Holder {
    root: u64,
    /// The instances that the holder's call has passed through, this one the last.
    names: Vec<String>,
}

struct Wait {
    id: u64,
    name: Arc<str>,
}

/// A turn with a named instance. It ends when this is dropped.
pub(super) struct Turn {
    // Dropped first: the holder is forgotten before the next one gets its turn.
    _holding: Holding,
    pub(super) slot: OwnedMutexGuard<Slot>,
}

/// That a chain holds an instance; until it is dropped.
struct Holding {
    turns: Arc<Turns>,
    id: u64,
}

impl Turns {
    /// Waits for a turn, for at most so long.
    ///
    /// # Errors
    /// The chain of those that would wait for each other, or wait for too long.
    pub(super) async fn wait(
        self: &Arc<Self>,
        named: &Named,
        chain: &Chain,
        limit: Duration,
        waits: &Waits,
    ) -> Result<Turn, Vec<String>> {
        if let Ok(slot) = named.slot.clone().try_lock_owned() {
            return Ok(self.begin(named, chain, slot));
        }
        let _waiting = self.queue(named, chain)?;
        let slot = waits.within(limit, named.slot.clone().lock_owned()).await;
        match slot {
            Ok(Some(slot)) => Ok(self.begin(named, chain, slot)),
            Ok(None) => Err(self.holder(named)),
            Err(error) => Err(vec![error.to_string()]),
        }
    }

    /// Who has the instance that somebody waited for in vain.
    fn holder(&self, named: &Named) -> Vec<String> {
        let graph = lock(&self.0);
        let holder = graph.holders.get(&named.id);
        holder.map_or_else(|| vec![named.name.to_string()], |it| it.names.clone())
    }

    fn begin(self: &Arc<Self>, named: &Named, chain: &Chain, slot: OwnedMutexGuard<Slot>) -> Turn {
        let mut names = chain.names();
        names.push(named.name.to_string());
        let root = chain.root();
        let holder = Holder { root, names };
        lock(&self.0).holders.insert(named.id, holder);
        let _holding = Holding {
            turns: self.clone(),
            id: named.id,
        };
        Turn { _holding, slot }
    }

    /// Notes that a chain waits, if nobody that it waits for waits for it.
    fn queue(self: &Arc<Self>, named: &Named, chain: &Chain) -> Result<Waiting, Vec<String>> {
        let mut graph = lock(&self.0);
        if let Some(way) = graph.way_back(named.id, chain.root()) {
            let mut circle = chain.names();
            circle.push(named.name.to_string());
            circle.extend(way);
            return Err(circle);
        }
        let wait = Wait {
            id: named.id,
            name: named.name.clone(),
        };
        graph.waiting.insert(chain.root(), wait);
        Ok(Waiting {
            turns: self.clone(),
            root: chain.root(),
        })
    }
}

impl Graph {
    /// The instances on the way from one that is asked for back to the chain that asks, if there is
    /// a way. None is longer than there are holders, because nobody who would have closed a circle
    /// was let in.
    fn way_back(&self, asked: u64, root: u64) -> Option<Vec<String>> {
        let mut way = Vec::new();
        let mut id = asked;
        for _ in 0..=self.holders.len() {
            let holder = self.holders.get(&id)?;
            if holder.root == root {
                return Some(way);
            }
            let wait = self.waiting.get(&holder.root)?;
            way.push(wait.name.to_string());
            id = wait.id;
        }
        None
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        lock(&self.turns.0).holders.remove(&self.id);
    }
}

/// That a chain waits; until it is dropped.
struct Waiting {
    turns: Arc<Turns>,
    root: u64,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        lock(&self.turns.0).waiting.remove(&self.root);
    }
}
