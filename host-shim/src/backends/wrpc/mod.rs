//! wRPC over TCP, TLS and Unix sockets: calls of any wRPC server.
//!
//! ```no_run
//! use first_class_host::backends::wrpc::Wrpc;
//! use first_class_host::{Shim, Source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let alice = Source::backend(Wrpc::tcp("carts.example:7761"));
//! let shim = Shim::builder().source("cart/alice", alice).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A connection carries one call: a header with the names of interface and function, the packed
//! arguments, and back the packed result. The protocol has no place for errors: a peer that has none
//! of the function, or fails in it, ends the connection. So what is lost may have run. Of a function
//! without a result, the end of the connection is all that there is, and an orderly one is taken for
//! success; a shim that [serves](crate::serving::wrpc) breaks a frame off instead, which every
//! client takes for the failure that it is.

mod frames;
mod stream;

pub(crate) use frames::{Frames, ReceiveError, invocation, reply};
pub use rustls;
pub(crate) use stream::Stream;

use super::{Backend, BackendError, Call, Misfit, Offered, OpenError, Session, misfits};
use async_trait::async_trait;
use first_class_abi::World;
use first_class_abi::value::{Codec, DecodeValueError, Value, unpackable};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::Arc;
use stream::Address;
use tokio::io::AsyncWriteExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How many connections there may be at once when the embedder does not say.
const CONNECTIONS: usize = 256;

/// Which part of the time of a call it may take to connect.
const CONNECTING: f64 = 0.9;

/// A wRPC server, as a backend. A function is asked for by the name of its interface, such as
/// `acme:shop/carts@1.2.0`, empty for a function of the world itself, and by its own.
///
/// Nothing is asked of the server at load, since it can say nothing of what it has: what a world calls
/// optional counts as there. Resources,
/// streams, futures, maps, lists of fixed length and more than 32 flags cannot be carried.
#[derive(Clone, Debug)]
pub struct Wrpc {
    address: Address,
    connections: Arc<Semaphore>,
}

impl Wrpc {
    /// The server at an address such as `carts.example:7761`, which is looked up for each connection.
    pub fn tcp(address: impl Into<String>) -> Self {
        Wrpc::at(Address::Tcp {
            address: address.into(),
            tls: None,
        })
    }

    /// The server at an address, through TLS, under the name that its certificate has to have. What is
    /// trusted, and by which certificate this side is known if the server wants one, stands in the
    /// configuration.
    ///
    /// # Errors
    /// When the name is neither that of a host nor an IP address.
    pub fn tls(
        address: impl Into<String>,
        name: &str,
        config: Arc<ClientConfig>,
    ) -> Result<Self, rustls::pki_types::InvalidDnsNameError> {
        let name = ServerName::try_from(name.to_owned())?;
        Ok(Wrpc::at(Address::Tcp {
            address: address.into(),
            tls: Some((TlsConnector::from(config), name)),
        }))
    }

    /// The server at a Unix socket.
    #[cfg(unix)]
    pub fn unix(path: impl Into<PathBuf>) -> Self {
        Wrpc::at(Address::Unix(path.into()))
    }

    fn at(address: Address) -> Self {
        Wrpc {
            address,
            connections: Arc::new(Semaphore::new(CONNECTIONS)),
        }
    }

    /// How many connections there may be at once, 256 unless set, which is how many calls. Others wait,
    /// no longer than their deadlines.
    #[must_use]
    pub fn connections(self, most: usize) -> Self {
        Wrpc {
            connections: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            ..self
        }
    }
}

/// What of a world wRPC cannot carry.
pub(crate) fn uncarried(world: &World) -> Vec<Misfit> {
    misfits(world, unpackable)
}

#[async_trait]
impl Backend for Wrpc {
    async fn check(&self, offered: &Offered) -> Result<Vec<u32>, OpenError> {
        OpenError::check(uncarried(offered.codec.world()))?;
        Ok(Vec::new())
    }

    async fn open(&self, offered: &Offered) -> Result<Box<dyn Session>, OpenError> {
        Ok(Box::new(Client {
            server: self.clone(),
            codec: offered.codec.clone(),
        }))
    }
}

/// An instance at a server. The server knows nothing of it.
struct Client {
    server: Wrpc,
    codec: Codec,
}

#[async_trait]
impl Session for Client {
    async fn call(&self, call: &Call) -> Result<Vec<u8>, BackendError> {
        let packed = call.packed(&self.codec)?;
        let callable = self.codec.world().callables().get(call.function as usize);
        let callable = callable.ok_or(BackendError::Unsupported)?;
        let request = invocation(&callable.interface, &callable.name, &packed);
        let request = request.map_err(|error| BackendError::Arguments {
            message: error.to_string(),
        })?;
        let (_connection, mut stream) = self.connect(call).await?;
        let sent = async {
            stream.write_all(&request).await?;
            stream.flush().await?;
            stream.shutdown().await
        };
        let sent = sent.await;
        // A server may have said all that it has to say before it was told all, and gone away.
        let result = match (self.receive(call, stream).await, sent) {
            (Err(BackendError::Lost { .. }), Err(error)) => return Err(self.lost(&error)),
            (result, _) => result?,
        };
        call.result(&self.codec, result.as_ref())
    }
}

impl Client {
    /// Connects, when there may be one more connection. In time to say that nothing was called, if
    /// that takes too long.
    async fn connect(
        &self,
        call: &Call,
    ) -> Result<(Option<SemaphorePermit<'_>>, Box<dyn Stream>), BackendError> {
        let server = &self.server;
        let connected = async {
            let connection = server.connections.acquire().await.ok();
            let stream = server.address.connect().await;
            let stream = stream.map_err(|error| self.unreachable(&error))?;
            Ok((connection, stream))
        };
        let Some(left) = call.left() else {
            return connected.await;
        };
        let most = left.mul_f64(CONNECTING);
        timeout(most, connected).await.unwrap_or_else(|_| {
            let error = format!("there was no connection within {} ms", most.as_millis());
            Err(self.unreachable(&error))
        })
    }

    async fn receive(
        &self,
        call: &Call,
        stream: Box<dyn Stream>,
    ) -> Result<Option<Value>, BackendError> {
        let mut frames = Frames::new(stream, call.result_bytes);
        let read = |packed: &[u8]| -> Result<Option<Value>, DecodeValueError> {
            self.codec
                .unpack_result(call.function, packed, call.result_bytes)
        };
        let received = match self.codec.has_result(call.function) {
            true => frames.values(read).await,
            // That it is over is all that is told of such a call.
            false => frames.end().await.map(|()| None),
        };
        received.map_err(|error| match error {
            ReceiveError::Ended => self.lost(&"it ended the connection without a result"),
            ReceiveError::Refused(error) => self.unreachable(&error),
            ReceiveError::Broken(error) => self.lost(&error),
            ReceiveError::TooLarge => BackendError::TooLarge { found: None },
            ReceiveError::Malformed(message) => BackendError::Malformed { message },
        })
    }

    fn unreachable(&self, error: &dyn std::fmt::Display) -> BackendError {
        BackendError::Unreachable {
            message: format!("{}: {error}", self.server.address),
        }
    }

    fn lost(&self, error: &dyn std::fmt::Display) -> BackendError {
        BackendError::Lost {
            message: format!("{}: {error}", self.server.address),
        }
    }
}
