//! The table of the resources that this guest implements for an instance.

use slab::Slab;
use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What implements a resource.
pub(crate) type Value = dyn Any + Send + Sync;

/// The resources that an instance was given, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Implemented(Mutex<Slab<Arc<Value>>>);

impl Implemented {
    fn values(&self) -> MutexGuard<'_, Slab<Arc<Value>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn insert(&self, value: Arc<Value>) -> u32 {
        // There are never as many as a number can tell apart.
        u32::try_from(self.values().insert(value)).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(&self, number: u32) -> Option<Arc<Value>> {
        self.values().get(number as usize).cloned()
    }

    /// Takes a resource back. It is dropped by whoever calls, when the table is free again.
    pub(crate) fn remove(&self, number: u32) -> Option<Arc<Value>> {
        self.values().try_remove(number as usize)
    }

    /// Drops all of them, since the instance is no more.
    pub(crate) fn clear(&self) {
        let values = std::mem::take(&mut *self.values());
        drop(values);
    }
}
