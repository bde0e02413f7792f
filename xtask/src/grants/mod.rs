//! What a caller may read: the current directory, and what its arguments name outside of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

/// Directories that a caller may read, and its arguments.
#[derive(Debug, PartialEq)]
pub(crate) struct Grants {
    /// The host's directories by the caller's names for them.
    pub(crate) directories: BTreeMap<String, PathBuf>,
    /// As the user gave them, but for links to files: a caller cannot follow a link out of a
    /// directory, so it is given the file itself.
    pub(crate) arguments: Vec<String>,
}

impl Grants {
    /// What it takes to read, from `current`, the files that are among the arguments.
    pub(crate) fn new(current: &Path, arguments: &[String]) -> Result<Self> {
        let current = fs::canonicalize(current)
            .with_context(|| format!("cannot find {}", current.display()))?;
        let mut grants = Self {
            directories: BTreeMap::from([(".".into(), current.clone())]),
            arguments: Vec::new(),
        };
        for argument in arguments {
            let argument = follow(&current, argument).unwrap_or_else(|| argument.clone());
            grants.directories.extend(outside(&current, &argument));
            grants.arguments.push(argument);
        }
        Ok(grants)
    }
}

/// The file behind a link to a file.
fn follow(current: &Path, argument: &str) -> Option<String> {
    let path = current.join(argument);
    if !path.is_symlink() || !path.is_file() {
        return None;
    }
    let file = fs::canonicalize(path).ok()?;
    let short = file.strip_prefix(current).unwrap_or(&file);
    Some(short.to_str()?.to_owned())
}

/// The directory that an argument needs besides the current one: itself, or the one that it is
/// in. It keeps the name that the user gave it, be it absolute, with `..`, or a link.
fn outside(current: &Path, argument: &str) -> Option<(String, PathBuf)> {
    let path = current.join(argument);
    let named = if path.is_dir() {
        Path::new(argument)
    } else if path.exists() {
        Path::new(argument).parent()?
    } else {
        return None;
    };
    let directory = fs::canonicalize(current.join(named)).ok()?;
    let is_plain = |part| matches!(part, Component::CurDir | Component::Normal(_));
    let is_inside = named.components().all(is_plain) && directory == current.join(named);
    (!is_inside).then(|| Some((named.to_str()?.to_owned(), directory)))?
}

#[cfg(test)]
mod tests;
