//! Measures calls of sources behind backends, beside what others call the same servers with.
//!
//! `cargo xtask bench --peers` builds this program and runs it. It is a workspace of its own: what it is made
//! of besides is built for nobody else.

mod callers;
mod cases;
mod grpc;
#[path = "../../src/machine.rs"]
mod machine;
#[path = "../../src/measure/mod.rs"]
#[allow(dead_code, reason = "the other benchmarks need all of it")]
mod measure;
mod nats;
mod page;
mod payload;
mod report;
mod versions;
mod wrpc;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;

use cases::Case;
use measure::{Effort, Repetition};
use report::Measured;

/// The same as in the other benchmarks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

/// Measures calls of sources behind backends, beside what others call the same servers with.
#[derive(Parser)]
struct Arguments {
    /// The cases; without any, all
    cases: Vec<String>,
    /// Measure for a shorter time
    #[arg(long)]
    quick: bool,
    /// The folder for the results
    #[arg(long)]
    results: PathBuf,
    /// The folder of the documents, to record the results in
    #[arg(long, conflicts_with = "cases")]
    record: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let effort = match arguments.quick {
        true => QUICK,
        false => FULL,
    };
    let mut measured = Vec::new();
    for case in chosen(&arguments.cases)? {
        let one = measure_one(&case, &effort);
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
        report::record(documents, &measured, &effort)?;
    }
    Ok(())
}

/// The cases of these names, in the order of the report.
fn chosen(names: &[String]) -> Result<Vec<Case>> {
    let mut cases = cases::all();
    let unknown = |name: &&String| !cases.iter().any(|case| case.name == name.as_str());
    if let Some(name) = names.iter().find(unknown) {
        let known: Vec<&str> = cases.iter().map(|case| case.name).collect();
        bail!("there is no case `{name}`; there is: {}", known.join(", "));
    }
    if !names.is_empty() {
        cases.retain(|case| names.iter().any(|name| name == case.name));
    }
    Ok(cases)
}

/// Measures both subjects of a case by turns; nothing if its server is not installed.
fn measure_one(case: &Case, effort: &Effort) -> Result<Option<Measured>> {
    let Some(mut pair) = (case.pair)()? else {
        return Ok(None);
    };
    eprintln!("{}", case.name);
    let samples = measure::by_turns(&mut pair.contenders, Repetition::Calibrated, effort)?;
    let figure = |subject: usize| case.figure(pair.contenders[subject].name, &samples[subject]);
    Ok(Some(Measured {
        theirs: figure(0)?,
        ours: figure(1)?,
        most: case.most,
    }))
}
