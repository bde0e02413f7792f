//! What of the system a caller is granted.

use clap::Args;
use miette::{Result, miette};
use std::path::{Path, PathBuf};
use wasmtime_wasi::{FsPerms, WasiCtx};

use crate::component;

/// What of the system a caller is granted, besides its arguments and the standard streams.
#[derive(Args)]
pub(super) struct Grants {
    /// Let it read and write a folder, by the same name or by the one behind `::`
    #[arg(long = "dir", value_name = "HOST[::GUEST]", value_parser = Folder::parse)]
    writable: Vec<Folder>,
    /// Let it read a folder
    #[arg(long = "read-dir", value_name = "HOST[::GUEST]", value_parser = Folder::parse)]
    readable: Vec<Folder>,
    /// Give it a variable of the environment; without a value, the one that it has here
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    environment: Vec<String>,
    /// Let it use the network
    #[arg(long)]
    network: bool,
}

/// A folder, and the caller's name for it.
#[derive(Clone)]
struct Folder {
    host: PathBuf,
    guest: String,
}

impl Folder {
    #[expect(clippy::unnecessary_wraps, reason = "it is a parser of clap")]
    fn parse(text: &str) -> Result<Self, String> {
        let (host, guest) = text.split_once("::").unwrap_or((text, text));
        Ok(Folder {
            host: host.into(),
            guest: guest.into(),
        })
    }
}

impl Grants {
    /// What the caller gets, who may be somebody. Its arguments begin with its name, and who it is.
    pub(super) fn wasi(
        &self,
        caller: &Path,
        identity: Option<&str>,
        arguments: &[String],
    ) -> Result<WasiCtx> {
        let mut wasi = WasiCtx::builder();
        wasi.inherit_stdio()
            .allow_blocking_current_thread(true)
            .arg(component::stem(caller))
            .args(identity.as_slice())
            .args(arguments)
            .allow_tcp(self.network)
            .allow_udp(self.network);
        if self.network {
            wasi.inherit_network().allow_ip_name_lookup(true);
        }
        for variable in &self.environment {
            match variable.split_once('=') {
                Some((name, value)) => wasi.env(name, value),
                None => wasi.env(variable, inherited(variable)?),
            };
        }
        let writable = self
            .writable
            .iter()
            .map(|folder| (folder, FsPerms::ReadWrite));
        let readable = self
            .readable
            .iter()
            .map(|folder| (folder, FsPerms::ReadOnly));
        for (Folder { host, guest }, permissions) in writable.chain(readable) {
            wasi.preopened_dir(host, guest, permissions)
                .map_err(|error| {
                    miette!(
                        help = "give a folder that exists, with `--dir` or `--read-dir`",
                        "the folder `{}` cannot be granted: {error:#}",
                        host.display()
                    )
                })?;
        }
        Ok(wasi.build())
    }
}

/// A variable as it is set here.
fn inherited(variable: &str) -> Result<String> {
    std::env::var(variable).map_err(|error| {
        miette!(
            help = format!("`--env {variable}=VALUE` gives it a value"),
            "--env: there is no `{variable}` to be passed on: {error}"
        )
    })
}
