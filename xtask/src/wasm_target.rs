//! The compilation target of the guests.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// What guests are compiled for: it gives components without further tools.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// Makes sure that the target is installed.
pub(crate) fn ensure(workspace: &Workspace) -> Result<()> {
    if is_installed(workspace)? {
        return Ok(());
    }
    eprintln!("The target {TARGET} is missing; running `rustup target add {TARGET}`.");
    let added = workspace
        .command("rustup")
        .args(["target", "add", TARGET])
        .status();
    match added {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => bail!("rustup could not add the target {TARGET}; see above"),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the target {TARGET} is missing, and so is rustup: install the target with what \
             installed your Rust, or get rustup from https://rustup.rs"
        ),
        Err(error) => Err(error).context("rustup cannot be run"),
    }
}

fn is_installed(workspace: &Workspace) -> Result<bool> {
    let output = workspace
        .command("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .context("rustc cannot be run")?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("this rustc does not know {TARGET}: {}", reason.trim());
    }
    let directory = String::from_utf8(output.stdout).context("rustc gave a strange path")?;
    Ok(Path::new(directory.trim_end()).is_dir())
}
