//! What the shim holds at a moment, counted as it happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a shim holds at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Snapshot {
    /// Live instances.
    pub instances: u64,
    /// The linear memory of all live instances, in bytes.
    pub memory_bytes: u64,
    /// Instances that died of a trap or a deadline since the shim was built.
    pub deaths: u64,
    /// Components that were compiled, or taken from the cache on disk, since then.
    pub compilations: u64,
}

/// The counters behind [`Snapshot`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    instances: AtomicU64,
    memory_bytes: AtomicU64,
    deaths: AtomicU64,
    compilations: AtomicU64,
}

impl Counters {
    pub(crate) fn died(&self) {
        self.deaths.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn compiled(&self) {
        self.compilations.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            instances: self.instances.load(Ordering::Relaxed),
            memory_bytes: self.memory_bytes.load(Ordering::Relaxed),
            deaths: self.deaths.load(Ordering::Relaxed),
            compilations: self.compilations.load(Ordering::Relaxed),
        }
    }
}

/// The share of one instance in the counters; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Meter {
    counters: Arc<Counters>,
    memory_bytes: u64,
    last_growth: u64,
}

impl Meter {
    pub(crate) fn new(counters: Arc<Counters>) -> Self {
        counters.instances.fetch_add(1, Ordering::Relaxed);
        Meter {
            counters,
            memory_bytes: 0,
            last_growth: 0,
        }
    }

    pub(crate) fn memory_grew(&mut self, bytes: u64) {
        self.last_growth = bytes;
        self.memory_bytes += bytes;
        self.counters
            .memory_bytes
            .fetch_add(bytes, Ordering::Relaxed);
    }

    /// Takes the last growth back.
    pub(crate) fn memory_did_not_grow(&mut self) {
        let bytes = std::mem::take(&mut self.last_growth);
        self.memory_bytes -= bytes;
        self.counters
            .memory_bytes
            .fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.counters.instances.fetch_sub(1, Ordering::Relaxed);
        self.counters
            .memory_bytes
            .fetch_sub(self.memory_bytes, Ordering::Relaxed);
    }
}
