//! Examples: a caller, and the plugins that it is run with.
//!
//! A caller names its plugins, by their packages, in its manifest:
//!
//! ```toml
//! [package.metadata.first-class]
//! plugins = ["notes", "long-lines"]
//! ```

use anyhow::{Context, Result};
use cargo_metadata::Package;
use serde::Deserialize;

use crate::workspace::Workspace;

/// The folder of the callers.
const CALLERS: &str = "examples/callers";

/// A caller and its plugins.
pub(crate) struct Example<'a> {
    pub(crate) caller: &'a Package,
    pub(crate) plugins: Vec<&'a Package>,
}

/// The table of the manifest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    plugins: Vec<String>,
}

impl<'a> Example<'a> {
    pub(crate) fn find(workspace: &'a Workspace, name: &str) -> Result<Self> {
        let caller = find(&workspace.packages_under(CALLERS), name, "example")?;
        let place = || format!("[package.metadata.first-class] in {}", caller.manifest_path);
        let table = Table::read(caller).with_context(place)?;
        let packages = workspace.guests();
        let plugins = table
            .plugins
            .iter()
            .map(|name| find(&packages, name, "plugin"));
        Ok(Self {
            caller,
            plugins: plugins.collect::<Result<_>>().with_context(place)?,
        })
    }

    /// All packages of the example.
    pub(crate) fn packages(&self) -> Vec<&'a Package> {
        let mut packages = self.plugins.clone();
        packages.push(self.caller);
        packages
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
