//! Locks, for values that a stage's services share with the pipeline.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a value. A panic elsewhere does not make it wrong.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
