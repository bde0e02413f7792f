//! Where replies come.

use crate::lock::lock;
use async_nats::{Message, Subscriber};
use futures::StreamExt;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

/// The replies that are waited for. One subscription has them all; who waits no more leaves nothing
/// behind, and all who wait when the connection is lost are told so.
pub(super) struct Mailbox {
    address: String,
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Message>>>,
}

/// A reply that is waited for.
pub(super) struct Expected {
    mailbox: Arc<Mailbox>,
    number: u64,
    message: oneshot::Receiver<Message>,
}

impl Mailbox {
    /// A mailbox below an address that nobody else has.
    pub(super) fn new(address: String) -> Self {
        Mailbox {
            address,
            next: AtomicU64::new(0),
            waiting: Mutex::default(),
        }
    }

    /// The subject that replies come to.
    pub(super) fn subject(&self) -> String {
        format!("{}.*", self.address)
    }

    /// Hands replies on, as long as there are some.
    pub(super) async fn deliver(self: Arc<Self>, mut replies: Subscriber) {
        let _end = End(self.clone());
        while let Some(reply) = replies.next().await {
            let number = reply.subject.rsplit('.').next();
            let number = number.and_then(|number| number.parse().ok());
            let waiting = number.and_then(|number: u64| lock(&self.waiting).remove(&number));
            if let Some(waiting) = waiting {
                // It may wait no more.
                let _ = waiting.send(reply);
            }
        }
    }

    /// Tells all who wait that nothing will come.
    pub(super) fn lose_all(&self) {
        lock(&self.waiting).clear();
    }

    pub(super) fn expect(self: &Arc<Self>) -> Expected {
        let (sender, message) = oneshot::channel();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.waiting).insert(number, sender);
        Expected {
            mailbox: self.clone(),
            number,
            message,
        }
    }
}

/// The end of deliveries, also if their runtime ends.
struct End(Arc<Mailbox>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.lose_all();
    }
}

impl Expected {
    /// Where the reply has to go.
    pub(super) fn address(&self) -> String {
        format!("{}.{}", self.mailbox.address, self.number)
    }

    /// Waits for the reply; nothing if the connection is lost before.
    pub(super) async fn message(mut self) -> Option<Message> {
        (&mut self.message).await.ok()
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        lock(&self.mailbox.waiting).remove(&self.number);
    }
}
