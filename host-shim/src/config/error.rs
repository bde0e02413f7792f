//! What is wrong with a file, and where.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A `first-class.toml` that cannot be used.
#[derive(Debug)]
pub struct ConfigError {
    path: PathBuf,
    text: String,
    fault: Fault,
}

/// What is wrong, in a text that its finder does not know.
#[derive(Debug)]
pub(super) struct Fault {
    /// Where, as bytes of the text; nowhere if the file as a whole is.
    span: Option<Range<usize>>,
    message: String,
    help: Option<String>,
}

impl Fault {
    pub(super) fn at(span: Range<usize>, message: impl fmt::Display) -> Self {
        Fault {
            span: Some(span),
            message: message.to_string(),
            help: None,
        }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        let help = Some(help.into());
        Fault { help, ..self }
    }
}

impl From<toml::de::Error> for Fault {
    fn from(error: toml::de::Error) -> Self {
        Fault {
            span: error.span(),
            message: error.message().to_owned(),
            help: None,
        }
    }
}

impl ConfigError {
    pub(super) fn new(path: &Path, text: String, fault: Fault) -> Self {
        ConfigError {
            path: path.to_owned(),
            text,
            fault,
        }
    }

    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        let fault = Fault {
            span: None,
            message: format!("it cannot be read: {error}"),
            help: None,
        };
        ConfigError::new(path, String::new(), fault)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in the file; nothing if it cannot be read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the mistake is, as bytes of the text.
    pub fn span(&self) -> Option<Range<usize>> {
        self.fault.span.clone()
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.fault.message
    }

    /// What to do about it, if that is not plain from the message.
    pub fn help(&self) -> Option<&str> {
        self.fault.help.as_deref()
    }

    /// Line and column of the mistake, counted from 1.
    pub fn position(&self) -> Option<(usize, usize)> {
        let before = self.text.get(..self.fault.span.as_ref()?.start)?;
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        Some((line, column))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some((line, column)) = self.position() {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.fault.message)?;
        match &self.fault.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfigError {}
