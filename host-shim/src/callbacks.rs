//! What bridges call of the host.

use crate::bridge::CALLBACKS;
use crate::desk::Desk;
use crate::engine::Mode;
use crate::exchange::{Asked, Exchange, Passed, Returned};
use crate::plugin_state::PluginState;
use std::sync::Arc;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, WasmList};

/// Adds the interfaces of bridges to the linker of plugins that are entered in a mode.
pub(crate) fn add_to_linker(linker: &mut Linker<PluginState>, mode: Mode) -> wasmtime::Result<()> {
    if mode == Mode::Concurrent {
        Desk::add_to_linker(linker, desk)?;
    }
    let mut callbacks = linker.instance(CALLBACKS)?;
    callbacks.func_wrap_async("callback", |store, params| {
        Box::new(callback(store, params))
    })?;
    callbacks.func_wrap_async("callback-scalar", |store, params| {
        Box::new(callback_scalar(store, params))
    })?;
    callbacks.func_wrap("handles", handles)
}

fn desk(state: &PluginState) -> &Arc<Desk> {
    let desk = state.desk.as_ref();
    desk.expect("an instance with a concurrent bridge is started with a desk")
}

type Store<'a> = StoreContextMut<'a, PluginState>;

async fn callback(
    mut store: Store<'_>,
    (function, arguments): (u32, WasmList<u8>),
) -> wasmtime::Result<(Vec<u8>,)> {
    let arguments = arguments.as_le_slice(&store);
    let length = arguments.len() as u64;
    let arguments = Passed::Buffer(arguments.to_vec());
    let state = store.data_mut();
    state.check_callback(length)?;
    let answer = ask(state.exchange.clone(), function, arguments).await?;
    Ok((answer.into_buffer(),))
}

async fn callback_scalar(
    store: Store<'_>,
    (function, a, b, c, d): (u32, u64, u64, u64, u64),
) -> wasmtime::Result<(u64,)> {
    let arguments = Passed::Scalars([a, b, c, d]);
    let exchange = store.data().exchange.clone();
    let answer = ask(exchange, function, arguments).await?;
    Ok((answer.scalar(),))
}

async fn ask(
    exchange: Option<Arc<Exchange>>,
    function: u32,
    arguments: Passed,
) -> wasmtime::Result<Returned> {
    let Some(exchange) = exchange else {
        return Err(wasmtime::Error::msg("nobody serves its imports"));
    };
    let asked = Asked {
        function,
        arguments,
    };
    match exchange.ask(asked).await {
        Some(answer) => Ok(answer),
        None => Err(wasmtime::Error::msg(format!(
            "it calls `{}` of its caller while it starts, when nobody can serve it",
            exchange.function_name(function)
        ))),
    }
}

fn handles(
    store: Store<'_>,
    (function, of_result, buffer): (u32, bool, WasmList<u8>),
) -> wasmtime::Result<(Vec<u8>,)> {
    let exchange = store.data().exchange.as_ref();
    let buffer = buffer.as_le_slice(&store);
    let places = exchange.map(|exchange| exchange.handles(function, of_result, buffer));
    Ok((places.unwrap_or_default(),))
}
