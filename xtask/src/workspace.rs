//! What is in this repository: its packages and its documents.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package};

/// The folders whose packages are built to components: those of examples, and all.
const EXAMPLE_FOLDERS: [&str; 2] = ["examples/callers", "examples/plugins"];
const GUEST_FOLDERS: [&str; 3] = [EXAMPLE_FOLDERS[0], EXAMPLE_FOLDERS[1], "tests/guests"];

pub(crate) struct Workspace {
    metadata: Metadata,
}

impl Workspace {
    pub(crate) fn read() -> Result<Self> {
        let metadata = MetadataCommand::new()
            .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
            .no_deps()
            .exec()
            .context("cargo cannot read this workspace")?;
        Ok(Self { metadata })
    }

    pub(crate) fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// Where the engine keeps what it has compiled.
    pub(crate) fn cache(&self) -> PathBuf {
        self.metadata.target_directory.join("wasmtime-cache").into()
    }

    /// Where plugins in other languages are built.
    pub(crate) fn languages(&self) -> PathBuf {
        self.metadata.target_directory.join("languages").into()
    }

    /// Where the tool is installed, to be tried.
    pub(crate) fn installed(&self) -> PathBuf {
        self.metadata.target_directory.join("installed").into()
    }

    /// Where the fuzz targets are built, and what they find.
    pub(crate) fn fuzzing(&self) -> PathBuf {
        self.metadata.target_directory.join("fuzz").into()
    }

    /// Where the results of benchmarks are.
    pub(crate) fn benchmarks(&self) -> PathBuf {
        self.metadata.target_directory.join("bench").into()
    }

    /// Where the benchmarks beside others are built, which are a workspace of their own.
    pub(crate) fn peer_benchmarks(&self) -> PathBuf {
        self.metadata.target_directory.join("bench-peers").into()
    }

    /// The cargo that runs this program, at the root.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = self.command(&env::var("CARGO").unwrap_or("cargo".into()));
        // What cargo says to a program of the package that it is of. Build scripts look at that, such as
        // ring's, and all that depends on them would be compiled anew.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_"]
                .iter()
                .any(|it| text.starts_with(it))
            {
                cargo.env_remove(&name);
            }
        }
        cargo
    }

    /// A command that runs at the root, so that the repository's choice of a toolchain holds.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.root());
        command
    }

    pub(crate) fn packages(&self) -> Vec<&Package> {
        self.metadata.workspace_packages()
    }

    /// All packages that are built to components.
    pub(crate) fn guests(&self) -> Vec<&Package> {
        self.packages_in(&GUEST_FOLDERS)
    }

    /// Those of them that are examples.
    pub(crate) fn examples(&self) -> Vec<&Package> {
        self.packages_in(&EXAMPLE_FOLDERS)
    }

    fn packages_in(&self, folders: &[&str]) -> Vec<&Package> {
        let folders = folders.iter();
        folders
            .flat_map(|folder| self.packages_under(folder))
            .collect()
    }

    /// The packages in a folder, which is given from the root.
    pub(crate) fn packages_under(&self, folder: &str) -> Vec<&Package> {
        let folder = self.metadata.workspace_root.join(folder);
        let mut packages = self.packages();
        packages.retain(|package| package.manifest_path.starts_with(&folder));
        packages
    }

    /// The folder of a package that some package of the workspace depends on.
    pub(crate) fn dependency(&self, name: &str) -> Result<PathBuf> {
        let metadata = MetadataCommand::new()
            .manifest_path(self.root().join("Cargo.toml"))
            .exec()
            .context("cargo cannot read what this workspace depends on")?;
        let mut packages = metadata.packages.iter();
        let package = packages.find(|package| package.name == name);
        let folder = package.and_then(|package| package.manifest_path.parent());
        Ok(folder
            .with_context(|| format!("nothing depends on `{name}`"))?
            .into())
    }

    /// What somebody new reads first, as paths from the root.
    pub(crate) fn documents(&self) -> Vec<String> {
        let documents = ["README.md", "docs/tutorial.md", "examples/README.md"];
        documents.map(str::to_owned).to_vec()
    }
}
