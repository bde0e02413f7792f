//! A group of cases as a table: a row for each case, a column for each subject.

use comfy_table::{CellAlignment, Table, TableStyle, presets};

use super::units::{readable, three_digits};
use super::{Figure, Measured, subjects};
use crate::cases::Unit;

pub(super) fn for_terminal(measured: &[Measured]) -> Table {
    table(measured, presets::UTF8_FULL_CONDENSED, str::to_owned)
}

pub(super) fn for_markdown(measured: &[Measured]) -> Table {
    table(measured, presets::ASCII_MARKDOWN, |name| {
        format!("`{name}`")
    })
}

/// `name` writes the names of cases and subjects.
fn table(measured: &[Measured], style: TableStyle, name: impl Fn(&str) -> String) -> Table {
    let subjects = subjects(measured);
    let compared = measured[0].case.group.compared;
    let mut header = vec!["case".to_owned()];
    header.extend(subjects.iter().map(|subject| name(subject)));
    let compared = compared.iter();
    let ratios = compared.clone();
    header.extend(ratios.map(|(ours, other)| format!("{} ÷ {}", name(ours), name(other))));
    let mut table = Table::new();
    table.load_style(style).set_header(header);
    for measured in measured {
        let mut row = vec![name(&measured.case.name)];
        let figures = subjects.iter().map(|subject| measured.of(subject));
        row.extend(figures.map(|figure| cell(figure, measured.case.unit)));
        let ratios = compared.clone();
        let ratios = ratios.map(|(ours, other)| measured.ratio(ours, other));
        row.extend(ratios.map(|ratio| ratio.map_or(String::new(), three_digits)));
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The median, and the spread in percent of it.
fn cell(figure: Option<&Figure>, unit: Unit) -> String {
    let Some(figure) = figure else {
        return "–".into();
    };
    let median = readable(figure.ns, unit);
    match figure.spread {
        0.0 => median,
        spread => format!("{median} ({:.0} %)", 100.0 * spread / figure.ns),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::results;
    use super::for_markdown;

    #[test]
    fn a_group_has_a_column_for_each_subject_and_one_for_the_ratio() {
        let table = for_markdown(&results()[..2]).to_string();
        let expected = "\
            | case   |        `relay` |        `handle` | `handle` ÷ `relay` |\n\
            |--------|----------------|-----------------|--------------------|\n\
            | `add`  | 150 ns (2 %) | 300 ns (10 %) |               2.00 |\n\
            | `echo` |            – | 300 ns (10 %) |                    |";
        let squeezed = |table: &str| {
            let mut lines: Vec<Vec<_>> = Vec::new();
            for line in table.lines() {
                let cells = line.split('|').map(|cell| cell.trim().to_owned());
                lines.push(cells.collect());
            }
            lines.remove(1);
            lines
        };
        assert_eq!(squeezed(&table), squeezed(expected));
    }

    #[test]
    fn what_has_no_baseline_has_no_ratio_and_what_is_exact_no_spread() {
        let table = for_markdown(&results()[2..]).to_string();
        assert!(table.contains("2.00 KiB |"), "{table}");
        assert!(!table.contains('÷'), "{table}");
    }
}
