//! The table of the figures, and the page `docs/benchmarks-gateway.md`.

use comfy_table::{CellAlignment, Table, TableStyle};
use first_class_bench_common::machine::Machine;
use first_class_bench_common::measure::Samples;

use crate::Effort;
use crate::parts::{Part, SWAP};
use crate::wrk::Wrk;

const INTRODUCTION: &str = "\
# Benchmarks of the gateway

The example [gateway](uses/gateway.md) in a release build, under load by `wrk`, which sends the next request over each of its
connections as soon as the last one is answered. It is beside the same gateway with the same plugins linked with it before it
runs, and with no handles.

Both make an instance for each request. What is linked statically is one component in one store. What loads its plugins makes
three instances besides, each with a store and limits of its own, and calls a fourth that all requests share. Server, upstream
and `wrk` share the machine.

What is compared takes turns. A figure is the median over the turns; in parentheses is its spread, the interquartile range in
percent of it. Then the gateway that loads is under load while its response filter is replaced by another and back, and with
one that traps in one request of ten, each of which costs the request a 503. A request counts as one without an answer
when it cannot be sent, its connection breaks, or a second has passed.
";

/// The page.
pub(crate) fn page(parts: &[Part], wrk: &Wrk, effort: Effort, mut machine: Machine) -> String {
    machine.versions.insert(0, wrk.version());
    let (rounds, turn, trial) = (effort.rounds, effort.turn.as_secs(), effort.trial.as_secs());
    let swaps: u64 = parts.iter().map(|part| part.swaps).sum();
    let swap = SWAP.as_millis();
    let rows = [
        ("connections", wrk.connections.to_string()),
        ("compared", format!("{rounds} turns of {turn} s each")),
        (
            "while plugins change",
            format!("{trial} s each; one was replaced {swaps} times, every {swap} ms"),
        ),
    ];
    let circumstances = machine.table(" --gateway", effort.is_quick, &rows);
    let table = table(parts, comfy_table::presets::ASCII_MARKDOWN);
    format!("{INTRODUCTION}\n{circumstances}\n{table}\n")
}

/// A row for each part.
pub(crate) fn table(parts: &[Part], style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header([
        "plugins",
        "requests/s",
        "median ms",
        "p99 ms",
        "answers",
        "without",
    ]);
    for part in parts {
        let answers = part.answers.iter();
        let answers = answers.map(|(status, count)| format!("{count} × {status}"));
        table.add_row([
            part.name.to_owned(),
            figure(&part.rate, 0),
            figure(&part.median, 2),
            figure(&part.p99, 2),
            answers.collect::<Vec<_>>().join(", "),
            part.unanswered.to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The median, and the spread in percent of it if there is one.
fn figure(samples: &Samples, digits: usize) -> String {
    let (median, spread) = samples.median_and_spread();
    match spread > 0.0 {
        true => format!("{median:.digits$} ({:.0} %)", 100.0 * spread / median),
        false => format!("{median:.digits$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::parts::Part;

    #[test]
    fn a_row_says_what_came_of_a_part() {
        let mut part = Part {
            name: "loaded",
            answers: [(200, 90), (503, 10)].into(),
            ..Part::default()
        };
        for rate in [90.0, 100.0, 110.0] {
            part.rate.add(rate);
            part.median.add(1.5);
            part.p99.add(3.25);
        }
        let table = table(&[part], comfy_table::presets::ASCII_MARKDOWN).to_string();
        let row = table.lines().last().expect("has rows");
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let answers = "90 × 200, 10 × 503";
        let expected = ["", "loaded", "100 (10 %)", "1.50", "3.25", answers, "0", ""];
        assert_eq!(cells, expected);
    }
}
