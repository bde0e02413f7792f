//! What can go wrong, as an embedder sees it.

use crate::backends::{Misfit, OpenError};
use crate::policy::{Exceeded, PatternError};
use first_class_abi::Difference;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A shim that cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShimError {
    /// A source was given a path that does not exist.
    #[error("the source `{name}` stands for {}, which does not exist", path.display())]
    NoSuchFile {
        /// The name of the source, or the directory itself.
        name: String,
        /// The path that was given for it.
        path: PathBuf,
    },
    /// Two sources were given one name.
    #[error("two sources are named `{0}`; rename one of them")]
    DuplicateName(String),
    /// A name of a source is not a pattern.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A directory was given a name that has no place for the names of its files.
    #[error(
        "the source `{0}` is a directory; its name has to end in the only `*`, such as `lint/*`"
    )]
    DirectoryName(String),
    /// The compilation engine could not be set up.
    #[error("the engine could not be set up: {0:#}")]
    Engine(wasmtime::Error),
}

/// A source that cannot be loaded.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The caller passed something that is not the encoding of a world.
    #[error("the world that the caller passed cannot be used: {0}")]
    World(String),
    /// The caller broke the contract otherwise.
    #[error("the load breaks the contract: {message}")]
    Protocol {
        /// Which rule was broken.
        message: String,
    },
    /// The caller may load no source of this name.
    #[error("there is no source `{source_name}` that this caller may load")]
    NotFound {
        /// The name that the caller asked for.
        source_name: String,
    },
    /// The caller gave a component itself, which it may not.
    #[error(
        "this caller may not load components that it gives itself; `Caller::may_load_bytes` lets it"
    )]
    BytesNotGranted,
    /// The file could not be read.
    #[error("`{source_name}` cannot be read: {error}")]
    Unreadable {
        /// The source that was asked for.
        source_name: String,
        /// What the operating system said.
        error: Arc<std::io::Error>,
    },
    /// The file is not a component.
    #[error("`{source_name}` is not a component: {found}")]
    NotAComponent {
        /// The source that was asked for.
        source_name: String,
        /// What it is instead, and what to do about it.
        found: String,
    },
    /// The component does not fit the world.
    #[error("`{source_name}` does not implement `{world}`: {}", list(differences))]
    Incompatible {
        /// The source that was asked for.
        source_name: String,
        /// The world that the caller expects.
        world: String,
        /// Every way in which they differ.
        differences: Vec<Difference>,
    },
    /// The world cannot be had from this source: its backend cannot carry all of it, or the peer
    /// lacks a part.
    #[error("`{source_name}` cannot be `{world}`: {}", list(misfits))]
    Misfit {
        /// The source that was asked for.
        source_name: String,
        /// The world that the caller expects.
        world: String,
        /// Everything that stands in the way.
        misfits: Vec<Misfit>,
    },
    /// The peer behind the source cannot be reached.
    #[error("`{source_name}` cannot be reached: {message}")]
    Unavailable {
        /// The source that was asked for.
        source_name: String,
        /// What the network said.
        message: String,
    },
    /// The component imports what nobody provides.
    #[error(
        "`{source_name}` needs imports that nobody provides: {}; a host provides them with \
         `Source::provide`, a caller serves those of its world if it loads with imports",
        imports.join(", ")
    )]
    Unsatisfied {
        /// The source that was asked for.
        source_name: String,
        /// The names of the imports.
        imports: Vec<String>,
    },
    /// The component could not be compiled.
    #[error("`{source_name}` could not be compiled: {message}")]
    Compile {
        /// The source that was asked for.
        source_name: String,
        /// What the compiler or the linker said.
        message: String,
    },
    /// The component failed while it was instantiated.
    #[error("`{source_name}` failed to start: {message}")]
    Instantiate {
        /// The source that was asked for.
        source_name: String,
        /// The trap, or why there was no memory.
        message: String,
        /// The functions that were running, the innermost first.
        backtrace: Vec<String>,
    },
    /// A limit of the shim or of the source was exceeded.
    #[error("`{source_name}` cannot be loaded: {exceeded}")]
    Limit {
        /// The source that was asked for.
        source_name: String,
        /// The limit.
        exceeded: Exceeded,
    },
    /// The named instance is busy with a call that waits for this load, or was busy for too long.
    #[error("`{source_name}` is busy: {}", chain.join(" → "))]
    Busy {
        /// The source that was asked for.
        source_name: String,
        /// The instances that wait for each other, as far as they are of the chain of this load, or else
        /// the one that was asked for.
        chain: Vec<String>,
    },
    /// The named instance is live, as another world.
    #[error("`{source_name}` is live as another world, `{world}`; load it as that one")]
    OtherWorld {
        /// The source that was asked for.
        source_name: String,
        /// The world that it was loaded as first.
        world: String,
    },
}

impl LoadError {
    /// What a backend said when a world was asked for.
    pub(crate) fn of_open(source_name: &str, world: String, error: OpenError) -> Self {
        let source_name = source_name.to_owned();
        match error {
            OpenError::Misfits(misfits) => LoadError::Misfit {
                source_name,
                world,
                misfits,
            },
            OpenError::Unavailable(message) => LoadError::Unavailable {
                source_name,
                message,
            },
            OpenError::Failed(message) => LoadError::Instantiate {
                source_name,
                message,
                backtrace: Vec::new(),
            },
        }
    }
}

/// A call without a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The caller broke the contract.
    #[error("the call breaks the contract: {message}")]
    Protocol {
        /// Which rule was broken.
        message: String,
    },
    /// The plugin trapped, and its instance is dead.
    #[error("`{source_name}` trapped in `{function}`: {message}")]
    Trap {
        /// The source of the instance.
        source_name: String,
        /// The function that was called.
        function: String,
        /// The trap.
        message: String,
        /// The functions that were running, the innermost first, by their names where the component
        /// has them.
        backtrace: Vec<String>,
    },
    /// The call took longer than its deadline. The instance is dead, unless it is remote.
    #[error(
        "`{source_name}` did not finish `{function}` within {} ms; the host raises the limit with \
         `Limits::deadline`",
        limit.as_millis()
    )]
    Deadline {
        /// The source of the instance.
        source_name: String,
        /// The function that was called.
        function: String,
        /// The deadline of the call.
        limit: Duration,
    },
    /// The instance trapped after it was refused memory or table entries, and is dead.
    #[error("`{source_name}` ran out of what it may have in `{function}`: {exceeded}")]
    Exhausted {
        /// The source of the instance.
        source_name: String,
        /// The function that was called.
        function: String,
        /// The limit.
        exceeded: Exceeded,
    },
    /// A limit was exceeded. The instance was not called, or its result not taken; it lives on.
    #[error("`{source_name}` could not do `{function}`: {exceeded}")]
    Limit {
        /// The source of the instance.
        source_name: String,
        /// The function that was called.
        function: String,
        /// The limit.
        exceeded: Exceeded,
    },
    /// The instance is busy with a call that waits for this one, or was busy for too long. It was
    /// not called.
    #[error("`{source_name}` is busy: {}", chain.join(" → "))]
    Busy {
        /// The source of the instance.
        source_name: String,
        /// The instances that wait for each other, each for the next, as far as they are of the chain of
        /// this call, or else the one that was asked for.
        chain: Vec<String>,
    },
    /// The instance died in an earlier call.
    #[error("the instance of `{source_name}` is dead: {message}")]
    Dead {
        /// The source of the instance.
        source_name: String,
        /// What it died of.
        message: String,
    },
    /// The instance died in an earlier call, whose end the caller has not seen, and its resources are no
    /// more. Nothing was called; the next call may be of another instance.
    #[error("the instance of `{source_name}` has died: {message}")]
    Died {
        /// The source of the instance.
        source_name: String,
        /// What it died of.
        message: String,
    },
    /// The plugin lacks this export, which the caller declared optional.
    #[error("`{source_name}` does not have `{function}`")]
    Unsupported {
        /// The source of the instance.
        source_name: String,
        /// The function that was called.
        function: String,
    },
    /// The peer behind the source cannot be reached, or was lost in the call.
    #[error(
        "`{source_name}` is unavailable for `{function}`: {message}{}",
        if *may_have_run { "; the call may have been executed" } else { "" }
    )]
    Unavailable {
        /// The source of the instance.
        source_name: String,
        /// The function that was called.
        function: String,
        /// What the network said.
        message: String,
        /// Whether the peer may have executed the call. If not, it can be made again.
        may_have_run: bool,
    },
    /// The peer behind the source answered with an error of its own, or with what is no result of the
    /// function. The instance lives on.
    #[error("`{source_name}` gave no result of `{function}`: {message}")]
    Remote {
        /// The source of the instance.
        source_name: String,
        /// The function that was called.
        function: String,
        /// What the peer said, or what is wrong with what it sent.
        message: String,
    },
}

impl CallError {
    /// Whether it tells the caller that the resources of the instance are no more.
    pub(crate) fn ends_resources(&self) -> bool {
        self.is_death() || matches!(self, CallError::Died { .. })
    }

    /// Whether the instance died of the call, unless it is remote.
    pub(crate) fn is_death(&self) -> bool {
        matches!(
            self,
            CallError::Trap { .. } | CallError::Deadline { .. } | CallError::Exhausted { .. }
        )
    }

    /// The same error of another source's function.
    pub(crate) fn named(mut self, name: &str, called: String) -> Self {
        match &mut self {
            CallError::Protocol { .. } => {}
            CallError::Busy { source_name, .. }
            | CallError::Dead { source_name, .. }
            | CallError::Died { source_name, .. } => name.clone_into(source_name),
            CallError::Trap {
                source_name,
                function,
                ..
            }
            | CallError::Deadline {
                source_name,
                function,
                ..
            }
            | CallError::Exhausted {
                source_name,
                function,
                ..
            }
            | CallError::Limit {
                source_name,
                function,
                ..
            }
            | CallError::Unsupported {
                source_name,
                function,
            }
            | CallError::Unavailable {
                source_name,
                function,
                ..
            }
            | CallError::Remote {
                source_name,
                function,
                ..
            } => {
                name.clone_into(source_name);
                *function = called;
            }
        }
        self
    }
}

fn list(facts: &[impl ToString]) -> String {
    let lines: Vec<_> = facts.iter().map(ToString::to_string).collect();
    lines.join("; ")
}
