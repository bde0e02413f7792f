//! The contract `first-class:worlds`, as functions of a linker.

use crate::caller::ShimCtx;
use crate::failure::Failure;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, WasmList};

/// The interface of the contract.
const INSTANCES: &str = "first-class:worlds/instances@0.1.0";

/// How [`add_to_linker`] finds the state of a caller in the data of its store.
pub trait ShimView {
    /// The caller's state.
    fn shim(&mut self) -> &mut ShimCtx;
}

/// Adds the contract to the linker of a synchronous embedder: a call of a plugin returns on the
/// same thread.
///
/// # Errors
/// When the linker already defines the interface.
pub fn add_to_linker<T: ShimView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut contract = linker.instance(INSTANCES)?;
    contract.func_wrap("available", available::<T>)?;
    contract.func_wrap("load", load::<T>)?;
    contract.func_wrap("invoke", invoke::<T>)?;
    contract.func_wrap("invoke-scalar", invoke_scalar::<T>)?;
    contract.func_wrap("supports", supports::<T>)?;
    contract.func_wrap("release", release::<T>)
}

type Store<'a, T> = StoreContextMut<'a, T>;
type Answer<R> = wasmtime::Result<(Result<R, Failure>,)>;

fn answer<R, E>(result: Result<R, E>) -> Answer<R>
where
    Failure: From<E>,
{
    Ok((result.map_err(Failure::from),))
}

fn available<T: ShimView>(mut store: Store<'_, T>, (world,): (Vec<u8>,)) -> Answer<Vec<String>> {
    answer(store.data_mut().shim().available(&world))
}

fn load<T: ShimView>(mut store: Store<'_, T>, (source, world): (String, Vec<u8>)) -> Answer<u32> {
    answer(store.data_mut().shim().load(&source, &world))
}

fn invoke<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (number, function, arguments): (u32, u32, WasmList<u8>),
) -> Answer<Vec<u8>> {
    let mut instance = match store.data_mut().shim().take(number) {
        Ok(instance) => instance,
        Err(error) => return answer(Err(error)),
    };
    let result = instance.invoke(function, arguments.as_le_slice(&store));
    store.data_mut().shim().put_back(number, instance);
    answer(result)
}

fn invoke_scalar<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function, a, b, c, d): (u32, u32, u64, u64, u64, u64),
) -> Answer<u64> {
    let shim = store.data_mut().shim();
    answer(shim.invoke_scalar(instance, function, [a, b, c, d]))
}

fn supports<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, function): (u32, u32),
) -> wasmtime::Result<(bool,)> {
    Ok((store.data_mut().shim().supports(instance, function),))
}

fn release<T: ShimView>(mut store: Store<'_, T>, (instance,): (u32,)) -> wasmtime::Result<()> {
    store.data_mut().shim().release(instance);
    Ok(())
}
