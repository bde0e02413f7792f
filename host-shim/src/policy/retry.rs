//! When a call of a peer is made again.

use super::pattern::{Pattern, PatternError};
use super::restart::doubled;
use std::sync::Arc;
use std::time::Duration;

/// When a call of a source behind a [`Backend`](crate::backends::Backend) is made again. One that was
/// not executed, since the peer could not be reached, may be in any case; one that may have been
/// executed only if its function is said to be idempotent.
///
/// All attempts together have the time of one call.
#[derive(Clone, Debug)]
pub struct Retry {
    attempts: u32,
    first: Duration,
    longest: Duration,
    idempotent: Arc<[Pattern]>,
}

impl Default for Retry {
    fn default() -> Self {
        Retry {
            attempts: 3,
            first: Duration::from_millis(20),
            longest: Duration::from_secs(1),
            idempotent: Arc::new([]),
        }
    }
}

impl Retry {
    /// How often a call is tried in all; 3 times unless set. With 1 nothing is tried again.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Retry { attempts, ..self }
    }

    /// How long it waits before it tries again, 20 ms unless set, and how long at most, 1 second unless
    /// set: the pause doubles with each attempt.
    #[must_use]
    pub fn pause(self, first: Duration, longest: Duration) -> Self {
        Retry {
            first,
            longest,
            ..self
        }
    }

    /// Functions that do the same when they run twice, none unless set: a call of them is also made
    /// again when it may have been executed. They are named, or described by patterns, as
    /// `acme:shop/carts@1.2.0#total`, or `total` for a function of the world itself.
    ///
    /// # Errors
    /// When a pattern is malformed.
    pub fn idempotent<S: AsRef<str>>(
        self,
        functions: impl IntoIterator<Item = S>,
    ) -> Result<Self, PatternError> {
        let functions = functions.into_iter();
        let patterns = functions.map(|name| Pattern::parse(name.as_ref()));
        let idempotent = patterns.collect::<Result<_, _>>()?;
        Ok(Retry { idempotent, ..self })
    }

    /// Whether a function may run twice.
    pub(crate) fn is_idempotent(&self, function: &str) -> bool {
        self.idempotent
            .iter()
            .any(|pattern| pattern.matches(function))
    }

    /// How long to wait after so many attempts that failed; nothing if there is no other.
    pub(crate) fn pause_after(&self, failed: u32) -> Option<Duration> {
        (failed < self.attempts).then(|| doubled(self.first, self.longest, failed))
    }
}

#[cfg(test)]
mod tests {
    use super::Retry;
    use std::time::Duration;

    #[test]
    fn pauses_double_until_there_is_no_other_attempt() {
        let ms = Duration::from_millis;
        let retry = Retry::default().attempts(5).pause(ms(10), ms(30));
        let pauses = [1, 2, 3, 4, 5].map(|failed| retry.pause_after(failed));
        assert_eq!(
            pauses,
            [Some(ms(10)), Some(ms(20)), Some(ms(30)), Some(ms(30)), None]
        );
        assert_eq!(Retry::default().attempts(1).pause_after(1), None);
    }

    #[test]
    fn functions_are_idempotent_if_they_are_named() {
        let retry = Retry::default().idempotent(["total", "acme:shop/carts@1.0.0#get-*"]);
        let retry = retry.expect("are patterns");
        assert!(retry.is_idempotent("total"));
        assert!(retry.is_idempotent("acme:shop/carts@1.0.0#get-item"));
        assert!(!retry.is_idempotent("acme:shop/carts@1.0.0#total"));
        assert!(!Retry::default().is_idempotent("total"));
        assert!(Retry::default().idempotent(["***"]).is_err());
    }
}
