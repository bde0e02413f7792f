//! The tables of what is served.

use super::error::Fault;
use super::nats::{NatsServe, NatsServeTable, Network};
use super::wrpc::{WrpcServe, WrpcServeTable};
use crate::policy::Caller;
use crate::serving::{ServeError, nats, wrpc};
use crate::shim::Shim;
use first_class_abi::wit_parser::Resolve;
use first_class_abi::{World, describe_wit_error};
use indexmap::IndexMap;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// What is served, to whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServeTable {
    nats: Option<Spanned<NatsServeTable>>,
    wrpc: Option<Spanned<WrpcServeTable>>,
    /// As whom clients load.
    #[serde(default, rename = "as")]
    identity: String,
    sources: Spanned<IndexMap<String, Spanned<WorldTable>>>,
}

/// The world that a source is served as.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorldTable {
    /// A file or folder of WIT.
    wit: Option<Spanned<PathBuf>>,
    /// The name of the world in it; without it, it is the only one.
    world: Option<Spanned<String>>,
    /// A component whose own type is the world.
    component: Option<Spanned<PathBuf>>,
}

/// The same, looked at.
#[derive(Debug)]
pub(super) struct Serve {
    wire: Wire,
    identity: String,
    sources: Vec<(String, Vec<u8>)>,
}

/// What it is served over.
#[derive(Debug)]
enum Wire {
    Nats(NatsServe),
    Wrpc(WrpcServe),
}

/// A server, whatever the wire.
#[derive(Debug)]
enum Running {
    Nats(Box<nats::Server>),
    Wrpc(wrpc::Server),
}

/// A server that a `first-class.toml` has described. It ends when it is dropped.
#[must_use = "it ends when it is dropped"]
#[derive(Debug)]
pub struct Server {
    server: Running,
    sources: Vec<String>,
    place: String,
}

impl Server {
    /// The names of the sources that it serves.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Ends it, and waits until what it holds can be held by others, which may take some seconds.
    pub fn end(self) {
        match self.server {
            Running::Nats(server) => server.end(),
            Running::Wrpc(server) => drop(server),
        }
    }
}

impl fmt::Display for Server {
    /// Where it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wire = match self.server {
            Running::Nats(_) => "NATS",
            Running::Wrpc(_) => "wRPC",
        };
        write!(f, "{wire} at {}", self.place)
    }
}

impl Serve {
    pub(super) fn read(table: ServeTable, folder: &Path, network: &Network) -> Result<Self, Fault> {
        let wire = match (table.nats, table.wrpc) {
            (Some(nats), None) => Wire::Nats(network.serve(nats)?),
            (None, Some(wrpc)) => Wire::Wrpc(WrpcServe::read(wrpc, folder)?),
            _ => {
                let message = "what is served is served over one thing";
                return Err(Fault::at(table.sources.span(), message)
                    .help("give the table `[[serve]]` either `nats` or `wrpc`"));
            }
        };
        let sources = table.sources.into_inner().into_iter();
        let sources = sources.map(|(name, world)| Ok((name, encoded(&world, folder)?)));
        Ok(Serve {
            wire,
            identity: table.identity,
            sources: sources.collect::<Result<_, Fault>>()?,
        })
    }

    pub(super) fn start(
        &self,
        shim: &Shim,
        caller: impl Fn(&str) -> Caller,
    ) -> Result<Server, ServeError> {
        let caller = caller(&self.identity);
        let sources = self.sources.iter();
        let (server, place) = match &self.wire {
            Wire::Nats(nats) => {
                let serving = nats::Serving::of(shim).caller(caller);
                let serving = sources.fold(serving, |serving, (name, world)| {
                    serving.source(name, world.clone())
                });
                let (server, place) = nats.start(serving)?;
                (Running::Nats(Box::new(server)), place)
            }
            Wire::Wrpc(wrpc) => {
                let serving = wrpc::Serving::of(shim).caller(caller);
                let serving = sources.fold(serving, |serving, (name, world)| {
                    serving.source(name, world.clone())
                });
                let (server, place) = wrpc.start(serving)?;
                (Running::Wrpc(server), place)
            }
        };
        Ok(Server {
            server,
            sources: self.sources.iter().map(|(name, _)| name.clone()).collect(),
            place,
        })
    }
}

/// The world of a table, encoded as callers pass it.
fn encoded(table: &Spanned<WorldTable>, folder: &Path) -> Result<Vec<u8>, Fault> {
    let WorldTable {
        wit,
        world,
        component,
    } = table.get_ref();
    let found = match (wit, component) {
        (Some(wit), None) => of_wit(&folder.join(wit.get_ref()), world.as_ref(), wit),
        (None, Some(component)) => of_component(&folder.join(component.get_ref()), component),
        _ => Err(Fault::at(table.span(), "the world has one origin")
            .help("give either `wit`, and `world` if that has several, or `component`")),
    };
    let encoded = found?.encode();
    encoded.map_err(|error| Fault::at(table.span(), error))
}

fn of_wit(
    path: &Path,
    name: Option<&Spanned<String>>,
    key: &Spanned<PathBuf>,
) -> Result<World, Fault> {
    let mut resolve = Resolve::new();
    let (package, _) = resolve.push_path(path).map_err(|error| {
        let described = describe_wit_error(&resolve, &error);
        let fault = Fault::at(key.span(), described);
        match path.exists() {
            true => fault,
            false => fault.help("paths are relative to the folder of this file"),
        }
    })?;
    let span = name.map_or(key.span(), Spanned::span);
    let id = resolve.select_world(&[package], name.map(|name| name.get_ref().as_str()));
    let id = id.map_err(|error| {
        let worlds = resolve.packages[package].worlds.keys();
        let worlds: Vec<_> = worlds.map(|world| format!("`{world}`")).collect();
        let message = format!("{error:#}");
        Fault::at(span, message).help(format!("the worlds are {}", worlds.join(", ")))
    })?;
    Ok(World::new(resolve, id))
}

fn of_component(path: &Path, key: &Spanned<PathBuf>) -> Result<World, Fault> {
    let unusable = |error: &dyn fmt::Display| {
        let message = format!("`{}`: {error}", path.display());
        Fault::at(key.span(), message).help("this has to be a component")
    };
    let bytes = std::fs::read(path).map_err(|error| unusable(&error))?;
    World::of_component(&bytes).map_err(|error| unusable(&error))
}
