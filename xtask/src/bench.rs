//! `cargo xtask bench`: the guests of the benchmarks, and the programs that measure them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::Package;

use crate::cargo_build::CargoBuild;
use crate::example::Example;
use crate::guests;
use crate::suite;
use crate::wasm_target;
use crate::workspace::Workspace;

/// The package of the program, and the folder of the guests.
const PROGRAM: &str = "first-class-bench";
const GUESTS: &str = "bench/guests";

/// The program that measures what others do as well. It is outside of the workspace, since it is made of much that
/// nothing else needs.
const PEERS: &str = "first-class-bench-peers";
const PEERS_MANIFEST: &str = "bench/peers/Cargo.toml";

/// The plugins that it calls: ours, and one for Extism with the target that it is built for.
const PLUGIN: &str = "bench-plugin";
const EXTISM_PLUGIN: &str = "first-class-bench-extism-plugin";
const EXTISM_TARGET: &str = "wasm32-unknown-unknown";

/// The program that puts the example `gateway` under load.
const GATEWAY: &str = "first-class-bench-gateway";

const ANNOUNCEMENT: &str =
    "Building the benchmarks for release; the first time, that takes many minutes.";

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The cases; without any, all
    cases: Vec<String>,
    /// Measure calls over networks and of plugins, beside what others do
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
    /// Run one subject of one case in a loop, for `perf` to look at, with names for compiled code
    #[arg(long, value_name = "CASE/SUBJECT", conflicts_with_all = ["cases", "peers", "gateway", "quick", "record"])]
    profile: Option<String>,
    /// How long that runs, in seconds
    #[arg(long, value_name = "SECONDS", requires = "profile")]
    seconds: Option<u64>,
}

/// Builds all that is measured, and measures it; gives the status of the program.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<u8> {
    let mut program = if options.gateway {
        gateway(workspace)?
    } else {
        let mut program = match options.peers {
            true => with_plugins(workspace)?,
            false => with_components(workspace)?,
        };
        program.arg("--results").arg(workspace.benchmarks());
        program
    };
    if let Some(profiled) = &options.profile {
        program.arg("--profile").arg(profiled);
    }
    if let Some(seconds) = options.seconds {
        program.arg("--seconds").arg(seconds.to_string());
    }
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

/// The program that measures what others do as well, and the plugins that it calls.
fn with_plugins(workspace: &Workspace) -> Result<Command> {
    let mut packages = workspace.packages_under(GUESTS);
    packages.retain(|package| package.name == PLUGIN);
    let components = guests::build(workspace, &packages)?;
    let component = components.get(PLUGIN).context("there is no plugin")?;
    let extism = build_for_extism(workspace)?;
    let mut program = workspace.command(&build_peers(workspace)?.to_string_lossy());
    program.arg("--component").arg(component);
    program.arg("--extism").arg(extism);
    Ok(program)
}

fn build_for_extism(workspace: &Workspace) -> Result<PathBuf> {
    wasm_target::ensure(workspace, EXTISM_TARGET)?;
    let mut cargo = of_peers(workspace);
    cargo.args(["--profile", "plugin", "--target", EXTISM_TARGET]);
    cargo.args(["--package", EXTISM_PLUGIN]);
    let announcement = "Building the plugin for Extism.".into();
    let artifacts = CargoBuild::new(cargo, announcement).run()?;
    let module = artifacts.iter().find_map(guests::wasm_of);
    module.with_context(|| format!("the package `{EXTISM_PLUGIN}` gives no module"))
}

fn build_peers(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = of_peers(workspace);
    cargo.args(["--release", "--package", PEERS]);
    CargoBuild::new(cargo, ANNOUNCEMENT.into()).program(PEERS)
}

/// A build in the workspace of what others do.
fn of_peers(workspace: &Workspace) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--manifest-path", PEERS_MANIFEST]);
    cargo.arg("--target-dir").arg(workspace.peer_benchmarks());
    cargo
}
