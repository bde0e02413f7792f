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
    /// By the instance: the root of the chain whose turn it is.
    holders: HashMap<u64, u64>,
    /// By the root of a chain: the instance that it waits for. A chain waits for one at a time.
    waiting: HashMap<u64, Wait>,
}

struct Wait {
    id: u64,
    name: Arc<str>,
}

/// A turn with a named instance. It ends when this is dropped.
pub(super) struct Turn {
    // Dropped first: the holder is forgotten before the next one gets its turn.
    _holding: Holding,
    named: Arc<Named>,
    pub(super) slot: OwnedMutexGuard<Slot>,
}

/// However a turn ends, what counts is whether there is an instance then.
impl Drop for Turn {
    fn drop(&mut self) {
        self.named.set_counts(self.slot.is_alive());
    }
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
    /// The chain of those that would wait for each other, or what it waited for too long. Of other
    /// chains no name is told, since whoever waits may not be allowed to know it.
    pub(super) async fn wait(
        self: &Arc<Self>,
        named: &Arc<Named>,
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
            Ok(None) => Err(vec![named.name.to_string()]),
            Err(error) => Err(vec![error.to_string()]),
        }
    }

    fn begin(
        self: &Arc<Self>,
        named: &Arc<Named>,
        chain: &Chain,
        slot: OwnedMutexGuard<Slot>,
    ) -> Turn {
        lock(&self.0).holders.insert(named.id, chain.root());
        let _holding = Holding {
            turns: self.clone(),
            id: named.id,
        };
        Turn {
            _holding,
            named: named.clone(),
            slot,
        }
    }

    /// Notes that a chain waits, if nobody that it waits for waits for it.
    fn queue(self: &Arc<Self>, named: &Named, chain: &Chain) -> Result<Waiting, Vec<String>> {
        let mut graph = lock(&self.0);
        if let Some(end) = graph.way_back(named.id, chain.root()) {
            let mut circle = chain.names();
            circle.push(named.name.to_string());
            circle.extend(end.map(str::to_owned));
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
    /// Whether there is a way from an instance that is asked for back to the chain that asks, and the
    /// instance of this chain in which it ends, if that is another. Those between them are not the
    /// chain's to know. None is longer than there are holders, because nobody who would have closed
    /// a circle was let in.
    fn way_back(&self, asked: u64, root: u64) -> Option<Option<&str>> {
        let (mut id, mut end) = (asked, None);
        for _ in 0..=self.holders.len() {
            let holder = self.holders.get(&id)?;
            if *holder == root {
                return Some(end);
            }
            let wait = self.waiting.get(holder)?;
            (id, end) = (wait.id, Some(&*wait.name));
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

#[cfg(test)]
mod tests {
    use super::{Graph, Wait};

    #[test]
    fn of_a_circle_only_its_ends_are_told() {
        let wait = |id, name: &str| Wait {
            id,
            name: name.into(),
        };
        // The first chain has 1, and the others what the one before them waits for.
        let graph = Graph {
            holders: [(1, 10), (2, 20), (3, 30)].into(),
            waiting: [(20, wait(3, "secret")), (30, wait(1, "mine"))].into(),
        };
        assert_eq!(graph.way_back(2, 10), Some(Some("mine")));
        assert_eq!(graph.way_back(1, 10), Some(None));
        assert_eq!(graph.way_back(2, 40), None);
    }
}
