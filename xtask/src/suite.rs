//! All tests, and the guests that they need.

use anyhow::{Context, Result};

use crate::guests;
use crate::languages;
use crate::workspace::Workspace;

/// Builds all guests and installs what tests talk to, then runs `cargo test` on the workspace; gives
/// its status.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<u8> {
    let missing = first_class_peers::install();
    guests::build(workspace, &workspace.guests())?;
    languages::build(workspace)?;
    let status = workspace
        .cargo()
        .args(["test", "--workspace"])
        .args(arguments)
        .status()
        .context("cargo cannot be run")?;
    report(&missing);
    Ok(status
        .code()
        .and_then(|code| code.try_into().ok())
        .unwrap_or(1))
}

/// Says what could not be installed.
pub(crate) fn report(missing: &[first_class_peers::Missing]) {
    for first_class_peers::Missing { message, remedy } in missing {
        eprintln!("SKIPPED what needs it: {message}\n    {remedy}, and run this again");
    }
}
