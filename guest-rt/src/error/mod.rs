//! What can go wrong, as a guest sees it.

mod text;

use crate::codec::Malformed;
use crate::host::Failure;
use first_class_abi::contract::FailureCode;
use std::error::Error;
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
        /// The functions that were running, the innermost first, by their names where the
        /// component has them.
        backtrace: Vec<String>,
    },
    /// The call took longer than the host allows. The instance is dead from now on, unless it is on
    /// another machine or in another process.
    Deadline {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// How long a call may take.
        limit: Duration,
    },
    /// The plugin trapped after it was refused memory or table entries, and is dead from now on.
    Exhausted {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// Which limit, by what, and how the host raises it.
        message: String,
        /// The value of the limit: bytes, or a count of entries.
        limit: u64,
    },
    /// A limit of the host was exceeded. The instance was not called, or its result not taken; it
    /// lives on.
    Limit {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// Which limit, by what, and how the host raises it.
        message: String,
        /// The value of the limit, in its own unit: bytes, or a count.
        limit: u64,
    },
    /// The instance is busy with a call that waits for this one, or was busy for too long. It was
    /// not called.
    Busy {
        /// The source of the instance.
        source: String,
        /// The instances that wait for each other, each for the next.
        chain: Vec<String>,
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
    /// The instance is on another machine or in another process, which cannot be reached, or was lost
    /// in the call.
    Unavailable {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// What the network said.
        message: String,
        /// Whether the function may have run. If not, the call can be made again.
        may_have_run: bool,
    },
    /// The instance is on another machine or in another process, which answered with an error of its
    /// own, or with what is no result of the function. It lives on.
    Remote {
        /// The source of the instance.
        source: String,
        /// The function that was called.
        function: String,
        /// What was answered.
        message: String,
    },
    /// A resource was passed to another instance than the one that it lives in. Nothing was called.
    ForeignResource {
        /// The source of the instance that was called.
        source: String,
        /// The source of the instance that the resource lives in.
        owner: String,
    },
    /// A resource of this guest's was passed to an instance whose imports this guest does not serve:
    /// `load` made it, and `load_with` was meant. Nothing was called.
    NotServed {
        /// The source of the instance.
        source: String,
    },
    /// The host failed in a way of its own, or did not keep to the contract.
    Host {
        /// The number of the failure in the contract; 0 for none.
        code: u32,
        /// What the host said.
        message: String,
    },
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

impl CallError {
    /// Whether the instance died of the call.
    pub(crate) fn is_death(&self) -> bool {
        matches!(
            self,
            CallError::Trap { .. } | CallError::Deadline { .. } | CallError::Exhausted { .. }
        )
    }
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
            Some(Code::Trap) => CallError::Trap {
                source,
                function,
                message,
                backtrace: details,
            },
            Some(Code::Exhausted) => CallError::Exhausted {
                source,
                function,
                message,
                limit,
            },
            Some(Code::Limit | Code::ResultLimit) => CallError::Limit {
                source,
                function,
                message,
                limit,
            },
            Some(Code::Busy) => CallError::Busy {
                source,
                chain: details,
            },
            Some(Code::Deadline) => CallError::Deadline {
                source,
                function,
                limit: Duration::from_millis(limit),
            },
            Some(Code::Dead) => CallError::Dead { source, message },
            Some(Code::Unsupported) => CallError::Unsupported { source, function },
            Some(code @ (Code::Unavailable | Code::Lost)) => CallError::Unavailable {
                source,
                function,
                message,
                may_have_run: code == Code::Lost,
            },
            Some(Code::Remote) => CallError::Remote {
                source,
                function,
                message,
            },
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

impl Error for LoadError {}

impl Error for CallError {}
