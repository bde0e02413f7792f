//! Instances: what there is, loading, calling, their end.

use super::{Answer, ShimView, Store, answer};
use crate::caller::{Embedding, Imports, Outcome, Step, Taken};
use crate::error::CallError;
use crate::failure::Failure;
use crate::instance::{SMALL, Word};
use crate::waits::run;
use wasmtime::AsContext as _;
use wasmtime::component::{WasmList, WasmStr};

pub(super) async fn available<T: ShimView>(
    mut store: Store<'_, T>,
    (world,): (Vec<u8>,),
) -> Answer<Vec<String>> {
    answer(store.data_mut().shim().available_async(&world).await)
}

pub(super) async fn load<T: ShimView + 'static>(
    embedding: Embedding,
    imports: Imports,
    mut store: Store<'_, T>,
    (source, world): (WasmStr, WasmList<u8>),
) -> Answer<u32> {
    let source = source.to_str(&store)?.into_owned();
    let world = world.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    answer(shim.load_in(embedding, imports, &source, &world).await)
}

pub(super) async fn load_bytes<T: ShimView + 'static>(
    embedding: Embedding,
    imports: Imports,
    mut store: Store<'_, T>,
    (component, world): (WasmList<u8>, WasmList<u8>),
) -> Answer<u32> {
    let component = component.as_le_slice(&store).to_vec();
    let world = world.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    answer(
        shim.load_bytes_in(embedding, imports, &component, &world)
            .await,
    )
}

pub(super) async fn respawn<T: ShimView>(
    mut store: Store<'_, T>,
    (instance,): (u32,),
) -> Answer<()> {
    answer(store.data_mut().shim().respawn_async(instance).await)
}

pub(super) async fn invoke<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<Vec<u8>> {
    let mut taken = match take(&mut store, number).await {
        Ok(taken) => taken,
        Err(error) => return answer(Err(error)),
    };
    let arguments = arguments.as_le_slice(&store);
    let result = taken.invoke(function, arguments).await;
    store.data_mut().shim().put_back(taken);
    answer(result)
}

/// The same for a synchronous embedder.
pub(super) fn invoke_now<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<Vec<u8>> {
    if arguments.len() > SMALL {
        return run(invoke(store, (number, function, arguments)));
    }
    let arguments = arguments.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    answer(shim.invoke_small(number, function, arguments))
}

/// The same for a synchronous embedder.
pub(super) fn invoke_scalar_now<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function, a, b, c, d): (u32, u32, u64, u64, u64, u64),
) -> wasmtime::Result<(u64,)> {
    let shim = store.data_mut().shim();
    let result = shim.invoke_scalar(instance, function, [a, b, c, d]);
    Ok((shim.scalar_or_failed(result),))
}

pub(super) fn scalar_failure<T: ShimView>(
    mut store: Store<'_, T>,
    (): (),
) -> wasmtime::Result<(Option<Failure>,)> {
    let failure = store.data_mut().shim().take_scalar_failure();
    Ok((failure.map(Failure::from),))
}

pub(super) async fn invoke_text<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, function, argument): (u32, u32, WasmStr),
) -> Answer<String> {
    let mut taken = match take(&mut store, number).await {
        Ok(taken) => taken,
        Err(error) => return answer(Err(error)),
    };
    let result = match argument.to_str(&store) {
        Ok(argument) => Ok(taken.invoke_text(function, &argument).await),
        Err(error) => Err(error),
    };
    store.data_mut().shim().put_back(taken);
    answer(result?)
}

/// The same for a synchronous embedder.
pub(super) fn invoke_text_now<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, function, argument): (u32, u32, WasmStr),
) -> Answer<String> {
    let argument = argument.to_str(&store)?.into_owned();
    let shim = store.data_mut().shim();
    answer(shim.invoke_text(instance, function, argument))
}

pub(super) async fn invoke_numbers<T: ShimView + 'static, W: Word>(
    mut store: Store<'_, T>,
    (number, function, argument): (u32, u32, WasmList<W>),
) -> Answer<Vec<W>> {
    let mut taken = match take(&mut store, number).await {
        Ok(taken) => taken,
        Err(error) => return answer(Err(error)),
    };
    let argument = W::of_list(&argument, store.as_context());
    let result = taken.invoke_numbers(function, argument).await;
    store.data_mut().shim().put_back(taken);
    answer(result)
}

pub(super) async fn invoke_batch<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, calls): (u32, WasmList<u8>),
) -> Answer<Outcome> {
    let mut taken = match take(&mut store, number).await {
        Ok(taken) => taken,
        Err(error) => return answer(Err(error)),
    };
    let outcome = taken.invoke_batch(calls.as_le_slice(&store)).await;
    store.data_mut().shim().put_back(taken);
    answer(outcome)
}

pub(super) async fn begin<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<Step> {
    let arguments = arguments.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    answer(shim.begin_async(instance, function, &arguments).await)
}

/// The same for a synchronous embedder.
pub(super) fn begin_now<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<Step> {
    let arguments = arguments.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    answer(shim.begin(instance, function, &arguments))
}

/// The same for a synchronous embedder.
pub(super) fn resume_now<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, result): (u32, WasmList<u8>),
) -> Answer<Step> {
    let result = result.as_le_slice(&store).to_vec();
    answer(store.data_mut().shim().resume(instance, result))
}

pub(super) async fn resume<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, result): (u32, WasmList<u8>),
) -> Answer<Step> {
    let result = result.as_le_slice(&store).to_vec();
    answer(store.data_mut().shim().resume_async(instance, result).await)
}

/// The same for a synchronous embedder.
pub(super) fn begin_scalar_now<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function, a, b, c, d): (u32, u32, u64, u64, u64, u64),
) -> Answer<Step> {
    let shim = store.data_mut().shim();
    answer(shim.begin_scalar(instance, function, [a, b, c, d]))
}

pub(super) async fn begin_scalar<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function, a, b, c, d): (u32, u32, u64, u64, u64, u64),
) -> Answer<Step> {
    let shim = store.data_mut().shim();
    let begun = shim.begin_scalar_async(instance, function, [a, b, c, d]);
    answer(begun.await)
}

/// The same for a synchronous embedder.
pub(super) fn resume_scalar_now<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, result): (u32, u64),
) -> Answer<Step> {
    answer(store.data_mut().shim().resume_scalar(instance, result))
}

pub(super) async fn resume_scalar<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, result): (u32, u64),
) -> Answer<Step> {
    let shim = store.data_mut().shim();
    answer(shim.resume_scalar_async(instance, result).await)
}

pub(super) fn abandon<T: ShimView>(
    mut store: Store<'_, T>,
    (instance,): (u32,),
) -> wasmtime::Result<()> {
    store.data_mut().shim().abandon(instance);
    Ok(())
}

pub(super) async fn invoke_scalar<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function, a, b, c, d): (u32, u32, u64, u64, u64, u64),
) -> wasmtime::Result<(u64,)> {
    let shim = store.data_mut().shim();
    let call = shim.invoke_scalar_async(instance, function, [a, b, c, d]);
    let result = call.await;
    Ok((shim.scalar_or_failed(result),))
}

pub(super) fn supports<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function): (u32, u32),
) -> wasmtime::Result<(bool,)> {
    Ok((store.data_mut().shim().supports(instance, function),))
}

pub(super) fn takes_batches<T: ShimView>(
    mut store: Store<'_, T>,
    (instance,): (u32,),
) -> wasmtime::Result<(bool,)> {
    Ok((store.data_mut().shim().takes_batches(instance),))
}

pub(super) fn is_alive<T: ShimView>(
    mut store: Store<'_, T>,
    (instance,): (u32,),
) -> wasmtime::Result<(bool,)> {
    Ok((store.data_mut().shim().is_alive(instance),))
}

pub(super) fn release<T: ShimView>(
    mut store: Store<'_, T>,
    (instance,): (u32,),
) -> wasmtime::Result<()> {
    store.data_mut().shim().release(instance);
    Ok(())
}

/// Takes an instance out of the caller's table for a call.
async fn take<T: ShimView + 'static>(
    store: &mut Store<'_, T>,
    number: u32,
) -> Result<Taken, CallError> {
    store.data_mut().shim().take(number)?.now().await
}
