//! Worlds of WIT files.

use first_class_abi::fit::similar;
use first_class_abi::wit_parser::{PackageId, Resolve, WorldId};
use first_class_abi::{World, describe_wit_error};
use miette::{Result, miette};
use std::path::Path;

/// How many names an error lists.
const MOST_LISTED: usize = 10;

/// Reads a world from a WIT file or a folder of these. Without a name it is the only one.
pub(crate) fn load(path: &Path, name: Option<&str>, features: &[String]) -> Result<World> {
    let mut resolve = Resolve::new();
    resolve.features.extend(features.iter().cloned());
    if !path.exists() {
        return Err(miette!(
            help =
                "`--wit` says where the WIT of the world is; without it, that is the folder `wit`",
            "there is no `{}`",
            path.display()
        ));
    }
    let (package, _) = resolve.push_path(path).map_err(|error| {
        let described = describe_wit_error(&resolve, &error);
        miette!(
            help =
                "the WIT has to be one package, with its dependencies in the folder `deps` of it",
            "the WIT in `{}` cannot be used: {described}",
            path.display()
        )
    })?;
    let id = select(&resolve, package, name)?;
    Ok(World::new(resolve, id))
}

fn select(resolve: &Resolve, package: PackageId, name: Option<&str>) -> Result<WorldId> {
    let worlds = &resolve.packages[package].worlds;
    let names = || worlds.keys().map(String::as_str);
    let Some(name) = name else {
        return match worlds.values().collect::<Vec<_>>()[..] {
            [only] => Ok(*only),
            [] => Err(miette!(
                help = "name a world of another package in full, such as `--world acme:lint/rule`",
                "the package has no world"
            )),
            _ => Err(miette!(
                help = format!("name one with `--world`: {}", list(names())),
                "the package has several worlds"
            )),
        };
    };
    let found = resolve.select_world(&[package], Some(name));
    found.map_err(|_| unknown("world", name, names()))
}

/// The error for a name that names nothing, with the name that was most likely meant, or all.
pub(crate) fn unknown<'a>(
    kind: &str,
    name: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> miette::Report {
    let help = match similar(name, names.clone()) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => match names.clone().count() {
            0 => format!("there is no {kind} at all"),
            1..=MOST_LISTED => format!("there is: {}", list(names)),
            more => {
                let listed = list(names.take(MOST_LISTED));
                format!("there is: {listed}, and {} more", more - MOST_LISTED)
            }
        },
    };
    miette!(help = help, "there is no {kind} `{name}`")
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
