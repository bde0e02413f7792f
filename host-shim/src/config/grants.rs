//! What of WASI the instances of a source are granted.

use crate::policy::{Output, WasiGrants};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GrantsTable {
    /// The plugin's names of directories, and where these are.
    #[serde(default)]
    read: BTreeMap<String, PathBuf>,
    #[serde(default)]
    write: BTreeMap<String, PathBuf>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
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
    pub(super) fn grants(self, folder: &Path) -> WasiGrants {
        let read = |grants: WasiGrants, (guest, host): (String, PathBuf)| {
            grants.read_directory(folder.join(host), guest)
        };
        let write = |grants: WasiGrants, (guest, host): (String, PathBuf)| {
            grants.write_directory(folder.join(host), guest)
        };
        let grants = self.read.into_iter().fold(WasiGrants::default(), read);
        let grants = self.write.into_iter().fold(grants, write);
        let variables = self.environment.into_iter();
        let grants = variables.fold(grants, |grants, (name, value)| grants.variable(name, value));
        let arguments = self.arguments.into_iter();
        let mut grants = arguments.fold(grants, WasiGrants::argument);
        if self.network {
            grants = grants.network();
        }
        if let Some(stdout) = self.stdout {
            grants = grants.stdout(stdout.output());
        }
        match self.stderr {
            Some(stderr) => grants.stderr(stderr.output()),
            None => grants,
        }
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
