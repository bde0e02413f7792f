//! An instance on which calls go on at the same time.
//!
//! One future owns its store and runs it: the [`Driver`]. A trap, or a call that takes longer than it
//! may, ends the store, and with it all that goes on.

mod running;
#[cfg(test)]
mod tests;

pub(super) use running::{Launched, Running};
pub(crate) use running::{Streams, Transferred};

use super::death::Death;
use crate::desk::Desk;
use crate::waits::Waits;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use tokio::time::{Instant, Sleep, sleep_until};
use wasmtime::Store;
use wasmtime::component::{Instance as WasmInstance, TypedFunc};

/// Who owns a store and runs it.
pub(crate) struct Driver<T: 'static> {
    store: Store<T>,
    run: TypedFunc<(), ()>,
    desk: Arc<Desk>,
}

impl<T: Send + 'static> Driver<T> {
    /// A driver for an instance whose bridge has the entry of this name, and whose store has this
    /// desk.
    pub(crate) fn new(
        mut store: Store<T>,
        instance: &WasmInstance,
        entry: &str,
        desk: Arc<Desk>,
    ) -> wasmtime::Result<Self> {
        let missing = || wasmtime::Error::msg("the bridge lacks an entry");
        let entry = instance.get_export_index(&mut store, None, entry);
        let entry = entry.ok_or_else(missing)?;
        let run = instance.get_export_index(&mut store, Some(&entry), "run");
        let run = instance.get_typed_func(&mut store, run.ok_or_else(missing)?)?;
        Ok(Driver { store, run, desk })
    }

    /// Runs the instance until nobody can reach it any more, or until it dies. Any executor may
    /// poll it. The store comes back for what is in it, and must not be entered again.
    pub(crate) async fn run(self, waits: &Waits) -> (Store<T>, Result<(), Death>) {
        let Driver {
            mut store,
            run,
            desk,
        } = self;
        let served = {
            let serve = store.run_concurrent(async |accessor| {
                let mut running = pin!(run.call_concurrent(accessor, ()));
                std::future::poll_fn(|context| {
                    if desk.poll_left(context).is_ready() {
                        return Poll::Ready(Ok(()));
                    }
                    running.as_mut().poll(context).map_ok(|_| ())
                })
                .await
            });
            desk.watch(waits, serve).await
        };
        desk.close();
        let result = match served {
            Err(error) => Err(Death::trap(error.to_string())),
            Ok(None) => Err(Death::Deadline),
            Ok(Some(result)) => result.and_then(|result| result).map_err(Death::from),
        };
        (store, result)
    }
}

impl Desk {
    /// Runs a future until the first of the deadlines; then nothing comes of it.
    async fn watch<F: Future>(
        &self,
        waits: &Waits,
        future: F,
    ) -> std::io::Result<Option<F::Output>> {
        let mut future = pin!(future);
        let mut alarm: Option<Pin<Box<Sleep>>> = None;
        let watched = std::future::poll_fn(|context| {
            let is_over = |first: Instant| first <= Instant::now();
            // A future that always goes on at once would never let the alarm be heard.
            if self.first_deadline(context).is_some_and(is_over) {
                return Poll::Ready(None);
            }
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            let Some(first) = self.first_deadline(context) else {
                alarm = None;
                return Poll::Pending;
            };
            let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(first)));
            if alarm.deadline() != first {
                alarm.as_mut().reset(first);
            }
            alarm.as_mut().poll(context).map(|()| None)
        });
        waits.inside(watched).await
    }
}
