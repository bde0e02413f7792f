//! NATS servers, names that are served there as sources, and serving to it.

use super::error::Fault;
use super::secret::Secret;
use super::tls::PeerTls;
use super::units::Time;
use crate::backends::nats::{Nats, Servers};
use crate::serving::ServeError;
use crate::serving::nats::{Server, Serving};
use serde::Deserialize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// The NATS servers of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServersTable {
    servers: Spanned<Vec<String>>,
    prefix: Option<String>,
    user: Option<Spanned<Secret>>,
    password: Option<Spanned<Secret>>,
    token: Option<Spanned<Secret>>,
    nkey: Option<Spanned<Secret>>,
    credentials: Option<Spanned<PathBuf>>,
    tls: Option<PeerTls>,
}

/// A name that is served over NATS.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NatsTable {
    name: Option<String>,
}

/// How sources are served over NATS.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NatsServeTable {
    calls: Option<usize>,
    lease: Option<Time>,
    replicas: Option<usize>,
}

/// The same, looked at.
#[derive(Debug)]
pub(super) struct NatsServe {
    servers: Servers,
    calls: Option<usize>,
    lease: Option<Duration>,
    replicas: Option<usize>,
}

/// The servers of the file, and the connection to them that all sources share.
pub(super) struct Network(Option<(Servers, Nats)>);

impl ServersTable {
    fn servers(self, folder: &Path) -> Result<Servers, Fault> {
        if self.servers.get_ref().is_empty() {
            let message = "there is no server";
            return Err(Fault::at(self.servers.span(), message)
                .help("give it an address such as `\"nats://127.0.0.1:4222\"`"));
        }
        self.check_identity()?;
        let secret = |secret: &Spanned<Secret>| secret.get_ref().get(secret.span(), folder);
        let mut servers = Servers::at(self.servers.into_inner());
        if let Some(prefix) = &self.prefix {
            servers = servers.prefix(prefix);
        }
        if let (Some(user), Some(password)) = (&self.user, &self.password) {
            servers = servers.user(secret(user)?, secret(password)?);
        }
        if let Some(token) = &self.token {
            servers = servers.token(secret(token)?);
        }
        if let Some(seed) = &self.nkey {
            servers = servers.nkey(secret(seed)?);
        }
        if let Some(file) = self.credentials {
            servers = servers.credentials(folder.join(file.into_inner()));
        }
        match self.tls {
            Some(tls) => Ok(servers.tls(tls.config(folder)?)),
            None => Ok(servers),
        }
    }

    /// Refuses to be somebody in two ways, or in half of one.
    fn check_identity(&self) -> Result<(), Fault> {
        match (&self.user, &self.password) {
            (Some(one), None) | (None, Some(one)) => {
                return Err(Fault::at(one.span(), "a user has a password")
                    .help("give both `user` and `password`"));
            }
            _ => {}
        }
        let given = [
            self.user.as_ref().map(Spanned::span),
            self.token.as_ref().map(Spanned::span),
            self.nkey.as_ref().map(Spanned::span),
            self.credentials.as_ref().map(Spanned::span),
        ];
        match given.into_iter().flatten().nth(1) {
            Some(second) => Err(Fault::at(second, "one connects as one")
                .help("leave one of `user` with `password`, `token`, `nkey` and `credentials`")),
            None => Ok(()),
        }
    }
}

impl Network {
    pub(super) fn read(table: Option<ServersTable>, folder: &Path) -> Result<Self, Fault> {
        let servers = table.map(|table| table.servers(folder)).transpose()?;
        Ok(Network(servers.map(|servers| {
            let nats = Nats::new(servers.clone());
            (servers, nats)
        })))
    }

    fn get(&self, span: Range<usize>) -> Result<&(Servers, Nats), Fault> {
        self.0.as_ref().ok_or_else(|| {
            Fault::at(span, "nothing says where NATS is")
                .help("add a table `[nats]` with `servers`")
        })
    }

    /// What calls the name that a table describes.
    pub(super) fn client(&self, table: Spanned<NatsTable>) -> Result<Nats, Fault> {
        let (_, nats) = self.get(table.span())?;
        Ok(match table.into_inner().name {
            Some(name) => nats.named(name),
            None => nats.clone(),
        })
    }

    pub(super) fn serve(&self, table: Spanned<NatsServeTable>) -> Result<NatsServe, Fault> {
        let (servers, _) = self.get(table.span())?;
        let table = table.into_inner();
        Ok(NatsServe {
            servers: servers.clone(),
            calls: table.calls,
            lease: table.lease.map(|time| time.0),
            replicas: table.replicas,
        })
    }
}

impl NatsServe {
    /// Serves. What is said of where is for people.
    pub(super) fn start(&self, mut serving: Serving) -> Result<(Server, String), ServeError> {
        if let Some(calls) = self.calls {
            serving = serving.calls(calls);
        }
        if let Some(lease) = self.lease {
            serving = serving.lease(lease);
        }
        if let Some(replicas) = self.replicas {
            serving = serving.replicas(replicas);
        }
        let server = serving.nats(self.servers.clone())?;
        let place = format!("{} as {}", self.servers, server.id());
        Ok((server, place))
    }
}
