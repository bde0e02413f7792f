//! What may be too secret for the file: it stands in a variable of the environment or in a file of its own.

use super::error::Fault;
use serde::Deserialize;
use std::env::{self, VarError};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How long a secret in a file may be, in bytes.
const MOST: u64 = 64 << 10;

const HELP: &str = "give it a text, or `{ environment = \"VARIABLE\" }`, or `{ file = \"PATH\" }`";

/// A text, or where it is.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "this is a text, or a table with either `environment`, the name of a variable that has it, or `file`, the path of a file that has it"
)]
pub(super) enum Secret {
    Is(String),
    In(Elsewhere),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Elsewhere {
    environment: Option<String>,
    file: Option<PathBuf>,
}

impl Secret {
    /// The text. A mistake is at `span`.
    pub(super) fn get(&self, span: Range<usize>, folder: &Path) -> Result<String, Fault> {
        let (place, found) = match self {
            Secret::Is(text) => return Ok(text.clone()),
            Secret::In(Elsewhere {
                environment: Some(name),
                file: None,
            }) => (format!("the variable `{name}`"), of_variable(name, &span)?),
            Secret::In(Elsewhere {
                environment: None,
                file: Some(path),
            }) => {
                let path = folder.join(path);
                (format!("`{}`", path.display()), of_file(&path, &span)?)
            }
            Secret::In(_) => return Err(Fault::at(span, "a secret is in one place").help(HELP)),
        };
        match found.is_empty() {
            true => Err(Fault::at(span, format!("{place} is empty"))),
            false => Ok(found),
        }
    }
}

fn of_variable(name: &str, span: &Range<usize>) -> Result<String, Fault> {
    // The system takes neither for a name, and the standard library panics.
    let found = match name.is_empty() || name.contains(['=', '\0']) {
        true => Err(VarError::NotPresent),
        false => env::var(name),
    };
    found.map_err(|error| match error {
        VarError::NotPresent => {
            let message = format!("the environment has no variable `{name}`");
            Fault::at(span.clone(), message).help("set it before this is started")
        }
        VarError::NotUnicode(_) => {
            let message = format!("the variable `{name}` of the environment is no UTF-8");
            Fault::at(span.clone(), message)
        }
    })
}

/// What a file has, without the end of its last line, which editors add.
fn of_file(path: &Path, span: &Range<usize>) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes));
    let read = read.and_then(|length| match length as u64 > MOST {
        true => Err(io::Error::other(format!("it has more than {MOST} bytes"))),
        false => String::from_utf8(bytes).map_err(|_| io::Error::other("it is no UTF-8")),
    });
    let text = read.map_err(|error| {
        let message = format!("`{}`: {error}", path.display());
        Fault::at(span.clone(), message).help("paths are relative to the folder of this file")
    })?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// Where it is, and never what.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Is(_) => f.write_str("Secret"),
            Secret::In(Elsewhere { environment, file }) => f
                .debug_struct("Secret")
                .field("environment", environment)
                .field("file", file)
                .finish(),
        }
    }
}
