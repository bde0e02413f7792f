//! `cargo xtask bench`: the guests of the benchmarks, and the program that measures them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::Package;

use crate::cargo_build::CargoBuild;
use crate::example::Example;
use crate::guests;
use crate::suite;
use crate::workspace::Workspace;

/// The package of the program, and the folder of the guests.
const PROGRAM: &str = "first-class-bench";
const GUESTS: &str = "bench/guests";

/// The same for calls over networks: a package outside of the workspace, since it is made of much that nothing
/// else needs.
const PEERS: &str = "first-class-bench-peers";
const PEERS_MANIFEST: &str = "bench/peers/Cargo.toml";

/// The same for the example `gateway` under load.
const GATEWAY: &str = "first-class-bench-gateway";

const ANNOUNCEMENT: &str =
    "Building the benchmarks for release; the first time, that takes many minutes.";

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The cases; without any, all
    cases: Vec<String>,
    /// Measure backends, beside what others call the same servers with
    #[arg(long)]
    peers: bool,
    /// Measure the example `gateway` under load, beside one whose plugins are linked statically
    #[arg(long, conflicts_with_all = ["cases", "peers"])]
    gateway: bool,
    /// Measure for a shorter time
    #[arg(long)]
    quick: bool,
    /// Write the results into `docs/benchmarks.md` as well, `docs/benchmarks-peers.md` or `docs/benchmarks-gateway.md`
    #[arg(long, conflicts_with = "cases")]
    record: bool,
}

/// Builds all that is measured, and measures it; gives the status of the program.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<u8> {
    let mut program = if options.gateway {
        gateway(workspace)?
    } else {
        let mut program = match options.peers {
            true => workspace.command(&build_peers(workspace)?.to_string_lossy()),
            false => with_components(workspace)?,
        };
        program.arg("--results").arg(workspace.benchmarks());
        program
    };
    if options.quick {
        program.arg("--quick");
    }
    if options.record {
        program.arg("--record").arg(workspace.root().join("docs"));
    }
    let status = program.args(&options.cases).status();
    let status = status.context("the benchmarks cannot be started")?;
    let code = status.code().context("the benchmarks were killed")?;
    Ok(code.try_into().unwrap_or(1))
}

/// The program that measures guests, which are built as well.
fn with_components(workspace: &Workspace) -> Result<Command> {
    let mut packages = workspace.packages_under(GUESTS);
    packages.retain(|package| is_component(package));
    on_components(workspace, PROGRAM, &packages)
}

/// The program that puts the gateway under load. What it does that with is installed.
fn gateway(workspace: &Workspace) -> Result<Command> {
    suite::report(&first_class_peers::install());
    let example = Example::find(workspace, "gateway")?;
    on_components(workspace, GATEWAY, &example.packages())
}

fn on_components(workspace: &Workspace, program: &str, packages: &[&Package]) -> Result<Command> {
    let components = guests::build(workspace, packages)?;
    let component = components.values().next();
    let folder = component.and_then(|path| path.parent());
    let mut program = workspace.command(&build(workspace, program)?.to_string_lossy());
    program
        .arg("--components")
        .arg(folder.context("there are no guests")?);
    Ok(program)
}

/// Some packages are for other guests to use.
fn is_component(package: &Package) -> bool {
    package.targets.iter().any(|target| target.is_cdylib())
}

/// Unlike everything else that is native, this is built for release, and so by itself: nothing could
/// be shared.
fn build(workspace: &Workspace, program: &str) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--package", program]);
    CargoBuild::new(cargo, ANNOUNCEMENT.into()).program(program)
}

fn build_peers(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--manifest-path", PEERS_MANIFEST]);
    cargo.arg("--target-dir").arg(workspace.peer_benchmarks());
    CargoBuild::new(cargo, ANNOUNCEMENT.into()).program(PEERS)
}
