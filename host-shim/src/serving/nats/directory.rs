//! Which server holds which name: leases in a key-value bucket of JetStream.
//!
//! A lease is an entry that lives as long as the bucket keeps entries, counted from its last renewal
//! by the NATS server. Its holder counts from before it asked for that, and stops earlier, so that
//! its instance has ended when another server can take the name.

use crate::lock::lock;
use async_nats::Client;
use async_nats::jetstream::kv::{Operation, Store, UpdateError, UpdateErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy};
use bytes::Bytes;
use std::fmt::Display;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

/// Which part of a lease its holder counts on.
const COUNTED_ON: f64 = 0.75;

/// How often a lease is renewed while it lasts.
const RENEWALS: u32 = 5;

/// The shortest lease: shorter ones leave no time to end an instance.
const SHORTEST: Duration = Duration::from_secs(1);

/// The directory, for one server.
pub(super) struct Directory {
    store: Store,
    /// How long an entry lives.
    time: Duration,
    /// Who this server is.
    server: String,
}

/// A name that this server holds.
pub(super) struct Lease {
    key: String,
    /// How long this server counts on it after it was renewed.
    counted_on: Duration,
    state: Mutex<State>,
}

struct State {
    revision: u64,
    renewed: Moment,
}

/// A time, by two clocks: one goes on while the machine sleeps, the other is never set back.
#[derive(Clone, Copy)]
struct Moment {
    steady: Instant,
    system: SystemTime,
}

/// What comes of asking for a name.
pub(super) enum Taken {
    Lease(Lease),
    /// Another server holds it.
    Held {
        by: String,
    },
}

/// A lease that was not renewed.
pub(super) enum NotRenewed {
    /// It is over.
    Lost(String),
    /// It may be renewed yet.
    Failed(String),
}

impl Moment {
    fn now() -> Self {
        Moment {
            steady: Instant::now(),
            system: SystemTime::now(),
        }
    }

    fn elapsed(self) -> Duration {
        self.steady
            .elapsed()
            .max(self.system.elapsed().unwrap_or_default())
    }
}

impl Lease {
    /// How long it lasts yet.
    pub(super) fn left(&self) -> Duration {
        let renewed = lock(&self.state).renewed;
        self.counted_on.saturating_sub(renewed.elapsed())
    }

    pub(super) fn is_valid(&self) -> bool {
        !self.left().is_zero()
    }

    /// Until when this server counts on it, in microseconds since 1970, by the clock of the system.
    pub(super) fn end_us(&self) -> u128 {
        let renewed = lock(&self.state).renewed.system;
        let renewed = renewed.duration_since(SystemTime::UNIX_EPOCH);
        let end = renewed.unwrap_or_default().saturating_add(self.counted_on);
        end.as_micros()
    }
}

/// What a bucket is, to JetStream. Its client asks for more to make one than old servers know.
fn stream(bucket: &str, time: Duration, replicas: usize) -> Config {
    let time = time.max(SHORTEST);
    Config {
        name: format!("KV_{bucket}"),
        description: Some("which server holds which instance".into()),
        subjects: vec![format!("$KV.{bucket}.>")],
        max_messages_per_subject: 1,
        max_age: time,
        duplicate_window: time.min(Duration::from_secs(120)),
        discard: DiscardPolicy::New,
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        num_replicas: replicas,
        ..Config::default()
    }
}

impl Directory {
    /// Opens a bucket, which is made if there is none, with leases that last so long. If there is
    /// one, its leases last as it says.
    ///
    /// # Errors
    /// When there is no JetStream, or the bucket is none for leases.
    pub(super) async fn open(
        client: &Client,
        bucket: String,
        time: Duration,
        replicas: usize,
        server: String,
    ) -> Result<Self, String> {
        let jetstream = async_nats::jetstream::new(client.clone());
        let spell = |error: &dyn Display| {
            format!(
                "instances that are shared by name need JetStream, for the bucket `{bucket}`: {error}"
            )
        };
        let store = match jetstream.get_key_value(&bucket).await {
            Ok(store) => store,
            Err(_) => {
                let made = jetstream
                    .create_stream(stream(&bucket, time, replicas))
                    .await;
                made.map_err(|error| spell(&error))?;
                let store = jetstream.get_key_value(&bucket).await;
                store.map_err(|error| spell(&error))?
            }
        };
        let status = store.status().await.map_err(|error| spell(&error))?;
        let time = status.max_age();
        if time < SHORTEST {
            return Err(spell(
                &"it exists, and keeps its entries for ever, or for less than a second",
            ));
        }
        Ok(Directory {
            store,
            time,
            server,
        })
    }

    /// How long to wait between renewals.
    pub(super) fn pause(&self) -> Duration {
        self.time / RENEWALS
    }

    /// How long an entry lives.
    pub(super) fn time(&self) -> Duration {
        self.time
    }

    /// Takes a name, if nobody holds it.
    ///
    /// # Errors
    /// When the NATS server cannot be asked.
    pub(super) async fn take(&self, key: &str) -> Result<Taken, String> {
        // An entry that ends between two questions is asked for once more.
        for _ in 0..3 {
            let renewed = Moment::now();
            let error = match self.write(key, 0).await {
                Ok(revision) => return Ok(self.lease(key, revision, renewed)),
                Err(error) => error,
            };
            if error.kind() != UpdateErrorKind::WrongLastRevision {
                return Err(error.to_string());
            }
            let entry = self.store.entry(key).await;
            let Some(entry) = entry.map_err(|error| error.to_string())? else {
                continue;
            };
            let is_free = entry.operation != Operation::Put || self.is_own(&entry.value);
            if !is_free {
                let by = String::from_utf8_lossy(&entry.value).into_owned();
                return Ok(Taken::Held { by });
            }
            let renewed = Moment::now();
            match self.write(key, entry.revision).await {
                Ok(revision) => return Ok(self.lease(key, revision, renewed)),
                Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Err("others take it at the same time".into())
    }

    /// Which other server holds a name, if one does.
    ///
    /// # Errors
    /// When the NATS server cannot be asked.
    pub(super) async fn other(&self, key: &str) -> Result<Option<String>, String> {
        let entry = self
            .store
            .entry(key)
            .await
            .map_err(|error| error.to_string())?;
        let entry = entry.filter(|it| it.operation == Operation::Put && !self.is_own(&it.value));
        Ok(entry.map(|entry| String::from_utf8_lossy(&entry.value).into_owned()))
    }

    fn lease(&self, key: &str, revision: u64, renewed: Moment) -> Taken {
        Taken::Lease(Lease {
            key: key.to_owned(),
            counted_on: self.time.mul_f64(COUNTED_ON),
            state: Mutex::new(State { revision, renewed }),
        })
    }

    /// Renews a lease.
    pub(super) async fn renew(&self, lease: &Lease) -> Result<(), NotRenewed> {
        let renewed = Moment::now();
        let revision = lock(&lease.state).revision;
        let error = match self.write(&lease.key, revision).await {
            Ok(revision) => {
                *lock(&lease.state) = State { revision, renewed };
                return Ok(());
            }
            Err(error) => error,
        };
        if error.kind() != UpdateErrorKind::WrongLastRevision {
            return Err(NotRenewed::Failed(error.to_string()));
        }
        match self.store.entry(&lease.key).await {
            // Renewed before, and the answer was lost: so it is renewed from what is known to be.
            Ok(Some(entry)) if entry.operation == Operation::Put && self.is_own(&entry.value) => {
                lock(&lease.state).revision = entry.revision;
                Err(NotRenewed::Failed("an answer was lost".into()))
            }
            Ok(_) => Err(NotRenewed::Lost(
                "its entry in the directory is gone".into(),
            )),
            Err(error) => Err(NotRenewed::Failed(error.to_string())),
        }
    }

    /// Gives a name up. If that fails, the lease ends by itself. As long as it is valid, nobody else on this server
    /// may take the name.
    pub(super) async fn release(&self, lease: &Lease) {
        let mut revision = lock(&lease.state).revision;
        loop {
            let key = &lease.key;
            let released = self.store.delete_expect_revision(key, Some(revision));
            let Err(error) = released.await else { return };
            // It may have been renewed, and the answer was not waited for.
            match self.store.entry(key).await {
                Ok(Some(entry))
                    if lease.is_valid()
                        && entry.revision != revision
                        && entry.operation == Operation::Put
                        && self.is_own(&entry.value) =>
                {
                    revision = entry.revision;
                }
                _ => return tracing::debug!(key, %error, "a lease was not given up"),
            }
        }
    }

    async fn write(&self, key: &str, revision: u64) -> Result<u64, UpdateError> {
        let value = Bytes::from(self.server.clone());
        self.store.update(key, value, revision).await
    }

    fn is_own(&self, value: &[u8]) -> bool {
        value == self.server.as_bytes()
    }
}
