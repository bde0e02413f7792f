//! What is said of the figures, and where: on the terminal, in a file for programs, and in a page
//! with a plot for readers.

mod aims;
mod json;
mod markdown;
mod plot;
mod table;
mod units;

use std::path::Path;

use anyhow::Result;
use first_class_bench_common::machine::Machine;
use first_class_bench_common::measure::Effort;
use first_class_bench_common::program::write;
use serde::Serialize;

use crate::cases::{Case, Group, Unit};
use crate::versions::{LOCK, USED};

/// What came out for one subject of a case.
#[derive(Clone, Serialize, Debug)]
pub(crate) struct Figure {
    pub(crate) case: String,
    pub(crate) subject: &'static str,
    /// The median, in nanoseconds, or in bytes where the case counts these.
    pub(crate) ns: f64,
    /// The interquartile range, in the same unit.
    pub(crate) spread: f64,
}

/// A case with its figures.
pub(crate) struct Measured {
    pub(crate) case: Case,
    pub(crate) figures: Vec<Figure>,
}

/// Prints a table for each group, and one of the aims.
pub(crate) fn print(measured: &[Measured]) {
    for (group, measured) in by_group(measured) {
        println!("{}\n{}\n", group.title, table::for_terminal(measured));
    }
    println!("Aims\n{}", aims::for_terminal(measured));
}

/// Writes `results.json` into a folder.
pub(crate) fn write_results(folder: &Path, measured: &[Measured]) -> Result<()> {
    let figures = measured.iter().flat_map(|measured| &measured.figures);
    write(&folder.join("results.json"), &json::list(figures)?)
}

/// Writes the page and its plot into the folder of the documents.
pub(crate) fn record(documents: &Path, measured: &[Measured], effort: &Effort) -> Result<()> {
    let page = markdown::page(measured, effort, &Machine::of_this_process(LOCK, USED)?);
    write(&documents.join("benchmarks.md"), &page)?;
    write(&documents.join("benchmarks.svg"), &plot::svg(measured)?)
}

/// The groups in their order; cases of one group stand together.
fn by_group(measured: &[Measured]) -> impl Iterator<Item = (&'static Group, &[Measured])> {
    let chunks = measured.chunk_by(|a, b| a.case.group == b.case.group);
    chunks.map(|chunk| (chunk[0].case.group, chunk))
}

/// The subjects of some cases, each once.
fn subjects<'a>(measured: impl IntoIterator<Item = &'a Measured>) -> Vec<&'static str> {
    let mut subjects = Vec::new();
    for figure in measured.into_iter().flat_map(|one| &one.figures) {
        if !subjects.contains(&figure.subject) {
            subjects.push(figure.subject);
        }
    }
    subjects
}

impl Measured {
    fn of(&self, subject: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.subject == subject)
    }

    /// How many times what another subject takes one of ours takes.
    fn ratio(&self, ours: &str, other: &str) -> Option<f64> {
        Some(self.of(ours)?.ns / self.of(other)?.ns)
    }

    fn is_timed(&self) -> bool {
        self.case.unit == Unit::Nanoseconds
    }
}

#[cfg(test)]
mod samples {
    //! Results as they could be, for the tests of the reports.

    use super::{Figure, Measured};
    use crate::cases::{Case, Group, Unit};
    use first_class_bench_common::measure::Repetition;

    const CALLS: Group = Group {
        title: "Calls",
        about: "What is called.",
        compared: &[("handle", "relay")],
    };
    const SIZES: Group = Group {
        title: "Sizes",
        about: "What is large.",
        compared: &[],
    };

    fn measured(
        name: &str,
        group: &'static Group,
        unit: Unit,
        figures: &[(&'static str, f64, f64)],
    ) -> Measured {
        let figure = |&(subject, ns, spread): &(_, f64, f64)| Figure {
            case: name.into(),
            subject,
            ns,
            spread,
        };
        Measured {
            case: Case {
                name: name.into(),
                group,
                unit,
                repetition: Repetition::Calibrated,
                contenders: Box::new(|_| Ok(Vec::new())),
            },
            figures: figures.iter().map(figure).collect(),
        }
    }

    pub(super) fn results() -> Vec<Measured> {
        let calls = [("relay", 150.0, 3.0), ("handle", 300.0, 30.0)];
        vec![
            measured("add", &CALLS, Unit::Nanoseconds, &calls),
            measured("echo", &CALLS, Unit::Nanoseconds, &calls[1..]),
            measured("size", &SIZES, Unit::Bytes, &[("handle", 2048.0, 0.0)]),
        ]
    }
}
