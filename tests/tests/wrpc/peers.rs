//! Servers for tests: their implementation, and some that do not keep to the protocol.

use crate::theirs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use tokio::io::{AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use wrpc_transport::frame::Server;

/// Where servers and clients of tests run.
pub(crate) static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("starts threads"));

/// A server of a test; it ends with this.
pub(crate) struct Peer {
    pub(crate) address: String,
    tasks: Vec<JoinHandle<()>>,
}

impl Peer {
    /// Their server at a port that is free.
    pub(crate) fn tcp() -> Self {
        Peer::tcp_at("127.0.0.1:0")
    }

    /// Their server at an address.
    pub(crate) fn tcp_at(address: &str) -> Self {
        let server = Arc::new(Server::default());
        let serving = RUNTIME.spawn(RUNTIME.block_on(theirs::serve_all(&server)));
        let (listener, address) = bind(address);
        let accepting = RUNTIME.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (reader, writer) = stream.into_split();
                // It may ask for what is not there.
                let _ = server.accept((), writer, BufReader::new(reader)).await;
            }
        });
        Peer {
            address,
            tasks: vec![serving, accepting],
        }
    }

    /// Their server at a Unix socket.
    pub(crate) fn unix(path: &Path) -> Self {
        let server = Arc::new(Server::default());
        let serving = RUNTIME.spawn(RUNTIME.block_on(theirs::serve_all(&server)));
        let entered = RUNTIME.enter();
        let listener = UnixListener::bind(path).expect("is free");
        drop(entered);
        let accepting = RUNTIME.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (reader, writer) = stream.into_split();
                let _ = server.accept((), writer, BufReader::new(reader)).await;
            }
        });
        Peer {
            address: path.display().to_string(),
            tasks: vec![serving, accepting],
        }
    }

    /// A server that does something with each connection, and drops it then.
    pub(crate) fn doing<D>(does: impl Fn(TcpStream) -> D + Send + Sync + 'static) -> Self
    where
        D: Future<Output = ()> + Send + 'static,
    {
        let (listener, address) = bind("127.0.0.1:0");
        let accepting = RUNTIME.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(does(stream));
            }
        });
        Peer {
            address,
            tasks: vec![accepting],
        }
    }

    /// Ends the server, and waits until nobody listens any more.
    pub(crate) fn end(mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            let _ = RUNTIME.block_on(task);
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn bind(address: &str) -> (TcpListener, String) {
    let listener = RUNTIME.block_on(TcpListener::bind(address));
    let listener = listener.expect("is free");
    let address: SocketAddr = listener.local_addr().expect("has one");
    (listener, address.to_string())
}

/// Reads what a client sends, until it has sent all.
pub(crate) async fn request(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    bytes
}
