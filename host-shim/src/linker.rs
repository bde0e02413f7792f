//! The contract `first-class:worlds`, as functions of a linker.
//!
//! Each is written once, as a future. For a synchronous embedder it is driven to its end on the
//! caller's thread.

use crate::caller::{Embedding, Imports, Outcome, ShimCtx, Step, Transfer, Waited};
use crate::failure::Failure;
use crate::instance::SMALL;
use crate::plugin_state::PluginState;
use crate::waits::run;
use first_class_abi::contract::{CALLS, INSTANCES, POLLING, STREAMS};
use std::any::Any;
use std::time::Duration;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceTable, WasmList, WasmStr};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::{DynPollable, Pollable};

/// How [`add_to_linker`] and [`add_to_linker_async`] find the state of a caller in the data of its
/// store.
pub trait ShimView: Send {
    /// The caller's state.
    fn shim(&mut self) -> &mut ShimCtx;

    /// The table of resources of the caller's store, the same that its WASI has: the pollables of
    /// started calls go there.
    fn table(&mut self) -> &mut ResourceTable;
}

/// Adds the contract to the linker of a synchronous embedder: a call of a plugin returns on the
/// same thread.
///
/// # Errors
/// When the linker already defines the interface.
pub fn add_to_linker<T: ShimView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    const SYNC: Embedding = Embedding::Sync;
    let mut contract = linker.instance(INSTANCES)?;
    contract.func_wrap("available", |store, params| {
        run(available::<T>(store, params))
    })?;
    contract.func_wrap("load", |store, params| {
        run(load::<T>(SYNC, Imports::Nobody, store, params))
    })?;
    contract.func_wrap("load-bytes", |store, params| {
        run(load_bytes::<T>(SYNC, Imports::Nobody, store, params))
    })?;
    contract.func_wrap("load-with-imports", |store, params| {
        run(load::<T>(SYNC, Imports::Caller, store, params))
    })?;
    contract.func_wrap("load-bytes-with-imports", |store, params| {
        run(load_bytes::<T>(SYNC, Imports::Caller, store, params))
    })?;
    contract.func_wrap("respawn", |store, params| run(respawn::<T>(store, params)))?;
    contract.func_wrap("begin", begin_now::<T>)?;
    contract.func_wrap("resume", resume_now::<T>)?;
    contract.func_wrap("invoke", invoke_now::<T>)?;
    contract.func_wrap("invoke-scalar", invoke_scalar_now::<T>)?;
    contract.func_wrap("invoke-text", invoke_text_now::<T>)?;
    contract.func_wrap("invoke-numbers", |store, params| {
        run(invoke_numbers::<T>(store, params))
    })?;
    contract.func_wrap("invoke-batch", |store, params| {
        run(invoke_batch::<T>(store, params))
    })?;
    let mut calls = linker.instance(CALLS)?;
    calls.func_wrap("wait", |store, params| run(wait::<T>(store, params)))?;
    let mut streams = linker.instance(STREAMS)?;
    streams.func_wrap("make", |store, params| run(make_stream::<T>(store, params)))?;
    streams.func_wrap("read", |store, params| run(read::<T>(store, params)))?;
    streams.func_wrap("write", |store, params| run(write::<T>(store, params)))?;
    add_the_rest(linker)
}

/// Adds the contract to the linker of an asynchronous embedder, whose stores are entered by
/// functions like `call_async`: while a plugin waits or computes, the executor's thread can do
/// something else. Any executor will do; timers run in a runtime of the shim's own.
///
/// # Errors
/// When the linker already defines the interface.
pub fn add_to_linker_async<T: ShimView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    const ASYNC: Embedding = Embedding::Async;
    let mut contract = linker.instance(INSTANCES)?;
    contract.func_wrap_async("available", |store, params| {
        Box::new(available::<T>(store, params))
    })?;
    contract.func_wrap_async("load", |store, params| {
        Box::new(load::<T>(ASYNC, Imports::Nobody, store, params))
    })?;
    contract.func_wrap_async("load-bytes", |store, params| {
        Box::new(load_bytes::<T>(ASYNC, Imports::Nobody, store, params))
    })?;
    contract.func_wrap_async("load-with-imports", |store, params| {
        Box::new(load::<T>(ASYNC, Imports::Caller, store, params))
    })?;
    contract.func_wrap_async("load-bytes-with-imports", |store, params| {
        Box::new(load_bytes::<T>(ASYNC, Imports::Caller, store, params))
    })?;
    contract.func_wrap_async("begin", |store, params| Box::new(begin::<T>(store, params)))?;
    contract.func_wrap_async("resume", |store, params| {
        Box::new(resume::<T>(store, params))
    })?;
    contract.func_wrap_async("respawn", |store, params| {
        Box::new(respawn::<T>(store, params))
    })?;
    contract.func_wrap_async("invoke", |store, params| {
        Box::new(invoke::<T>(store, params))
    })?;
    contract.func_wrap_async("invoke-scalar", |store, params| {
        Box::new(invoke_scalar::<T>(store, params))
    })?;
    contract.func_wrap_async("invoke-text", |store, params| {
        Box::new(invoke_text::<T>(store, params))
    })?;
    contract.func_wrap_async("invoke-numbers", |store, params| {
        Box::new(invoke_numbers::<T>(store, params))
    })?;
    contract.func_wrap_async("invoke-batch", |store, params| {
        Box::new(invoke_batch::<T>(store, params))
    })?;
    let mut calls = linker.instance(CALLS)?;
    calls.func_wrap_async("wait", |store, params| Box::new(wait::<T>(store, params)))?;
    let mut streams = linker.instance(STREAMS)?;
    streams.func_wrap_async("make", |store, params| {
        Box::new(make_stream::<T>(store, params))
    })?;
    streams.func_wrap_async("read", |store, params| Box::new(read::<T>(store, params)))?;
    streams.func_wrap_async("write", |store, params| Box::new(write::<T>(store, params)))?;
    add_the_rest(linker)
}

/// Adds the contract for plugins that hold instances themselves.
pub(crate) fn add_to_plugin_linker(linker: &mut Linker<PluginState>) -> wasmtime::Result<()> {
    add_to_linker_async(linker)
}

/// Adds the functions that never wait.
fn add_the_rest<T: ShimView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut contract = linker.instance(INSTANCES)?;
    contract.func_wrap("supports", supports::<T>)?;
    contract.func_wrap("takes-batches", takes_batches::<T>)?;
    contract.func_wrap("is-alive", is_alive::<T>)?;
    contract.func_wrap("release", release::<T>)?;
    contract.func_wrap("scalar-failure", scalar_failure::<T>)?;
    contract.func_wrap("abandon", abandon::<T>)?;
    let mut calls = linker.instance(CALLS)?;
    calls.func_wrap("start", start::<T>)?;
    calls.func_wrap("answer", answer_import::<T>)?;
    calls.func_wrap("cancel", cancel::<T>)?;
    let mut polling = linker.instance(POLLING)?;
    polling.func_wrap("subscribe", subscribe::<T>)?;
    let mut streams = linker.instance(STREAMS)?;
    streams.func_wrap("drop-reader", drop_reader::<T>)?;
    streams.func_wrap("drop-writer", drop_writer::<T>)
}

impl ShimView for PluginState {
    fn shim(&mut self) -> &mut ShimCtx {
        let caller = self
            .caller
            .as_deref_mut()
            .map(|caller| caller as &mut dyn Any);
        let caller = caller.and_then(|caller| caller.downcast_mut());
        // The linkers of instances on fibers have the contract, and all of these have this state.
        caller.expect("an instance on a fiber is a caller")
    }

    fn table(&mut self) -> &mut ResourceTable {
        WasiView::ctx(self).table
    }
}

type Store<'a, T> = StoreContextMut<'a, T>;
type Answer<R> = wasmtime::Result<(Result<R, Failure>,)>;

fn answer<R, E>(result: Result<R, E>) -> Answer<R>
where
    Failure: From<E>,
{
    Ok((result.map_err(Failure::from),))
}

async fn available<T: ShimView>(
    mut store: Store<'_, T>,
    (world,): (Vec<u8>,),
) -> Answer<Vec<String>> {
    answer(store.data_mut().shim().available_async(&world).await)
}

async fn load<T: ShimView + 'static>(
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

async fn load_bytes<T: ShimView + 'static>(
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

async fn respawn<T: ShimView>(mut store: Store<'_, T>, (instance,): (u32,)) -> Answer<()> {
    answer(store.data_mut().shim().respawn_async(instance).await)
}

async fn invoke<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<Vec<u8>> {
    let taken = match store.data_mut().shim().take(number) {
        Ok(taken) => taken.now().await,
        Err(error) => Err(error),
    };
    let mut taken = match taken {
        Ok(taken) => taken,
        Err(error) => return answer(Err(error)),
    };
    let arguments = arguments.as_le_slice(&store);
    let result = taken.invoke(function, arguments).await;
    store.data_mut().shim().put_back(taken);
    answer(result)
}

/// The same for a synchronous embedder.
fn invoke_now<T: ShimView + 'static>(
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
fn invoke_scalar_now<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function, a, b, c, d): (u32, u32, u64, u64, u64, u64),
) -> wasmtime::Result<(u64,)> {
    let shim = store.data_mut().shim();
    let result = shim.invoke_scalar(instance, function, [a, b, c, d]);
    Ok((shim.scalar_or_failed(result),))
}

fn scalar_failure<T: ShimView>(
    mut store: Store<'_, T>,
    (): (),
) -> wasmtime::Result<(Option<Failure>,)> {
    let failure = store.data_mut().shim().take_scalar_failure();
    Ok((failure.map(Failure::from),))
}

async fn invoke_text<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, function, argument): (u32, u32, WasmStr),
) -> Answer<String> {
    let taken = match store.data_mut().shim().take(number) {
        Ok(taken) => taken.now().await,
        Err(error) => Err(error),
    };
    let mut taken = match taken {
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
fn invoke_text_now<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, function, argument): (u32, u32, WasmStr),
) -> Answer<String> {
    let argument = argument.to_str(&store)?.into_owned();
    let shim = store.data_mut().shim();
    answer(shim.invoke_text(instance, function, argument))
}

async fn invoke_numbers<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, function, argument): (u32, u32, WasmList<u8>),
) -> Answer<Vec<u8>> {
    let taken = match store.data_mut().shim().take(number) {
        Ok(taken) => taken.now().await,
        Err(error) => Err(error),
    };
    let mut taken = match taken {
        Ok(taken) => taken,
        Err(error) => return answer(Err(error)),
    };
    let argument = argument.as_le_slice(&store);
    let result = taken.invoke_numbers(function, argument).await;
    store.data_mut().shim().put_back(taken);
    answer(result)
}

async fn invoke_batch<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, calls): (u32, WasmList<u8>),
) -> Answer<Outcome> {
    let taken = match store.data_mut().shim().take(number) {
        Ok(taken) => taken.now().await,
        Err(error) => Err(error),
    };
    let mut taken = match taken {
        Ok(taken) => taken,
        Err(error) => return answer(Err(error)),
    };
    let outcome = taken.invoke_batch(calls.as_le_slice(&store)).await;
    store.data_mut().shim().put_back(taken);
    answer(outcome)
}

async fn begin<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<Step> {
    let arguments = arguments.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    answer(shim.begin_async(instance, function, &arguments).await)
}

/// The same for a synchronous embedder.
fn begin_now<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<Step> {
    let arguments = arguments.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    answer(shim.begin(instance, function, &arguments))
}

/// The same for a synchronous embedder.
fn resume_now<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, result): (u32, WasmList<u8>),
) -> Answer<Step> {
    let result = result.as_le_slice(&store).to_vec();
    answer(store.data_mut().shim().resume(instance, result))
}

async fn resume<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, result): (u32, WasmList<u8>),
) -> Answer<Step> {
    let result = result.as_le_slice(&store).to_vec();
    answer(store.data_mut().shim().resume_async(instance, result).await)
}

fn abandon<T: ShimView>(mut store: Store<'_, T>, (instance,): (u32,)) -> wasmtime::Result<()> {
    store.data_mut().shim().abandon(instance);
    Ok(())
}

fn start<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<u32> {
    let arguments = arguments.as_le_slice(&store).to_vec();
    answer(store.data_mut().shim().start(instance, function, arguments))
}

async fn wait<T: ShimView>(
    mut store: Store<'_, T>,
    (call, nanoseconds): (u32, Option<u64>),
) -> Answer<Option<Step>> {
    let most = nanoseconds.map(Duration::from_nanos);
    answer(store.data_mut().shim().wait_async(call, most).await)
}

fn answer_import<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, result): (u32, WasmList<u8>),
) -> Answer<()> {
    let result = result.as_le_slice(&store).to_vec();
    answer(store.data_mut().shim().answer(instance, result))
}

fn cancel<T: ShimView>(mut store: Store<'_, T>, (call,): (u32,)) -> wasmtime::Result<()> {
    store.data_mut().shim().cancel(call);
    Ok(())
}

fn subscribe<T: ShimView>(
    mut store: Store<'_, T>,
    (call,): (u32,),
) -> wasmtime::Result<(Resource<DynPollable>,)> {
    let data = store.data_mut();
    let waited = data.shim().waited(call).ok();
    let ready = data.table().push(Ready(waited))?;
    Ok((wasmtime_wasi::p2::subscribe(data.table(), ready)?,))
}

async fn make_stream<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, kind): (u32, u32),
) -> Answer<(u32, u32)> {
    answer(
        store
            .data_mut()
            .shim()
            .make_stream_async(instance, kind)
            .await,
    )
}

async fn read<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, kind, reader, most): (u32, u32, u32, u32),
) -> Answer<Transfer> {
    let shim = store.data_mut().shim();
    answer(shim.read_async(instance, kind, reader, most).await)
}

async fn write<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, kind, writer, count, elements): (u32, u32, u32, u32, WasmList<u8>),
) -> Answer<Transfer> {
    let elements = elements.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    let written = shim.write_async(instance, kind, writer, count, elements);
    answer(written.await)
}

fn drop_reader<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, kind, reader): (u32, u32, u32),
) -> wasmtime::Result<()> {
    store.data_mut().shim().drop_reader(instance, kind, reader);
    Ok(())
}

fn drop_writer<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, kind, writer): (u32, u32, u32),
) -> wasmtime::Result<()> {
    store.data_mut().shim().drop_writer(instance, kind, writer);
    Ok(())
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

async fn invoke_scalar<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function, a, b, c, d): (u32, u32, u64, u64, u64, u64),
) -> wasmtime::Result<(u64,)> {
    let shim = store.data_mut().shim();
    let call = shim.invoke_scalar_async(instance, function, [a, b, c, d]);
    let result = call.await;
    Ok((shim.scalar_or_failed(result),))
}

fn supports<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function): (u32, u32),
) -> wasmtime::Result<(bool,)> {
    Ok((store.data_mut().shim().supports(instance, function),))
}

fn takes_batches<T: ShimView>(
    mut store: Store<'_, T>,
    (instance,): (u32,),
) -> wasmtime::Result<(bool,)> {
    Ok((store.data_mut().shim().takes_batches(instance),))
}

fn is_alive<T: ShimView>(
    mut store: Store<'_, T>,
    (instance,): (u32,),
) -> wasmtime::Result<(bool,)> {
    Ok((store.data_mut().shim().is_alive(instance),))
}

fn release<T: ShimView>(mut store: Store<'_, T>, (instance,): (u32,)) -> wasmtime::Result<()> {
    store.data_mut().shim().release(instance);
    Ok(())
}
