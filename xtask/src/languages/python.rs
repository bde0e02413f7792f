//! Python, with componentize-py.

use std::process::Command;

use anyhow::Result;

use super::{Job, tool};

pub(super) const FILE: &str = "plugin.py";

pub(super) fn build(job: &Job<'_>) -> Result<bool> {
    let Some(tool) = first_class_peers::python_script("componentize-py") else {
        return Ok(false);
    };
    tool::announce(job);
    let mut command = Command::new(tool);
    command.arg("--wit-path").arg(job.wit);
    command.args(["--world", job.world, "componentize", "plugin"]);
    command.arg("--python-path").arg(job.source);
    command.arg("--output").arg(job.component);
    tool::run(command)?;
    Ok(true)
}
