//! Cases that share a table.

use std::time::Duration;

use first_class_bench_common::measure::Effort;

/// Cases of one kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Group {
    /// Calls over networks.
    Backends,
    /// Calls of plugins, and encoding.
    Plugins,
}

/// Longer samples than of calls within a process, and more of them: threads wait for each other, and the
/// system decides who runs.
const QUICK: Effort = Effort {
    sample: Duration::from_millis(20),
    budget: Duration::from_secs(3),
    least_rounds: 9,
    most_rounds: 61,
    is_quick: true,
};

const FULL: Effort = Effort {
    sample: Duration::from_millis(50),
    budget: Duration::from_secs(20),
    least_rounds: 31,
    most_rounds: 201,
    is_quick: false,
};

impl Group {
    /// All groups, in the order of the report.
    pub(crate) const ALL: [Group; 2] = [Group::Backends, Group::Plugins];

    /// The heading of its table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Group::Backends => "Calls over networks",
            Group::Plugins => "Calls of plugins, and encoding",
        }
    }

    /// How much time goes into one of its cases.
    pub(crate) fn effort(self, is_quick: bool) -> Effort {
        match (self, is_quick) {
            (Group::Backends, true) => QUICK,
            (Group::Backends, false) => FULL,
            (Group::Plugins, true) => Effort::QUICK,
            (Group::Plugins, false) => Effort::FULL,
        }
    }
}
