//! Streams and futures.

use super::{Answer, ShimView, Store, answer};
use crate::caller::Transfer;
use wasmtime::component::WasmList;

pub(super) async fn make_stream<T: ShimView>(
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

pub(super) async fn read<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, kind, reader, most): (u32, u32, u32, u32),
) -> Answer<Transfer> {
    let shim = store.data_mut().shim();
    answer(shim.read_async(instance, kind, reader, most).await)
}

pub(super) async fn write<T: ShimView + 'static>(
    mut store: Store<'_, T>,
    (instance, kind, writer, count, elements): (u32, u32, u32, u32, WasmList<u8>),
) -> Answer<Transfer> {
    let elements = elements.as_le_slice(&store).to_vec();
    let shim = store.data_mut().shim();
    let written = shim.write_async(instance, kind, writer, count, elements);
    answer(written.await)
}

pub(super) async fn drop_reader<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, kind, reader): (u32, u32, u32),
) -> wasmtime::Result<()> {
    let shim = store.data_mut().shim();
    shim.drop_reader_async(instance, kind, reader).await;
    Ok(())
}

pub(super) async fn drop_writer<T: ShimView>(
    mut store: Store<'_, T>,
    (instance, kind, writer): (u32, u32, u32),
) -> wasmtime::Result<()> {
    let shim = store.data_mut().shim();
    shim.drop_writer_async(instance, kind, writer).await;
    Ok(())
}
