//! Measures calls and loads of first-class worlds, beside what there is otherwise, in one run.
//!
//! `cargo xtask bench` builds this program and the guests, and runs it.

mod cases;
mod lab;
mod profile;
mod report;
mod subjects;
mod versions;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use first_class_bench_common::measure::{Effort, by_turns};
use first_class_bench_common::program;
use indicatif::{ProgressBar, ProgressStyle};
use wasmtime::ProfilingStrategy;

use cases::Case;
use lab::Lab;
use profile::Profiled;
use report::{Figure, Measured};

/// Measures calls and loads of first-class worlds.
#[derive(Parser)]
struct Arguments {
    /// The cases; without any, all
    cases: Vec<String>,
    /// Measure for a shorter time
    #[arg(long)]
    quick: bool,
    /// The folder of the guests
    #[arg(long)]
    components: PathBuf,
    /// The folder for the results
    #[arg(long)]
    results: PathBuf,
    /// The folder of the documents, to record the results in
    #[arg(long, conflicts_with = "cases")]
    record: Option<PathBuf>,
    /// Run one subject of one case in a loop, for a profiler to look at
    #[arg(long, value_name = "CASE/SUBJECT", conflicts_with_all = ["cases", "record", "quick"], value_parser = profile::parse)]
    profile: Option<Profiled>,
    /// How long the loop runs, in seconds
    #[arg(long, default_value_t = 10, requires = "profile", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

fn main() -> ExitCode {
    program::end(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<()> {
    let chosen = |names: &[String]| program::chosen(cases::all(), names, |case| &case.name);
    if let Some(profiled) = &arguments.profile {
        let cases = chosen(std::slice::from_ref(&profiled.case))?;
        let case = cases.first().context("there is no case")?;
        let lab = Lab::new(&arguments.components, ProfilingStrategy::PerfMap)?;
        return profiled.run(&lab, case, Duration::from_secs(arguments.seconds));
    }
    let cases = chosen(&arguments.cases)?;
    let effort = match arguments.quick {
        true => Effort::QUICK,
        false => Effort::FULL,
    };
    let lab = Lab::new(&arguments.components, ProfilingStrategy::None)?;
    let measured = measure_all(&lab, cases, &effort)?;
    report::print(&measured);
    report::write_results(&arguments.results, &measured)?;
    if let Some(documents) = &arguments.record {
        report::record(documents, &measured, &effort)?;
    }
    Ok(())
}

/// Measures one case after the other, and each with its subjects by turns.
fn measure_all(lab: &Lab, cases: Vec<Case>, effort: &Effort) -> Result<Vec<Measured>> {
    let bar = ProgressBar::new(cases.len() as u64);
    bar.set_style(ProgressStyle::with_template("{pos}/{len} {msg}")?);
    let mut cases: Vec<(usize, Case)> = cases.into_iter().enumerate().collect();
    // Memory first, while the process has nothing that it could use again.
    cases.sort_by_key(|(_, case)| !case.wants_a_fresh_process());
    let mut measured = Vec::new();
    for (position, case) in cases {
        bar.set_message(case.name.clone());
        let figures = measure_one(lab, &case, effort);
        let figures = figures.with_context(|| format!("in the case `{}`", case.name))?;
        measured.push((position, Measured { case, figures }));
        bar.inc(1);
    }
    bar.finish_and_clear();
    measured.sort_by_key(|(position, _)| *position);
    Ok(measured.into_iter().map(|(_, measured)| measured).collect())
}

fn measure_one(lab: &Lab, case: &Case, effort: &Effort) -> Result<Vec<Figure>> {
    let mut contenders = (case.contenders)(lab)?;
    let samples = by_turns(&mut contenders, case.repetition, effort)?;
    let figures = contenders.iter().zip(samples).map(|(contender, samples)| {
        let (median, spread) = samples.median_and_spread();
        Figure {
            case: case.name.clone(),
            subject: contender.name,
            ns: median,
            spread,
        }
    });
    Ok(figures.collect())
}
