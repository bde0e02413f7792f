//! Guests, built to components.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use cargo_metadata::{Artifact, Package};

use crate::cargo_build::CargoBuild;
use crate::wasm_target;
use crate::workspace::Workspace;

/// Component files by the names of their packages.
pub(crate) type Components = BTreeMap<String, PathBuf>;

/// Builds packages to components, as far as they are not up to date.
pub(crate) fn build(workspace: &Workspace, packages: &[&Package]) -> Result<Components> {
    wasm_target::ensure(workspace, wasm_target::TARGET)?;
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--profile", "guest"]);
    cargo.args(["--target", wasm_target::TARGET]);
    for package in packages {
        cargo.args(["--package", &package.name]);
    }
    let announcement = match packages.len() {
        1 => "Building a component.".to_owned(),
        several => format!("Building {several} components."),
    };
    let artifacts = CargoBuild::new(cargo, announcement).run()?;
    packages
        .iter()
        .map(|package| Ok((package.name.to_string(), component(package, &artifacts)?)))
        .collect()
}

fn component(package: &Package, artifacts: &[Artifact]) -> Result<PathBuf> {
    let mut of_it = artifacts.iter().filter(|it| it.package_id == package.id);
    let path = of_it.find_map(wasm_of);
    path.with_context(|| format!("the package `{}` gives no component", package.name))
}

/// The file of WebAssembly that cargo has made, if it has made one.
pub(crate) fn wasm_of(artifact: &Artifact) -> Option<PathBuf> {
    let mut files = artifact.filenames.iter();
    let file = files.find(|file| file.extension() == Some("wasm"));
    file.map(PathBuf::from)
}
