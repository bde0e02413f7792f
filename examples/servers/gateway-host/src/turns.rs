//! How gateways that compute take turns: each gives way to other tasks at every tick, so that a timeout can
//! stop one that would go on for ever.

use crate::state::State;
use first_class_host::Pooling;
use std::thread;
use std::time::Duration;
use wasmtime::{Config, Engine, PoolingAllocationConfig, Result, Store};

/// How long a gateway computes at a time. An executor looks for what has come over the network only after some
/// tens of turns, so they are short.
const TICK: Duration = Duration::from_millis(1);

/// An engine for so many gateways at once, whose ticks go on for as long as it is used. Their thread is
/// none of the runtime's, all of which may be busy with gateways.
pub(crate) fn engine(gateways: u32) -> Result<Engine> {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // WASI 0.2 has no need of it, and each call is faster without.
        .concurrency_support(false)
        .allocation_strategy(pool(gateways));
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

/// Where instances have their memory from, so that none has to be mapped for a request. A gateway that is
/// linked with its plugins has more parts and memories than a plugin: those of each of them.
fn pool(gateways: u32) -> PoolingAllocationConfig {
    let mut pool = Pooling::new(gateways, 128 << 20).allocation();
    pool.total_core_instances(gateways * 32)
        .total_memories(gateways * 8)
        .total_tables(gateways * 32);
    pool
}

/// Has what is run in a store give way at each tick.
pub(crate) fn take(store: &mut Store<State>) {
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
}
