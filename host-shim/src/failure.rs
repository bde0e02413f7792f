//! Errors as the contract carries them.

use crate::backends::Misfit;
use crate::error::{CallError, LoadError};
use crate::policy::{Exceeded, Limit, milliseconds};
use first_class_abi::Difference;
use first_class_abi::contract::FailureCode;
use wasmtime::component::{ComponentType, Lower};

/// The record `failure` of the contract, in which every error reaches a caller.
#[derive(Clone, PartialEq, Eq, Debug, ComponentType, Lower)]
#[component(record)]
pub struct Failure {
    /// What kind of failure, by the contract's numbers.
    pub code: u32,
    /// The source of the instance; empty when there is none.
    pub source: String,
    /// The function that was called; empty when no call was involved.
    pub function: String,
    /// What happened.
    pub message: String,
    /// One entry per fact, such as each difference between a plugin and the world.
    pub details: Vec<String>,
    /// The limit that was exceeded, in its own unit (milliseconds for a deadline); else 0.
    pub limit: u64,
}

impl Failure {
    fn new(code: FailureCode, source: String, message: String) -> Self {
        Failure {
            code: code as u32,
            source,
            function: String::new(),
            message,
            details: Vec::new(),
            limit: 0,
        }
    }

    fn exceeded(code: FailureCode, source: String, exceeded: Exceeded) -> Self {
        Failure {
            limit: exceeded.allowed,
            ..Failure::new(code, source, exceeded.to_string())
        }
    }

    fn in_function(self, function: String) -> Self {
        Failure { function, ..self }
    }

    fn with_details(self, details: Vec<String>) -> Self {
        Failure { details, ..self }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        use FailureCode as Code;
        match error {
            LoadError::World(message) => Failure::new(Code::Protocol, String::new(), message),
            LoadError::Protocol { message } => Failure::new(Code::Protocol, String::new(), message),
            LoadError::NotFound { source_name } => {
                Failure::new(Code::NotFound, source_name, String::new())
            }
            LoadError::Unreadable { source_name, error } => {
                Failure::new(Code::Unreadable, source_name, error.to_string())
            }
            LoadError::NotAComponent { source_name, found } => {
                Failure::new(Code::NotAComponent, source_name, found)
            }
            LoadError::Incompatible {
                source_name,
                world,
                differences,
            } => Failure::new(Code::Incompatible, source_name, world)
                .with_details(differences.iter().map(Difference::to_string).collect()),
            LoadError::Misfit {
                source_name,
                world,
                misfits,
            } => Failure::new(Code::Incompatible, source_name, world)
                .with_details(misfits.iter().map(Misfit::to_string).collect()),
            LoadError::Unavailable {
                source_name,
                message,
            } => Failure::new(Code::Unavailable, source_name, message),
            LoadError::Unsatisfied {
                source_name,
                imports,
            } => Failure::new(Code::Unsatisfied, source_name, String::new()).with_details(imports),
            LoadError::Compile {
                source_name,
                message,
            } => Failure::new(Code::Compile, source_name, message),
            LoadError::Instantiate {
                source_name,
                message,
                backtrace,
            } => Failure::new(Code::Instantiate, source_name, message).with_details(backtrace),
            LoadError::BytesNotGranted => {
                Failure::new(Code::BytesNotGranted, String::new(), error.to_string())
            }
            LoadError::Limit {
                source_name,
                exceeded,
            } => Failure::exceeded(Code::Limit, source_name, exceeded),
            LoadError::Busy { source_name, chain } => {
                Failure::new(Code::Busy, source_name, String::new()).with_details(chain)
            }
            LoadError::OtherWorld { source_name, world } => {
                Failure::new(Code::OtherWorld, source_name, world)
            }
        }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        use FailureCode as Code;
        match error {
            CallError::Protocol { message } => Failure::new(Code::Protocol, String::new(), message),
            CallError::Trap {
                source_name,
                function,
                message,
                backtrace,
            } => Failure::new(Code::Trap, source_name, message)
                .in_function(function)
                .with_details(backtrace),
            CallError::Deadline {
                source_name,
                function,
                limit,
            } => Failure {
                limit: milliseconds(limit),
                ..Failure::new(Code::Deadline, source_name, String::new()).in_function(function)
            },
            CallError::Limit {
                source_name,
                function,
                exceeded,
            } => {
                let code = match exceeded.limit {
                    Limit::Result | Limit::Reply => Code::ResultLimit,
                    _ => Code::Limit,
                };
                Failure::exceeded(code, source_name, exceeded).in_function(function)
            }
            CallError::Exhausted {
                source_name,
                function,
                exceeded,
            } => Failure::exceeded(Code::Exhausted, source_name, exceeded).in_function(function),
            CallError::Busy { source_name, chain } => {
                Failure::new(Code::Busy, source_name, String::new()).with_details(chain)
            }
            CallError::Dead {
                source_name,
                message,
            } => Failure::new(Code::Dead, source_name, message),
            CallError::Died {
                source_name,
                message,
            } => Failure::new(Code::Died, source_name, message),
            CallError::Unsupported {
                source_name,
                function,
            } => Failure::new(Code::Unsupported, source_name, String::new()).in_function(function),
            CallError::Unavailable {
                source_name,
                function,
                message,
                may_have_run,
            } => {
                let code = match may_have_run {
                    true => Code::Lost,
                    false => Code::Unavailable,
                };
                Failure::new(code, source_name, message).in_function(function)
            }
            CallError::Remote {
                source_name,
                function,
                message,
            } => Failure::new(Code::Remote, source_name, message).in_function(function),
        }
    }
}
