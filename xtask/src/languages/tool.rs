//! Running the tools.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Job;

/// Says that a plugin is built.
pub(super) fn announce(job: &Job<'_>) {
    let name = job.source.file_name().unwrap_or_default();
    eprintln!("Building `{}`, which takes a while.", name.display());
}

/// Runs a tool, and says what it said if it failed.
pub(super) fn run(mut tool: Command) -> Result<()> {
    let name = tool.get_program().to_owned();
    let name = Path::new(&name).file_name().unwrap_or(OsStr::new("it"));
    let output = tool
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{}` cannot be run", name.display()))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!(
            "`{}` failed: {}",
            name.display(),
            String::from_utf8_lossy(&said).trim()
        );
    }
    Ok(())
}
