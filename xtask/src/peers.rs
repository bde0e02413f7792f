//! Programs of others that an example talks to.
//!
//! ```toml
//! [package.metadata.first-class]
//! config = "first-class.toml"      # if there are peers, `{db}` stands for where that peer is, and `{here}` for the folder
//! peers.db = { kind = "etcd" }
//! peers.drone = { kind = "cargo", program = "wrpc-carrier", arguments = ["2000"] }
//! peers.web = { kind = "python", script = "server.py", arguments = ["SERVING"] }
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use first_class_peers::{Process, free_port};
use serde::Deserialize;
use tempfile::TempDir;

use crate::runner;
use crate::workspace::Workspace;

/// What an example has besides components, in its manifest.
pub(crate) struct Peers {
    /// A `first-class.toml` that says what the caller's sources are, in place of the manifest.
    pub(crate) config: Option<PathBuf>,
    pub(crate) peers: BTreeMap<String, Peer>,
}

/// A program that listens at a port which it is told.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Peer {
    /// A program of this workspace, which gets the port before its arguments.
    Cargo {
        program: String,
        #[serde(default)]
        arguments: Vec<String>,
    },
    /// Debian's etcd.
    Etcd,
    /// A script, which gets the port before its arguments, with npm's packages.
    Node {
        script: PathBuf,
        #[serde(default)]
        arguments: Vec<String>,
    },
    /// The same with PyPI's.
    Python {
        script: PathBuf,
        #[serde(default)]
        arguments: Vec<String>,
    },
}

/// Peers that run until this is dropped.
pub(crate) struct Running {
    pub(crate) config: PathBuf,
    _processes: Vec<Process>,
    _folder: TempDir,
}

impl Peers {
    /// Starts all, and writes the file that says where they are; nothing if the example has no file.
    pub(crate) fn start(&self, workspace: &Workspace, here: &Path) -> Result<Option<Running>> {
        let Some(config) = &self.config else {
            return Ok(None);
        };
        for missing in first_class_peers::install() {
            eprintln!("{}; {}", missing.message, missing.remedy);
        }
        let folder = tempfile::tempdir()?;
        let config = here.join(config);
        if self.peers.is_empty() {
            return Ok(Some(Running {
                config,
                _processes: Vec::new(),
                _folder: folder,
            }));
        }
        let text = fs::read_to_string(&config);
        let text = text.with_context(|| format!("{} cannot be read", config.display()))?;
        let mut text = text.replace("{here}", &here.display().to_string());
        let mut processes = Vec::new();
        for (name, peer) in &self.peers {
            let started = peer.start(workspace, here, &folder.path().join(name));
            let (process, address) = started.with_context(|| format!("`{name}` does not run"))?;
            processes.push(process);
            text = text.replace(&format!("{{{name}}}"), &address);
        }
        let config = folder.path().join("first-class.toml");
        fs::write(&config, text)?;
        Ok(Some(Running {
            config,
            _processes: processes,
            _folder: folder,
        }))
    }
}

impl Peer {
    /// Starts it, and gives where it is, once it listens.
    fn start(&self, workspace: &Workspace, here: &Path, data: &Path) -> Result<(Process, String)> {
        let port = free_port()?;
        let mut command = match self {
            Peer::Cargo { program, arguments } => {
                let mut command = Command::new(runner::build(workspace, program)?);
                command.arg(port.to_string()).args(arguments);
                command
            }
            Peer::Etcd => etcd(port, data)?,
            Peer::Node { script, arguments } => {
                let node = first_class_peers::node().context("it needs Node")?;
                let mut command = Command::new(node);
                command.env("NODE_PATH", first_class_peers::npm_modules());
                command.arg(here.join(script)).arg(port.to_string());
                command.args(arguments);
                command
            }
            Peer::Python { script, arguments } => {
                let python = first_class_peers::python().context("it needs Python")?;
                let mut command = Command::new(python);
                command.arg(here.join(script)).arg(port.to_string());
                command.args(arguments);
                command
            }
        };
        let address = format!("127.0.0.1:{port}");
        let process = Process::start(&mut command)?;
        let process = process.until(|| TcpStream::connect(&address).is_ok())?;
        Ok((process, address))
    }
}

fn etcd(port: u16, data: &Path) -> Result<Command> {
    let url = |port: u16| format!("http://127.0.0.1:{port}");
    let (clients, peers) = (url(port), url(free_port()?));
    let mut command = Command::new(first_class_peers::program("etcd").context("it is missing")?);
    command
        .arg("--data-dir")
        .arg(data)
        .args(["--listen-client-urls", &clients])
        .args(["--advertise-client-urls", &clients])
        .args(["--listen-peer-urls", &peers])
        .args(["--initial-advertise-peer-urls", &peers])
        .args(["--initial-cluster", &format!("default={peers}")])
        .args(["--logger", "zap", "--log-level", "error"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Ok(command)
}
