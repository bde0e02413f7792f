//! What a name stands for, and how its instances live.

use crate::backends::Backend;
use crate::plugin_state::PluginState;
use crate::policy::{Caller, Limits, Pattern, PatternError, Restart, Retry, WasiGrants};
use crate::provided::Provided;
use std::any::Any;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::component::Linker;

/// What a name, or every name of a pattern, stands for: where the component is, what its instances
/// may do and take, and how long they live. [`ShimBuilder::source`](crate::ShimBuilder::source)
/// offers it.
#[derive(Clone, Debug)]
pub struct Source {
    pub(crate) place: Place,
    pub(crate) wasi: WasiGrants,
    pub(crate) limits: Option<Limits>,
    pub(crate) restart: Restart,
    pub(crate) retry: Retry,
    pub(crate) lifetime: Lifetime,
    pub(crate) trusted: bool,
    pub(crate) provided: Provided,
    may_load: Arc<[Pattern]>,
}

/// Where a component is, or what reaches a source that is none.
#[derive(Clone)]
pub(crate) enum Place {
    File(PathBuf),
    Directory(PathBuf),
    Bytes(Arc<[u8]>),
    Backend(Arc<dyn Backend>),
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File(path) => write!(f, "File({path:?})"),
            Place::Directory(path) => write!(f, "Directory({path:?})"),
            Place::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Place::Backend(_) => f.write_str("Backend"),
        }
    }
}

/// How long an instance lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// As long as the handle that loaded it.
    Fresh,
    /// Beyond its callers, which share it by its name.
    Named { idle: Option<Duration>, most: u64 },
}

/// How many named instances of one source may live when the embedder does not say. They outlive their
/// callers, so it is fewer than there may be in all: nobody can fill the shim with them.
const MOST_NAMED: u64 = 1_000;

impl Source {
    fn new(place: Place) -> Self {
        Source {
            place,
            wasi: WasiGrants::default(),
            limits: None,
            restart: Restart::default(),
            retry: Retry::default(),
            lifetime: Lifetime::Fresh,
            trusted: false,
            provided: Provided::default(),
            may_load: Arc::new([]),
        }
    }

    /// A component in a file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Source::new(Place::File(path.into()))
    }

    /// The components in a directory, for a pattern that ends in `*`: as `lint/*`, the directory's
    /// file `notes.wasm` is the source `lint/notes`. Files that are added later are seen as well.
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Source::new(Place::Directory(path.into()))
    }

    /// A component in memory.
    pub fn bytes(component: impl Into<Arc<[u8]>>) -> Self {
        Source::new(Place::Bytes(component.into()))
    }

    /// Something that is no component of this process, and is reached through a backend. What is
    /// granted, provided or limited of memory does not matter to it; [`Limits::deadline`] and the
    /// sizes of arguments and results do. Each load opens a session of its own, which ends when it is
    /// released; if the source is [named](Source::named), all share one, and their calls take turns.
    pub fn backend(backend: impl Backend) -> Self {
        Source::new(Place::Backend(Arc::new(backend)))
    }

    /// When calls through a [backend](Source::backend) are made again.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Grants its instances something of WASI; nothing is granted unless set.
    #[must_use]
    pub fn wasi(mut self, grants: WasiGrants) -> Self {
        self.wasi = grants;
        self
    }

    /// Limits its instances otherwise than those of other sources.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// What becomes of its instances that died; they stay dead unless set.
    #[must_use]
    pub fn restart(mut self, restart: Restart) -> Self {
        self.restart = restart;
        self
    }

    /// Makes its instances *named*: all who load one name share one live instance, and their calls
    /// take turns, in order. It is made for the first of them and survives them all. Callers need
    /// not trust each other: what they pass is checked before it enters, and none can use a
    /// resource that another was given.
    #[must_use]
    pub fn named(mut self) -> Self {
        if self.lifetime == Lifetime::Fresh {
            self.lifetime = Lifetime::Named {
                idle: None,
                most: MOST_NAMED,
            };
        }
        self
    }

    /// Makes its instances named, and ends one that was not called for so long. Its next call makes
    /// a fresh one, without the state of the old.
    #[must_use]
    pub fn idle(self, time: Duration) -> Self {
        let most = self.most_named();
        let idle = Some(time);
        Source {
            lifetime: Lifetime::Named { idle, most },
            ..self
        }
    }

    /// Makes its instances named, and lets so many of them live at once, 1,000 unless set. The one
    /// that was not called for the longest time gives way to a new one.
    #[must_use]
    pub fn most(self, most: u64) -> Self {
        let idle = match self.lifetime {
            Lifetime::Named { idle, .. } => idle,
            Lifetime::Fresh => None,
        };
        Source {
            lifetime: Lifetime::Named { idle, most },
            ..self
        }
    }

    fn most_named(&self) -> u64 {
        match self.lifetime {
            Lifetime::Named { most, .. } => most,
            Lifetime::Fresh => MOST_NAMED,
        }
    }

    /// Lets its instances load sources of these names or patterns themselves, as callers of the
    /// same shim; none unless set. Their identity is the name that they were loaded by.
    ///
    /// # Errors
    /// When a pattern is malformed.
    pub fn may_load<S: AsRef<str>>(
        mut self,
        names: impl IntoIterator<Item = S>,
    ) -> Result<Self, PatternError> {
        let names = names.into_iter();
        let patterns = names.map(|name| Pattern::parse(name.as_ref()));
        self.may_load = patterns.collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// Satisfies imports of its plugins, by their names in the component (`acme:shop/clock@1.2.0`, or
    /// `now` for a function of the world): the function adds them to a linker, as it would for any
    /// component. What is satisfied here a caller need not serve, and cannot. The functions may be
    /// `async`, since such plugins run on a fiber.
    #[must_use]
    pub fn provide<S: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = S>,
        add: impl Fn(&mut Linker<PluginState>) -> wasmtime::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let names = names.into_iter().map(Into::into);
        self.provided = self.provided.and(names, add);
        self
    }

    /// Gives each of its instances data of its own, which the functions that are
    /// [provided](Source::provide) find with [`PluginState::data`].
    #[must_use]
    pub fn instance_data<D: Any + Send>(
        mut self,
        make: impl Fn() -> D + Send + Sync + 'static,
    ) -> Self {
        self.provided = self.provided.with_data(make);
        self
    }

    /// As whom its instances call others.
    pub(crate) fn as_caller(&self, source_name: &str) -> Caller {
        Caller::of_plugin(source_name, self.may_load.clone())
    }

    /// Accepts what [`Shim::precompile`](crate::Shim::precompile) wrote in place of a component.
    /// It is machine code that runs as it is, so this is for files that nobody but the embedder
    /// can write. Without it such files are refused.
    #[must_use]
    pub fn trust_precompiled(mut self) -> Self {
        self.trusted = true;
        self
    }
}
