//! The connection to a server: one for all calls, made when it is needed, and made again when it is
//! lost.

use super::wire::described;
use crate::lock::lock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, Id};
use tokio::time::timeout;
use tonic::transport::{Channel, Endpoint};

/// Which part of the time of a call it may take to connect: late enough for a slow network, in
/// time to say that nothing was called.
const CONNECTING: f64 = 0.9;

/// How long it may take to connect when there is no deadline, or again when a connection was lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often the system looks whether the other side of an idle connection is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// The connection to a server.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    endpoint: Endpoint,
    current: Arc<Mutex<Option<Current>>>,
    /// How many were made.
    made: Arc<AtomicU64>,
    /// Held by who connects.
    connecting: Arc<tokio::sync::Mutex<()>>,
}

/// A connection that was made, and in which runtime: its tasks end with it.
#[derive(Clone, Debug)]
struct Current {
    runtime: Id,
    channel: Channel,
    number: u64,
}

/// A call on a connection. If it is dropped at its deadline without an answer, the next call gets
/// another connection: the network may have lost this one without a word.
pub(super) struct InUse {
    connection: Connection,
    number: u64,
    ends: Option<Instant>,
}

impl Connection {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        let endpoint = endpoint
            .tcp_nodelay(true)
            .tcp_keepalive(Some(KEEP_ALIVE))
            .connect_timeout(PATIENCE);
        Connection {
            endpoint,
            current: Arc::default(),
            made: Arc::default(),
            connecting: Arc::default(),
        }
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The connection, which is made if there is none.
    ///
    /// # Errors
    /// What the network said.
    pub(super) async fn get(&self, ends: Option<Instant>) -> Result<(Channel, InUse), String> {
        let left = ends.map(|ends| ends.saturating_duration_since(Instant::now()));
        let most = left.map_or(PATIENCE, |left| left.mul_f64(CONNECTING));
        let connected = timeout(most, self.connected()).await;
        let current = connected.unwrap_or_else(|_| {
            let most = most.as_millis();
            Err(format!("there was no connection within {most} ms"))
        })?;
        let in_use = InUse {
            connection: self.clone(),
            number: current.number,
            ends,
        };
        Ok((current.channel, in_use))
    }

    async fn connected(&self) -> Result<Current, String> {
        if let Some(current) = self.current() {
            return Ok(current);
        }
        let _connecting = self.connecting.lock().await;
        if let Some(current) = self.current() {
            return Ok(current);
        }
        let channel = self.endpoint.connect().await;
        let channel = channel.map_err(|error| described(&error))?;
        let made = Current {
            runtime: Handle::current().id(),
            channel,
            number: self.made.fetch_add(1, Ordering::Relaxed),
        };
        *lock(&self.current) = Some(made.clone());
        Ok(made)
    }

    fn current(&self) -> Option<Current> {
        let current = lock(&self.current).clone()?;
        (current.runtime == Handle::current().id()).then_some(current)
    }
}

impl InUse {
    /// The call has an answer.
    pub(super) fn answered(&mut self) {
        self.ends = None;
    }

    /// The time of the call is over, and it has none.
    pub(super) fn unanswered(&mut self) {
        self.ends = Some(Instant::now());
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        if self.ends.is_none_or(|ends| Instant::now() < ends) {
            return;
        }
        let mut current = lock(&self.connection.current);
        if current
            .as_ref()
            .is_some_and(|current| current.number == self.number)
        {
            tracing::debug!(server = %self.connection.endpoint.uri(), "it did not answer; the next call connects again");
            *current = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Connection, InUse};
    use tokio::net::TcpListener;
    use tonic::transport::Endpoint;

    async fn used(connection: &Connection) -> InUse {
        let (_, in_use) = connection.get(None).await.expect("connects");
        in_use
    }

    /// Ends a call that has no answer.
    fn give_up(mut in_use: InUse) {
        in_use.unanswered();
    }

    #[tokio::test]
    async fn a_call_takes_no_other_connection_away_than_its_own() {
        // The system connects, and nobody says anything.
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("is free");
        let address = listener.local_addr().expect("has one");
        let endpoint = Endpoint::from_shared(format!("http://{address}"));
        let connection = Connection::new(endpoint.expect("is one"));
        let [one, other] = [used(&connection).await, used(&connection).await];
        assert_eq!(one.number, other.number);
        give_up(one);
        let next = used(&connection).await;
        assert_ne!(next.number, other.number);
        give_up(other);
        assert_eq!(used(&connection).await.number, next.number);
    }
}
