//! Calls that go on in an instance beside others.

use super::concurrent;
use super::session::Sent;
use crate::error::CallError;

/// A call that goes on in an instance, beside others. To drop it is to give it up.
pub(crate) enum Launched {
    Beside(concurrent::Launched),
    Sent(Sent),
}

impl Launched {
    /// Waits for the end of the call.
    pub(crate) async fn finish(self) -> Result<Vec<u8>, CallError> {
        match self {
            Launched::Beside(launched) => launched.finish().await,
            Launched::Sent(sent) => sent.finish().await,
        }
    }
}
