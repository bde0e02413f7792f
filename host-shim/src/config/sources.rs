//! The tables of sources.

use super::error::Fault;
use super::file::{check, patterns};
use super::grants::GrantsTable;
use super::grpc::GrpcTable;
use super::limits::LimitsTable;
use super::mcp::McpTable;
use super::nats::{NatsTable, Network};
use super::units::Time;
use super::wrpc::WrpcTable;
use crate::policy::{Limits, Pattern, Restart, Retry};
use crate::sources::Source;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// The keys that say what a source is.
const PLACES: &str = "`file`, `directory`, `grpc`, `mcp`, `nats` or `wrpc`";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SourceTable {
    file: Option<Spanned<PathBuf>>,
    directory: Option<Spanned<PathBuf>>,
    grpc: Option<Spanned<GrpcTable>>,
    mcp: Option<Spanned<McpTable>>,
    nats: Option<Spanned<NatsTable>>,
    wrpc: Option<Spanned<WrpcTable>>,
    #[serde(default)]
    named: Named,
    restart: Option<RestartKey>,
    retry: Option<Spanned<RetryTable>>,
    #[serde(default)]
    holds: Vec<Spanned<String>>,
    #[serde(default)]
    limits: LimitsTable,
    grants: Option<Spanned<GrantsTable>>,
}

/// Whether all share one instance, and how long it lives.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "`named` is `true`, `false`, or a table with `idle` and `most`"
)]
enum Named {
    Is(bool),
    So(NamedTable),
}

impl Default for Named {
    fn default() -> Self {
        Named::Is(false)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedTable {
    idle: Option<Time>,
    most: Option<u64>,
}

/// What becomes of instances that died.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "`restart` is `\"never\"`, `\"on-next-call\"`, or a table with `first` and `longest`"
)]
enum RestartKey {
    Word(RestartWord),
    After(Pause),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RestartWord {
    Never,
    OnNextCall,
}

/// A pause that doubles.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pause {
    first: Time,
    longest: Time,
}

/// When calls of a peer are made again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetryTable {
    attempts: Option<u32>,
    pause: Option<Pause>,
    #[serde(default)]
    idempotent: Vec<Spanned<String>>,
}

/// A source of the file.
pub(super) struct Found {
    pub(super) source: Source,
    /// Where its component is, if it is one.
    pub(super) path: Option<PathBuf>,
}

impl Found {
    pub(super) fn read(
        name: &Spanned<String>,
        mut table: SourceTable,
        folder: &Path,
        limits: &Limits,
        network: &Network,
    ) -> Result<Self, Fault> {
        check(name)?;
        let (source, path) = table.place(name, folder, network)?;
        table.check_against(path.is_none())?;
        let mut source = source
            .limits(table.limits.over(limits.clone()))
            .may_load(patterns(table.holds)?)
            .map_err(|error| Fault::at(name.span(), error))?;
        if let Some(grants) = table.grants {
            source = source.wasi(grants.into_inner().grants(folder)?);
        }
        source = match table.restart {
            Some(restart) => source.restart(restart.restart()),
            None => source,
        };
        source = match table.retry {
            Some(retry) => source.retry(retry.into_inner().retry()?),
            None => source,
        };
        let source = table.named.lifetime(source);
        Ok(Found { source, path })
    }
}

impl SourceTable {
    /// Makes the source, and says where its component is, if it is one.
    fn place(
        &mut self,
        name: &Spanned<String>,
        folder: &Path,
        network: &Network,
    ) -> Result<(Source, Option<PathBuf>), Fault> {
        let grpc = self.grpc.take();
        let grpc = grpc.map(|table| table.get_ref().client(folder).map(Source::backend));
        let mcp = self.mcp.take();
        let mcp = mcp.map(|table| McpTable::client(table, folder).map(Source::backend));
        let nats = self.nats.take();
        let nats = nats.map(|table| network.client(table).map(Source::backend));
        let wrpc = self.wrpc.take();
        let wrpc = wrpc.map(|table| WrpcTable::client(table, folder).map(Source::backend));
        let peers = [grpc, mcp, nats, wrpc].into_iter().flatten();
        let mut peers = peers.collect::<Result<Vec<_>, _>>()?;
        match (&self.file, &self.directory, peers.pop()) {
            _ if !peers.is_empty() => Err(several(name)),
            (Some(path), None, None) => {
                let file = existing(path, folder, Path::is_file, "file")?;
                Ok((Source::file(&file), Some(file)))
            }
            (None, Some(path), None) => {
                let directory = existing(path, folder, Path::is_dir, "directory")?;
                if Pattern::parse(name.get_ref()).is_ok_and(|it| it.prefix().is_none()) {
                    let message = "the name of a directory has to end in its only `*`";
                    return Err(Fault::at(name.span(), message)
                        .help("with `lint/*`, the file `notes.wasm` is `lint/notes`"));
                }
                Ok((Source::directory(&directory), Some(directory)))
            }
            (None, None, Some(peer)) => Ok((peer, None)),
            (None, None, None) => {
                let message = format!("nothing says what `{}` is", name.get_ref());
                Err(Fault::at(name.span(), message).help(format!("give it one of {PLACES}")))
            }
            _ => Err(several(name)),
        }
    }

    /// Refuses what would have no effect.
    fn check_against(&self, is_peer: bool) -> Result<(), Fault> {
        if let (Some(grants), true) = (&self.grants, is_peer) {
            let message = "nothing can be granted to what is no component of this process";
            return Err(Fault::at(grants.span(), message).help("take `grants` out"));
        }
        if let (Some(pattern), true) = (self.holds.first(), is_peer) {
            let message = "what is no component of this process holds no instances";
            return Err(Fault::at(pattern.span(), message).help("take `holds` out"));
        }
        if let (Some(retry), false) = (&self.retry, is_peer) {
            let message = "a component of this process is not called again";
            return Err(Fault::at(retry.span(), message).help("take `retry` out"));
        }
        Ok(())
    }
}

fn several(name: &Spanned<String>) -> Fault {
    let message = format!("`{}` is several things at once", name.get_ref());
    Fault::at(name.span(), message).help(format!("leave one of {PLACES}"))
}

/// The path that a key gives, if there is something of this kind.
fn existing(
    key: &Spanned<PathBuf>,
    folder: &Path,
    is_kind: impl Fn(&Path) -> bool,
    kind: &str,
) -> Result<PathBuf, Fault> {
    let path = folder.join(key.get_ref());
    if is_kind(&path) {
        return Ok(path);
    }
    let message = format!("there is no {kind} `{}`", path.display());
    Err(Fault::at(key.span(), message).help("paths are relative to the folder of this file"))
}

impl Named {
    fn lifetime(self, source: Source) -> Source {
        match self {
            Named::Is(false) => source,
            Named::Is(true) => source.named(),
            Named::So(NamedTable { idle, most }) => {
                let source = idle.iter().fold(source.named(), |it, time| it.idle(time.0));
                most.iter().fold(source, |source, most| source.most(*most))
            }
        }
    }
}

impl RestartKey {
    fn restart(&self) -> Restart {
        match self {
            RestartKey::Word(RestartWord::Never) => Restart::Never,
            RestartKey::Word(RestartWord::OnNextCall) => Restart::OnNextCall,
            RestartKey::After(pause) => {
                let (first, longest) = pause.times();
                Restart::BackOff { first, longest }
            }
        }
    }
}

impl Pause {
    fn times(&self) -> (Duration, Duration) {
        (self.first.0, self.longest.0)
    }
}

impl RetryTable {
    fn retry(self) -> Result<Retry, Fault> {
        let mut retry = Retry::default();
        if let Some(attempts) = self.attempts {
            retry = retry.attempts(attempts);
        }
        if let Some(pause) = self.pause {
            let (first, longest) = pause.times();
            retry = retry.pause(first, longest);
        }
        // Patterns of functions are written as those of sources are.
        let retry = retry.idempotent(patterns(self.idempotent)?);
        retry.map_err(|error| Fault::at(0..0, error))
    }
}
