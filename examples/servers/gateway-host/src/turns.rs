//! How gateways that compute take turns: each gives way to other tasks at every tick, so that a timeout can
//! stop one that would go on for ever.

use crate::state::State;
use std::thread;
use std::time::Duration;
use wasmtime::{Config, Engine, Result, Store};

/// How long a gateway computes at a time. An executor looks for what has come over the network only after some
/// tens of turns, so they are short.
const TICK: Duration = Duration::from_millis(1);

/// An engine whose ticks go on for as long as it is used. Their thread is none of the runtime's, all of which
/// may be busy with gateways.
pub(crate) fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    let engine = Engine::new(&config)?;
    let ticking = engine.weak();
    thread::Builder::new()
        .name("gateway ticks".into())
        .spawn(move || {
            while let Some(engine) = ticking.upgrade() {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(TICK);
            }
        })?;
    Ok(engine)
}

/// Has what is run in a store give way at each tick.
pub(crate) fn take(store: &mut Store<State>) {
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
}
