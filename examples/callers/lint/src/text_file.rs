//! Files as documents.

use std::{fs, io};

use crate::rule::Document;

/// Why a file cannot be checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("{0}: no such file")]
    Missing(String),
    /// A path that leads out of all that this program was given looks the same as one that it
    /// lacks the right to.
    #[error("{0}: no such file, or not one that may be read")]
    Forbidden(String),
    #[error("{0}: is a directory; give the files in it")]
    Directory(String),
    #[error("{path}: is a binary file (byte {at} is NUL)")]
    Binary { path: String, at: usize },
    #[error("{path}: is not a text file (byte {at} is not UTF-8)")]
    NotUtf8 { path: String, at: usize },
    #[error("{path}: cannot be read: {source}")]
    Unreadable { path: String, source: io::Error },
}

/// Reads a file. The path is one that this program may open.
pub(crate) fn read(path: &str) -> Result<Document, FileError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => FileError::Missing(path.to_owned()),
        io::ErrorKind::PermissionDenied => FileError::Forbidden(path.to_owned()),
        _ => FileError::Unreadable {
            path: path.to_owned(),
            source,
        },
    };
    if fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(FileError::Directory(path.to_owned()));
    }
    document(path, fs::read(path).map_err(failed)?)
}

fn document(path: &str, bytes: Vec<u8>) -> Result<Document, FileError> {
    let path = path.to_owned();
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(FileError::Binary { path, at });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Document {
            path,
            lines: lines(&text),
        }),
        Err(error) => Err(FileError::NotUtf8 {
            path,
            at: error.utf8_error().valid_up_to(),
        }),
    }
}

/// The lines as an editor shows them: a byte order mark is no character of the first.
fn lines(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        document("a", bytes.to_vec())
            .expect_err("no document")
            .to_string()
    }

    #[test]
    fn splits_lines_of_every_kind() {
        assert_eq!(lines("a\r\nb\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(lines("\u{feff}é\n"), ["é"]);
        assert!(lines("").is_empty());
    }

    #[test]
    fn turns_binary_files_away() {
        assert_eq!(message(b"ab\0"), "a: is a binary file (byte 2 is NUL)");
        assert_eq!(
            message(b"caf\xe9"),
            "a: is not a text file (byte 3 is not UTF-8)"
        );
    }

    #[test]
    fn turns_missing_files_and_directories_away() {
        assert_eq!(
            read("no/such.md").expect_err("no document").to_string(),
            "no/such.md: no such file"
        );
        assert_eq!(
            read("src").expect_err("no document").to_string(),
            "src: is a directory; give the files in it"
        );
    }
}
