//! Which plugins there are, and how they live.

use crate::limits::LimitOptions;
use clap::Args;
use first_class_host::{Output, PatternError, Shim, ShimError, Source, WasiGrants};
use miette::{Result, miette};
use std::path::{Path, PathBuf};

/// What patterns are.
const PATTERNS: &str = "`*` stands for any characters but `/`, and `**` for any";

/// Which plugins there are, and how they live.
#[derive(Args)]
pub(super) struct Sources {
    /// Offer each `.wasm` file of a folder by its name
    #[arg(long = "plugins", value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Offer a file by a name, or a folder by a pattern: with `lint/*=rules`, the file
    /// `rules/notes.wasm` is `lint/notes`
    #[arg(long = "source", value_name = "NAME=PATH", value_parser = named_path)]
    fresh: Vec<(String, PathBuf)>,
    /// Offer a file, of which there is one live instance to a name that all share who load it
    #[arg(long = "named", value_name = "PATTERN=FILE", value_parser = named_path)]
    named: Vec<(String, PathBuf)>,
    /// Let the instances of a source load others themselves
    #[arg(long = "holds", value_name = "NAME=PATTERN", value_parser = pair)]
    holds: Vec<(String, String)>,
    #[command(flatten)]
    limits: LimitOptions,
}

impl Sources {
    /// The shim that offers them.
    pub(super) fn shim(&self, cache: Option<&Path>) -> Result<Shim> {
        let mut shim = Shim::builder().limits(self.limits.limits());
        if let Some(directory) = cache {
            shim = shim.cache(directory);
        }
        if let Some(path) = self.folders.iter().find(|path| !path.is_dir()) {
            return Err(miette!(
                help = "`--source NAME=FILE` offers a single file",
                "--plugins: there is no folder `{}`",
                path.display()
            ));
        }
        let folders = self.folders.iter().map(|path| ("*", source(path)));
        let fresh = self
            .fresh
            .iter()
            .map(|(name, path)| (&**name, source(path)));
        let named = self
            .named
            .iter()
            .map(|(name, path)| (&**name, source(path).named()));
        let mut unused: Vec<_> = self.holds.iter().map(|(holder, _)| holder).collect();
        for (name, source) in folders.chain(fresh).chain(named) {
            unused.retain(|holder| *holder != name);
            let holds = self.holds.iter().filter(|(holder, _)| holder == name);
            let patterns = holds.map(|(_, pattern)| pattern);
            let source = source
                .may_load(patterns)
                .map_err(|error| pattern_error("--holds", &error))?;
            shim = shim.source(name, source);
        }
        if let Some(holder) = unused.first() {
            return Err(miette!(
                help = "name it as it stands in front of the `=` of `--source` or `--named`",
                "--holds: there is no source `{holder}`"
            ));
        }
        shim.build().map_err(shim_error)
    }

    /// The files and folders that plugins come from.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        let named = self.fresh.iter().chain(&self.named);
        let paths = self.folders.iter().chain(named.map(|(_, path)| path));
        paths.map(PathBuf::as_path)
    }
}

fn source(path: &Path) -> Source {
    let source = match path.is_dir() {
        true => Source::directory(path),
        false => Source::file(path),
    };
    source.wasi(WasiGrants::default().stdout(Output::Log))
}

fn shim_error(error: ShimError) -> miette::Report {
    let help = match &error {
        ShimError::NoSuchFile { .. } => {
            "`cargo first-class build` builds plugins and says where they are"
        }
        ShimError::DuplicateName(_) => "each name stands for one plugin",
        ShimError::Pattern(_) => PATTERNS,
        _ => "`cargo first-class run --help` says how plugins are given",
    };
    miette!(help = help, "{error}")
}

/// The error for what an option has in place of a pattern.
pub(super) fn pattern_error(option: &str, error: &PatternError) -> miette::Report {
    miette!(help = PATTERNS, "{option}: {error}")
}

fn named_path(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = pair(text)?;
    Ok((name, path.into()))
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.into(), value.into()))
        }
        _ => Err("it is given as a name, `=`, and what belongs to it".into()),
    }
}
