//! From the options to a world: finding and parsing its WIT.

use super::options::{Options, Wit};
use first_class_abi::World;
use first_class_abi::wit_parser::{PackageId, Resolve};
use proc_macro2::Span;
use std::path::{Path, PathBuf};

/// The folder that is read when the options name none.
const DEFAULT_FOLDER: &str = "wit";

/// A world, and the files it was read from.
pub(crate) struct Loaded {
    pub(crate) world: World,
    pub(crate) files: Vec<PathBuf>,
}

pub(crate) fn load(options: &Options) -> syn::Result<Loaded> {
    let mut resolve = Resolve::new();
    let (package, files) = match &options.wit {
        Wit::Default => parse_path(&mut resolve, DEFAULT_FOLDER, options.world.span())?,
        Wit::Path(path) => parse_path(&mut resolve, &path.value(), path.span())?,
        Wit::Inline(text) => {
            let package = resolve
                .push_source("inline WIT", &text.value())
                .map_err(|error| wit_error(&resolve, &error, text.span()))?;
            (package, Vec::new())
        }
    };
    let id = resolve
        .select_world(&[package], Some(&options.world.value()))
        .map_err(|error| {
            let worlds = world_names(&resolve, package);
            let message = format!("{error:#}; the package has the worlds {worlds}");
            syn::Error::new(options.world.span(), message)
        })?;
    let world = World::new(resolve, id);
    Ok(Loaded { world, files })
}

fn parse_path(
    resolve: &mut Resolve,
    path: &str,
    span: Span,
) -> syn::Result<(PackageId, Vec<PathBuf>)> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let full = Path::new(&root).join(path);
    if !full.exists() {
        let message = format!(
            "there is no `{path}` beside the `Cargo.toml` of this crate; put the WIT of the world \
             there, or say with `path` or `inline` where it is"
        );
        return Err(syn::Error::new(span, message));
    }
    let (package, sources) = resolve
        .push_path(&full)
        .map_err(|error| wit_error(resolve, &error, span))?;
    Ok((package, sources.paths().map(PathBuf::from).collect()))
}

fn wit_error(resolve: &Resolve, error: &anyhow::Error, span: Span) -> syn::Error {
    syn::Error::new(span, resolve.render_error(error))
}

fn world_names(resolve: &Resolve, package: PackageId) -> String {
    let names = resolve.packages[package].worlds.keys();
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
