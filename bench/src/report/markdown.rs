//! The page `docs/benchmarks.md`.

use std::fmt::Write;

use first_class_bench_common::machine::Machine;
use first_class_bench_common::measure::Effort;

use super::{Measured, aims, by_group, table};

const INTRODUCTION: &str = "\
# Benchmarks

What a call through a handle costs, beside the other ways in which a guest can reach a component.

| subject | what it is |
|---|---|
| `fused` | the caller, composed with the plugin before it runs: no host between them, and no choice |
| `relay` | typed host functions, written by hand for this one world with wasmtime's `bindgen!` |
| `val` | a relay for any world, through wasmtime's dynamic values (`Val`) |
| `handle` | ours: `first_class_world!` in the guest and `first-class-host` under it |
| `batch` | the same, with many calls in one crossing |

But for `fused`, the plugin has a store of its own, so that it can trap without its caller.

The loop of calls is in the guest, and is the same code for each subject; the host takes the time around
it. Before that, each subject makes the call once, and what comes back is checked.

A sample is so many repetitions as take some milliseconds. Subjects take turns, a sample each in a round. A
figure is the median of all rounds; in parentheses is its spread, the interquartile range in percent of it.
The last columns divide a figure of ours by another one: ratios carry over to other machines, times do not.

All guests are built with one profile (`guest`, which optimises for size), and all run on engines with the
same settings: concurrency support is off, and epoch interruption is on, since ours needs it. The
allocator of the host is mimalloc for all of them. Nothing is pooled, and no compiled code is kept on disk.
Our instances have the default limits of the shim; the other subjects have none.
";

const AIMS: &str = "\
What the project set out to reach, and whether this run did. [Performance](performance.md#where-we-are-not-yet) says
where the time goes in what was missed, and how near that is to what the engine allows.";

/// The page, with a table for each group.
pub(super) fn page(measured: &[Measured], effort: &Effort, machine: &Machine) -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push('\n');
    page.push_str(&circumstances(effort, machine));
    for (group, measured) in by_group(measured) {
        let (title, about) = (group.title, group.about);
        let table = table::for_markdown(measured);
        write_to(
            &mut page,
            format_args!("\n## {title}\n\n{about}\n\n{table}\n"),
        );
    }
    let aims = aims::for_markdown(measured);
    write_to(&mut page, format_args!("\n## Aims\n\n{AIMS}\n\n{aims}\n"));
    page.push_str("\n## In one picture\n\n![All times, on a logarithmic scale](benchmarks.svg)\n");
    page
}

fn circumstances(effort: &Effort, machine: &Machine) -> String {
    let (least, most) = (effort.least_rounds, effort.most_rounds);
    let sample = effort.sample.as_millis();
    let samples = format!("of {sample} ms where not said otherwise, in {least} to {most} rounds");
    machine.table("", effort.is_quick, &[("samples", samples)])
}

fn write_to(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("a string takes any text");
}

#[cfg(test)]
mod tests {
    use super::super::samples::results;
    use super::{Effort, Machine, page};

    #[test]
    fn the_page_says_how_it_came_about_and_has_all_groups() {
        let machine = Machine {
            processor: "Abacus".into(),
            cores: 7,
            system: "wood".into(),
            versions: vec!["beads 1.2.3".into()],
        };
        let page = page(&results(), &Effort::QUICK, &machine);
        for part in [
            "`cargo xtask bench --record --quick`",
            "Abacus, 7 cores, wood",
            "beads 1.2.3",
            "## Calls\n\nWhat is called.\n\n| case",
            "## Sizes\n\nWhat is large.\n\n| case",
            "## Aims\n\nWhat the project",
            "](benchmarks.svg)",
        ] {
            assert!(page.contains(part), "no {part:?} in:\n{page}");
        }
        assert!(!page.lines().any(|line| line.ends_with(' ')));
    }
}
