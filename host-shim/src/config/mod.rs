//! `first-class.toml`: sources, what they are granted and may take, who may load them, and what is
//! served, in one file.
//!
//! ```toml
//! [limits]
//! deadline = "2s"
//!
//! [sources."lint/*"]
//! directory = "plugins"
//!
//! [sources."cart/*"]
//! file = "cart.wasm"
//! named = true
//!
//! [sources.prices]
//! wrpc = { tcp = "prices.example:7761" }
//!
//! [callers.alice]
//! may-load = ["lint/*", "cart/alice"]
//! ```
//!
//! `docs/first-class-toml.md` has every key. Paths are relative to the file's own folder. Unknown keys
//! are errors, and errors say where in the file they are. Secrets may stand in the environment or in files of their
//! own, and are in no error and no `Debug`.

mod error;
mod file;
mod grants;
mod grpc;
mod limits;
mod mask;
mod mcp;
mod nats;
mod secret;
mod serve;
mod sources;
mod tls;
mod units;
mod wrpc;

pub use error::ConfigError;
pub use serve::Server;

use crate::builder::ShimBuilder;
use crate::engine::Pooling;
use crate::error::ShimError;
use crate::policy::{Caller, Capacity, Limits};
use crate::serving::ServeError;
use crate::shim::Shim;
use crate::sources::Source;
use error::Fault;
use file::File;
use nats::Network;
use serve::Serve;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// What a `first-class.toml` says.
#[derive(Debug)]
pub struct Config {
    limits: Limits,
    capacity: Capacity,
    call_threads: Option<NonZeroUsize>,
    cache: Option<PathBuf>,
    pooling: Option<Pooling>,
    sources: Vec<(String, Source)>,
    paths: Vec<PathBuf>,
    callers: BTreeMap<String, Caller>,
    serves: Vec<Serve>,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, is no TOML, has a key that there is not, or a value that cannot be.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| ConfigError::unreadable(path, &error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Config::parse(&text, folder).map_err(|fault| ConfigError::new(path, text, fault))
    }

    fn parse(text: &str, folder: &Path) -> Result<Self, Fault> {
        let file: File = toml::from_str(text)?;
        let limits = file.limits.over(Limits::default());
        let network = Network::read(file.nats, folder)?;
        let mut paths = Vec::new();
        let mut sources = Vec::new();
        for (name, table) in file.sources {
            let found = sources::Found::read(&name, table, folder, &limits, &network)?;
            paths.extend(found.path);
            sources.push((name.into_inner(), found.source));
        }
        let callers = file.callers.into_iter();
        let callers = callers.map(|(name, table)| Ok((name.clone(), table.caller(&name)?)));
        let serves = file.serve.into_iter();
        let serves = serves.map(|table| Serve::read(table, folder, &network));
        Ok(Config {
            limits,
            capacity: file.capacity.capacity(),
            call_threads: file.call_threads,
            cache: file.cache.map(|path| folder.join(path)),
            pooling: file.pooling.map(|table| table.pooling()),
            sources,
            paths,
            callers: callers.collect::<Result<_, Fault>>()?,
            serves: serves.collect::<Result<_, Fault>>()?,
        })
    }

    /// Describes the shim. More may be added to it.
    pub fn builder(&self) -> ShimBuilder {
        let mut builder = Shim::builder()
            .limits(self.limits.clone())
            .capacity(self.capacity.clone());
        if let Some(threads) = self.call_threads {
            builder = builder.call_threads(threads);
        }
        if let Some(directory) = &self.cache {
            builder = builder.cache(directory);
        }
        if let Some(pooling) = &self.pooling {
            builder = builder.pooling(pooling.clone());
        }
        let sources = self.sources.iter().cloned();
        sources.fold(builder, |builder, (name, source)| {
            builder.source(name, source)
        })
    }

    /// Builds the shim.
    ///
    /// # Errors
    /// Those of [`ShimBuilder::build`].
    pub fn build(&self) -> Result<Shim, ShimError> {
        self.builder().build()
    }

    /// A caller of this identity, with what its table `callers.IDENTITY` says. One without a table may
    /// load every source; if the file has tables of callers, it may load none.
    pub fn caller(&self, identity: &str) -> Caller {
        match self.callers.get(identity) {
            Some(caller) => caller.clone(),
            None if self.callers.is_empty() => Caller::new(identity),
            None => Caller::nothing(identity),
        }
    }

    /// Who has a table, in the order of their names.
    pub fn callers(&self) -> impl Iterator<Item = &str> {
        self.callers.keys().map(String::as_str)
    }

    /// The files and directories that sources come from.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path)
    }

    /// Whether anything is to be served.
    pub fn serves(&self) -> bool {
        !self.serves.is_empty()
    }

    /// Serves, from a shim that has been built from this file, what its tables `serve` say. Each server
    /// ends when it is dropped.
    ///
    /// # Errors
    /// When a source cannot be served, or nobody can listen at an address.
    pub fn serve(&self, shim: &Shim) -> Result<Vec<Server>, ServeError> {
        let serves = self.serves.iter();
        serves
            .map(|serve| serve.start(shim, |identity| self.caller(identity)))
            .collect()
    }
}

#[cfg(test)]
mod tests;
