//! What lies between rmcp and a server: what a server sends is bounded and sorted here.

use super::http;
use super::lines::Lines;
use super::link::Link;
use rmcp::RoleClient;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, ServerJsonRpcMessage, ServerNotification};
use rmcp::transport::Transport;
use std::sync::Arc;
use std::time::Duration;
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

/// A connection as rmcp sees it.
pub(super) struct Guarded {
    wire: Wire,
    link: Arc<Link>,
}

impl Guarded {
    pub(super) fn new(wire: Wire, link: Arc<Link>) -> Self {
        Guarded { wire, link }
    }

    /// Whether a message is for rmcp. It would make a task of each notification.
    fn passes(&self, message: &ServerJsonRpcMessage) -> bool {
        match message {
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) | JsonRpcMessage::Request(_) => {
                true
            }
            JsonRpcMessage::Notification(it) => {
                if let ServerNotification::ToolListChangedNotification(_) = it.notification {
                    self.link.change_tools();
                }
                false
            }
        }
    }

    async fn next(&mut self) -> Option<ServerJsonRpcMessage> {
        match &mut self.wire {
            Wire::Lines(lines) => lines.receive(&self.link).await,
            Wire::Http(http) => http.receive().await,
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
        let link = self.link.clone();
        let (line, request) = match &mut self.wire {
            _ if sending.is_none() => (None, None),
            Wire::Lines(lines) => (Some(lines.send(message)), None),
            Wire::Http(http) => (None, Some(http.send(message))),
        };
        async move {
            let _sending = sending;
            match (line, request) {
                (Some(line), _) => match (line.await, link.child()) {
                    (Ok(()), _) => Ok(()),
                    (Err(_), Some(child)) => Err(Fault::Unreachable(child.why().await)),
                    (Err(error), None) => Err(Fault::Unreachable(error.to_string())),
                },
                (_, Some(request)) => request.await.map_err(|error| http::fault(&error)),
                (None, None) => {
                    let reason = "it does not read what it is sent";
                    Err(Fault::Unreachable(reason.into()))
                }
            }
        }
    }

    async fn receive(&mut self) -> Option<ServerJsonRpcMessage> {
        loop {
            match self.next().await {
                Some(message) if self.passes(&message) => return Some(message),
                Some(_) => {}
                None => break,
            }
        }
        let why = match self.link.child() {
            Some(child) => child.why().await,
            None => "the connection ended".into(),
        };
        self.link.end(why);
        None
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
