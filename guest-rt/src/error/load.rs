//! Why nothing was loaded.

use crate::host::Failure;
use first_class_abi::contract::FailureCode;
use std::error::Error;
use std::fmt;

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
        /// The functions that were running, the innermost first.
        backtrace: Vec<String>,
    },
    /// The guest gave a component itself, which the host does not let it.
    BytesNotGranted,
    /// A limit of the host was exceeded.
    Limit {
        /// The name that was asked for.
        source: String,
        /// Which limit, by what, and how the host raises it.
        message: String,
        /// The value of the limit, in its own unit: bytes, milliseconds, or a count.
        limit: u64,
    },
    /// The named instance is busy with a call that waits for this load, or was busy for too long.
    Busy {
        /// The name that was asked for.
        source: String,
        /// The instances that wait for each other, each for the next.
        chain: Vec<String>,
    },
    /// The named instance is live as another world.
    OtherWorld {
        /// The name that was asked for.
        source: String,
        /// The world that it was loaded as first.
        world: String,
    },
    /// The source is on another machine or in another process, which cannot be reached.
    Unavailable {
        /// The name that was asked for.
        source: String,
        /// What the network said.
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

impl From<Failure> for LoadError {
    fn from(failure: Failure) -> Self {
        use FailureCode as Code;
        let Failure {
            code,
            source,
            message,
            details,
            limit,
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
            Some(Code::Instantiate) => LoadError::Instantiate {
                source,
                message,
                backtrace: details,
            },
            Some(Code::BytesNotGranted) => LoadError::BytesNotGranted,
            Some(Code::Limit) => LoadError::Limit {
                source,
                message,
                limit,
            },
            Some(Code::Busy) => LoadError::Busy {
                source,
                chain: details,
            },
            Some(Code::OtherWorld) => LoadError::OtherWorld {
                source,
                world: message,
            },
            Some(Code::Unavailable) => LoadError::Unavailable { source, message },
            _ => LoadError::Host { code, message },
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotFound { source } => {
                write!(f, "there is no source `{source}` that this guest may load")
            }
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
                     its world with `load_with`, and the host those of a named source"
                )
            }
            LoadError::Compile { source, message } => {
                write!(f, "`{source}` could not be compiled: {message}")
            }
            LoadError::Instantiate {
                source, message, ..
            } => write!(f, "`{source}` failed to start: {message}"),
            LoadError::BytesNotGranted => {
                f.write_str(
                    "the host does not let this guest load components that it gives itself; it does with \
                     `Caller::may_load_bytes`",
                )
            }
            LoadError::Limit {
                source, message, ..
            } => write!(f, "`{source}` cannot be loaded: {message}"),
            LoadError::Busy { source, chain } => {
                write!(f, "`{source}` is busy: {}", chain.join(" → "))
            }
            LoadError::OtherWorld { source, world } => {
                write!(
                    f,
                    "`{source}` is live as another world, `{world}`; load it as that one"
                )
            }
            LoadError::Unavailable { source, message } => {
                write!(f, "`{source}` cannot be reached: {message}")
            }
            LoadError::Host { message, .. } => f.write_str(message),
        }
    }
}

impl Error for LoadError {}
