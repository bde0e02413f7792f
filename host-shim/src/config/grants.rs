//! What of WASI the instances of a source are granted.

use super::error::Fault;
use super::secret::Secret;
use crate::policy::{Output, WasiGrants};
use indexmap::IndexMap;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GrantsTable {
    /// The plugin's names of directories, and where these are.
    #[serde(default)]
    read: BTreeMap<String, PathBuf>,
    #[serde(default)]
    write: BTreeMap<String, PathBuf>,
    #[serde(default)]
    environment: IndexMap<Spanned<String>, Secret>,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    network: bool,
    stdout: Option<OutputKey>,
    stderr: Option<OutputKey>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OutputKey {
    Discard,
    Inherit,
    Log,
}

impl GrantsTable {
    pub(super) fn grants(self, folder: &Path) -> Result<WasiGrants, Fault> {
        let read = |grants: WasiGrants, (guest, host): (String, PathBuf)| {
            grants.read_directory(folder.join(host), guest)
        };
        let write = |grants: WasiGrants, (guest, host): (String, PathBuf)| {
            grants.write_directory(folder.join(host), guest)
        };
        let grants = self.read.into_iter().fold(WasiGrants::default(), read);
        let mut grants = self.write.into_iter().fold(grants, write);
        for (name, value) in self.environment {
            let value = value.get(name.span(), folder)?;
            grants = grants.variable(name.into_inner(), value);
        }
        let arguments = self.arguments.into_iter();
        let mut grants = arguments.fold(grants, WasiGrants::argument);
        if self.network {
            grants = grants.network();
        }
        if let Some(stdout) = self.stdout {
            grants = grants.stdout(stdout.output());
        }
        Ok(match self.stderr {
            Some(stderr) => grants.stderr(stderr.output()),
            None => grants,
        })
    }
}

impl OutputKey {
    fn output(self) -> Output {
        match self {
            OutputKey::Discard => Output::Discard,
            OutputKey::Inherit => Output::Inherit,
            OutputKey::Log => Output::Log,
        }
    }
}
