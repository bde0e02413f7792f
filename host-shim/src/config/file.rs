//! The file as a whole, and its smaller tables.

use super::error::Fault;
use super::limits::{CapacityTable, LimitsTable, PoolingTable};
use super::nats::ServersTable;
use super::serve::ServeTable;
use super::sources::SourceTable;
use crate::policy::{Caller, Pattern};
use indexmap::IndexMap;
use serde::Deserialize;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) cache: Option<PathBuf>,
    pub(super) call_threads: Option<NonZeroUsize>,
    #[serde(default)]
    pub(super) limits: LimitsTable,
    #[serde(default)]
    pub(super) capacity: CapacityTable,
    pub(super) pooling: Option<PoolingTable>,
    /// In their order: the first pattern that a name matches is the one.
    #[serde(default)]
    pub(super) sources: IndexMap<Spanned<String>, SourceTable>,
    pub(super) nats: Option<ServersTable>,
    #[serde(default)]
    pub(super) callers: IndexMap<String, CallerTable>,
    #[serde(default)]
    pub(super) serve: Vec<ServeTable>,
}

/// What a caller may load.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct CallerTable {
    may_load: Vec<Spanned<String>>,
    #[serde(default)]
    may_load_bytes: bool,
}

impl CallerTable {
    pub(super) fn caller(self, identity: &str) -> Result<Caller, Fault> {
        let caller = Caller::new(identity);
        let caller = caller.may_load(patterns(self.may_load)?);
        // They were parsed already.
        let caller = caller.map_err(|error| Fault::at(0..0, error))?;
        Ok(match self.may_load_bytes {
            true => caller.may_load_bytes(),
            false => caller,
        })
    }
}

/// Names or patterns of names, each of which was looked at.
pub(super) fn patterns(patterns: Vec<Spanned<String>>) -> Result<Vec<String>, Fault> {
    let patterns = patterns.into_iter();
    let checked = patterns.map(|pattern| check(&pattern).map(|()| pattern.into_inner()));
    checked.collect()
}

/// Looks whether something is the name or pattern of a source.
pub(super) fn check(pattern: &Spanned<String>) -> Result<(), Fault> {
    match Pattern::parse(pattern.get_ref()) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::at(pattern.span(), error)
            .help("`*` stands for any characters but `/`, and `**` for any")),
    }
}
