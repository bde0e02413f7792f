//! What of WASI a plugin is granted: nothing, unless its source says otherwise.

use super::output::{Capture, Output};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use wasmtime_wasi::{FsPerms, WasiCtx};

/// What a plugin may use of the system. Without grants all of WASI is linked, and empty: no
/// directories, no environment, no arguments, no network, no input. What it writes to its standard
/// error goes to `tracing`, and what it writes to its standard output nowhere.
#[derive(Clone)]
pub struct WasiGrants {
    directories: Vec<(PathBuf, String, FsPerms)>,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    network: bool,
    stdout: Output,
    stderr: Output,
}

impl Default for WasiGrants {
    fn default() -> Self {
        WasiGrants {
            directories: Vec::new(),
            environment: Vec::new(),
            arguments: Vec::new(),
            network: false,
            stdout: Output::Discard,
            stderr: Output::Log,
        }
    }
}

/// With the names of variables alone: what they are may be secret.
impl fmt::Debug for WasiGrants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.environment.iter().map(|(name, _)| name);
        f.debug_struct("WasiGrants")
            .field("directories", &self.directories)
            .field("environment", &names.collect::<Vec<_>>())
            .field("arguments", &self.arguments)
            .field("network", &self.network)
            .field("stdout", &self.stdout)
            .field("stderr", &self.stderr)
            .finish()
    }
}

impl WasiGrants {
    /// A directory of the host, to read, under a name that the plugin sees.
    #[must_use]
    pub fn read_directory(self, host: impl Into<PathBuf>, guest: impl Into<String>) -> Self {
        self.directory(host.into(), guest.into(), FsPerms::ReadOnly)
    }

    /// A directory of the host, to read and write, under a name that the plugin sees.
    #[must_use]
    pub fn write_directory(self, host: impl Into<PathBuf>, guest: impl Into<String>) -> Self {
        self.directory(host.into(), guest.into(), FsPerms::ReadWrite)
    }

    fn directory(mut self, host: PathBuf, guest: String, permissions: FsPerms) -> Self {
        self.directories.push((host, guest, permissions));
        self
    }

    /// A variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// One more argument; by convention the first is the program's name.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// The host's network: TCP, UDP and the names of hosts.
    #[must_use]
    pub fn network(mut self) -> Self {
        self.network = true;
        self
    }

    /// Where its standard output goes; nowhere unless set.
    #[must_use]
    pub fn stdout(mut self, output: Output) -> Self {
        self.stdout = output;
        self
    }

    /// Where its standard error goes; to `tracing` unless set.
    #[must_use]
    pub fn stderr(mut self, output: Output) -> Self {
        self.stderr = output;
        self
    }

    /// Whether a function of WASI may wait, even if the plugin imports no clock and no network:
    /// to open a file may take as long as it likes.
    pub(crate) fn may_wait(&self) -> bool {
        !self.directories.is_empty() || self.network
    }

    /// Makes what one instance of a source gets.
    pub(crate) fn context(&self, source_name: &Arc<str>) -> Result<WasiCtx, String> {
        let mut wasi = WasiCtx::builder();
        wasi.envs(&self.environment)
            .args(&self.arguments)
            .allow_tcp(self.network)
            .allow_udp(self.network);
        if self.network {
            wasi.inherit_network().allow_ip_name_lookup(true);
        }
        for (host, guest, permissions) in &self.directories {
            wasi.preopened_dir(host, guest, *permissions)
                .map_err(|error| {
                    format!(
                        "the directory `{}`, which it is granted, cannot be opened: {error:#}",
                        host.display()
                    )
                })?;
        }
        match &self.stdout {
            Output::Discard => {}
            Output::Inherit => _ = wasi.inherit_stdout(),
            Output::Log => _ = wasi.stdout(Capture::log(source_name, "stdout")),
            Output::Capture(capture) => _ = wasi.stdout(capture.clone()),
        }
        match &self.stderr {
            Output::Discard => {}
            Output::Inherit => _ = wasi.inherit_stderr(),
            Output::Log => _ = wasi.stderr(Capture::log(source_name, "stderr")),
            Output::Capture(capture) => _ = wasi.stderr(capture.clone()),
        }
        Ok(wasi.build())
    }
}
