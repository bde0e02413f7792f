//! What both ends of a connection know of it: the task that reads and writes, and those who call.

use super::child::Child;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// How many messages may wait to be sent. More, and the server does not read.
const MOST_SENDING: usize = 1024;

/// Why a connection ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct End {
    pub(super) message: String,
    /// Whether it was for a message larger than there may be.
    pub(super) is_too_large: bool,
}

/// The state of a connection.
#[derive(Default)]
pub(super) struct Link {
    ended: OnceLock<End>,
    /// How often the server said that it has other tools.
    changes: AtomicU64,
    sending: AtomicUsize,
    child: Option<Child>,
}

/// A message that is being sent.
pub(super) struct Sending(Arc<Link>);

impl Link {
    /// One with a process.
    pub(super) fn of_child(child: Child) -> Self {
        Link {
            child: Some(child),
            ..Link::default()
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
    }

    pub(super) fn ended(&self) -> Option<&End> {
        self.ended.get()
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
        if before < MOST_SENDING {
            return Some(sending);
        }
        self.end("it does not read what it is sent");
        if let Some(child) = &self.child {
            child.kill();
        }
        None
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.sending.fetch_sub(1, Ordering::SeqCst);
    }
}
