//! What goes wrong between a backend and its peer.

use crate::error::CallError;
use std::fmt;

/// Something of a world that a source cannot give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfit {
    /// What it is about, as the binary format spells it: an import, or a function such as
    /// `acme:shop/carts@1.2.0#total`.
    pub subject: String,
    /// Why it cannot be had.
    pub reason: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.subject, self.reason)
    }
}

/// Why a source cannot be had as a world.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The backend cannot carry the world, or its peer lacks a part of it.
    #[error("{}", .0.iter().map(Misfit::to_string).collect::<Vec<_>>().join("; "))]
    Misfits(Vec<Misfit>),
    /// The peer cannot be reached.
    #[error("{0}")]
    Unavailable(String),
    /// The peer was reached, and no session came of it.
    #[error("{0}")]
    Failed(String),
}

impl OpenError {
    /// An error if there are misfits.
    ///
    /// # Errors
    /// These.
    pub fn check(misfits: Vec<Misfit>) -> Result<(), OpenError> {
        match misfits.is_empty() {
            true => Ok(()),
            false => Err(OpenError::Misfits(misfits)),
        }
    }
}

/// A call that has no result.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The buffer does not hold arguments of the function. Nothing was called.
    #[error("{message}")]
    Arguments {
        /// What is wrong with it.
        message: String,
    },
    /// The peer cannot be reached. Nothing was called, so the call may be made again.
    #[error("{message}")]
    Unreachable {
        /// What the network said.
        message: String,
    },
    /// The peer was lost after the call was sent, so the function may have run.
    #[error("{message}")]
    Lost {
        /// What the network said.
        message: String,
    },
    /// The peer says that the time of the call is over. The function may have run.
    #[error("the time of the call is over")]
    Late,
    /// The peer answered with an error of its own.
    #[error("{message}")]
    Failed {
        /// What it said.
        message: String,
    },
    /// What the peer sent is no result of the function.
    #[error("what was sent is no result: {message}")]
    Malformed {
        /// What is wrong with it.
        message: String,
    },
    /// The result is larger than [`Call::result_bytes`](super::Call::result_bytes).
    #[error("the result is too large")]
    TooLarge {
        /// How large it is, in bytes, if that is known.
        found: Option<u64>,
    },
    /// The peer lacks the function.
    #[error("the peer does not have the function")]
    Unsupported,
    /// The peer says of an instance there what a shim says of one here, such as that it trapped. The
    /// caller is told just that; the names of source and function are those that it knows. The session
    /// lives on.
    #[error("{0}")]
    There(Box<CallError>),
    /// The session is over, and with it the instance.
    #[error("{message}")]
    Ended {
        /// What it ended of.
        message: String,
    },
}
