//! The tables of what is served.

use super::error::Fault;
use super::wrpc::{WrpcServe, WrpcServeTable};
use crate::policy::Caller;
use crate::serving::{ServeError, wrpc};
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
    wrpc: Spanned<WrpcServeTable>,
    /// As whom clients load.
    #[serde(default, rename = "as")]
    identity: String,
    sources: IndexMap<String, Spanned<WorldTable>>,
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
    wrpc: WrpcServe,
    identity: String,
    sources: Vec<(String, Vec<u8>)>,
}

/// A server that a `first-class.toml` has described. It ends when it is dropped.
#[must_use = "it ends when it is dropped"]
#[derive(Debug)]
pub struct Server {
    _server: wrpc::Server,
    sources: Vec<String>,
    place: String,
}

impl Server {
    /// The names of the sources that it serves.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }
}

impl fmt::Display for Server {
    /// Where it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wRPC at {}", self.place)
    }
}

impl Serve {
    pub(super) fn read(table: ServeTable, folder: &Path) -> Result<Self, Fault> {
        let sources = table.sources.into_iter();
        let sources = sources.map(|(name, world)| Ok((name, encoded(&world, folder)?)));
        Ok(Serve {
            wrpc: WrpcServe::read(table.wrpc, folder)?,
            identity: table.identity,
            sources: sources.collect::<Result<_, Fault>>()?,
        })
    }

    pub(super) fn start(
        &self,
        shim: &Shim,
        caller: impl Fn(&str) -> Caller,
    ) -> Result<Server, ServeError> {
        let serving = wrpc::Serving::of(shim).caller(caller(&self.identity));
        let sources = self.sources.iter();
        let serving = sources.fold(serving, |serving, (name, world)| {
            serving.source(name, world.clone())
        });
        let (server, place) = self.wrpc.start(serving)?;
        Ok(Server {
            _server: server,
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
        Fault::at(key.span(), described)
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
