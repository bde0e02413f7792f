//! JavaScript, with ComponentizeJS.

use std::process::Command;

use anyhow::Result;

use super::{Job, tool};

pub(super) const FILE: &str = "plugin.js";

/// The program that makes components of JavaScript.
const COMPONENTIZE: &str = "@bytecodealliance/componentize-js/src/cli.js";

/// What a component in JavaScript does without: the shim has no HTTP for plugins.
const WITHOUT: [&str; 2] = ["http", "fetch-event"];

pub(super) fn build(job: &Job<'_>) -> Result<bool> {
    let tool = first_class_peers::npm_file(COMPONENTIZE);
    let (Some(node), Some(script)) = (first_class_peers::node(), tool) else {
        return Ok(false);
    };
    tool::announce(job);
    let mut command = Command::new(node);
    command.arg(script).arg(job.source.join(FILE));
    command.arg("--wit").arg(job.wit);
    command.args(["--world-name", job.world, "--disable"]);
    command.args(WITHOUT).arg("--out").arg(job.component);
    tool::run(command)?;
    Ok(true)
}
