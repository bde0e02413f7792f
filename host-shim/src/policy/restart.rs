//! What becomes of an instance that died.

use std::time::Duration;

/// Whether the shim makes a new instance in the place of one that died. State and resources of the
/// dead one are lost in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    /// Never: its handle answers `Dead` for ever, and `respawn` makes a fresh one.
    #[default]
    Never,
    /// On the next call.
    OnNextCall,
    /// On the next call, but not before a pause, which doubles with each death that follows
    /// another without a successful call between them.
    BackOff {
        /// The pause after the first death.
        first: Duration,
        /// The longest pause.
        longest: Duration,
    },
}

impl Restart {
    /// How long after its death an instance may be made anew; `None` for never. `deaths` counts
    /// those in a row.
    pub(crate) fn pause(self, deaths: u32) -> Option<Duration> {
        match self {
            Restart::Never => None,
            Restart::OnNextCall => Some(Duration::ZERO),
            Restart::BackOff { first, longest } => Some(doubled(first, longest, deaths)),
        }
    }
}

/// The pause after so many failures in a row.
pub(crate) fn doubled(first: Duration, longest: Duration, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(31);
    first.saturating_mul(1 << doublings).min(longest)
}

#[cfg(test)]
mod tests {
    use super::Restart;
    use std::time::Duration;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let restart = Restart::BackOff {
            first: Duration::from_millis(10),
            longest: Duration::from_millis(50),
        };
        let pauses = [1, 2, 3, 4, u32::MAX].map(|deaths| restart.pause(deaths));
        let expected = [10, 20, 40, 50, 50].map(|ms| Some(Duration::from_millis(ms)));
        assert_eq!(pauses, expected);
        assert_eq!(Restart::Never.pause(1), None);
    }
}
