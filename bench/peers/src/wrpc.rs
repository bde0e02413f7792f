//! wRPC: a server and a client that `wit-bindgen-wrpc` generates, and ours.

use std::sync::Arc;

use anyhow::{Result, ensure};
use bytes::Bytes;
use first_class_bench_common::measure::Contender;
use first_class_host::backends::wrpc::Wrpc;
use futures::stream::{StreamExt, select_all};
use tokio::io::{AsyncBufRead, AsyncWrite, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use wrpc_transport::Invoke;
use wrpc_transport::frame::Server;

use crate::callers::{SERVERS, echo, host, theirs};
use crate::cases::Pair;
use crate::payload::{self, Payload};

/// The server's side.
mod server {
    wit_bindgen_wrpc::generate!({ world: "echo-service", path: "wit/echo" });
}

/// The client's.
mod client {
    wit_bindgen_wrpc::generate!({ world: "echo-client", path: "wit/echo" });
}

use client::first_class::bench_peers::echo as calls;
use server::exports::first_class::bench_peers::echo::Handler;

/// What the other subject is called.
const NAME: &str = "wrpc";

#[derive(Clone)]
struct Echo;

impl<C: Send + Sync> Handler<C> for Echo {
    async fn echo_text(&self, _: C, value: String) -> Result<String> {
        Ok(value)
    }

    async fn echo_bytes(&self, _: C, value: Bytes) -> Result<Bytes> {
        Ok(value)
    }
}

/// Tasks that end with this.
struct Serving(Vec<JoinHandle<()>>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Calls over a Unix socket, each of which is a connection.
#[cfg(unix)]
pub(crate) fn over_unix(payload: Payload) -> Result<Pair> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("echo.sock");
    let entered = SERVERS.enter();
    let listener = tokio::net::UnixListener::bind(&path)?;
    drop(entered);
    let (server, answering) = answering()?;
    let accepting = SERVERS.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (reader, writer) = stream.into_split();
            // One that breaks off makes a client fail, who says so.
            let _ = server.accept((), writer, BufReader::new(reader)).await;
        }
    });
    host(Wrpc::unix(&path))?;
    let client = wrpc_transport::unix::Client::from(path);
    Ok(Pair {
        contenders: [generated(client, payload), echo(payload)?],
        _server: Box::new((Serving(vec![accepting, answering]), folder)),
    })
}

/// Calls over TCP.
pub(crate) fn over_tcp(payload: Payload) -> Result<Pair> {
    let listener = SERVERS.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?.to_string();
    let (server, answering) = answering()?;
    let accepting = SERVERS.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (reader, writer) = stream.into_split();
            let _ = server.accept((), writer, BufReader::new(reader)).await;
        }
    });
    host(Wrpc::tcp(&address))?;
    let client = wrpc_transport::tcp::Client::from(address);
    Ok(Pair {
        contenders: [generated(client, payload), echo(payload)?],
        _server: Box::new(Serving(vec![accepting, answering])),
    })
}

/// A server that connections are given to, and what answers their calls.
type Answering<I, O> = (Arc<Server<(), I, O>>, JoinHandle<()>);

fn answering<I, O>() -> Result<Answering<I, O>>
where
    I: AsyncBufRead + Send + Sync + Unpin + 'static,
    O: AsyncWrite + Send + Sync + Unpin + 'static,
{
    let server = Arc::new(Server::default());
    let invocations = SERVERS.block_on(server::serve(&*server, Echo))?;
    let streams = invocations.into_iter();
    let mut invocations = select_all(streams.map(|(_, _, invocations)| invocations));
    let answering = SERVERS.spawn(async move {
        while let Some(invocation) = invocations.next().await {
            if let Ok(invocation) = invocation {
                tokio::spawn(invocation);
            }
        }
    });
    Ok((server, answering))
}

/// Calls through the bindings that are generated.
fn generated<W>(client: W, payload: Payload) -> Contender
where
    W: Invoke<Context = ()> + 'static,
{
    match payload {
        Payload::Text => {
            let text = payload::text();
            theirs(NAME, async move || {
                let came = calls::echo_text(&client, (), &text).await?;
                ensure!(came == text, "it came back otherwise");
                Ok(())
            })
        }
        Payload::Bytes => {
            let bytes = Bytes::from(payload::bytes());
            theirs(NAME, async move || {
                let came = calls::echo_bytes(&client, (), &bytes).await?;
                ensure!(came == bytes, "it came back otherwise");
                Ok(())
            })
        }
    }
}
