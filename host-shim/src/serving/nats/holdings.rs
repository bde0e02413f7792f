//! All names of a source that this server holds.

use super::Common;
use super::asked::Asked;
use super::directory::Directory;
use super::holding::Holding;
use super::plugin::Plugin;
use crate::backends::nats::{SUBJECT, tokens};
use crate::error::CallError;
use crate::lock::lock;
use crate::policy::{Exceeded, Limit};
use async_nats::service::endpoint::Endpoint;
use futures::StreamExt;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

/// How many requests to hold a name may wait at once.
const ASKING: usize = 1024;

/// All names of a source that this server holds.
pub(super) struct Holdings {
    pub(super) common: Arc<Common>,
    pub(super) plugin: Arc<Plugin>,
    pub(super) directory: Arc<Directory>,
    /// After which time without a call an instance ends.
    pub(super) idle: Option<Duration>,
    /// How many there may be.
    pub(super) most: u64,
    pub(super) by_name: Mutex<HashMap<Arc<str>, Arc<Holding>>>,
}

/// What there is of a name on this server.
enum Found {
    Here(Arc<Holding>),
    /// Nothing, and there are as many as there may be.
    Full(Arc<str>, Exceeded),
}

/// Numbers of holdings.
static IDS: AtomicU64 = AtomicU64::new(1);

impl Holdings {
    /// Takes names that are asked for, until it is dropped, and what it holds with it.
    pub(super) async fn serve(self: Arc<Self>, mut endpoint: Endpoint) {
        let (mut asking, mut holding) = (JoinSet::new(), JoinSet::new());
        while let Some(request) = endpoint.next().await {
            // Those that have ended.
            while asking.try_join_next().is_some() {}
            while holding.try_join_next().is_some() {}
            let asked = Asked::of_endpoint(&self.common.link.client, request);
            if asking.len() >= ASKING {
                asked.answer(Err(self.common.full()), None).await;
                continue;
            }
            match self.find(&asked, &mut holding) {
                Ok(found) => drop(asking.spawn(self.clone().answer(found, asked))),
                Err(error) => asked.answer(Err(error), None).await,
            }
        }
    }

    /// What holds the name that a request is for, if only from now on, and if there is room for it.
    fn find(
        self: &Arc<Self>,
        asked: &Asked,
        holding: &mut JoinSet<()>,
    ) -> Result<Found, CallError> {
        let subject = asked.message().map(|message| &*message.subject);
        let name = subject.and_then(|subject| self.common.subjects.name(subject));
        let name: Arc<str> = name.unwrap_or_default().into();
        self.plugin.check(&name)?;
        let mut by_name = lock(&self.by_name);
        if let Some(found) = by_name.get(&name) {
            return Ok(Found::Here(found.clone()));
        }
        let wanted = by_name.len() as u64 + 1;
        if let Err(exceeded) = Exceeded::check(Limit::NamedInstances, wanted, self.most) {
            return Ok(Found::Full(name, exceeded));
        }
        let (common, plugin) = (self.common.clone(), self.plugin.clone());
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        let new = Arc::new(Holding::new(common, plugin, name.clone(), id, self.idle));
        by_name.insert(name, new.clone());
        let (all, held) = (self.clone(), new.clone());
        holding.spawn(async move {
            held.clone().hold(all.directory.clone()).await;
            let mut by_name = lock(&all.by_name);
            if by_name
                .get(&held.name)
                .is_some_and(|other| other.id == held.id)
            {
                by_name.remove(&held.name);
            }
        });
        Ok(Found::Here(new))
    }

    async fn answer(self: Arc<Self>, found: Found, asked: Asked) {
        let (name, server) = match found {
            Found::Here(holding) => (holding.name.clone(), holding.server().await),
            Found::Full(name, exceeded) => match self.directory.other(&tokens(&name)).await {
                Ok(Some(server)) => (name, Ok(server)),
                Ok(None) => {
                    self.make_room();
                    (name, Err(exceeded.to_string()))
                }
                Err(error) => (name, Err(error)),
            },
        };
        match server {
            Ok(server) => {
                let subject = self.common.subjects.held(&server, &tokens(&name));
                asked.answer(Ok(Vec::new()), Some((SUBJECT, subject))).await;
            }
            Err(message) => {
                let error = CallError::Unavailable {
                    source_name: name.to_string(),
                    function: String::new(),
                    message,
                    may_have_run: false,
                };
                asked.answer(Err(error), None).await;
            }
        }
    }

    /// The one gives way that was not called for the longest time. Who wants its place asks again.
    fn make_room(&self) {
        let by_name = lock(&self.by_name);
        let unused = by_name
            .values()
            .filter_map(|it| Some((it.unused_since()?, it)));
        if let Some((_, oldest)) = unused.min_by_key(|(since, _)| *since) {
            oldest.give_way();
        }
    }
}
