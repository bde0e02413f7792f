//! The compilation targets of guests.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// What guests are compiled for: it gives components without further tools.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// Makes sure that a target is installed.
pub(crate) fn ensure(workspace: &Workspace, target: &str) -> Result<()> {
    if is_installed(workspace, target)? {
        return Ok(());
    }
    eprintln!("The target {target} is missing; running `rustup target add {target}`.");
    let added = workspace
        .command("rustup")
        .args(["target", "add", target])
        .status();
    match added {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => bail!("rustup could not add the target {target}; see above"),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the target {target} is missing, and so is rustup: install the target with what \
             installed your Rust, or get rustup from https://rustup.rs"
        ),
        Err(error) => Err(error).context("rustup cannot be run"),
    }
}

fn is_installed(workspace: &Workspace, target: &str) -> Result<bool> {
    let output = workspace
        .command("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .context("rustc cannot be run")?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("this rustc does not know {target}: {}", reason.trim());
    }
    let directory = String::from_utf8(output.stdout).context("rustc gave a strange path")?;
    Ok(Path::new(directory.trim_end()).is_dir())
}
