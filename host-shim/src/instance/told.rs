//! Whether a caller knows that an instance has died.

use std::sync::atomic::{AtomicU64, Ordering};

/// From which on of the calls that a caller starts it knows of the end of a life of its instance. The
/// calls before that were meant for this life, and must not be made of one that comes after it, where
/// handles of resources have the same numbers.
#[derive(Debug)]
pub(crate) struct Told(AtomicU64);

impl Default for Told {
    fn default() -> Self {
        Told(AtomicU64::new(u64::MAX))
    }
}

impl Told {
    /// The caller knows it from the call on that it starts as this one, counted from 0.
    pub(crate) fn tell(&self, from: u64) {
        self.0.fetch_min(from, Ordering::Relaxed);
    }

    /// The caller does not know it after all, since it has not seen the end of the call yet.
    pub(crate) fn take_back(&self) {
        self.0.store(u64::MAX, Ordering::Relaxed);
    }

    pub(super) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed) != u64::MAX
    }

    /// Whether the caller knew it when it started a call.
    pub(super) fn was_told_before(&self, call: u64) -> bool {
        self.0.load(Ordering::Relaxed) <= call
    }
}
