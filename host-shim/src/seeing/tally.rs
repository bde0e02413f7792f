//! The calls of all instances, counted without a place that all threads write to.

use super::Counters;
use crate::lock::lock;
use slab::Slab;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// How many calls there were.
#[derive(Debug, Default)]
pub(super) struct Calls(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    /// Of instances that live.
    live: Slab<Arc<AtomicU64>>,
    /// Of those that are gone.
    gone: u64,
}

/// The calls of one instance.
pub(crate) struct Tally {
    counters: Arc<Counters>,
    key: usize,
    calls: Arc<AtomicU64>,
}

impl Calls {
    pub(super) fn sum(&self) -> u64 {
        let counted = lock(&self.0);
        let live = counted.live.iter();
        let live = live.map(|(_, calls)| calls.load(Ordering::Relaxed));
        counted.gone + live.sum::<u64>()
    }
}

impl Tally {
    pub(crate) fn new(counters: Arc<Counters>) -> Self {
        let calls = Arc::<AtomicU64>::default();
        let key = lock(&counters.calls.0).live.insert(calls.clone());
        Tally {
            counters,
            key,
            calls,
        }
    }

    /// Counts so many calls more.
    pub(crate) fn called(&mut self, times: u64) {
        // Nobody else writes, so that it need not be done at once.
        let before = self.calls.load(Ordering::Relaxed);
        self.calls.store(before + times, Ordering::Relaxed);
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let mut counted = lock(&self.counters.calls.0);
        let calls = counted.live.remove(self.key);
        counted.gone += calls.load(Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_stay_counted_when_their_instances_are_gone() {
        let counters = Arc::new(Counters::default());
        let calls = || counters.snapshot().calls;
        let mut first = Tally::new(counters.clone());
        let mut second = Tally::new(counters.clone());
        first.called(2);
        second.called(3);
        assert_eq!(calls(), 5);
        drop(first);
        assert_eq!(calls(), 5);
        let mut third = Tally::new(counters.clone());
        third.called(1);
        second.called(1);
        assert_eq!(calls(), 7);
        drop((second, third));
        assert_eq!(calls(), 7);
    }
}
