//! Where components come from.

use crate::provided::Provided;
use sha2::{Digest as _, Sha256};
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
    Given(Given),
}

/// A component in the memory of a caller, which is known by its digest.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    digest: [u8; 32],
    bytes: Arc<[u8]>,
}

impl Given {
    pub(crate) fn new(bytes: Arc<[u8]>) -> Self {
        let digest = Sha256::digest(&bytes).into();
        Given { digest, bytes }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl PartialEq for Given {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Given {}

impl Origin {
    pub(super) fn is_given(&self) -> bool {
        matches!(self.at, At::Given(_))
    }

    /// The same, to be kept for as long as one likes: without the bytes of a caller, whose size no
    /// limit counts when the load is over.
    pub(super) fn to_key(&self) -> Self {
        let mut key = self.clone();
        if let At::Given(given) = &mut key.at {
            given.bytes = Arc::default();
        }
        key
    }
}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.at {
            At::File(path) => path.hash(state),
            // To tell components apart quickly, their ends will do: that is where their own names,
            // types and exports are.
            At::Given(given) => given.digest.hash(state),
            At::Memory(bytes) => {
                bytes.len().hash(state);
                bytes[bytes.len().saturating_sub(1024)..].hash(state);
            }
        }
    }
}
