//! Results for people and for programs.

use crate::terminal;
use clap::ValueEnum;
use miette::{IntoDiagnostic, Result, WrapErr};
use serde::Serialize;

/// For whom a result is.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON object
    Json,
}

/// Prints a result for programs.
pub(crate) fn print_json(result: &impl Serialize) -> Result<()> {
    let json = serde_json::to_string_pretty(result);
    let json = json.into_diagnostic().wrap_err("the result is no JSON")?;
    terminal::print(&json)
}
