//! The chain of instances that a call has passed through.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Who waits for whom: a call of a caller, the instance that it entered, the instance that this one
/// called in turn, and so on. All of it is one thread of control, since each waits for the next.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// Tells calls from outside of the shim apart.
    root: u64,
    last: Option<Arc<Link>>,
}

#[derive(Debug)]
struct Link {
    before: Option<Arc<Link>>,
    source_name: Arc<str>,
    depth: u64,
    /// When the call of this instance has to be over, if that is a time.
    ends: Option<Instant>,
}

static ROOTS: AtomicU64 = AtomicU64::new(1);

impl Chain {
    /// The chain of a call that enters an instance which calls no other and which nobody shares.
    pub(crate) const NONE: Chain = Chain {
        root: 0,
        last: None,
    };

    /// The chain of a call from outside of the shim.
    pub(crate) fn start() -> Self {
        Chain {
            root: ROOTS.fetch_add(1, Ordering::Relaxed),
            last: None,
        }
    }

    /// The chain after it entered one more instance, whose call has to be over in so much time.
    pub(crate) fn enter(&self, source_name: &Arc<str>, limit: Duration) -> Self {
        let link = Link {
            before: self.last.clone(),
            source_name: source_name.clone(),
            depth: self.depth() + 1,
            ends: Instant::now().checked_add(limit),
        };
        Chain {
            root: self.root,
            last: Some(Arc::new(link)),
        }
    }

    /// The chain of a call that is started now and goes on beside this one: another thread of
    /// control, in the same place.
    pub(crate) fn fork(&self) -> Self {
        Chain {
            last: self.last.clone(),
            ..Chain::start()
        }
    }

    pub(crate) fn root(&self) -> u64 {
        self.root
    }

    /// How many instances it is in.
    pub(crate) fn depth(&self) -> u64 {
        self.last.as_ref().map_or(0, |link| link.depth)
    }

    /// How long a call may take that is allowed `limit` by itself: no longer than those around it.
    pub(crate) fn time(&self, limit: Duration) -> Duration {
        match self.last.as_ref().and_then(|link| link.ends) {
            Some(ends) => limit.min(ends.saturating_duration_since(Instant::now())),
            None => limit,
        }
    }

    /// The names of the instances, the outermost first.
    pub(crate) fn names(&self) -> Vec<String> {
        let links = std::iter::successors(self.last.as_ref(), |link| link.before.as_ref());
        let mut names: Vec<_> = links.map(|link| link.source_name.to_string()).collect();
        names.reverse();
        names
    }
}
