//! What lies between rmcp and a server: what a server sends is bounded and sorted here.

use super::asked::Asked;
use super::http;
use super::lines::Lines;
use super::link::Link;
use rmcp::RoleClient;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, ServerJsonRpcMessage, ServerNotification};
use rmcp::transport::Transport;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// How long it may take to say goodbye to a server over HTTP.
const CLOSING: Duration = Duration::from_secs(2);

/// A message that was not sent, or not answered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It did not arrive.
    #[error("{0}")]
    Unreachable(String),
    /// It may have arrived.
    #[error("{0}")]
    Lost(String),
    /// It arrived and was refused.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Malformed(String),
    #[error("the answer is too large")]
    TooLarge,
}

pub(super) enum Wire {
    Lines(Lines),
    Http(Box<http::Transport>),
}

/// A message under way.
type Sent = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send>>;

/// A connection as rmcp sees it.
pub(super) struct Guarded {
    wire: Wire,
    link: Arc<Link>,
    asked: Asked,
    /// Since when it is seen that nothing comes any more.
    silent: Option<Instant>,
}

impl Guarded {
    /// `most` is how much of answers may wait to be read, in bytes.
    pub(super) fn new(wire: Wire, link: Arc<Link>, most: usize) -> Self {
        let asked = Asked::new(most);
        Guarded {
            wire,
            link,
            asked,
            silent: None,
        }
    }

    /// Whether a message is for rmcp. It would make a task of each that is not.
    fn passes(&mut self, message: &ServerJsonRpcMessage) -> bool {
        match message {
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => true,
            JsonRpcMessage::Request(request) => {
                self.asked.ask(request);
                false
            }
            JsonRpcMessage::Notification(it) => {
                if let ServerNotification::ToolListChangedNotification(_) = it.notification {
                    self.link.change_tools();
                }
                false
            }
        }
    }

    /// The next message for rmcp. May be dropped and called again.
    async fn next(&mut self) -> Option<ServerJsonRpcMessage> {
        loop {
            // Who does not read answers is not read, either.
            if let Some((answer, room)) = self.asked.answer().await {
                let sent = self.sent(answer);
                tokio::spawn(async move {
                    // If nobody reads it, the connection ends, and who else failed to take it did not ask in earnest.
                    let _ = sent.await;
                    drop(room);
                });
            }
            let message = match &mut self.wire {
                Wire::Lines(lines) => lines.receive(&self.link).await,
                Wire::Http(http) => http.receive().await,
            };
            let message = message?;
            if self.passes(&message) {
                return Some(message);
            }
        }
    }

    /// Sends a message, as long as the server may take to read it.
    fn sent(&mut self, message: ClientJsonRpcMessage) -> Sent {
        let link = self.link.clone();
        // A call takes as long as its caller waits.
        let is_call = matches!(message, JsonRpcMessage::Request(_));
        match &mut self.wire {
            Wire::Lines(lines) => {
                let line = lines.send(message, link.clone());
                Box::pin(async move {
                    match line.await {
                        Ok(()) => Ok(()),
                        Err(error) => {
                            let seen = error.to_string();
                            let why = link.why(&seen, Instant::now()).await;
                            Err(Fault::Unreachable(why))
                        }
                    }
                })
            }
            Wire::Http(http) => {
                let request = http.send(message);
                Box::pin(async move {
                    let sent = match is_call {
                        true => Ok(request.await),
                        false => link.within_reading(request).await,
                    };
                    let sent = sent.map_err(|unread| Fault::Lost(unread.to_string()))?;
                    sent.map_err(|error| http::fault(&error))
                })
            }
        }
    }
}

impl Transport<RoleClient> for Guarded {
    type Error = Fault;

    fn send(
        &mut self,
        message: ClientJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Fault>> + Send + 'static {
        let sending = self.link.sending();
        let sent = sending.is_some().then(|| self.sent(message));
        async move {
            let _sending = sending;
            match sent {
                Some(sent) => sent.await,
                None => {
                    let reason = "too many messages wait for it to read them";
                    Err(Fault::Unreachable(reason.into()))
                }
            }
        }
    }

    async fn receive(&mut self) -> Option<ServerJsonRpcMessage> {
        let link = self.link.clone();
        let message = tokio::select! {
            biased;
            () = link.over() => None,
            message = self.next() => message,
        };
        if message.is_none() {
            // This may be dropped at any time, and called again.
            let since = *self.silent.get_or_insert_with(Instant::now);
            let why = link.why("the connection ended", since).await;
            link.end(why);
        }
        message
    }

    async fn close(&mut self) -> Result<(), Fault> {
        self.link.end("the connection was closed");
        match &mut self.wire {
            Wire::Lines(lines) => {
                lines.close().await;
                if let Some(child) = self.link.child() {
                    child.finish().await;
                }
            }
            Wire::Http(http) => {
                // Whatever becomes of it, nothing is left to do.
                let _ = timeout(CLOSING, http.close()).await;
            }
        }
        Ok(())
    }
}
