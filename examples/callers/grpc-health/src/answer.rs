//! What a server says, in words.

use crate::health_service::health::{Problem, ServingStatus};
use first_class::{CallError, LoadError};
use std::fmt;

/// What a server says, or why it says nothing.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    Status(ServingStatus),
    /// It does not know the service.
    Unknown,
    /// It is not there, or does not do what it says.
    Failed(String),
}

impl From<Result<Result<ServingStatus, Problem>, CallError>> for Answer {
    fn from(end: Result<Result<ServingStatus, Problem>, CallError>) -> Self {
        match end {
            Ok(Ok(status)) => Answer::Status(status),
            Ok(Err(Problem::NotFound)) => Answer::Unknown,
            Err(error) => error.into(),
        }
    }
}

impl From<CallError> for Answer {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unavailable(_) => Answer::Failed("is not there".into()),
            CallError::Deadline(_) => Answer::Failed("does not answer in time".into()),
            other => Answer::Failed(format!("fails: {other}")),
        }
    }
}

impl From<&LoadError> for Answer {
    fn from(error: &LoadError) -> Self {
        match error {
            LoadError::Unavailable { .. } => Answer::Failed("is not there".into()),
            other => Answer::Failed(format!("cannot be asked: {other}")),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answer::Status(ServingStatus::Serving) => "is well",
            Answer::Status(ServingStatus::NotServing) => "is not well",
            Answer::Status(ServingStatus::Unknown) => "does not know how it is",
            Answer::Status(ServingStatus::ServiceUnknown) | Answer::Unknown => "does not have it",
            Answer::Failed(why) => why,
        })
    }
}
