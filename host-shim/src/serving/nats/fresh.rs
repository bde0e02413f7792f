//! Calls of fresh instances, each of one of its own.

use super::Common;
use super::asked::Asked;
use super::plugin::Plugin;
use crate::error::CallError;
use async_nats::service::endpoint::Endpoint;
use futures::StreamExt;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Serves the calls of a source, until it is dropped, and they with it.
pub(super) async fn serve(common: Arc<Common>, plugin: Arc<Plugin>, mut endpoint: Endpoint) {
    let mut calls = JoinSet::new();
    while let Some(request) = endpoint.next().await {
        // Those that have ended.
        while calls.try_join_next().is_some() {}
        let asked = Asked::of_endpoint(&common.link.client, request);
        let Ok(place) = common.room.clone().try_acquire_owned() else {
            asked.answer(Err(common.full()), None).await;
            continue;
        };
        let (common, plugin) = (common.clone(), plugin.clone());
        calls.spawn(async move {
            answer(&common, &plugin, asked).await;
            drop(place);
        });
    }
}

async fn answer(common: &Common, plugin: &Plugin, asked: Asked) {
    let Some(message) = asked.message() else {
        return asked.leave();
    };
    let Some(name) = common.subjects.name(&message.subject) else {
        let message = format!("the subject `{}` stands for no name", message.subject);
        return asked
            .answer(Err(CallError::Protocol { message }), None)
            .await;
    };
    let wanted = match plugin.check(&name).and_then(|()| plugin.wanted(message)) {
        Ok(wanted) => wanted,
        Err(error) => return asked.answer(Err(error), None).await,
    };
    asked.begin();
    let call = plugin
        .served
        .call(&name, wanted.function, &wanted.arguments);
    let result = match wanted.time {
        None => call.await,
        Some(time) => match timeout(time, call).await {
            Ok(result) => result,
            // The client has given up as well.
            Err(_) => return asked.leave(),
        },
    };
    asked
        .answer(plugin.result(wanted.function, result), None)
        .await;
}
