//! Which sources a caller may load.

use super::pattern::{Pattern, PatternError};
use std::fmt;
use std::sync::Arc;

/// Who calls, and what it may load; see [`Shim::caller_as`](crate::Shim::caller_as).
///
/// What a caller may not load does not exist for it: it is not listed, and loading it fails in the
/// same way as loading a name that nothing stands for.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) identity: Arc<str>,
    names: Option<Arc<[Pattern]>>,
    pub(crate) may_load_bytes: bool,
}

impl Default for Caller {
    /// A caller without an identity, which may load every source that the shim's own rule allows.
    fn default() -> Self {
        Caller::new("")
    }
}

impl Caller {
    /// A caller of this identity, which may load every source that the shim's own rule
    /// ([`ShimBuilder::access`](crate::ShimBuilder::access)) allows.
    pub fn new(identity: impl Into<Arc<str>>) -> Self {
        Caller {
            identity: identity.into(),
            names: None,
            may_load_bytes: false,
        }
    }

    /// A caller of this identity, which may load nothing.
    #[cfg(feature = "config")]
    pub(crate) fn nothing(identity: &str) -> Self {
        Caller {
            names: Some(Arc::new([])),
            ..Caller::new(identity)
        }
    }

    /// A plugin as a caller.
    pub(crate) fn of_plugin(source_name: &str, names: Arc<[Pattern]>) -> Self {
        Caller {
            names: Some(names),
            ..Caller::new(source_name)
        }
    }

    /// Limits it to sources of these names, or patterns of names: `*` stands for any characters
    /// but `/`, and `**` for any.
    ///
    /// # Errors
    /// When a pattern is malformed.
    pub fn may_load<S: AsRef<str>>(
        mut self,
        names: impl IntoIterator<Item = S>,
    ) -> Result<Self, PatternError> {
        let names = names.into_iter().map(|name| Pattern::parse(name.as_ref()));
        self.names = Some(names.collect::<Result<_, _>>()?);
        Ok(self)
    }

    /// Lets it load components whose bytes it gives itself. They get nothing of WASI, and the
    /// shim's own limits.
    #[must_use]
    pub fn may_load_bytes(mut self) -> Self {
        self.may_load_bytes = true;
        self
    }

    pub(crate) fn may_load_name(&self, source_name: &str) -> bool {
        match &self.names {
            None => true,
            Some(names) => names.iter().any(|name| name.matches(source_name)),
        }
    }
}

/// The shim's own rule: whether a caller, by its identity, may load a source, by its name.
#[derive(Clone)]
pub(crate) struct Rule(Arc<RuleFn>);

type RuleFn = dyn Fn(&str, &str) -> bool + Send + Sync;

impl Rule {
    pub(crate) fn new(rule: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Self {
        Rule(Arc::new(rule))
    }

    pub(crate) fn allows(&self, caller: &Caller, source_name: &str) -> bool {
        (self.0)(&caller.identity, source_name)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rule")
    }
}
