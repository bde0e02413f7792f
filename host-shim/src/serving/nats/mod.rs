//! Plugins of a shim as a service on NATS, on any number of machines.
//!
//! ```no_run
//! use first_class_host::backends::nats::Servers;
//! use first_class_host::serving::nats::Serving;
//! use first_class_host::{Shim, Source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let world: Vec<u8> = Vec::new();
//! let carts = Source::file("cart.wasm").named();
//! let shim = Shim::builder().source("cart/*", carts).build()?;
//! // The world is encoded as a caller passes it: `CartInstance`'s is `cart::WORLD`.
//! let server = Serving::of(&shim).source("cart/*", world).nats(Servers::at(["nats://nats.example"]))?;
//! # Ok(())
//! # }
//! ```
//!
//! Clients load the same names through a [`Nats`](crate::backends::nats::Nats); the protocol is
//! written down there. Limits and grants are those of the source.
//!
//! **Fresh instances.** Each call reaches a fresh instance of its own. All servers of a name are in
//! one queue group, so NATS gives each call to one of them.
//!
//! **Named instances.** A name lives on one server at a time, whichever was asked for it first. That
//! server has a lease of the name, an entry in a key-value bucket of JetStream, and subscribes to the
//! subject of the name. It renews the lease; when it cannot, it ends the instance *before* another
//! server can take the name, and answers no call any more that goes on. So what is promised is:
//!
//! - Of all results that callers are given, no two come from instances of one name that lived at the
//!   same time.
//! - No two instances of a name run at the same time, as long as the clocks of the machines run at
//!   one speed, JetStream loses no entries, and no process sleeps in the middle of a call for longer
//!   than a quarter of a lease and computes on before it has looked at the clock.
//! - If a server is lost, or cut off, its names can be loaded from others when their leases have
//!   ended; until then calls fail as [not executed](crate::CallError::Unavailable). When a server
//!   ends in order, that is at once.
//! - The state of an instance lives and dies with it. Who has called it before is told so once, by
//!   the error of the next call, which is not executed.
//!
//! An instance that is held has nothing to do with one that a caller of this shim loads by the same
//! name without NATS. Whoever wants the shared one loads it through a `Nats`, on the machine of its
//! server as well.
//!
//! **Discovery.** A server is a service of NATS's own service API with the name `first-class`:
//! `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS` list it, with an endpoint for each source.

mod asked;
mod directory;
mod fresh;
mod holding;
mod holdings;
mod plugin;
mod slot;

use crate::backends::nats::{GROUP, Link, Servers, Subjects, pattern_tokens, uncarried};
use crate::error::CallError;
use crate::policy::Caller;
use crate::serving::ServeError;
use crate::serving::served::Served;
use crate::shim::Shim;
use crate::sources::Lifetime;
use crate::waits::run;
use async_nats::service::{Service, ServiceExt};
use directory::Directory;
use holdings::Holdings;
use plugin::Plugin;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How many calls there may be at once when the embedder does not say.
const CALLS: usize = 256;

/// How long a lease lasts unless set.
const LEASE: Duration = Duration::from_secs(10);

/// How long it may take to connect, and to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Describes a [`Server`].
#[must_use = "it serves nothing before it is connected"]
pub struct Serving {
    shim: Shim,
    caller: Caller,
    sources: Vec<(String, Vec<u8>)>,
    calls: usize,
    lease: Duration,
    replicas: usize,
}

/// A service on NATS. When it is dropped, it gives up the calls that it serves, and the names that it
/// holds.
#[must_use = "it ends when it is dropped"]
pub struct Server {
    common: Arc<Common>,
    shim: Shim,
    service: Option<Service>,
    serving: JoinSet<()>,
}

/// What all of a server's sources have in common.
struct Common {
    link: Link,
    subjects: Subjects,
    /// Who this server is.
    server: String,
    /// For calls that go on.
    room: Arc<Semaphore>,
    /// How many names are held.
    holding: watch::Sender<usize>,
}

/// A source, with its subjects.
struct Offering {
    plugin: Arc<Plugin>,
    tokens: String,
    lifetime: Lifetime,
}

impl Common {
    /// The error of a call for which there is no room.
    fn full(&self) -> CallError {
        CallError::Unavailable {
            source_name: String::new(),
            function: String::new(),
            message: format!("server `{}` has no room for one more call", self.server),
            may_have_run: false,
        }
    }
}

impl Serving {
    /// Serves plugins of a shim.
    pub fn of(shim: &Shim) -> Self {
        Serving {
            shim: shim.clone(),
            caller: Caller::default(),
            sources: Vec::new(),
            calls: CALLS,
            lease: LEASE,
            replicas: 1,
        }
    }

    /// Serves a source as an encoded world: by its name, or by the pattern that the shim has for it, for
    /// all names that match. A pattern has to be one that a subject can express, with `*` for whole
    /// segments and `**` at the end.
    pub fn source(mut self, name: impl Into<String>, world: impl Into<Vec<u8>>) -> Self {
        self.sources.push((name.into(), world.into()));
        self
    }

    /// As whom clients load what is served; without identity unless set.
    pub fn caller(self, caller: Caller) -> Self {
        Serving { caller, ..self }
    }

    /// How many calls there may be at once, 256 unless set. A call beyond that is refused, and not
    /// executed; of a named
    /// instance, a client asks again while it has time.
    pub fn calls(self, calls: usize) -> Self {
        Serving { calls, ..self }
    }

    /// How long a lease of a name lasts without being renewed, 10 seconds unless set, at least one: as long
    /// as a name may be away when its server is lost. It is what the bucket is made with; if there
    /// is one, its own time holds.
    pub fn lease(self, lease: Duration) -> Self {
        Serving { lease, ..self }
    }

    /// How many servers of a NATS cluster keep the directory, 1 unless set. It is what the bucket is
    /// made with.
    pub fn replicas(self, replicas: usize) -> Self {
        Serving { replicas, ..self }
    }

    /// Connects, on a connection of its own, and serves from now on.
    ///
    /// # Errors
    /// When a source cannot be served, or NATS cannot be reached; of named instances also if it has no
    /// JetStream.
    pub fn nats(self, servers: Servers) -> Result<Server, ServeError> {
        let offerings = self.offerings()?;
        let shim = self.shim.clone();
        let serve = async {
            let serving = timeout(PATIENCE, self.serve(offerings, &servers)).await;
            serving.unwrap_or_else(|_| {
                let waited = PATIENCE.as_secs();
                Err(format!(
                    "{servers}: it has not answered within {waited} seconds"
                ))
            })
        };
        let served = run(shim.inner.host.waits.inside(serve));
        let served = served.unwrap_or_else(|error| Err(format!("there is no thread: {error}")));
        served.map_err(ServeError::Unavailable)
    }

    fn offerings(&self) -> Result<Vec<Offering>, ServeError> {
        let mut offerings: Vec<Offering> = Vec::new();
        for (name, world) in &self.sources {
            let tokens = pattern_tokens(name).ok_or_else(|| ServeError::Pattern {
                source_name: name.clone(),
            })?;
            let (shim, caller) = (self.shim.clone(), self.caller.clone());
            let served = Served::new(shim, caller, name.clone(), world.clone(), uncarried)?;
            offerings.push(Offering {
                lifetime: served.lifetime(),
                plugin: Arc::new(Plugin::new(served)),
                tokens,
            });
        }
        Ok(offerings)
    }

    async fn serve(self, offerings: Vec<Offering>, servers: &Servers) -> Result<Server, String> {
        let link = Link::open(servers).await?;
        let spell = |error: async_nats::Error| format!("{servers}: {error}");
        let service = link
            .client
            .service_builder()
            .description("first-class worlds: plugins of a shim")
            .queue_group(GROUP)
            .start("first-class", env!("CARGO_PKG_VERSION"))
            .await
            .map_err(spell)?;
        let common = Arc::new(Common {
            server: service.info().await.id,
            link,
            subjects: servers.subjects.clone(),
            room: Arc::new(Semaphore::new(self.calls.min(Semaphore::MAX_PERMITS))),
            holding: watch::channel(0).0,
        });
        let mut server = Server {
            common,
            shim: self.shim.clone(),
            service: Some(service),
            serving: JoinSet::new(),
        };
        let directory = match offerings.iter().all(|it| it.lifetime == Lifetime::Fresh) {
            true => None,
            false => Some(Arc::new(self.directory(&server.common).await?)),
        };
        for (number, offering) in offerings.into_iter().enumerate() {
            server
                .add(number, offering, directory.clone())
                .await
                .map_err(spell)?;
        }
        server.common.link.settle().await;
        Ok(server)
    }

    async fn directory(&self, common: &Common) -> Result<Directory, String> {
        let (client, server) = (&common.link.client, common.server.clone());
        let bucket = common.subjects.bucket();
        Directory::open(client, bucket, self.lease, self.replicas, server).await
    }
}

impl Server {
    async fn add(
        &mut self,
        number: usize,
        offering: Offering,
        directory: Option<Arc<Directory>>,
    ) -> Result<(), async_nats::Error> {
        let Some(service) = &self.service else {
            return Ok(());
        };
        let Offering {
            plugin,
            tokens,
            lifetime,
        } = offering;
        let subjects = &self.common.subjects;
        let subject = match lifetime {
            Lifetime::Fresh => subjects.calls(&tokens),
            Lifetime::Named { .. } => subjects.places(&tokens),
        };
        let endpoint = service.endpoint_builder();
        let endpoint = endpoint
            .name(format!("source-{number}"))
            .metadata(metadata(&plugin, &lifetime));
        let endpoint = endpoint.add(subject).await?;
        let common = self.common.clone();
        let runtime = self.shim.inner.host.waits.runtime()?;
        match (lifetime, directory) {
            (Lifetime::Named { idle, most }, Some(directory)) => {
                let holdings = Arc::new(Holdings {
                    common,
                    plugin,
                    directory,
                    idle,
                    most,
                    by_name: Mutex::default(),
                });
                self.serving.spawn_on(holdings.serve(endpoint), runtime);
            }
            _ => drop(
                self.serving
                    .spawn_on(fresh::serve(common, plugin, endpoint), runtime),
            ),
        }
        Ok(())
    }

    /// Who this server is: its id in the service API, and in the directory.
    pub fn id(&self) -> &str {
        &self.common.server
    }

    /// How many names it holds at this moment.
    pub fn held(&self) -> usize {
        *self.common.holding.borrow()
    }

    /// Ends it, and waits until the names that it holds can be taken by others, for ten seconds at
    /// most. When it is just dropped, they are given up in the background.
    pub fn end(self) {
        let (common, shim) = (self.common.clone(), self.shim.clone());
        drop(self);
        let mut holding = common.holding.subscribe();
        let ended = async {
            let none = holding.wait_for(|count| *count == 0);
            timeout(PATIENCE, none).await.is_ok()
        };
        // What is not given up by then ends with its lease.
        let _ = run(shim.inner.host.waits.inside(ended));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort_all();
        if let Some(service) = self.service.take() {
            // It ends a task, and waits for nothing.
            let _ = run(service.stop());
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("id", &self.common.server)
            .finish_non_exhaustive()
    }
}

/// What the service API says of a source.
fn metadata(plugin: &Plugin, lifetime: &Lifetime) -> HashMap<String, String> {
    let instances = match lifetime {
        Lifetime::Fresh => "fresh",
        Lifetime::Named { .. } => "named",
    };
    let functions = plugin.signatures();
    let mut functions: Vec<_> = functions
        .map(|(name, signature)| format!("{name}={signature}"))
        .collect();
    functions.sort();
    let entries = [
        ("source", plugin.served.source_name.clone()),
        ("world", plugin.served.codec.world().full_name()),
        ("instances", instances.to_owned()),
        ("functions", functions.join(" ")),
    ];
    entries.map(|(key, value)| (key.to_owned(), value)).into()
}
