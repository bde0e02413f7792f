//! What both ends of a connection know of it: the task that reads and writes, and those who call.

use super::child::Child;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::time::timeout;

/// How many calls, and words about them, may wait to be sent.
const MOST_SENDING: usize = 1024;

/// Why a connection ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct End {
    pub(super) message: String,
    /// Whether it was for a message larger than there may be.
    pub(super) is_too_large: bool,
}

/// The state of a connection.
pub(super) struct Link {
    ended: OnceLock<End>,
    /// Told when it has ended.
    over: Notify,
    /// How often the server said that it has other tools.
    changes: AtomicU64,
    sending: AtomicUsize,
    /// How long the server may take to read a message.
    reading: Duration,
    child: Option<Child>,
}

/// A message that is being sent.
pub(super) struct Sending(Arc<Link>);

impl Link {
    /// One with a process, if there is any, and a server that may take so long to read a message.
    pub(super) fn new(child: Option<Child>, reading: Duration) -> Self {
        Link {
            ended: OnceLock::new(),
            over: Notify::new(),
            changes: AtomicU64::new(0),
            sending: AtomicUsize::new(0),
            reading,
            child,
        }
    }

    pub(super) fn child(&self) -> Option<&Child> {
        self.child.as_ref()
    }

    /// Notes why it ended. The first reason counts.
    pub(super) fn end(&self, message: impl Into<String>) {
        self.end_as(message.into(), false);
    }

    /// Notes that it ended since a message was larger than there may be.
    pub(super) fn end_too_large(&self, most: usize) {
        let message = format!(
            "it sent a message of more than {most} bytes; `Mcp::message_bytes` allows more"
        );
        self.end_as(message, true);
    }

    fn end_as(&self, message: String, is_too_large: bool) {
        let end = End {
            message,
            is_too_large,
        };
        // Whoever comes later saw what followed from it.
        let _ = self.ended.set(end);
        self.over.notify_waiters();
    }

    pub(super) fn ended(&self) -> Option<&End> {
        self.ended.get()
    }

    /// Waits until it has ended.
    pub(super) async fn over(&self) {
        let told = self.over.notified();
        if self.ended.get().is_none() {
            told.await;
        }
    }

    /// Why it ended, or what is seen of its end, and since when.
    pub(super) async fn why(&self, seen: &str, since: Instant) -> String {
        match (self.ended(), &self.child) {
            (Some(end), _) => end.message.clone(),
            (None, Some(child)) => child.why(since).await,
            (None, None) => seen.to_owned(),
        }
    }

    /// Waits until the server has read something. If it does not, the connection ends, and a process with it.
    ///
    /// # Errors
    /// When it has not.
    pub(super) async fn within_reading<T>(&self, reads: impl Future<Output = T>) -> io::Result<T> {
        if let Ok(read) = timeout(self.reading, reads).await {
            return Ok(read);
        }
        let limit = self.reading.as_millis();
        let message = format!(
            "it did not read what it was sent within {limit} ms; `Mcp::reading` allows more"
        );
        self.end(message.clone());
        if let Some(child) = &self.child {
            child.kill();
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, message))
    }

    pub(super) fn change_tools(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Counts a message until it is sent; nothing if too many wait.
    pub(super) fn sending(self: &Arc<Self>) -> Option<Sending> {
        let sending = Sending(self.clone());
        let before = self.sending.fetch_add(1, Ordering::SeqCst);
        (before < MOST_SENDING).then_some(sending)
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.sending.fetch_sub(1, Ordering::SeqCst);
    }
}
