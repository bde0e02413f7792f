//! What can go wrong, as a guest sees it.

use crate::codec::Malformed;
use crate::host::Failure;
use first_class_abi::contract::FailureCode;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A source that cannot be loaded.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no such source, or this guest may not load it.
    NotFound {
        /// The name that was asked for.
        source: String,
    },
    /// The source could not be read.
    Unreadable {
        /// The name that was asked for.
        source: String,
        /// What the host's system said.
        message: String,
    },
    /// The source is not a component.
    NotAComponent {
        /// The name that was asked for.
        source: String,
        /// What it is instead.
        found: String,
    },
    /// The component does not implement the world.
    Incompatible {
        /// The name that was asked for.
        source: String,
        /// The world.
        world: String,
        /// Every way in which they differ.
        differences: Vec<String>,
    },
    /// The component imports what nobody provides.
    Unsatisfied {
        /// The name that was asked for.
        source: String,
        /// The names of the imports.
        imports: Vec<String>,
    },
    /// The component could not be compiled.
    Compile {
        /// The name that was asked for.
        source: String,
        /// What the compiler said.
        message: String,
    },
    /// The component failed while it was instantiated.
    Instantiate {
        /// The name that was asked for.
        source: String,
        /// What it failed of.
        message: String,
    },
    /// The host failed in a way of its own, or did not keep to the contract.
    Host {
        /// The number of the failure in the contract; 0 for none.
        code: u32,
        /// What the host said.
        message: String,
    },
}

/// A call without a result.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The plugin trapped, and its instance is dead from now on.
    Trap {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// The trap.
        message: String,
    },
    /// The call took longer than the host allows, and the instance is dead from now on.
    Deadline {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// How long a call may take.
        limit: Duration,
    },
    /// The instance died in an earlier call.
    Dead {
        /// The source of the instance.
        source: String,
        /// What it died of.
        message: String,
    },
    /// The plugin lacks this function, which the world declares optional.
    Unsupported {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
    },
    /// A resource was passed to another instance than the one that it lives in. Nothing was called.
    ForeignResource {
        /// The source of the instance that was called.
        source: String,
        /// The source of the instance that the resource lives in.
        owner: String,
    },
    /// The host failed in a way of its own, or did not keep to the contract.
    Host {
        /// The number of the failure in the contract; 0 for none.
        code: u32,
        /// What the host said.
        message: String,
    },
}

impl From<Failure> for LoadError {
    fn from(failure: Failure) -> Self {
        use FailureCode as Code;
        let Failure {
            code,
            source,
            message,
            details,
            ..
        } = failure;
        match Code::from_number(code) {
            Some(Code::NotFound) => LoadError::NotFound { source },
            Some(Code::Unreadable) => LoadError::Unreadable { source, message },
            Some(Code::NotAComponent) => LoadError::NotAComponent {
                source,
                found: message,
            },
            Some(Code::Incompatible) => LoadError::Incompatible {
                source,
                world: message,
                differences: details,
            },
            Some(Code::Unsatisfied) => LoadError::Unsatisfied {
                source,
                imports: details,
            },
            Some(Code::Compile) => LoadError::Compile { source, message },
            Some(Code::Instantiate) => LoadError::Instantiate { source, message },
            _ => LoadError::Host { code, message },
        }
    }
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        use FailureCode as Code;
        let Failure {
            code,
            source,
            function,
            message,
            limit,
            ..
        } = failure;
        match Code::from_number(code) {
            Some(Code::Trap) => CallError::Trap {
                source,
                function,
                message,
            },
            Some(Code::Deadline) => CallError::Deadline {
                source,
                function,
                limit: Duration::from_millis(limit),
            },
            Some(Code::Dead) => CallError::Dead { source, message },
            Some(Code::Unsupported) => CallError::Unsupported { source, function },
            _ => CallError::Host { code, message },
        }
    }
}

impl From<Malformed> for CallError {
    fn from(malformed: Malformed) -> Self {
        CallError::Host {
            code: 0,
            message: format!("the host sent a malformed result: {malformed}"),
        }
    }
}

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
                    "`{source}` needs imports that nobody provides: {imports}"
                )
            }
            LoadError::Compile { source, message } => {
                write!(f, "`{source}` could not be compiled: {message}")
            }
            LoadError::Instantiate { source, message } => {
                write!(f, "`{source}` failed to start: {message}")
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
            } => write!(f, "`{source}` trapped in `{function}`: {message}"),
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
            CallError::ForeignResource { source, owner } => write!(
                f,
                "a resource of an instance of `{owner}` was passed to another instance, of `{source}`"
            ),
            CallError::Host { message, .. } => f.write_str(message),
        }
    }
}

impl Error for LoadError {}

impl Error for CallError {}
