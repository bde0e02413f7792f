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
    wasm_target::ensure(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--profile", "guest"]);
    cargo.args(["--target", wasm_target::TARGET]);
    for package in packages {
        cargo.args(["--package", &package.name]);
    }
    let announcement = format!("Building {} components.", packages.len());
    let artifacts = CargoBuild::new(cargo, announcement).run()?;
    packages
        .iter()
        .map(|package| Ok((package.name.to_string(), component(package, &artifacts)?)))
        .collect()
}

fn component(package: &Package, artifacts: &[Artifact]) -> Result<PathBuf> {
    let component = artifacts
        .iter()
        .filter(|artifact| artifact.package_id == package.id)
        .flat_map(|artifact| &artifact.filenames)
        .find(|file| file.extension() == Some("wasm"));
    let path = component.map(PathBuf::from);
    path.with_context(|| format!("the package `{}` gives no component", package.name))
}
