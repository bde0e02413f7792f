//! `cargo first-class build`.

mod wasm_target;

use crate::status;
use crate::terminal::{self, Terminal, from_here};
use cargo_metadata::{Artifact, Message};
use clap::Args;
use miette::{IntoDiagnostic, Result, WrapErr, miette};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wasm_target::TARGET;

/// Build packages to components
///
/// Runs `cargo build` for `wasm32-wasip2`, which rustup adds if it is missing, and prints where the
/// components are, one to a line. Packages are selected as with `cargo build`.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Build {
    #[command(flatten)]
    packages: clap_cargo::Workspace,
    #[command(flatten)]
    features: clap_cargo::Features,
    /// Build optimised components, with the profile `release`
    #[arg(short, long, conflicts_with = "profile")]
    release: bool,
    /// Build with this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The `Cargo.toml` of the package or workspace
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Where cargo puts what it builds
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
    /// What `cargo build` is given besides, such as `--locked`
    #[arg(last = true, value_name = "CARGO ARGS")]
    cargo_arguments: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class build                      all packages of this folder
  cargo first-class build -p plugin --release  one package, optimised
  cargo first-class build -- --locked          an option of `cargo build`";

impl Build {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        wasm_target::ensure(terminal)?;
        let artifacts = build(self.cargo(terminal))?;
        // In an order that does not depend on which was ready first.
        let components: BTreeSet<_> = artifacts.iter().filter_map(component).collect();
        if components.is_empty() {
            return Err(miette!(
                help = "a plugin is a library with `crate-type = [\"cdylib\"]` in its `Cargo.toml`, a \
                        caller is a program with a `src/main.rs`; `-p` selects packages",
                "nothing that was built is a component"
            ));
        }
        for component in components {
            terminal::print(&from_here(component).display().to_string())?;
        }
        Ok(status::DONE)
    }

    /// The command, as far as it is not about what cargo says.
    fn cargo(&self, terminal: &Terminal) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo.args(["build", "--target", TARGET]);
        cargo.args(["--color", if terminal.color { "always" } else { "never" }]);
        let packages = &self.packages;
        let features = &self.features;
        let flags = [
            ("--quiet", terminal.quiet),
            ("--workspace", packages.workspace || packages.all),
            ("--all-features", features.all_features),
            ("--no-default-features", features.no_default_features),
            ("--release", self.release),
        ];
        let set = flags.iter().filter(|(_, is_set)| *is_set);
        cargo.args(set.map(|(flag, _)| flag));
        for package in &packages.package {
            cargo.arg("--package").arg(package);
        }
        for package in &packages.exclude {
            cargo.arg("--exclude").arg(package);
        }
        for feature in &features.features {
            cargo.arg("--features").arg(feature);
        }
        let profile = self.profile.as_ref().map(Path::new);
        let values = [
            ("--profile", profile),
            ("--manifest-path", self.manifest_path.as_deref()),
            ("--target-dir", self.target_dir.as_deref()),
        ];
        for (option, value) in values {
            if let Some(value) = value {
                cargo.arg(option).arg(value);
            }
        }
        cargo.args(&self.cargo_arguments);
        cargo
    }
}

/// Runs a build, which shows how far it is by itself; gives what it made or found up to date.
fn build(mut cargo: Command) -> Result<Vec<Artifact>> {
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let child = cargo.stdout(Stdio::piped()).spawn();
    let mut child = child.into_diagnostic().wrap_err("cargo cannot be run")?;
    let mut artifacts = Vec::new();
    if let Some(output) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(output)) {
            let message = message.into_diagnostic();
            match message.wrap_err("what cargo says cannot be read")? {
                Message::CompilerArtifact(artifact) => artifacts.push(artifact),
                // What a build script or a macro prints.
                Message::TextLine(line) => eprintln!("{line}"),
                _ => {}
            }
        }
    }
    let status = child.wait().into_diagnostic();
    match status.wrap_err("cargo got lost")?.success() {
        true => Ok(artifacts),
        false => Err(miette!(
            help = "what cargo says above is the reason",
            "the build failed"
        )),
    }
}

/// The component that a target was built to, if it is one.
fn component(artifact: &Artifact) -> Option<&Path> {
    let is_whole = artifact.target.is_bin() || artifact.target.is_cdylib();
    let mut files = artifact.filenames.iter();
    let component = files.find(|file| file.extension() == Some("wasm"));
    component
        .filter(|_| is_whole)
        .map(|file| file.as_std_path())
}
