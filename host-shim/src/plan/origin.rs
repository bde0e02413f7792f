//! Where components come from.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the bytes of a component come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A file of the embedder, who may trust what was compiled ahead of time.
    File { path: PathBuf, trusted: bool },
    /// Memory: of the embedder, or of a caller.
    Bytes {
        bytes: Arc<[u8]>,
        trusted: bool,
        given: bool,
    },
}

impl Origin {
    pub(super) fn is_trusted(&self) -> bool {
        match self {
            Origin::File { trusted, .. } | Origin::Bytes { trusted, .. } => *trusted,
        }
    }

    pub(super) fn is_given(&self) -> bool {
        matches!(self, Origin::Bytes { given: true, .. })
    }
}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Origin::File { path, .. } => path.hash(state),
            // To tell components apart quickly, their ends will do: that is where their own names,
            // types and exports are.
            Origin::Bytes { bytes, .. } => {
                bytes.len().hash(state);
                bytes[bytes.len().saturating_sub(1024)..].hash(state);
            }
        }
    }
}
