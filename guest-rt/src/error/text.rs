//! What errors say.

use super::{CallError, LoadError};
use std::fmt;

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotFound { source } => write!(f, "there is no source `{source}`"),
            LoadError::Unreadable { source, message } => {
                write!(f, "`{source}` cannot be read: {message}")
            }
            LoadError::NotAComponent { source, found } => {
                write!(f, "`{source}` is not a component: {found}")
            }
            LoadError::Incompatible {
                source,
                world,
                differences,
            } => {
                let differences = differences.join("; ");
                write!(f, "`{source}` does not implement `{world}`: {differences}")
            }
            LoadError::Unsatisfied { source, imports } => {
                let imports = imports.join(", ");
                write!(
                    f,
                    "`{source}` needs imports that nobody provides: {imports}; a guest serves those of \
                     its world with `load_with`"
                )
            }
            LoadError::Compile { source, message } => {
                write!(f, "`{source}` could not be compiled: {message}")
            }
            LoadError::Instantiate {
                source, message, ..
            } => write!(f, "`{source}` failed to start: {message}"),
            LoadError::BytesNotGranted => {
                f.write_str("the host does not let this guest load components that it gives itself")
            }
            LoadError::Limit {
                source, message, ..
            } => write!(f, "`{source}` cannot be loaded: {message}"),
            LoadError::Busy { source, chain } => {
                write!(f, "`{source}` is busy: {}", chain.join(" → "))
            }
            LoadError::OtherWorld { source, world } => {
                write!(f, "`{source}` is live as another world, `{world}`")
            }
            LoadError::Unavailable { source, message } => {
                write!(f, "`{source}` cannot be reached: {message}")
            }
            LoadError::Host { message, .. } => f.write_str(message),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Trap {
                source,
                function,
                message,
                ..
            } => write!(f, "`{source}` trapped in `{function}`: {message}"),
            CallError::Exhausted {
                source,
                function,
                message,
                ..
            } => write!(
                f,
                "`{source}` ran out of what it may have in `{function}`: {message}"
            ),
            CallError::Limit {
                source,
                function,
                message,
                ..
            } => write!(f, "`{source}` could not do `{function}`: {message}"),
            CallError::Busy { source, chain } => {
                write!(f, "`{source}` is busy: {}", chain.join(" → "))
            }
            CallError::Deadline {
                source,
                function,
                limit,
            } => {
                let limit = limit.as_millis();
                write!(
                    f,
                    "`{source}` did not finish `{function}` within {limit} ms"
                )
            }
            CallError::Dead { source, message } => {
                write!(f, "the instance of `{source}` is dead: {message}")
            }
            CallError::Unsupported { source, function } => {
                write!(f, "`{source}` does not have `{function}`")
            }
            CallError::Unavailable {
                source,
                function,
                message,
                may_have_run,
            } => {
                let run = match may_have_run {
                    true => "; the call may have been executed",
                    false => "",
                };
                write!(
                    f,
                    "`{source}` is unavailable for `{function}`: {message}{run}"
                )
            }
            CallError::Remote {
                source,
                function,
                message,
            } => write!(f, "`{source}` gave no result of `{function}`: {message}"),
            CallError::ForeignResource { source, owner } => write!(
                f,
                "a resource of an instance of `{owner}` was passed to another instance, of `{source}`"
            ),
            CallError::NotServed { source } => write!(
                f,
                "a resource of this guest's was passed to an instance of `{source}` that was loaded \
                 without imports; load it with `load_with`"
            ),
            CallError::Host { message, .. } => f.write_str(message),
        }
    }
}
