//! Which sources there are, and the files behind them.

use crate::error::ShimError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// The extension of the files that a directory offers.
const EXTENSION: &str = "wasm";

/// The sources that an embedder offers.
///
/// Invariant: every path that [`Sources::find`] returns is one that the embedder gave, or lies
/// directly in a directory that the embedder gave, whatever name a guest asks for.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: BTreeMap<String, PathBuf>,
    directories: Vec<PathBuf>,
}

impl Sources {
    pub(crate) fn add_file(&mut self, name: String, path: PathBuf) -> Result<(), ShimError> {
        if !path.is_file() {
            return Err(ShimError::NoSuchFile { name, path });
        }
        if self.files.contains_key(&name) {
            return Err(ShimError::DuplicateName(name));
        }
        self.files.insert(name, path);
        Ok(())
    }

    pub(crate) fn add_directory(&mut self, path: PathBuf) -> Result<(), ShimError> {
        if !path.is_dir() {
            let name = path.display().to_string();
            return Err(ShimError::NoSuchFile { name, path });
        }
        self.directories.push(path);
        Ok(())
    }

    /// The file that a name stands for. A file given by name comes before one in a directory.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        if let Some(path) = self.files.get(name) {
            return Some(path.clone());
        }
        if !is_file_name(name) {
            return None;
        }
        let file_name = format!("{name}.{EXTENSION}");
        let mut paths = self.directories.iter().map(|dir| dir.join(&file_name));
        paths.find(|path| path.is_file())
    }

    /// All names, in order. Directories are read anew each time, so a new file is seen.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let in_directories = self.directories.iter().flat_map(|dir| names_in(dir));
        self.files.keys().cloned().chain(in_directories).collect()
    }
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
    use super::{Sources, is_file_name};

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

    #[test]
    fn a_directory_is_read_anew_and_named_files_come_first() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let named = dir.path().join("named.bin");
        std::fs::write(&named, "x").expect("writes");
        let mut sources = Sources::default();
        sources.add_directory(dir.path().into()).expect("exists");
        sources.add_file("b".into(), named.clone()).expect("exists");
        assert_eq!(sources.find("a"), None);

        for file in ["a.wasm", "b.wasm", "ignored.txt"] {
            std::fs::write(dir.path().join(file), "x").expect("writes");
        }
        assert_eq!(sources.find("a"), Some(dir.path().join("a.wasm")));
        assert_eq!(sources.find("b"), Some(named));
        assert_eq!(sources.names().into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }
}
