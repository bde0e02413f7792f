//! Servers that speak as much HTTP/2 as a test wants, and break off where it says.

use crate::peers::RUNTIME;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a server does after its answer.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// It waits for the client.
    Hold,
    /// It ends the connection in order.
    Close,
    /// It resets the connection.
    Reset,
}

/// A server; it ends with this.
pub(crate) struct RawPeer {
    pub(crate) address: String,
    calls: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl RawPeer {
    /// One that greets, hears a whole request, and sends these bytes.
    pub(crate) fn answering(answer: Vec<u8>, then: Then) -> Self {
        let calls = Arc::new(AtomicU64::new(0));
        let counted = calls.clone();
        RawPeer::doing(calls, move |mut stream| {
            let (answer, calls) = (answer.clone(), counted.clone());
            async move {
                if request(&mut stream).await.is_none() {
                    return;
                }
                calls.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(&answer).await;
                finish(stream, then).await;
            }
        })
    }

    /// One that sends these bytes to whoever connects.
    pub(crate) fn saying(bytes: &'static [u8], then: Then) -> Self {
        RawPeer::doing(Arc::default(), move |mut stream| async move {
            let _ = stream.write_all(bytes).await;
            finish(stream, then).await;
        })
    }

    fn doing<D>(
        calls: Arc<AtomicU64>,
        does: impl Fn(TcpStream) -> D + Send + Sync + 'static,
    ) -> Self
    where
        D: Future<Output = ()> + Send + 'static,
    {
        let listener = RUNTIME
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("is free");
        let address = listener.local_addr().expect("has one").to_string();
        let connections = Arc::new(AtomicU64::new(0));
        let counted = connections.clone();
        let task = RUNTIME.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(does(stream));
            }
        });
        RawPeer {
            address,
            calls,
            connections,
            task,
        }
    }

    /// How many requests came.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for RawPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn finish(mut stream: TcpStream, then: Then) {
    match then {
        Then::Hold => {
            // Until the client goes away.
            let mut bytes = [0; 1024];
            while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
        }
        Then::Close => {
            let _ = stream.shutdown().await;
        }
        Then::Reset => stream.set_zero_linger().expect("is open"),
    }
}

/// Greets and reads until a request has come as a whole.
async fn request(stream: &mut TcpStream) -> Option<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.ok()?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.ok()?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).await.ok()?;
        let (kind, flags) = (head[3], head[4]);
        if kind == SETTINGS && flags & 1 == 0 {
            stream.write_all(&frame(SETTINGS, 1, 0, &[])).await.ok()?;
        }
        if (kind == HEADERS || kind == DATA) && flags & END_STREAM != 0 {
            return Some(());
        }
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Of the first call of a connection.
const STREAM: u32 = 1;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let head = [length[1], length[2], length[3], kind, flags];
    [&head[..], &stream.to_be_bytes(), payload].concat()
}

/// The status and the headers of an answer, none of them compressed.
pub(crate) fn head(status: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let status = [(":status", status)];
    let block = block(status.iter().chain(headers));
    frame(HEADERS, END_HEADERS, STREAM, &block)
}

/// Headers after all else.
pub(crate) fn trailers(headers: &[(&str, &str)]) -> Vec<u8> {
    let flags = END_HEADERS | END_STREAM;
    frame(HEADERS, flags, STREAM, &block(headers.iter()))
}

fn block<'h>(headers: impl Iterator<Item = &'h (&'h str, &'h str)>) -> Vec<u8> {
    let header = |(name, value): &(&str, &str)| {
        let (name, value) = (name.as_bytes(), value.as_bytes());
        let lengths = [name.len() as u8, value.len() as u8];
        [&[0, lengths[0]], name, &[lengths[1]], value].concat()
    };
    headers.flat_map(header).collect()
}

/// Data of an answer, with more to come.
pub(crate) fn data(bytes: &[u8]) -> Vec<u8> {
    frame(DATA, 0, STREAM, bytes)
}

/// Data of an answer, and its end.
pub(crate) fn last_data(bytes: &[u8]) -> Vec<u8> {
    frame(DATA, END_STREAM, STREAM, bytes)
}

/// The end of a call, with a reason of HTTP/2.
pub(crate) fn reset(reason: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, STREAM, &reason.to_be_bytes())
}

/// The head of an answer that is gRPC.
pub(crate) fn grpc_head() -> Vec<u8> {
    head("200", &[("content-type", "application/grpc")])
}

/// A message in its frame.
pub(crate) fn message(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u32).to_be_bytes();
    [&[0][..], &length, bytes].concat()
}
