//! What is measured, and of whom.
//!
//! A case of calls is a line in `calls` and a workload in the guests' `bench-loops`.

mod calls;
mod growth;
mod lives;
mod sizes;

use anyhow::Result;
use first_class_bench_common::measure::{Contender, Repetition};

use crate::lab::Lab;

/// One thing that is measured of several subjects.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) group: &'static Group,
    pub(crate) unit: Unit,
    pub(crate) repetition: Repetition,
    /// Makes the subjects ready, in the order of a round.
    pub(crate) contenders: Contenders,
}

type Contenders = Box<dyn Fn(&Lab) -> Result<Vec<Contender>>>;

/// Cases of the same subjects, which share a table.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Group {
    pub(crate) title: &'static str,
    /// What the figures say, for a reader of the table.
    pub(crate) about: &'static str,
    /// Which subjects of ours are compared, each with which other one.
    pub(crate) compared: &'static [(&'static str, &'static str)],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unit {
    Nanoseconds,
    Bytes,
}

/// All cases, in the order of the report.
pub(crate) fn all() -> Vec<Case> {
    let cases = calls::cases().into_iter().chain(growth::cases());
    cases.chain(lives::cases()).chain(sizes::cases()).collect()
}

impl Case {
    /// A case whose samples are as long as they should be, in nanoseconds.
    fn timed(
        name: impl Into<String>,
        group: &'static Group,
        contenders: impl Fn(&Lab) -> Result<Vec<Contender>> + 'static,
    ) -> Self {
        Case {
            name: name.into(),
            group,
            unit: Unit::Nanoseconds,
            repetition: Repetition::Calibrated,
            contenders: Box::new(contenders),
        }
    }

    /// Whether it counts bytes of a process, which must not be able to use what it had before.
    pub(crate) fn wants_a_fresh_process(&self) -> bool {
        self.unit == Unit::Bytes
    }
}

#[cfg(test)]
mod tests {
    use super::all;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_cases_have_one_name() {
        let names: Vec<_> = all().into_iter().map(|case| case.name).collect();
        let different: BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }
}
