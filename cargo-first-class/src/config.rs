//! `first-class.toml`, as several subcommands take it.

use crate::wit::unknown;
use first_class_host::config::{Config, ConfigError};
use first_class_host::{Caller, Shim};
use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report, Result, miette};
use std::path::Path;

/// Reads the file.
pub(crate) fn read(path: &Path) -> Result<Config> {
    Config::read(path).map_err(|error| report(&error))
}

/// The shim that it describes, with a cache that was asked for besides.
pub(crate) fn shim(config: &Config, cache: Option<&Path>) -> Result<Shim> {
    let mut builder = config.builder();
    if let Some(directory) = cache {
        builder = builder.cache(directory);
    }
    builder.build().map_err(|error| miette!("{error}"))
}

/// A caller of this name, which the file has to know if it knows any.
pub(crate) fn caller(config: &Config, name: &str) -> Result<Caller> {
    let names: Vec<_> = config.callers().collect();
    if names.is_empty() || names.contains(&name) {
        return Ok(config.caller(name));
    }
    if name.is_empty() {
        return Err(miette!(
            help = format!(
                "say as whom the caller runs, with `--as`: {}",
                names.join(", ")
            ),
            "the file says what each caller may load, and this one is nobody"
        ));
    }
    Err(unknown("caller", name, names.into_iter()))
}

/// The mistake, in the line of the file where it is.
fn report(error: &ConfigError) -> Report {
    let name = error.path().display().to_string();
    let Some(span) = error.span() else {
        return miette!(
            help = "the page `first-class.toml` of the book says what belongs into such a file",
            "{error}"
        );
    };
    let mut diagnostic =
        MietteDiagnostic::new(error.message()).with_label(LabeledSpan::underline(span));
    if let Some(help) = error.help() {
        diagnostic = diagnostic.with_help(help);
    }
    let source = NamedSource::new(name, error.text().to_owned());
    Report::new(diagnostic).with_source_code(source)
}
