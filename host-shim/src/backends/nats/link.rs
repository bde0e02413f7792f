//! A connection, which all share.

use super::mailbox::Mailbox;
use super::servers::Servers;
use crate::lock::lock;
use async_nats::connection::State;
use async_nats::{Client, Event, HeaderMap, Message, StatusCode};
use bytes::Bytes;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Mutex as AsyncMutex;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout_at};

/// How often to look whether a connection is there again.
const LOOK: Duration = Duration::from_millis(5);

/// How long it may take to make a connection, or to renew it, for those who have no deadline.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection. Its client renews it with back-off when it is lost, for as long as this lives.
pub(crate) struct Link {
    pub(crate) client: Client,
    mailbox: Arc<Mailbox>,
    is_over: Arc<AtomicBool>,
    delivering: AbortHandle,
}

/// The connection to some servers, which is made when it is needed.
pub(crate) struct Shared {
    pub(crate) servers: Servers,
    link: Mutex<Option<Arc<Link>>>,
    /// The last attempt that failed: when, and why.
    connecting: AsyncMutex<Option<(Instant, String)>>,
}

/// A request without a reply.
pub(super) enum Unanswered {
    /// Nothing was sent.
    Unsent(String),
    /// It is larger than the server takes.
    TooLarge { most: u64, found: u64 },
    /// Nobody has subscribed to the subject.
    Nobody,
    /// The connection was lost after the request was sent.
    Lost(String),
}

/// Something to be asked.
pub(super) struct Request {
    pub(super) subject: String,
    pub(super) headers: HeaderMap,
    pub(super) payload: Bytes,
    /// Until when it may be sent.
    pub(super) until: Instant,
}

impl Drop for Link {
    fn drop(&mut self) {
        // It would keep the connection.
        self.delivering.abort();
    }
}

impl Link {
    /// Connects.
    ///
    /// # Errors
    /// Why that cannot be done.
    pub(crate) async fn open(servers: &Servers) -> Result<Self, String> {
        let spell = |error: &dyn Display| format!("{servers}: {error}");
        let options = servers.options().await.map_err(|error| spell(&error))?;
        let is_over = Arc::new(AtomicBool::new(false));
        // The client, which knows its address, is not there yet.
        let lost: Arc<Mutex<Option<Arc<Mailbox>>>> = Arc::default();
        let (over, told) = (is_over.clone(), lost.clone());
        let options = options.event_callback(move |event| {
            if matches!(event, Event::Disconnected | Event::Closed)
                && let Some(mailbox) = &*lock(&told)
            {
                mailbox.lose_all();
            }
            if let Event::Closed = event {
                over.store(true, Ordering::Relaxed);
            }
            async {}
        });
        let client = options.connect(servers.addresses()).await;
        let client = client.map_err(|error| spell(&error))?;
        let mailbox = Arc::new(Mailbox::new(client.new_inbox()));
        *lock(&lost) = Some(mailbox.clone());
        let replies = client.subscribe(mailbox.subject()).await;
        let replies = replies.map_err(|error| spell(&error))?;
        let delivering = tokio::spawn(mailbox.clone().deliver(replies));
        Ok(Link {
            client,
            mailbox,
            is_over,
            delivering: delivering.abort_handle(),
        })
    }

    /// Waits until the server has read all that was sent so far: it answers in order.
    pub(crate) async fn settle(&self) {
        let nobody = self.client.new_inbox();
        let _ = self.client.request(nobody, Bytes::new()).await;
    }

    /// Waits until the connection is there, if it is being renewed.
    async fn ready(&self) {
        while self.client.connection_state() != State::Connected && !self.is_over() {
            sleep(LOOK).await;
        }
    }

    /// Whether it is not renewed any more.
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed) || self.delivering.is_finished()
    }

    /// How large a message may be, with its headers, in bytes.
    pub(crate) fn most(&self) -> u64 {
        self.client.max_payload() as u64
    }
}

impl Shared {
    pub(super) fn new(servers: Servers) -> Self {
        Shared {
            servers,
            link: Mutex::default(),
            connecting: AsyncMutex::default(),
        }
    }

    /// The connection, which is there when this returns.
    ///
    /// # Errors
    /// Why it cannot be made, or was not there in time.
    pub(crate) async fn link(&self, until: Option<Instant>) -> Result<Arc<Link>, String> {
        let started = Instant::now();
        let until = until.unwrap_or(started + PATIENCE);
        let connected = async {
            loop {
                let link = match self.live() {
                    Some(link) => link,
                    None => self.connect(started).await?,
                };
                link.ready().await;
                if !link.is_over() {
                    return Ok(link);
                }
            }
        };
        timeout_at(until.into(), connected)
            .await
            .unwrap_or_else(|_| {
                let waited = started.elapsed().as_millis();
                Err(format!(
                    "{}: there was no connection within {waited} ms",
                    self.servers
                ))
            })
    }

    fn live(&self) -> Option<Arc<Link>> {
        let mut link = lock(&self.link);
        if link.as_ref().is_some_and(|link| link.is_over()) {
            *link = None;
        }
        link.clone()
    }

    /// Connects, one for all who want it: an attempt that fails has failed for those who waited.
    async fn connect(&self, wanted: Instant) -> Result<Arc<Link>, String> {
        let mut failed = self.connecting.lock().await;
        if let Some(link) = self.live() {
            return Ok(link);
        }
        if let Some((when, error)) = &*failed
            && *when >= wanted
        {
            return Err(error.clone());
        }
        match Link::open(&self.servers).await {
            Ok(link) => {
                let link = Arc::new(link);
                *lock(&self.link) = Some(link.clone());
                Ok(link)
            }
            Err(error) => {
                *failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Sends a request, and waits for its reply.
    pub(super) async fn ask(&self, request: Request) -> Result<Message, Unanswered> {
        let link = self.link(Some(request.until)).await;
        let link = link.map_err(Unanswered::Unsent)?;
        let (most, found) = (link.most(), size(&request.headers, &request.payload));
        if found > most {
            return Err(Unanswered::TooLarge { most, found });
        }
        let expected = link.mailbox.expect();
        let sent = link.client.publish_with_reply_and_headers(
            request.subject,
            expected.address(),
            request.headers,
            request.payload,
        );
        match timeout_at(request.until.into(), sent).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(self.unsent(&error)),
            Err(_) => return Err(self.unsent(&"the connection takes nothing")),
        }
        let Some(message) = expected.message().await else {
            let error = format!("{}: the connection was lost", self.servers);
            return Err(Unanswered::Lost(error));
        };
        match message.status {
            Some(StatusCode::NO_RESPONDERS) => Err(Unanswered::Nobody),
            _ => Ok(message),
        }
    }

    fn unsent(&self, error: &dyn Display) -> Unanswered {
        Unanswered::Unsent(format!("{}: {error}", self.servers))
    }
}

/// The most that headers and payload take in a message, in bytes.
pub(crate) fn size(headers: &HeaderMap, payload: &[u8]) -> u64 {
    const FRONT: usize = "NATS/1.0\r\n\r\n".len();
    let lines = headers.iter().flat_map(|(name, values)| {
        let name = AsRef::<str>::as_ref(name).len();
        values
            .iter()
            .map(move |value| name + value.as_str().len() + ": \r\n".len())
    });
    (FRONT + lines.sum::<usize>() + payload.len()) as u64
}
