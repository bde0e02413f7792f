//! When what goes on in an instance has to have ended.

use crate::lock::lock;
use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::task::{Context, Waker};
use tokio::time::Instant;

/// The deadlines of an instance's operations, from when these are begun: whether the bridge has taken
/// notice of them by then is up to the plugin.
#[derive(Default)]
pub(super) struct Deadlines(Mutex<State>);

#[derive(Default)]
struct State {
    in_order: BTreeSet<(Instant, u64)>,
    of_operations: HashMap<u64, Instant>,
    /// Who looks at the first of them.
    watcher: Option<Waker>,
}

impl Deadlines {
    /// Sets that of an operation which is begun, if that is a time.
    pub(super) fn set(&self, operation: u64, deadline: Option<Instant>) {
        let Some(deadline) = deadline else {
            return;
        };
        let mut state = lock(&self.0);
        state.of_operations.insert(operation, deadline);
        state.in_order.insert((deadline, operation));
        let is_first = state.in_order.first() == Some(&(deadline, operation));
        if is_first && let Some(watcher) = state.watcher.take() {
            watcher.wake();
        }
    }

    /// Forgets that of an operation which has ended.
    pub(super) fn forget(&self, operation: u64) {
        let mut state = lock(&self.0);
        if let Some(deadline) = state.of_operations.remove(&operation) {
            state.in_order.remove(&(deadline, operation));
        }
    }

    /// The first; whoever asks is woken when there is an earlier one.
    pub(super) fn first(&self, context: &mut Context<'_>) -> Option<Instant> {
        let mut state = lock(&self.0);
        state.watcher = Some(context.waker().clone());
        state.in_order.first().map(|(deadline, _)| *deadline)
    }
}
