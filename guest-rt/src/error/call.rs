//! Why a call has no result.
//!
//! The details lie in boxes, so that a `Result` is not much larger than its value: it is passed on by
//! what is compiled for each function that a guest calls.

use crate::host::Failure;
use crate::malformed::Malformed;
use first_class_abi::contract::FailureCode;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A call without a result.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The plugin trapped, and its instance is dead from now on.
    Trap(Box<Trap>),
    /// The call took longer than the host allows. The instance is dead from now on, unless it is on
    /// another machine or in another process.
    Deadline(Box<Deadline>),
    /// The plugin trapped after it was refused memory or table entries, and is dead from now on.
    Exhausted(Box<Exceeded>),
    /// A limit of the host was exceeded. The instance was not called, or its result not taken; it
    /// lives on.
    Limit(Box<Exceeded>),
    /// The instance is busy with a call that waits for this one, or was busy for too long. It was
    /// not called.
    Busy(Box<Busy>),
    /// The instance died in an earlier call.
    Dead(Box<Dead>),
    /// The plugin lacks this function, which the world declares optional.
    Unsupported(Box<Unsupported>),
    /// The instance is on another machine or in another process, which cannot be reached, or was lost
    /// in the call.
    Unavailable(Box<Unavailable>),
    /// The instance is on another machine or in another process, which answered with an error of its
    /// own, or with what is no result of the function. It lives on.
    Remote(Box<Remote>),
    /// A resource was passed to another instance than the one that it lives in. Nothing was called.
    ForeignResource(Box<ForeignResource>),
    /// A resource of this guest's was passed to an instance whose imports this guest does not serve:
    /// `load` made it, and `load_with` was meant. Nothing was called.
    NotServed(Box<NotServed>),
    /// The call stands in a batch behind one that failed, and was not made.
    Skipped(Box<Skipped>),
    /// The ticket is of another batch than the results.
    ForeignTicket(Box<ForeignTicket>),
    /// The host failed in a way of its own, or did not keep to the contract.
    Host(Box<HostFailure>),
}

/// Defines what a variant of [`CallError`] says, and that it becomes one.
macro_rules! details {
    ($(
        $(#[$doc:meta])*
        $Name:ident => $($Variant:ident)? {
            $($(#[$field_doc:meta])* $field:ident: $Type:ty,)*
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq, Debug)]
            pub struct $Name {
                $($(#[$field_doc])* pub $field: $Type,)*
            }

            $(impl From<$Name> for CallError {
                fn from(details: $Name) -> Self {
                    CallError::$Variant(Box::new(details))
                }
            })?
        )*
    };
}

details! {
    /// A trap in a call.
    Trap => Trap {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// The trap.
        message: String,
        /// The functions that were running, the innermost first, by their names where the
        /// component has them.
        backtrace: Vec<String>,
    }

    /// A call that took too long.
    Deadline => Deadline {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// How long a call may take.
        limit: Duration,
    }

    /// A limit that was exceeded.
    Exceeded => {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// Which limit, by what, and how the host raises it.
        message: String,
        /// The value of the limit, in its own unit: bytes, or a count.
        limit: u64,
    }

    /// An instance that is in another call.
    Busy => Busy {
        /// The source of the instance.
        source: String,
        /// The instances that wait for each other, each for the next.
        chain: Vec<String>,
    }

    /// An instance that is no more.
    Dead => Dead {
        /// The source of the instance.
        source: String,
        /// What it died of.
        message: String,
    }

    /// A function that a plugin lacks.
    Unsupported => Unsupported {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
    }

    /// A peer that cannot be reached, or was lost.
    Unavailable => Unavailable {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// What the network said.
        message: String,
        /// Whether the function may have run. If not, the call can be made again.
        may_have_run: bool,
    }

    /// What a peer answered in place of a result.
    Remote => Remote {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// What was answered.
        message: String,
    }

    /// A resource that was passed to another instance than its own.
    ForeignResource => ForeignResource {
        /// The source of the instance that was called.
        source: String,
        /// The source of the instance that the resource lives in.
        owner: String,
    }

    /// An instance whose imports this guest does not serve.
    NotServed => NotServed {
        /// The source of the instance.
        source: String,
    }

    /// A call in a batch that was not made.
    Skipped => Skipped {
        /// The source of the instance.
        source: String,
        /// The position of the call in its batch, from 0.
        call: u32,
        /// The position of the one that failed.
        failed: u32,
    }

    /// A ticket of another batch.
    ForeignTicket => ForeignTicket {
        /// The source of the instance that the results are of.
        source: String,
    }

    /// A failure of the host's own.
    HostFailure => Host {
        /// The number of the failure in the contract; 0 for none.
        code: u32,
        /// What the host said.
        message: String,
    }
}

/// Whether the function that was called has the arguments, and what they give.
pub(crate) fn has_run(failure: &Failure) -> bool {
    use FailureCode as Code;
    let code = Code::from_number(failure.code);
    matches!(
        code,
        Some(
            Code::Trap
                | Code::Deadline
                | Code::Exhausted
                | Code::ResultLimit
                | Code::Lost
                | Code::Remote
        )
    )
}

/// Whether the instance died of the call, or before it without our knowledge.
pub(crate) fn has_died(failure: &Failure) -> bool {
    use FailureCode as Code;
    let code = Code::from_number(failure.code);
    matches!(
        code,
        Some(Code::Trap | Code::Deadline | Code::Exhausted | Code::Died)
    )
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        use FailureCode as Code;
        let Failure {
            code,
            source,
            function,
            message,
            details,
            limit,
        } = failure;
        match Code::from_number(code) {
            Some(Code::Trap) => CallError::from(Trap {
                source,
                function,
                message,
                backtrace: details,
            }),
            Some(known @ (Code::Exhausted | Code::Limit | Code::ResultLimit)) => {
                let exceeded = Box::new(Exceeded {
                    source,
                    function,
                    message,
                    limit,
                });
                match known {
                    Code::Exhausted => CallError::Exhausted(exceeded),
                    _ => CallError::Limit(exceeded),
                }
            }
            Some(Code::Busy) => CallError::from(Busy {
                source,
                chain: details,
            }),
            Some(Code::Deadline) => CallError::from(Deadline {
                source,
                function,
                limit: Duration::from_millis(limit),
            }),
            Some(Code::Dead | Code::Died) => CallError::from(Dead { source, message }),
            Some(Code::Unsupported) => CallError::from(Unsupported { source, function }),
            Some(known @ (Code::Unavailable | Code::Lost)) => CallError::from(Unavailable {
                source,
                function,
                message,
                may_have_run: known == Code::Lost,
            }),
            Some(Code::Remote) => CallError::from(Remote {
                source,
                function,
                message,
            }),
            _ => CallError::from(HostFailure { code, message }),
        }
    }
}

impl From<Malformed> for CallError {
    #[cold]
    #[inline(never)]
    fn from(malformed: Malformed) -> Self {
        CallError::from(HostFailure {
            code: 0,
            message: ["the host sent a malformed result: ", malformed.what].concat(),
        })
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Trap(it) => {
                let (source, function, message) = (&it.source, &it.function, &it.message);
                write!(f, "`{source}` trapped in `{function}`: {message}")
            }
            CallError::Exhausted(it) => {
                let (source, function, message) = (&it.source, &it.function, &it.message);
                write!(
                    f,
                    "`{source}` ran out of what it may have in `{function}`: {message}"
                )
            }
            CallError::Limit(it) => {
                let (source, function, message) = (&it.source, &it.function, &it.message);
                write!(f, "`{source}` could not do `{function}`: {message}")
            }
            CallError::Busy(it) => {
                let (source, chain) = (&it.source, it.chain.join(" → "));
                write!(f, "`{source}` is busy: {chain}")
            }
            CallError::Deadline(it) => {
                let (source, function) = (&it.source, &it.function);
                let limit = it.limit.as_millis();
                write!(
                    f,
                    "`{source}` did not finish `{function}` within {limit} ms; the host raises the limit \
                     with `Limits::deadline`"
                )
            }
            CallError::Dead(it) => {
                let (source, message) = (&it.source, &it.message);
                write!(f, "the instance of `{source}` is dead: {message}")
            }
            CallError::Unsupported(it) => {
                let (source, function) = (&it.source, &it.function);
                write!(f, "`{source}` does not have `{function}`")
            }
            CallError::Unavailable(it) => {
                let (source, function, message) = (&it.source, &it.function, &it.message);
                let run = match it.may_have_run {
                    true => "; the call may have been executed",
                    false => "",
                };
                write!(
                    f,
                    "`{source}` is unavailable for `{function}`: {message}{run}"
                )
            }
            CallError::Remote(it) => {
                let (source, function, message) = (&it.source, &it.function, &it.message);
                write!(f, "`{source}` gave no result of `{function}`: {message}")
            }
            CallError::ForeignResource(it) => {
                let (source, owner) = (&it.source, &it.owner);
                write!(
                    f,
                    "a resource of an instance of `{owner}` was passed to another instance, of \
                     `{source}`"
                )
            }
            CallError::NotServed(it) => {
                let source = &it.source;
                write!(
                    f,
                    "a resource of this guest's was passed to an instance of `{source}` that was \
                     loaded without imports; load it with `load_with`"
                )
            }
            CallError::Skipped(it) => {
                let (source, call, failed) = (&it.source, it.call, it.failed);
                write!(
                    f,
                    "call {call} of a batch for `{source}` was not made, since call {failed} failed"
                )
            }
            CallError::ForeignTicket(it) => {
                let source = &it.source;
                write!(
                    f,
                    "a ticket of another batch was shown to results of `{source}`"
                )
            }
            CallError::Host(it) => f.write_str(&it.message),
        }
    }
}

impl Error for CallError {}
