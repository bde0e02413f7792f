//! A folder with a gateway's configuration and its plugins, which can be replaced while it serves.

use crate::fuse;
use anyhow::{Context, Result, ensure};
use first_class_host::config::Config;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What each extension point has at first: its name, and the package of the plugin.
const PLUGINS: [(&str, &str); 4] = [
    ("authenticator", "tokens"),
    ("limiter", "allowance"),
    ("rewriter", "strip-prefix"),
    ("response-filter", "redact"),
];

/// A folder that is gone when this is dropped.
pub struct Folder {
    folder: TempDir,
    components: PathBuf,
    instead: BTreeMap<String, PathBuf>,
}

impl Folder {
    /// Makes one, of components in the folder that cargo leaves them in.
    ///
    /// # Errors
    /// When one is not there, or files cannot be written.
    pub fn new(components: &Path) -> Result<Self> {
        Self::with(components, BTreeMap::new())
    }

    /// The same, with components of one's own in place of what some packages were built to.
    ///
    /// # Errors
    /// As [`Folder::new`] has them.
    pub fn with(components: &Path, instead: BTreeMap<String, PathBuf>) -> Result<Self> {
        let folder = Folder {
            folder: tempfile::tempdir()?,
            components: components.into(),
            instead,
        };
        fs::create_dir(folder.folder.path().join("plugins"))?;
        fs::write(folder.configuration(), include_str!("../first-class.toml"))?;
        for (point, package) in PLUGINS {
            folder.replace(point, package)?;
        }
        Ok(folder)
    }

    /// The file of the configuration.
    fn configuration(&self) -> PathBuf {
        self.folder.path().join("first-class.toml")
    }

    /// Has what was compiled be kept elsewhere, where the next one finds it.
    ///
    /// # Errors
    /// When files cannot be written.
    pub fn cache_in(&self, cache: &Path) -> Result<()> {
        self.edit(
            "cache = \"cache\"",
            &format!("cache = {:?}", cache.display().to_string()),
        )
    }

    /// Writes another text into the configuration in place of one.
    ///
    /// # Errors
    /// When it does not have that, or files cannot be written.
    pub fn edit(&self, old: &str, new: &str) -> Result<()> {
        let text = fs::read_to_string(self.configuration())?;
        ensure!(text.contains(old), "the configuration has no `{old}`");
        Ok(fs::write(self.configuration(), text.replace(old, new))?)
    }

    /// What it says.
    ///
    /// # Errors
    /// When that cannot be understood.
    pub fn config(&self) -> Result<Config> {
        Ok(Config::read(self.configuration())?)
    }

    /// The file of an extension point's plugin.
    pub fn plugin(&self, point: &str) -> PathBuf {
        let folder = self.folder.path().join("plugins");
        folder.join(point).with_extension("wasm")
    }

    /// Replaces a plugin by what a package was built to. Who reads the file gets the old one or the new
    /// one, and never a part.
    ///
    /// # Errors
    /// When that is not there, or files cannot be written.
    pub fn replace(&self, point: &str, package: &str) -> Result<()> {
        let file = self.plugin(point);
        let unfinished = file.with_extension("new");
        fs::write(&unfinished, self.component(package)?)?;
        Ok(fs::rename(unfinished, file)?)
    }

    /// The gateway that is linked with its first plugins.
    ///
    /// # Errors
    /// When one is not there, or does not fit.
    pub fn fused(&self) -> Result<Vec<u8>> {
        let plugins = PLUGINS.map(|(_, package)| self.component(package));
        let plugins: Result<Vec<_>> = plugins.into_iter().collect();
        fuse::fuse(&self.component("gateway-fused")?, &plugins?)
    }

    /// What a package was built to.
    ///
    /// # Errors
    /// When it is not there.
    pub fn component(&self, package: &str) -> Result<Vec<u8>> {
        let built = || self.components.join(package.replace('-', "_"));
        let file = self.instead.get(package).cloned();
        let file = file.unwrap_or_else(|| built().with_extension("wasm"));
        let bytes = fs::read(&file);
        bytes.with_context(|| format!("`{}` is not built", file.display()))
    }
}
