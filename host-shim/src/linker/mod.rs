//! The contract `first-class:worlds`, as functions of a linker.
//!
//! Each is written once, as a future. For a synchronous embedder it is driven to its end on the
//! caller's thread.

mod calls;
mod instances;
mod streams;

use crate::caller::{Embedding, Imports, ShimCtx};
use crate::failure::Failure;
use crate::plugin_state::PluginState;
use crate::waits::run;
use calls::{answer_import, cancel, start, subscribe, wait};
use first_class_abi::contract::{CALLS, INSTANCES, POLLING, STREAMS};
use instances::{
    abandon, available, begin, begin_now, begin_scalar, begin_scalar_now, invoke, invoke_batch,
    invoke_now, invoke_numbers, invoke_scalar, invoke_scalar_now, invoke_text, invoke_text_now,
    is_alive, load, load_bytes, release, respawn, resume, resume_now, resume_scalar,
    resume_scalar_now, scalar_failure, supports, takes_batches,
};
use std::any::Any;
use streams::{drop_reader, drop_writer, make_stream, read, write};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::WasiView;

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
    contract.func_wrap("begin-scalar", begin_scalar_now::<T>)?;
    contract.func_wrap("resume", resume_now::<T>)?;
    contract.func_wrap("resume-scalar", resume_scalar_now::<T>)?;
    contract.func_wrap("invoke", invoke_now::<T>)?;
    contract.func_wrap("invoke-scalar", invoke_scalar_now::<T>)?;
    contract.func_wrap("invoke-text", invoke_text_now::<T>)?;
    macro_rules! numbers {
        ($($name:literal: $Word:ty;)*) => {
            $(contract.func_wrap($name, |store, params| {
                run(invoke_numbers::<T, $Word>(store, params))
            })?;)*
        };
    }
    numbers! {
        "invoke-numbers8": u8;
        "invoke-numbers16": u16;
        "invoke-numbers32": u32;
        "invoke-numbers64": u64;
    }
    contract.func_wrap("invoke-batch", |store, params| {
        run(invoke_batch::<T>(store, params))
    })?;
    let mut calls = linker.instance(CALLS)?;
    calls.func_wrap("wait", |store, params| run(wait::<T>(store, params)))?;
    let mut streams = linker.instance(STREAMS)?;
    streams.func_wrap("make", |store, params| run(make_stream::<T>(store, params)))?;
    streams.func_wrap("read", |store, params| run(read::<T>(store, params)))?;
    streams.func_wrap("write", |store, params| run(write::<T>(store, params)))?;
    streams.func_wrap("drop-reader", |store, params| {
        run(drop_reader::<T>(store, params))
    })?;
    streams.func_wrap("drop-writer", |store, params| {
        run(drop_writer::<T>(store, params))
    })?;
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
    contract.func_wrap_async("begin-scalar", |store, params| {
        Box::new(begin_scalar::<T>(store, params))
    })?;
    contract.func_wrap_async("resume", |store, params| {
        Box::new(resume::<T>(store, params))
    })?;
    contract.func_wrap_async("resume-scalar", |store, params| {
        Box::new(resume_scalar::<T>(store, params))
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
    macro_rules! numbers {
        ($($name:literal: $Word:ty;)*) => {
            $(contract.func_wrap_async($name, |store, params| {
                Box::new(invoke_numbers::<T, $Word>(store, params))
            })?;)*
        };
    }
    numbers! {
        "invoke-numbers8": u8;
        "invoke-numbers16": u16;
        "invoke-numbers32": u32;
        "invoke-numbers64": u64;
    }
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
    streams.func_wrap_async("drop-reader", |store, params| {
        Box::new(drop_reader::<T>(store, params))
    })?;
    streams.func_wrap_async("drop-writer", |store, params| {
        Box::new(drop_writer::<T>(store, params))
    })?;
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
    polling.func_wrap("subscribe", subscribe::<T>)
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
