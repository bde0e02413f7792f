//! Where components come from.

use crate::provided::Provided;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the bytes of a component come from, and what the embedder says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) at: At,
    /// Whether what was compiled ahead of time is taken as it is.
    pub(crate) trusted: bool,
    /// What the embedder provides to it.
    pub(crate) provided: Provided,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// A file of the embedder.
    File(PathBuf),
    /// Memory of the embedder.
    Memory(Arc<[u8]>),
    /// Memory of a caller.
    Given(Arc<[u8]>),
}

impl Origin {
    pub(super) fn is_given(&self) -> bool {
        matches!(self.at, At::Given(_))
    }
}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.at {
            At::File(path) => path.hash(state),
            // To tell components apart quickly, their ends will do: that is where their own names,
            // types and exports are.
            At::Memory(bytes) | At::Given(bytes) => {
                bytes.len().hash(state);
                bytes[bytes.len().saturating_sub(1024)..].hash(state);
            }
        }
    }
}
