//! From the options to a world: finding and parsing its WIT.

use super::options::{Options, Wit};
use super::suggest::{missing, nearest};
use crate::errors::Errors;
use first_class_abi::wit_parser::{PackageId, Resolve, Stability, WorldId};
use first_class_abi::{World, describe_wit_error};
use proc_macro2::Span;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::LitStr;

/// The folder that is read when the options name none.
const DEFAULT_FOLDER: &str = "wit";

/// A world, and the files it was read from.
pub(crate) struct Loaded {
    pub(crate) world: World,
    pub(crate) files: Vec<PathBuf>,
}

/// Why there is no world.
pub(crate) struct NotLoaded {
    /// The world that was most likely meant.
    pub(crate) nearest: Option<String>,
}

pub(crate) fn load(options: &Options, errors: &mut Errors) -> Result<Loaded, NotLoaded> {
    let mut resolve = Resolve::new();
    resolve
        .features
        .extend(options.features.iter().map(LitStr::value));
    let Some(wit) = &options.wit else {
        return Err(NotLoaded { nearest: None });
    };
    let (package, files) = match parse(&mut resolve, wit, options) {
        Ok(parsed) => parsed,
        Err(error) => {
            errors.add(error);
            return Err(NotLoaded { nearest: None });
        }
    };
    check_features(wit, options, errors);
    match find_world(&resolve, package, &options.world.value()) {
        Some(id) => {
            let world = World::new(resolve, id);
            Ok(Loaded { world, files })
        }
        None => {
            let wanted = options.world.value();
            let worlds = world_names(&resolve, package, wanted.contains(['/', ':']));
            let message = missing("world", &wanted, &worlds);
            errors.at(options.world.span(), message);
            let nearest = nearest(&wanted, &worlds).cloned();
            Err(NotLoaded { nearest })
        }
    }
}

fn parse(
    resolve: &mut Resolve,
    wit: &Wit,
    options: &Options,
) -> syn::Result<(PackageId, Vec<PathBuf>)> {
    match wit {
        Wit::Default => parse_path(resolve, DEFAULT_FOLDER, options.world.span()),
        Wit::Path(path) => parse_path(resolve, &path.value(), path.span()),
        Wit::Inline(text) => {
            let package = resolve
                .push_source("inline WIT", &text.value())
                .map_err(|error| wit_error(resolve, &error, text.span()))?;
            Ok((package, Vec::new()))
        }
    }
}

fn parse_path(
    resolve: &mut Resolve,
    path: &str,
    span: Span,
) -> syn::Result<(PackageId, Vec<PathBuf>)> {
    let full = root().join(path);
    if !full.exists() {
        let message = format!(
            "there is no `{path}` beside the `Cargo.toml` of this crate; put the WIT of the world \
             there, or say with `path` or `inline` where it is"
        );
        return Err(syn::Error::new(span, message));
    }
    if full.is_dir() && !has_wit(&full) {
        let message = format!("there is no `.wit` file in the folder `{path}`");
        return Err(syn::Error::new(span, message));
    }
    let (package, sources) = resolve
        .push_path(&full)
        .map_err(|error| wit_error(resolve, &error, span))?;
    Ok((package, sources.paths().map(PathBuf::from).collect()))
}

fn has_wit(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut extensions = files.map(|file| file.path().extension().map(ToOwned::to_owned));
    extensions.any(|extension| extension.is_some_and(|extension| extension == "wit"))
}

/// The folder of the crate's `Cargo.toml`.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .unwrap_or_default()
        .into()
}

/// What is wrong with the WIT, with the line if there is one. Paths count from the crate.
fn wit_error(resolve: &Resolve, error: &anyhow::Error, span: Span) -> syn::Error {
    let message = describe_wit_error(resolve, error);
    syn::Error::new(span, from_the_crate(&message))
}

/// A text in which paths count from the crate.
pub(crate) fn from_the_crate(text: &str) -> String {
    text.replace(&format!("{}/", root().display()), "")
}

/// The world of a short or full name; a short one may be a keyword of WIT.
fn find_world(resolve: &Resolve, package: PackageId, name: &str) -> Option<WorldId> {
    let worlds = &resolve.packages[package].worlds;
    let short = worlds.get(name.trim_start_matches('%')).copied();
    short.or_else(|| resolve.select_world(&[package], Some(name)).ok())
}

/// The worlds that can be meant: of the package by their short names if it is such a name, and of
/// others in full.
fn world_names(resolve: &Resolve, package: PackageId, in_full: bool) -> Vec<String> {
    let own = resolve.packages[package].worlds.keys();
    let own = own.map(|name| match in_full {
        true => resolve.id_of_name(package, name),
        false => name.clone(),
    });
    let others = resolve.worlds.iter().filter_map(|(_, world)| {
        let home = world.package.filter(|home| *home != package)?;
        Some(resolve.id_of_name(home, &world.name))
    });
    own.chain(others).collect()
}

/// Refuses features that nothing in the WIT asks for.
fn check_features(wit: &Wit, options: &Options, errors: &mut Errors) {
    if options.features.is_empty() {
        return;
    }
    let mut resolve = Resolve::new();
    resolve.all_features = true;
    if let Err(error) = parse(&mut resolve, wit, options) {
        return errors.add(error);
    }
    let there_are: Vec<String> = features(&resolve).into_iter().collect();
    for feature in &options.features {
        if !there_are.contains(&feature.value()) {
            let message = missing("feature", &feature.value(), &there_are);
            errors.at(feature.span(), message);
        }
    }
}

/// The features that `@unstable` names.
fn features(resolve: &Resolve) -> BTreeSet<String> {
    let worlds = resolve.worlds.iter().flat_map(|(_, world)| {
        let items = world.imports.values().chain(world.exports.values());
        let items = items.map(|item| item.stability(resolve));
        items.chain([&world.stability])
    });
    let interfaces = resolve.interfaces.iter().flat_map(|(_, interface)| {
        let functions = interface.functions.values();
        let functions = functions.map(|function| &function.stability);
        functions.chain([&interface.stability])
    });
    let types = resolve.types.iter().map(|(_, ty)| &ty.stability);
    let all = worlds.chain(interfaces).chain(types);
    all.filter_map(|stability| match stability {
        Stability::Unstable { feature, .. } => Some(feature.clone()),
        _ => None,
    })
    .collect()
}
