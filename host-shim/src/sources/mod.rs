//! Which sources there are, and the components behind them.

mod source;

pub use source::Source;
pub(crate) use source::{Lifetime, Place};

use crate::backends::Backend;
use crate::error::ShimError;
use crate::plan::{At, Origin};
use crate::policy::Pattern;
use crate::seeing::Meters;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The extension of the files that a directory offers.
const EXTENSION: &str = "wasm";

/// The sources that an embedder offers.
///
/// Invariant: every path that [`Sources::find`] returns is one that the embedder gave, or lies
/// directly in a directory that the embedder gave, whatever name a guest asks for.
#[derive(Default)]
pub(crate) struct Sources(Vec<Offer>);

/// A source under its name or pattern.
pub(crate) struct Offer {
    pattern: Pattern,
    pub(crate) source: Source,
    pub(crate) meters: Meters,
    /// Its position, which tells it apart.
    pub(crate) number: usize,
}

/// What stands behind a name.
pub(crate) enum Found {
    Component(Origin),
    Peer(Arc<dyn Backend>),
}

impl Sources {
    pub(crate) fn add(
        &mut self,
        name: &str,
        source: Source,
        metrics: bool,
    ) -> Result<(), ShimError> {
        let pattern = Pattern::parse(name)?;
        let exists = match &source.place {
            Place::File(path) => path.is_file().then_some(()).ok_or(path),
            Place::Directory(path) if pattern.prefix().is_none() => {
                return Err(ShimError::DirectoryName(name.to_owned()));
            }
            Place::Directory(path) => path.is_dir().then_some(()).ok_or(path),
            Place::Bytes(_) | Place::Backend(_) => Ok(()),
        };
        exists.map_err(|path| ShimError::NoSuchFile {
            name: name.to_owned(),
            path: path.clone(),
        })?;
        let is_taken = |offer: &Offer| {
            let directory = matches!(source.place, Place::Directory(_));
            !directory && offer.pattern.as_str() == name
        };
        if self.0.iter().any(is_taken) {
            return Err(ShimError::DuplicateName(name.to_owned()));
        }
        let meters = if metrics {
            Meters::new(name)
        } else {
            Meters::default()
        };
        self.0.push(Offer {
            pattern,
            source,
            meters,
            number: self.0.len(),
        });
        Ok(())
    }

    /// What a name stands for. A source of just this name comes before one of a pattern; among
    /// several patterns, the first.
    pub(crate) fn find(&self, name: &str) -> Option<(&Offer, Found)> {
        let exact = |offer: &&Offer| offer.pattern.name() == Some(name);
        let patterns = self.0.iter().filter(|offer| offer.pattern.name().is_none());
        let matching = patterns.filter(|offer| offer.pattern.matches(name));
        let mut candidates = self.0.iter().filter(exact).chain(matching);
        candidates.find_map(|offer| Some((offer, offer.found(name)?)))
    }

    /// The source that is offered under just this name or pattern.
    #[cfg(any(feature = "nats", feature = "wrpc"))]
    pub(crate) fn offer(&self, pattern: &str) -> Option<&Offer> {
        self.0.iter().find(|offer| offer.is_named(pattern))
    }

    /// All names that can be listed, in order. Directories are read anew each time, so a new file
    /// is seen; a pattern of another kind stands for names without number, which are not listed.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(Offer::names).collect()
    }
}

impl Offer {
    /// Whether it is offered under just this name or pattern.
    #[cfg(any(feature = "nats", feature = "wrpc"))]
    pub(crate) fn is_named(&self, pattern: &str) -> bool {
        self.pattern.as_str() == pattern
    }

    /// Whether it stands for many names.
    #[cfg(any(feature = "nats", feature = "wrpc"))]
    pub(crate) fn is_pattern(&self) -> bool {
        self.pattern.name().is_none()
    }

    fn found(&self, name: &str) -> Option<Found> {
        let at = match &self.source.place {
            Place::File(path) => At::File(path.clone()),
            Place::Directory(directory) => At::File(file_in(
                directory,
                name.strip_prefix(self.pattern.prefix()?)?,
            )?),
            Place::Bytes(bytes) => At::Memory(bytes.clone()),
            Place::Backend(backend) => return Some(Found::Peer(backend.clone())),
        };
        Some(Found::Component(Origin {
            at,
            trusted: self.source.trusted,
            provided: self.source.provided.clone(),
        }))
    }

    fn names(&self) -> Vec<String> {
        match &self.source.place {
            Place::Directory(directory) => {
                let prefix = self.pattern.prefix().unwrap_or_default();
                let names = names_in(directory).into_iter();
                names.map(|name| format!("{prefix}{name}")).collect()
            }
            Place::File(_) | Place::Bytes(_) | Place::Backend(_) => {
                self.pattern.name().map(str::to_owned).into_iter().collect()
            }
        }
    }
}

/// The file of a directory that a name stands for, if there is one.
fn file_in(directory: &Path, name: &str) -> Option<PathBuf> {
    if !is_file_name(name) {
        return None;
    }
    let path = directory.join(format!("{name}.{EXTENSION}"));
    path.is_file().then_some(path)
}

/// Whether a name from a guest is a plain file name, so that it cannot lead out of a directory.
fn is_file_name(name: &str) -> bool {
    let mut components = Path::new(name).components();
    let plain = matches!(components.next(), Some(Component::Normal(part)) if part == name);
    plain && components.next().is_none() && !name.contains('\0')
}

fn names_in(directory: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        tracing::warn!(directory = %directory.display(), "a directory of plugins cannot be read");
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let components =
        paths.filter(|path| path.is_file() && path.extension() == Some(EXTENSION.as_ref()));
    components
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Found, Source, Sources, is_file_name};
    use crate::error::ShimError;
    use crate::plan::{At, Origin};
    use std::path::PathBuf;

    #[test]
    fn names_cannot_leave_a_directory() {
        for name in [
            "",
            ".",
            "..",
            "../x",
            "/etc/passwd",
            "a/b",
            "a/",
            "./a",
            "a\0b",
        ] {
            assert!(!is_file_name(name), "{name:?}");
        }
        assert!(is_file_name("notes"));
        assert!(is_file_name("notes.v2"));
    }

    fn path(sources: &Sources, name: &str) -> Option<PathBuf> {
        match sources.find(name)?.1 {
            Found::Component(Origin {
                at: At::File(path), ..
            }) => Some(path),
            _ => None,
        }
    }

    #[test]
    fn a_directory_is_read_anew_and_named_files_come_first() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let named = dir.path().join("named.bin");
        std::fs::write(&named, "x").expect("writes");
        let mut sources = Sources::default();
        let mut add = |name, source| sources.add(name, source, false);
        add("*", Source::directory(dir.path())).expect("exists");
        add("lint/*", Source::directory(dir.path())).expect("exists");
        add("b", Source::file(&named)).expect("exists");
        add("c/*", Source::file(&named)).expect("exists");
        assert_eq!(path(&sources, "a"), None);

        for file in ["a.wasm", "b.wasm", "ignored.txt"] {
            std::fs::write(dir.path().join(file), "x").expect("writes");
        }
        assert_eq!(path(&sources, "a"), Some(dir.path().join("a.wasm")));
        assert_eq!(path(&sources, "lint/b"), Some(dir.path().join("b.wasm")));
        assert_eq!(path(&sources, "b"), Some(named.clone()));
        assert_eq!(path(&sources, "c/alice"), Some(named));
        assert_eq!(path(&sources, "c/../a"), None);
        let names: Vec<_> = sources.names().into_iter().collect();
        assert_eq!(names, ["a", "b", "lint/a", "lint/b"]);
    }

    #[test]
    fn mistakes_are_named() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut sources = Sources::default();
        let mut add = |name, source| sources.add(name, source, false);
        add("a", Source::bytes(*b"x")).expect("is new");
        let again = add("a", Source::bytes(*b"y"));
        assert!(matches!(again, Err(ShimError::DuplicateName(_))));
        let place = add("a", Source::directory(dir.path()));
        assert!(matches!(place, Err(ShimError::DirectoryName(_))));
        let missing = add("m", Source::file(dir.path().join("m")));
        assert!(matches!(missing, Err(ShimError::NoSuchFile { .. })));
        let pattern = add("***a", Source::bytes(*b"x"));
        assert!(matches!(pattern, Err(ShimError::Pattern(_))));
    }
}
