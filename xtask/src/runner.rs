//! Running a caller as a user does, with `cargo first-class run`.
//!
//! That program is built beside an example, as part of the whole workspace, so that it shares every
//! compiled dependency with the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo_build::CargoBuild;
use crate::example::Example;
use crate::grants::Grants;
use crate::guests::Components;
use crate::workspace::Workspace;

/// The name of the program.
pub(crate) const PROGRAM: &str = "cargo-first-class";

/// An example that programs are built beside.
const EXAMPLE: &str = "embed";

/// Runs an example with arguments, in a directory; gives the status that it exits with.
pub(crate) fn run(
    workspace: &Workspace,
    example: &Example,
    components: &Components,
    arguments: &[String],
    directory: &Path,
) -> Result<u8> {
    if let Some(host) = &example.host {
        return run_host(workspace, example, host, components, arguments);
    }
    let component = |package: &str| {
        let path = components.get(package);
        path.with_context(|| format!("`{package}` was not built"))
    };
    let grants = Grants::new(directory, arguments)?;
    let mut command = Command::new(build(workspace, PROGRAM)?);
    command
        .current_dir(directory)
        .args(["run", "--quiet", "--cache"])
        .arg(workspace.cache())
        .arg(component(&example.caller.name)?);
    let here = example.caller.manifest_path.parent();
    let here = here.context("a manifest lies in a folder")?;
    let peers = example.peers.start(workspace, here.as_std_path())?;
    if let Some(peers) = &peers {
        command.arg("--config").arg(&peers.config);
    }
    for source in &example.sources {
        let path = component(&source.plugin.name)?.display();
        let option = if source.named { "named" } else { "source" };
        command.arg(format!("--{option}={}={path}", source.name));
        let holds = source.holds.iter();
        command.args(holds.map(|pattern| format!("--holds={}={pattern}", source.name)));
    }
    let deadline = example.deadline.map(|time| format!("--deadline={time}"));
    let callers = example.callers.iter().map(|name| format!("--as={name}"));
    let may_load = example.may_load.iter();
    let may_load = may_load.map(|pattern| format!("--may-load={pattern}"));
    command.args(deadline.into_iter().chain(callers).chain(may_load));
    for (guest, host) in &grants.directories {
        command.arg(format!("--read-dir={}::{guest}", host.display()));
    }
    status(command.arg("--").args(&grants.arguments))
}

/// Runs an example that has a host of its own.
fn run_host(
    workspace: &Workspace,
    example: &Example,
    host: &str,
    components: &Components,
    arguments: &[String],
) -> Result<u8> {
    let caller = components.get(example.caller.name.as_str());
    let folder = caller.and_then(|path| path.parent());
    let folder = folder.context("the caller was not built")?;
    let mut command = Command::new(build(workspace, host)?);
    command.args(["demo", "--components"]).arg(folder);
    command.arg("--cache").arg(workspace.cache());
    for (package, path) in components {
        if path.parent() != Some(folder) {
            command.arg(format!("--instead={package}={}", path.display()));
        }
    }
    status(command.args(arguments))
}

fn status(command: &mut Command) -> Result<u8> {
    let status = command.status().context("the host cannot be started")?;
    let status = status.code().context("the host was killed")?;
    Ok(status.try_into().unwrap_or(1))
}

/// Builds a program of this workspace.
pub(crate) fn build(workspace: &Workspace, program: &str) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "build",
        "--workspace",
        "--bin",
        program,
        "--example",
        EXAMPLE,
    ]);
    let announcement = format!("Building `{program}`; the first time, that takes some minutes.");
    CargoBuild::new(cargo, announcement).program(program)
}
