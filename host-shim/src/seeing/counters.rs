//! What the shim holds at a moment, counted as it happens.

use super::tally::Calls;
use crate::policy::{Exceeded, Limit};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a shim holds at one moment, and what it has done since it was built.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Snapshot {
    /// Live instances.
    pub instances: u64,
    /// The linear memory of all live instances, in bytes.
    pub memory_bytes: u64,
    /// Calls that entered an instance.
    pub calls: u64,
    /// Instances that died of a trap, a deadline or a limit.
    pub deaths: u64,
    /// Named instances that ended because they were idle.
    pub evictions: u64,
    /// Components that were compiled, or taken from the cache on disk.
    pub compilations: u64,
}

/// The counters behind [`Snapshot`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    instances: AtomicU64,
    memories: AtomicU64,
    memory_bytes: AtomicU64,
    pub(super) calls: Calls,
    deaths: AtomicU64,
    evictions: AtomicU64,
    compilations: AtomicU64,
}

impl Counters {
    pub(crate) fn died(&self) {
        self.deaths.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn evicted(&self) {
        self.evictions.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn compiled(&self) {
        self.compilations.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            // First, as it is counted last: what an instance held is gone when it is.
            instances: self.instances.load(Ordering::Acquire),
            memory_bytes: self.memory_bytes.load(Ordering::Relaxed),
            calls: self.calls.sum(),
            deaths: self.deaths.load(Ordering::Relaxed),
            evictions: self.evictions.load(Ordering::Relaxed),
            compilations: self.compilations.load(Ordering::Relaxed),
        }
    }
}

/// The share of one instance in the counters; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Meter {
    counters: Arc<Counters>,
    memories: u64,
    memory_bytes: u64,
    last: Growth,
}

/// What a growth has added.
#[derive(Debug, Default)]
struct Growth {
    memories: u64,
    bytes: u64,
}

impl Meter {
    /// Counts one more instance, unless there are as many as there may be.
    pub(crate) fn new(counters: Arc<Counters>, most: u64) -> Result<Self, Exceeded> {
        let before = counters.instances.fetch_add(1, Ordering::Relaxed);
        let meter = Meter {
            counters,
            memories: 0,
            memory_bytes: 0,
            last: Growth::default(),
        };
        Exceeded::check(Limit::Instances, before + 1, most)?;
        Ok(meter)
    }

    /// The linear memory of the instance, in bytes.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// Counts what a memory grows by, and one more memory if it grows from nothing, unless there are as
    /// many as there may be in all.
    pub(crate) fn memory_grows(
        &mut self,
        from_nothing: bool,
        bytes: u64,
        most: u64,
    ) -> Result<(), Exceeded> {
        let memories = u64::from(from_nothing);
        self.last = Growth { memories, bytes };
        self.memories += memories;
        self.memory_bytes += bytes;
        self.counters
            .memory_bytes
            .fetch_add(bytes, Ordering::Relaxed);
        if !from_nothing {
            return Ok(());
        }
        let before = self.counters.memories.fetch_add(1, Ordering::Relaxed);
        let checked = Exceeded::check(Limit::Memories, before + 1, most);
        checked.inspect_err(|_| self.memory_did_not_grow())
    }

    /// Takes the last growth back.
    pub(crate) fn memory_did_not_grow(&mut self) {
        let Growth { memories, bytes } = std::mem::take(&mut self.last);
        self.memories -= memories;
        self.memory_bytes -= bytes;
        self.counters
            .memories
            .fetch_sub(memories, Ordering::Relaxed);
        self.counters
            .memory_bytes
            .fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.counters
            .memories
            .fetch_sub(self.memories, Ordering::Relaxed);
        self.counters
            .memory_bytes
            .fetch_sub(self.memory_bytes, Ordering::Relaxed);
        self.counters.instances.fetch_sub(1, Ordering::Release);
    }
}
