//! Files as texts.

use std::{fs, io};

/// Why a file cannot be sent through the stages.
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
    #[error("{path}: is not a text file (byte {at} is not UTF-8)")]
    NotUtf8 { path: String, at: usize },
    #[error("{path}: cannot be read: {source}")]
    Unreadable { path: String, source: io::Error },
}

/// Reads a file. The path is one that this program may open.
pub(crate) fn read(path: &str) -> Result<String, FileError> {
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
    let bytes = fs::read(path).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| FileError::NotUtf8 {
        path: path.to_owned(),
        at: error.utf8_error().valid_up_to(),
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn turns_away_what_is_no_text_file() {
        let message = |path| read(path).expect_err("is no text file").to_string();
        assert_eq!(message("no/such.md"), "no/such.md: no such file");
        assert_eq!(message("src"), "src: is a directory; give the files in it");
    }
}
