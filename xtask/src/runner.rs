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

/// The name of the program, and that of an example, which it is built beside.
const PROGRAM: &str = "cargo-first-class";
const EXAMPLE: &str = "embed";

/// Runs an example with arguments, in a directory; gives the status that it exits with.
pub(crate) fn run(
    workspace: &Workspace,
    example: &Example,
    components: &Components,
    arguments: &[String],
    directory: &Path,
) -> Result<u8> {
    let component = |package: &str| {
        let path = components.get(package);
        path.with_context(|| format!("`{package}` was not built"))
    };
    let grants = Grants::new(directory, arguments)?;
    let mut command = Command::new(build(workspace)?);
    command
        .current_dir(directory)
        .args(["run", "--quiet", "--cache"])
        .arg(workspace.cache())
        .arg(component(&example.caller.name)?);
    for source in &example.sources {
        let path = component(&source.plugin.name)?.display();
        let option = if source.named { "named" } else { "source" };
        command.arg(format!("--{option}={}={path}", source.name));
        let holds = source.holds.iter();
        command.args(holds.map(|pattern| format!("--holds={}={pattern}", source.name)));
    }
    if let Some(config) = &example.config {
        command.arg("--config").arg(config);
    }
    let callers = example.callers.iter().map(|name| format!("--as={name}"));
    let may_load = example.may_load.iter();
    let may_load = may_load.map(|pattern| format!("--may-load={pattern}"));
    command.args(callers.chain(may_load));
    for (guest, host) in &grants.directories {
        command.arg(format!("--read-dir={}::{guest}", host.display()));
    }
    let status = command.arg("--").args(&grants.arguments).status();
    let status = status.context("the shim cannot be started")?;
    let status = status.code().context("the shim was killed")?;
    Ok(status.try_into().unwrap_or(1))
}

/// Builds the program.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "build",
        "--workspace",
        "--bin",
        PROGRAM,
        "--example",
        EXAMPLE,
    ]);
    let announcement =
        "Building `cargo first-class`; the first time, that takes some minutes.".into();
    CargoBuild::new(cargo, announcement).program(PROGRAM)
}
