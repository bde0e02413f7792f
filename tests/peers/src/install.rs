//! Installing what is missing.

use crate::{lists, npm, on_path, venv};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What Debian packages of servers, clients and tools: the program, and the package.
const DEBIAN: [(&str, &str); 4] = [
    ("ip", "iproute2"),
    ("nats-server", "nats-server"),
    ("etcd", "etcd-server"),
    ("wrk", "wrk"),
];

/// What is left behind by an installation that came to its end: a copy of the list that it was of.
pub(crate) const DONE: &str = "installed.txt";

/// What could not be installed.
pub struct Missing {
    /// What it is, and why it is missing.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// Installs what is not there yet, and says so on standard error; gives what could not be.
pub fn install() -> Vec<Missing> {
    let remedy = "install the packages `iproute2`, `nats-server`, `etcd-server` and `wrk`";
    let mut failures: Vec<_> = missing(debian(), remedy).into_iter().collect();
    failures.extend(install_from_registries());
    failures
}

/// Only what comes from npm and PyPI, the tools of other languages among it.
pub fn install_from_registries() -> Vec<Missing> {
    let attempts = [
        (npm_packages(), "install Node 20 or newer, with npm"),
        (python_packages(), "install Python 3.9 or newer, with venv"),
    ];
    let failures = attempts.into_iter();
    failures
        .filter_map(|(result, remedy)| missing(result, remedy))
        .collect()
}

fn missing(result: Result<()>, remedy: &str) -> Option<Missing> {
    let error = result.err()?;
    Some(Missing {
        message: format!("{error:#}"),
        remedy: remedy.into(),
    })
}

fn debian() -> Result<()> {
    let missing = DEBIAN
        .iter()
        .filter(|(program, _)| on_path(program).is_none());
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    say(&format!("apt-get install {names}"));
    // Its lists are missing on a bare machine. If they cannot be had, installing says what is wrong.
    let _ = run(apt().arg("update"));
    run(apt()
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages))
    .with_context(|| format!("`{names}` cannot be installed"))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("--quiet");
    command
}

fn npm_packages() -> Result<()> {
    let folder = npm();
    let list = lists().join("package-lock.json");
    if is_done(&folder, &list) {
        return Ok(());
    }
    say("npm ci, below target/peers");
    fs::create_dir_all(&folder)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(lists().join(name), folder.join(name))?;
    }
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run(Command::new("npm").args(arguments).current_dir(&folder))
        .context("the packages of npm cannot be installed")?;
    done(&folder, &list)
}

fn python_packages() -> Result<()> {
    let folder = venv();
    let list = lists().join("requirements.txt");
    if is_done(&folder, &list) {
        return Ok(());
    }
    say("pip install, below target/peers");
    let context = "the packages of PyPI cannot be installed";
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).context(context)?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--requirement"]);
    run(pip.arg(&list)).context(context)?;
    done(&folder, &list)
}

/// Whether what a list says is installed in a folder.
fn is_done(folder: &Path, list: &Path) -> bool {
    match (fs::read(folder.join(DONE)), fs::read(list)) {
        (Ok(installed), Ok(wanted)) => installed == wanted,
        _ => false,
    }
}

fn done(folder: &Path, list: &Path) -> Result<()> {
    fs::copy(list, folder.join(DONE))?;
    Ok(())
}

fn say(what: &str) {
    eprintln!("Installing what tests and examples talk to: {what}");
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_owned();
    let program = program.display();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{program}` cannot be run"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("`{program}` failed: {}", reason.trim());
    }
    Ok(())
}
