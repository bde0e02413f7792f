//! The tutorial with the tool as it is installed.

use anyhow::{Context, Result, bail};

use crate::runner::PROGRAM;
use crate::workspace::Workspace;

/// The test that runs the commands of the page.
const TEST: &str = "tutorial::the_tutorial_works_as_it_is_written";

/// Installs the tool and runs the tutorial's test with it; gives its status.
pub(crate) fn run(workspace: &Workspace) -> Result<u8> {
    let root = workspace.installed();
    let mut install = workspace.cargo();
    install.args(["install", "--locked", "--path", PROGRAM, "--root"]);
    install.arg(&root).arg("--force");
    let installed = install.status().context("cargo cannot be run")?;
    if !installed.success() {
        bail!("the tool cannot be installed; see above");
    }
    let mut test = workspace.cargo();
    test.args(["test", "--workspace", "--test", "cli", "--"])
        .args(["--exact", TEST])
        .env("FIRST_CLASS_INSTALLED", root.join("bin"));
    let status = test.status().context("cargo cannot be run")?;
    Ok(u8::from(!status.success()))
}
