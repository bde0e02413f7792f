//! What is said of the figures: on the terminal, in a file for programs, and in a page for readers.

use std::path::Path;

use anyhow::Result;
use comfy_table::{CellAlignment, Table, TableStyle, presets};
use first_class_bench_common::machine::Machine;
use first_class_bench_common::program::write;
use serde::Serialize;

use crate::group::Group;
use crate::versions::{LOCK, USED};
use crate::{page, reasons};

/// What came out for one subject of a case.
#[derive(Clone, Serialize, Debug)]
pub(crate) struct Figure {
    pub(crate) case: String,
    pub(crate) subject: &'static str,
    /// The median, in nanoseconds.
    pub(crate) ns: f64,
    /// The interquartile range, in nanoseconds.
    pub(crate) spread: f64,
    /// The package that is measured, its version, and that of its engine.
    pub(crate) version: String,
}

/// A case with its figures.
pub(crate) struct Measured {
    pub(crate) group: Group,
    pub(crate) theirs: Figure,
    pub(crate) ours: Figure,
    /// How many times what the other takes ours should take at most.
    pub(crate) most: f64,
}

/// Prints the tables.
pub(crate) fn print(measured: &[Measured]) {
    for (group, measured) in grouped(measured) {
        let table = table(&measured, presets::UTF8_FULL_CONDENSED);
        println!("{}\n{table}", group.title());
    }
}

/// Writes `peers.json` into a folder: a list of `{"case", "subject", "ns", "spread", "version"}`.
pub(crate) fn write_results(folder: &Path, measured: &[Measured]) -> Result<()> {
    let figures: Vec<_> = measured
        .iter()
        .flat_map(|one| [&one.theirs, &one.ours])
        .collect();
    let mut text = serde_json::to_string_pretty(&figures)?;
    text.push('\n');
    write(&folder.join("peers.json"), &text)
}

/// Writes the page into the folder of the documents.
pub(crate) fn record(documents: &Path, measured: &[Measured], is_quick: bool) -> Result<()> {
    let tables: Vec<_> = grouped(measured)
        .map(|(group, measured)| {
            let table = table(&measured, presets::ASCII_MARKDOWN);
            (group, format!("{table}\n{}", reasons::of(&measured)))
        })
        .collect();
    let page = page::page(&tables, is_quick, &Machine::of_this_process(LOCK, USED)?);
    write(&documents.join("benchmarks-peers.md"), &page)
}

/// The groups of which something was measured.
fn grouped(measured: &[Measured]) -> impl Iterator<Item = (Group, Vec<&Measured>)> {
    Group::ALL.into_iter().filter_map(move |group| {
        let of_it = measured.iter().filter(|one| one.group == group);
        let of_it: Vec<_> = of_it.collect();
        (!of_it.is_empty()).then_some((group, of_it))
    })
}

/// A row for each case.
fn table(measured: &[&Measured], style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header([
        "case",
        "the other",
        "its time",
        "ours",
        "ours ÷ its",
        "at most",
    ]);
    for one in measured {
        let Measured {
            theirs, ours, most, ..
        } = one;
        table.add_row([
            theirs.case.clone(),
            theirs.version.clone(),
            time(theirs),
            time(ours),
            ratio(ours.ns / theirs.ns),
            format!("{most:.2}"),
        ]);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn ratio(ratio: f64) -> String {
    let digits = if ratio < 0.1 { 4 } else { 2 };
    format!("{ratio:.digits$}")
}

/// The median, and the spread in percent of it.
fn time(figure: &Figure) -> String {
    let (micros, percent) = (figure.ns / 1e3, 100.0 * figure.spread / figure.ns);
    // Three digits say something.
    let digits = match micros {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{micros:.digits$} µs ({percent:.0} %)")
}

#[cfg(test)]
mod tests {
    use super::{Figure, Group, Measured, presets, table};

    #[test]
    fn a_row_compares_ours_with_the_other() {
        let figure = |subject, ns, version: &str| Figure {
            case: "call".into(),
            subject,
            ns,
            spread: ns / 10.0,
            version: version.into(),
        };
        let measured = Measured {
            group: Group::Backends,
            theirs: figure("bare", 100_000.0, "bare 1.2.3"),
            ours: figure("handle", 110_000.0, "ours 0.1.0"),
            most: 1.3,
        };
        let table = table(&[&measured], presets::ASCII_MARKDOWN).to_string();
        let row = table.lines().last().expect("has rows");
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let expected = [
            "",
            "call",
            "bare 1.2.3",
            "100 µs (10 %)",
            "110 µs (10 %)",
            "1.10",
            "1.30",
            "",
        ];
        assert_eq!(cells, expected);
    }
}
