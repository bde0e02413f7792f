//! Plugins of a shim as a wRPC server, over TCP, TLS and Unix sockets.
//!
//! ```no_run
//! use first_class_host::serving::wrpc::Serving;
//! use first_class_host::{Shim, Source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let world: Vec<u8> = Vec::new();
//! let carts = Source::file("cart.wasm").named();
//! let shim = Shim::builder().source("cart/*", carts).build()?;
//! // The world is encoded as a caller passes it: `CartInstance`'s is `cart::WORLD`.
//! let server = Serving::of(&shim).source("cart/alice", world).tcp("0.0.0.0:7761")?;
//! # Ok(())
//! # }
//! ```
//!
//! Each call of a client is a connection of its own. It reaches the live instance of a
//! [named](crate::Source::named) source, or else a fresh instance of its own. Limits and grants are
//! those of the source.
//!
//! The protocol has no place for errors. When a plugin dies in a call, is late, or cannot be loaded, when
//! a client asks for a function that is not there, or sends what are no arguments, the server breaks
//! off: it sends the head of a frame without its byte, and ends the connection. A client takes that
//! for a connection that was lost, also in a call of a function without a result. What happened
//! is told on this side, to `tracing`.

mod connection;
mod listener;

use crate::backends::wrpc::uncarried;
use crate::policy::Caller;
use crate::serving::ServeError;
use crate::serving::served::Served;
use crate::shim::Shim;
use connection::{Connections, Routes};
use listener::Listener;
use rustls::ServerConfig;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

/// Describes a [`Server`].
#[must_use = "it serves nothing before it listens"]
pub struct Serving {
    shim: Shim,
    caller: Caller,
    sources: Vec<(String, Vec<u8>)>,
    tls: Option<TlsAcceptor>,
    connections: usize,
    patience: Duration,
}

/// A wRPC server. When it is dropped, it listens no more, and gives up the calls that it serves.
#[must_use = "it ends when it is dropped"]
#[derive(Debug)]
pub struct Server {
    address: Option<SocketAddr>,
    socket: Option<PathBuf>,
    accepting: AbortHandle,
}

impl Serving {
    /// Serves plugins of a shim.
    pub fn of(shim: &Shim) -> Self {
        Serving {
            shim: shim.clone(),
            caller: Caller::default(),
            sources: Vec::new(),
            tls: None,
            connections: 256,
            patience: Duration::from_secs(10),
        }
    }

    /// Serves a source as an encoded world. Several may be served at one address if no two of them have
    /// a function of the same name in the same interface.
    pub fn source(mut self, name: impl Into<String>, world: impl Into<Vec<u8>>) -> Self {
        self.sources.push((name.into(), world.into()));
        self
    }

    /// As whom clients load what is served; without identity unless set.
    pub fn caller(self, caller: Caller) -> Self {
        Serving { caller, ..self }
    }

    /// Speaks TLS. What this side is known by, and whom it lets in, stands in the configuration.
    pub fn tls(self, config: Arc<ServerConfig>) -> Self {
        let tls = Some(TlsAcceptor::from(config));
        Serving { tls, ..self }
    }

    /// How many connections there may be at once, 256 unless set. Others wait to be accepted. Each may
    /// take as much memory as the arguments and the result of a call.
    pub fn connections(self, connections: usize) -> Self {
        Serving {
            connections,
            ..self
        }
    }

    /// How long a client may take to send its call, and again to take the result; 10 seconds unless
    /// set. How long a call may take is the source's own limit.
    pub fn patience(self, patience: Duration) -> Self {
        Serving { patience, ..self }
    }

    /// Listens at a TCP address, such as `0.0.0.0:7761`; with the port 0 at one that is free.
    ///
    /// # Errors
    /// When a source cannot be served, or nobody can listen there.
    pub fn tcp(self, address: &str) -> Result<Server, ServeError> {
        let bind = || {
            let listener = std::net::TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            Ok((Listener::Tcp(listener), Some(address), None))
        };
        self.listen(address.to_owned(), bind)
    }

    /// Listens at a Unix socket, at a path that does not exist; it is removed with the server.
    ///
    /// # Errors
    /// As for [`Serving::tcp`].
    #[cfg(unix)]
    pub fn unix(self, path: impl Into<PathBuf>) -> Result<Server, ServeError> {
        let path = path.into();
        let name = path.display().to_string();
        let bind = || {
            let listener = tokio::net::UnixListener::bind(&path)?;
            Ok((Listener::Unix(listener), None, Some(path)))
        };
        self.listen(name, bind)
    }

    fn listen(
        self,
        address: String,
        bind: impl FnOnce() -> std::io::Result<(Listener, Option<SocketAddr>, Option<PathBuf>)>,
    ) -> Result<Server, ServeError> {
        let routes = self.routes()?;
        let unheard = |error| ServeError::Listen { address, error };
        let runtime = match self.shim.inner.host.waits.runtime() {
            Ok(runtime) => runtime.clone(),
            Err(error) => return Err(unheard(error)),
        };
        let _entered = runtime.enter();
        let (listener, address, socket) = bind().map_err(unheard)?;
        let connections = Connections {
            routes,
            tls: self.tls,
            patience: self.patience,
        };
        let accepting = runtime.spawn(listener.accept_all(self.connections, connections));
        Ok(Server {
            address,
            socket,
            accepting: accepting.abort_handle(),
        })
    }

    fn routes(&self) -> Result<Routes, ServeError> {
        let mut routes = Routes::default();
        for (name, world) in &self.sources {
            let (shim, caller) = (self.shim.clone(), self.caller.clone());
            let served = Served::new(shim, caller, name.clone(), world.clone(), uncarried)?;
            routes.add(Arc::new(served))?;
        }
        Ok(routes)
    }
}

impl Server {
    /// The address at which it listens, if that is no Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
        if let Some(socket) = &self.socket {
            // Whoever finds it would find nobody behind it.
            let _ = std::fs::remove_file(socket);
        }
    }
}
