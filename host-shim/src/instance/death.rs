//! What an instance died of.

use crate::error::{CallError, LoadError};
use crate::plugin_state::PluginState;
use crate::policy::{Exceeded, Limit};
use std::time::Duration;
use wasmtime::{Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

/// How many frames of a backtrace are kept: of a recursion without end, the innermost will do.
const MOST_FRAMES: usize = 32;

/// Why a store cannot be entered again.
#[derive(Clone, Debug)]
pub(crate) enum Death {
    Deadline,
    Limit(Exceeded),
    Trap {
        message: String,
        backtrace: Vec<String>,
    },
}

impl Death {
    pub(super) fn trap(message: impl Into<String>) -> Self {
        Death::Trap {
            message: message.into(),
            backtrace: Vec::new(),
        }
    }

    /// The same, or the limit behind it: a plugin that was refused more memory usually traps.
    pub(super) fn explained(self, state: &mut PluginState) -> Self {
        match (self, state.take_refused()) {
            (Death::Trap { .. }, Some(exceeded)) => Death::Limit(exceeded),
            (death, _) => death,
        }
    }

    /// As the error of the call that the instance died of.
    pub(super) fn in_call(
        self,
        source_name: String,
        function: String,
        limit: Duration,
    ) -> CallError {
        match self {
            Death::Deadline => CallError::Deadline {
                source_name,
                function,
                limit,
            },
            Death::Limit(exceeded) => CallError::Exhausted {
                source_name,
                function,
                exceeded,
            },
            Death::Trap { message, backtrace } => CallError::Trap {
                source_name,
                function,
                message,
                backtrace,
            },
        }
    }

    /// As the error of a load.
    pub(super) fn at_start(self, source_name: String, limit: Duration) -> LoadError {
        match self {
            Death::Deadline => LoadError::Limit {
                source_name,
                exceeded: Exceeded::time(Limit::Start, limit),
            },
            Death::Limit(exceeded) => LoadError::Limit {
                source_name,
                exceeded,
            },
            Death::Trap { message, backtrace } => LoadError::Instantiate {
                source_name,
                message,
                backtrace,
            },
        }
    }
}

impl From<wasmtime::Error> for Death {
    fn from(error: wasmtime::Error) -> Self {
        if let Some(Trap::Interrupt) = error.downcast_ref() {
            return Death::Deadline;
        }
        if let Some(I32Exit(status)) = error.downcast_ref() {
            return Death::trap(format!("it exited with status {status}"));
        }
        Death::Trap {
            message: error.root_cause().to_string(),
            backtrace: backtrace(&error),
        }
    }
}

/// The names of the functions that were running, or their numbers in their modules.
fn backtrace(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else {
        return Vec::new();
    };
    let frames = backtrace.frames().iter().take(MOST_FRAMES);
    let names = frames.map(|frame| match frame.func_name() {
        // Without the hash that the compiler adds.
        Some(name) => format!("{:#}", rustc_demangle::demangle(name)),
        None => format!("function {}", frame.func_index()),
    });
    names.collect()
}
