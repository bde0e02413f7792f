//! Examples: a caller, and the plugins that it is run with.
//!
//! A caller names its plugins, by their packages, in its manifest:
//!
//! ```toml
//! [package.metadata.first-class]
//! plugins = ["notes", "long-lines"]
//! ```
//!
//! or says more about them:
//!
//! ```toml
//! [package.metadata.first-class]
//! deadline = 10000                            # how long a call may take, in milliseconds
//! callers = ["alice", "bob"]                  # run once as each
//! may-load = ["cart/{caller}", "till"]        # what they may load
//! sources."cart/*" = { plugin = "cart", named = true }
//! sources.till = { plugin = "till", holds = ["cart/*"] }
//! ```
//!
//! or is run with a file beside its manifest, whose sources are programs of others; [`crate::peers`]
//! starts those that have to be told where to listen:
//!
//! ```toml
//! [package.metadata.first-class]
//! config = "first-class.toml"
//! ```
//!
//! With `nats`, the sources are served by other processes over NATS, as a world of some WIT:
//!
//! ```toml
//! nats = { world = "cart", wit = "examples/wit/carts", lease = "2s", until = "in the cart" }
//! ```
//!
//! A caller that is no command has a program of its own that runs it, as `PROGRAM demo --components FOLDER`,
//! and may need components besides:
//!
//! ```toml
//! [package.metadata.first-class]
//! host = "gateway-host"
//! plugins = ["tokens", "redact"]
//! besides = ["gateway-fused"]
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use cargo_metadata::Package;
use serde::Deserialize;

use crate::peers::{Peer, Peers};
use crate::workspace::Workspace;

/// The folder of the callers.
const CALLERS: &str = "examples/callers";

/// A caller and its plugins.
pub(crate) struct Example<'a> {
    pub(crate) caller: &'a Package,
    /// The program that runs it, if that is not `cargo first-class`.
    pub(crate) host: Option<String>,
    /// As whom the caller is run, one after the other; if none, as nobody.
    pub(crate) callers: Vec<String>,
    /// What they may load; if none, everything.
    pub(crate) may_load: Vec<String>,
    pub(crate) sources: Vec<Source<'a>>,
    /// How long a call may take, in milliseconds; if it is not said, as long as without the option.
    pub(crate) deadline: Option<u64>,
    /// What is built and no plugin.
    besides: Vec<&'a Package>,
    pub(crate) peers: Peers,
    /// How they are served by other processes, if they are.
    pub(crate) nats: Option<Nats>,
}

/// How sources are served over NATS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nats {
    /// The world that they are served as, and where it is, below the root of the repository.
    pub(crate) world: String,
    pub(crate) wit: String,
    /// How long a name is away when its server is lost.
    pub(crate) lease: String,
    /// What the caller prints when it has used a server, which is then killed.
    pub(crate) until: String,
}

/// A plugin, and what the caller loads it by.
pub(crate) struct Source<'a> {
    pub(crate) name: String,
    pub(crate) plugin: &'a Package,
    pub(crate) named: bool,
    pub(crate) holds: Vec<String>,
}

/// The table of the manifest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    host: Option<String>,
    #[serde(default)]
    besides: Vec<String>,
    #[serde(default)]
    plugins: Vec<String>,
    #[serde(default)]
    callers: Vec<String>,
    #[serde(default)]
    may_load: Vec<String>,
    #[serde(default)]
    sources: BTreeMap<String, Entry>,
    deadline: Option<u64>,
    config: Option<PathBuf>,
    #[serde(default)]
    peers: BTreeMap<String, Peer>,
    nats: Option<Nats>,
}

/// A source in the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    plugin: String,
    #[serde(default)]
    named: bool,
    #[serde(default)]
    holds: Vec<String>,
}

impl<'a> Example<'a> {
    pub(crate) fn find(workspace: &'a Workspace, name: &str) -> Result<Self> {
        let caller = find(&workspace.packages_under(CALLERS), name, "example")?;
        let place = || format!("[package.metadata.first-class] in {}", caller.manifest_path);
        let table = Table::read(caller).with_context(place)?;
        let packages = workspace.guests();
        let plain = table.plugins.into_iter().map(|plugin| {
            let (named, holds) = (false, Vec::new());
            let name = plugin.clone();
            let entry = Entry {
                plugin,
                named,
                holds,
            };
            (name, entry)
        });
        let sources = plain.chain(table.sources).map(|(name, entry)| {
            Ok(Source {
                name,
                plugin: find(&packages, &entry.plugin, "plugin")?,
                named: entry.named,
                holds: entry.holds,
            })
        });
        let besides = table.besides.iter();
        let besides = besides.map(|package| find(&packages, package, "guest"));
        Ok(Self {
            caller,
            host: table.host,
            besides: besides.collect::<Result<_>>().with_context(place)?,
            callers: table.callers,
            may_load: table.may_load,
            deadline: table.deadline,
            nats: table.nats,
            sources: sources.collect::<Result<_>>().with_context(place)?,
            peers: Peers {
                config: table.config,
                peers: table.peers,
            },
        })
    }

    /// All packages of the example.
    pub(crate) fn packages(&self) -> Vec<&'a Package> {
        let plugins = self.sources.iter().map(|source| source.plugin);
        let others = self.besides.iter().copied().chain([self.caller]);
        plugins.chain(others).collect()
    }
}

impl Table {
    fn read(caller: &Package) -> Result<Self> {
        let table = caller
            .metadata
            .get("first-class")
            .context("it is missing")?;
        Ok(Self::deserialize(table)?)
    }
}

/// Finds a package by name, or says which there are. `kind` is the word for such a package.
fn find<'a>(packages: &[&'a Package], name: &str, kind: &str) -> Result<&'a Package> {
    let found = packages.iter().find(|package| package.name == name);
    found.copied().with_context(|| {
        let names: Vec<&str> = packages
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        format!(
            "there is no {kind} `{name}`; there is: {}",
            names.join(", ")
        )
    })
}
