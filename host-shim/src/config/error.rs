//! What is wrong with a file, and where.

use super::mask::masked;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A `first-class.toml` that cannot be used. It has none of the file's secrets.
#[derive(Debug)]
pub struct ConfigError {
    path: PathBuf,
    /// Masked.
    text: String,
    position: Option<(usize, usize)>,
    fault: Box<Fault>,
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

    /// Line and column, counted from 1.
    fn position(&self, text: &str) -> Option<(usize, usize)> {
        let before = text.get(..self.span.as_ref()?.start)?;
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        Some((line, column))
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
            message: without_value(error.message()),
            help: None,
        }
    }
}

/// A message of serde without the text that is of the wrong type, which may be a secret.
fn without_value(message: &str) -> String {
    const BEFORE: &str = ": string \"";
    const AFTER: &str = "\", expected ";
    let (start, end) = (message.find(BEFORE), message.rfind(AFTER));
    match (start.map(|at| at + BEFORE.len()), end) {
        (Some(start), Some(end)) if start <= end => {
            let (front, back) = (&message[..start], &message[end..]);
            format!("{}{}", &front[..front.len() - 2], &back[1..])
        }
        _ => message.to_owned(),
    }
}

impl ConfigError {
    pub(super) fn new(path: &Path, text: String, fault: Fault) -> Self {
        ConfigError {
            path: path.to_owned(),
            position: fault.position(&text),
            text: masked(&text),
            fault: Box::new(fault),
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

    /// What is in the file, with stars in place of secrets; nothing if it cannot be read.
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
        self.position
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
