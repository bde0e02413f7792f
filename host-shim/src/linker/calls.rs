//! Calls that are started, and waiting for them.

use super::{Answer, ShimView, Store, answer};
use crate::caller::{Step, Waited};
use std::time::Duration;
use wasmtime::component::{Resource, WasmList};
use wasmtime_wasi::p2::{DynPollable, Pollable};

pub(super) fn start<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<u32> {
    let arguments = arguments.as_le_slice(&store).to_vec();
    answer(store.data_mut().shim().start(instance, function, arguments))
}

pub(super) async fn wait<T: ShimView>(
    mut store: Store<'_, T>,
    (call, nanoseconds): (u32, Option<u64>),
) -> Answer<Option<Step>> {
    let most = nanoseconds.map(Duration::from_nanos);
    answer(store.data_mut().shim().wait_async(call, most).await)
}

pub(super) fn answer_import<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, result): (u32, WasmList<u8>),
) -> Answer<()> {
    let result = result.as_le_slice(&store).to_vec();
    answer(store.data_mut().shim().answer(instance, result))
}

pub(super) fn cancel<T: ShimView>(
    mut store: Store<'_, T>,
    (call,): (u32,),
) -> wasmtime::Result<()> {
    store.data_mut().shim().cancel(call);
    Ok(())
}

pub(super) fn subscribe<T: ShimView>(
    mut store: Store<'_, T>,
    (call,): (u32,),
) -> wasmtime::Result<(Resource<DynPollable>,)> {
    let data = store.data_mut();
    let waited = data.shim().waited(call).ok();
    let ready = data.table().push(Ready(waited))?;
    Ok((wasmtime_wasi::p2::subscribe(data.table(), ready)?,))
}

/// Is ready when there is something to learn of a call, or when there is no such call.
struct Ready(Option<Waited>);

#[wasmtime_wasi::async_trait]
impl Pollable for Ready {
    async fn ready(&mut self) {
        if let Some(waited) = &self.0 {
            waited.is_ready_soon().await;
        }
    }
}
