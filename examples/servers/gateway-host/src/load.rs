//! Clients that send requests as fast as they are answered.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How large an answer may be, in bytes.
const MOST: usize = 4 << 20;

/// What to send.
#[derive(Clone, Debug)]
pub struct Load {
    /// To whom.
    pub address: SocketAddr,
    /// How many clients there are at once, each with a connection.
    pub clients: usize,
    /// How many requests they send together, at most.
    pub requests: u64,
    /// After what time no more are sent.
    pub time: Duration,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many answers there were, by status.
    pub answers: BTreeMap<u16, u64>,
    /// How many requests got no answer, or not all of one.
    pub unanswered: u64,
    /// How long each answer took, sorted.
    pub latencies: Vec<Duration>,
    /// How long it took in all.
    pub time: Duration,
}

impl Load {
    /// Sends it: requests for `/v1/item/0`, `/v1/item/1` and so on, by a client that is known.
    pub async fn send(&self) -> Tally {
        let start = Instant::now();
        let next = Arc::new(AtomicU64::new(0));
        let clients = (0..self.clients).map(|_| {
            let (load, next) = (self.clone(), next.clone());
            tokio::spawn(async move { load.client(&next, start + load.time).await })
        });
        let mut tally = Tally::default();
        for client in clients.collect::<Vec<_>>() {
            // A client does not panic; if it did, that would be one without an answer.
            match client.await {
                Ok(other) => tally.add(other),
                Err(_) => tally.unanswered += 1,
            }
        }
        tally.latencies.sort_unstable();
        tally.time = start.elapsed();
        tally
    }

    async fn client(&self, next: &AtomicU64, end: Instant) -> Tally {
        let mut tally = Tally::default();
        let mut connection = None;
        while Instant::now() < end {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= self.requests {
                break;
            }
            let start = Instant::now();
            let asked = timeout(PATIENCE, self.ask(&mut connection, number));
            match asked.await.ok().flatten() {
                Some(status) => {
                    *tally.answers.entry(status).or_default() += 1;
                    tally.latencies.push(start.elapsed());
                }
                None => {
                    tally.unanswered += 1;
                    connection = None;
                }
            }
        }
        tally
    }

    /// The status of a whole answer.
    async fn ask(
        &self,
        connection: &mut Option<SendRequest<Empty<Bytes>>>,
        number: u64,
    ) -> Option<u16> {
        let open = connection.take().filter(|sender| !sender.is_closed());
        let mut sender = match open {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        let request = Request::get(format!("/v1/item/{number}"))
            .header("host", self.address.to_string())
            .header("authorization", "Bearer wonderland")
            .body(Empty::new());
        let response = sender.send_request(request.ok()?).await.ok()?;
        let status = response.status().as_u16();
        Limited::new(response.into_body(), MOST)
            .collect()
            .await
            .ok()?;
        // The connection is free a moment later.
        sender.ready().await.ok();
        *connection = Some(sender);
        Some(status)
    }

    async fn connect(&self) -> Option<SendRequest<Empty<Bytes>>> {
        let stream = TcpStream::connect(self.address).await.ok()?;
        let _ = stream.set_nodelay(true);
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(sender)
    }
}

impl Tally {
    fn add(&mut self, other: Tally) {
        for (status, count) in other.answers {
            *self.answers.entry(status).or_default() += count;
        }
        self.unanswered += other.unanswered;
        self.latencies.extend(other.latencies);
    }

    /// How many requests were sent.
    pub fn requests(&self) -> u64 {
        self.answers.values().sum::<u64>() + self.unanswered
    }

    /// The latency that a part of the answers, between 0 and 1, stays below.
    pub fn quantile(&self, part: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        let at = (last as f64 * part).round() as usize;
        self.latencies.get(at).copied().unwrap_or_default()
    }
}
