//! All tests, and the guests that they need.

use anyhow::{Context, Result};

use crate::guests;
use crate::workspace::Workspace;

/// Builds all guests and installs what tests talk to, then runs `cargo test` on the workspace; gives
/// its status.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<u8> {
    let missing = first_class_peers::install();
    guests::build(workspace, &workspace.guests())?;
    let status = workspace
        .cargo()
        .args(["test", "--workspace"])
        .args(arguments)
        .status()
        .context("cargo cannot be run")?;
    for missing in missing {
        let first_class_peers::Missing { message, remedy } = missing;
        eprintln!("SKIPPED what needs it: {message}\n    {remedy}, and run this again");
    }
    Ok(status
        .code()
        .and_then(|code| code.try_into().ok())
        .unwrap_or(1))
}
