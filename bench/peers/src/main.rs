//! Measures what ours does beside what others do: calls over networks, calls of plugins, and encoding.
//!
//! `cargo xtask bench --peers` builds this program and runs it. It is a workspace of its own: what it is made
//! of besides is built for nobody else.

mod callers;
mod cases;
mod group;
mod grpc;
mod local;
mod nats;
mod page;
mod payload;
mod reasons;
mod report;
mod versions;
mod wrpc;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use first_class_bench_common::measure::{Repetition, by_turns};
use first_class_bench_common::program;

use cases::Case;
use local::Plugins;
use report::Measured;

/// Measures what ours does beside what others do.
#[derive(Parser)]
struct Arguments {
    /// The cases; without any, all
    cases: Vec<String>,
    /// Measure for a shorter time
    #[arg(long)]
    quick: bool,
    /// The plugin that is called: a component
    #[arg(long)]
    component: PathBuf,
    /// The same for Extism: a module
    #[arg(long)]
    extism: PathBuf,
    /// The folder for the results
    #[arg(long)]
    results: PathBuf,
    /// The folder of the documents, to record the results in
    #[arg(long, conflicts_with = "cases")]
    record: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::end(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<()> {
    let plugins = Plugins {
        component: arguments.component.clone(),
        extism: arguments.extism.clone(),
    };
    let mut measured = Vec::new();
    for case in program::chosen(cases::all(), &arguments.cases, |case| &case.name)? {
        let one = measure_one(&case, &plugins, arguments.quick);
        measured.extend(one.with_context(|| format!("in the case `{}`", case.name))?);
    }
    report::print(&measured);
    report::write_results(&arguments.results, &measured)?;
    if let Some(documents) = &arguments.record {
        let skipped = cases::all().len() - measured.len();
        ensure!(
            skipped == 0,
            "{skipped} cases were skipped, so nothing is recorded; see above"
        );
        report::record(documents, &measured, arguments.quick)?;
    }
    Ok(())
}

/// Measures both subjects of a case by turns; nothing if its server is not installed.
fn measure_one(case: &Case, plugins: &Plugins, is_quick: bool) -> Result<Option<Measured>> {
    let Some(mut pair) = (case.pair)(plugins)? else {
        return Ok(None);
    };
    eprintln!("{}", case.name);
    let effort = case.group.effort(is_quick);
    let samples = by_turns(&mut pair.contenders, Repetition::Calibrated, &effort)?;
    let figure = |one: usize| case.figure(one, pair.contenders[one].name, &samples[one]);
    Ok(Some(Measured {
        group: case.group,
        theirs: figure(0)?,
        ours: figure(1)?,
        most: case.most,
    }))
}
