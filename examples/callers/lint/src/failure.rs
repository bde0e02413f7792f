//! What can go wrong with a rule.

use std::time::Duration;

use first_class::{CallError, LoadError};

/// Why a rule gave no findings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// It could not be loaded.
    Load(String),
    /// It trapped.
    Trap(String),
    /// It did not return in the time that the host gives each call.
    Deadline(Duration),
    /// Whatever else the host says.
    Other(String),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::Load(error.to_string())
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Trap(trap) => Self::Trap(trap.message),
            CallError::Deadline(deadline) => Self::Deadline(deadline.limit),
            other => Self::Other(other.to_string()),
        }
    }
}
