//! wRPC servers as sources, and serving to wRPC clients.

use super::error::Fault;
use super::tls::{ClientTls, ServerTls};
use super::units::Time;
use crate::backends::wrpc::Wrpc;
use crate::serving::ServeError;
use crate::serving::wrpc::{Server, Serving};
use rustls::ServerConfig;
use serde::Deserialize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use toml::Spanned;

/// A wRPC server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrpcTable {
    tcp: Option<String>,
    unix: Option<PathBuf>,
    tls: Option<Spanned<ClientTls>>,
    connections: Option<usize>,
}

/// Where wRPC clients are served.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrpcServeTable {
    tcp: Option<String>,
    unix: Option<PathBuf>,
    tls: Option<Spanned<ServerTls>>,
    connections: Option<usize>,
    patience: Option<Time>,
}

/// The same, looked at.
#[derive(Debug)]
pub(super) struct WrpcServe {
    address: Address,
    tls: Option<Arc<ServerConfig>>,
    connections: Option<usize>,
    patience: Option<Duration>,
}

#[derive(Debug)]
enum Address {
    Tcp(String),
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Address {
    fn of(
        tcp: Option<String>,
        unix: Option<PathBuf>,
        span: Range<usize>,
        folder: &Path,
    ) -> Result<Self, Fault> {
        match (tcp, unix) {
            (Some(address), None) => Ok(Address::Tcp(address)),
            #[cfg(unix)]
            (None, Some(path)) => Ok(Address::Unix(folder.join(path))),
            _ => Err(
                Fault::at(span, "wRPC needs one address, of TCP or of a Unix socket")
                    .help("give either `tcp = \"HOST:PORT\"` or `unix = \"PATH\"`"),
            ),
        }
    }
}

/// The error for a Unix socket that is to speak TLS.
#[cfg(unix)]
fn no_tls(span: Range<usize>) -> Fault {
    Fault::at(span, "a Unix socket does not speak TLS").help("take `tls` out, or give it `tcp`")
}

impl WrpcTable {
    /// What calls the server that a table describes.
    pub(super) fn client(table: Spanned<Self>, folder: &Path) -> Result<Wrpc, Fault> {
        let span = table.span();
        let table = table.into_inner();
        let wrpc = match (Address::of(table.tcp, table.unix, span, folder)?, table.tls) {
            (Address::Tcp(address), None) => Wrpc::tcp(address),
            (Address::Tcp(address), Some(tls)) => {
                let tls = tls.into_inner();
                let wrpc = Wrpc::tls(address, tls.name.get_ref(), tls.config(folder)?);
                wrpc.map_err(|error| Fault::at(tls.name.span(), error))?
            }
            #[cfg(unix)]
            (Address::Unix(path), None) => Wrpc::unix(path),
            #[cfg(unix)]
            (Address::Unix(_), Some(tls)) => return Err(no_tls(tls.span())),
        };
        Ok(match table.connections {
            Some(most) => wrpc.connections(most),
            None => wrpc,
        })
    }
}

impl WrpcServe {
    pub(super) fn read(table: Spanned<WrpcServeTable>, folder: &Path) -> Result<Self, Fault> {
        let span = table.span();
        let table = table.into_inner();
        let address = Address::of(table.tcp, table.unix, span, folder)?;
        #[cfg(unix)]
        if let (Address::Unix(_), Some(tls)) = (&address, &table.tls) {
            return Err(no_tls(tls.span()));
        }
        let tls = table.tls.map(|tls| tls.into_inner().config(folder));
        Ok(WrpcServe {
            address,
            tls: tls.transpose()?,
            connections: table.connections,
            patience: table.patience.map(|time| time.0),
        })
    }

    /// Listens. What is said of where is for people.
    pub(super) fn start(&self, mut serving: Serving) -> Result<(Server, String), ServeError> {
        if let Some(tls) = &self.tls {
            serving = serving.tls(tls.clone());
        }
        if let Some(connections) = self.connections {
            serving = serving.connections(connections);
        }
        if let Some(patience) = self.patience {
            serving = serving.patience(patience);
        }
        match &self.address {
            Address::Tcp(address) => {
                let server = serving.tcp(address)?;
                let address = server.address().map(|address| address.to_string());
                Ok((server, address.unwrap_or_default()))
            }
            #[cfg(unix)]
            Address::Unix(path) => Ok((serving.unix(path)?, path.display().to_string())),
        }
    }
}
