//! Connections, whatever they go through.

use rustls::pki_types::ServerName;
use std::fmt;
use std::path::PathBuf;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;

/// A connection.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Where a server is.
#[derive(Clone)]
pub(super) enum Address {
    Tcp {
        address: String,
        tls: Option<(TlsConnector, ServerName<'static>)>,
    },
    #[cfg(unix)]
    Unix(PathBuf),
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error(transparent)]
    Refused(std::io::Error),
    #[error("no TLS: {0}")]
    Tls(std::io::Error),
}

impl Address {
    /// Connects.
    pub(super) async fn connect(&self) -> Result<Box<dyn Stream>, ConnectError> {
        match self {
            Address::Tcp { address, tls } => {
                let stream = TcpStream::connect(address).await;
                let stream = stream.map_err(ConnectError::Refused)?;
                // What is sent is waited for.
                stream.set_nodelay(true).map_err(ConnectError::Refused)?;
                let Some((connector, name)) = tls else {
                    return Ok(Box::new(stream));
                };
                let stream = connector.connect(name.clone(), stream).await;
                Ok(Box::new(stream.map_err(ConnectError::Tls)?))
            }
            #[cfg(unix)]
            Address::Unix(path) => {
                let stream = UnixStream::connect(path).await;
                Ok(Box::new(stream.map_err(ConnectError::Refused)?))
            }
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp { address, .. } => f.write_str(address),
            #[cfg(unix)]
            Address::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
