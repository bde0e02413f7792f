//! Peers that are not ours: NATS's own client, and what it is told to say.

use async_nats::{Client, HeaderMap, Message};
use first_class_peers::nats::Server;
use futures::StreamExt;
use std::sync::LazyLock;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Where peers of tests run.
pub(crate) static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("starts threads"));

/// NATS's own client.
pub(crate) fn client(server: &Server) -> Client {
    let client = RUNTIME.block_on(async_nats::connect(server.url()));
    client.expect("connects")
}

/// Something that answers to a subject; it ends with this.
pub(crate) struct Peer(JoinHandle<()>);

/// What a peer answers; nothing if it does not.
pub(crate) type Answer = Option<(HeaderMap, Vec<u8>)>;

impl Peer {
    pub(crate) fn answering(
        server: &Server,
        subject: &str,
        answer: impl Fn(&Message) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let client = client(server);
        let subject = subject.to_owned();
        let mut messages = RUNTIME.block_on(async {
            let messages = client.subscribe(subject).await.expect("subscribes");
            // An answer of the server, which has read all that came before.
            let _ = client.request("nobody.is.there", "".into()).await;
            messages
        });
        Peer(RUNTIME.spawn(async move {
            while let Some(message) = messages.next().await {
                let Some((headers, payload)) = answer(&message) else {
                    continue;
                };
                let reply = message.reply.expect("is a request");
                let sent = client.publish_with_headers(reply, headers, payload.into());
                sent.await.expect("is there");
            }
        }))
    }

    /// A peer that answers with a payload.
    pub(crate) fn saying(server: &Server, payload: Vec<u8>) -> Self {
        Peer::answering(server, "first-class.call.peer", move |_| {
            Some((HeaderMap::new(), payload.clone()))
        })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A header of a message.
pub(crate) fn header<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    Some(message.headers.as_ref()?.get(name)?.as_str())
}
