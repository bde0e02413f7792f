//! NATS: bare requests with NATS's own client, and ours, of one that gives back what it gets.

use anyhow::{Result, ensure};
use bytes::Bytes;
use first_class_host::backends::nats::{Nats, Servers};
use first_class_peers::nats::Server;
use futures::StreamExt;

use crate::callers::{CLIENTS, SERVERS, SOURCE, echo, host, theirs};
use crate::cases::Pair;
use crate::payload::Payload;

/// Requests of as many bytes as a call has without its headers. Nothing if there is no server.
pub(crate) fn request(payload: Payload) -> Result<Option<Pair>> {
    let Some(server) = Server::start("")? else {
        return Ok(None);
    };
    let subject = format!("first-class.call.{SOURCE}");
    SERVERS.block_on(answer(server.url(), subject.clone()))?;
    host(Nats::new(Servers::at([server.url()])))?;
    let client = CLIENTS.block_on(async_nats::connect(server.url()))?;
    let packed = Bytes::from(payload.packed());
    let bare = theirs("async-nats", async move || {
        let reply = client.request(subject.clone(), packed.clone()).await?;
        ensure!(reply.payload == packed, "it came back otherwise");
        Ok(())
    });
    Ok(Some(Pair {
        contenders: [bare, echo(payload)?],
        _server: Box::new(server),
    }))
}

/// Begins to answer each request with its payload, which is all that ours asks for: the packed argument of
/// such a function is its packed result.
async fn answer(url: String, subject: String) -> Result<()> {
    let client = async_nats::connect(url).await?;
    let mut requests = client.subscribe(subject).await?;
    // The server reads in order.
    client.flush().await?;
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            if let Some(reply) = request.reply {
                // Who waits for it says that it did not come.
                let _ = client.publish(reply, request.payload).await;
            }
        }
    });
    Ok(())
}
