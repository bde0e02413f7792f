//! Measures the gateway example under load, beside the same gateway with its plugins linked statically.
//!
//! `cargo xtask bench --gateway` builds this program and runs it. The load is wrk's, which counts requests
//! that have no answer.

mod page;
mod parts;
mod versions;
mod wrk;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use comfy_table::presets;
use first_class_bench_common::machine::Machine;
use first_class_bench_common::program;
use tokio::runtime::Runtime;

use versions::{LOCK, USED};
use wrk::Wrk;

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    /// How often those that are compared take their turns, and for how long each time.
    rounds: u32,
    turn: Duration,
    /// How long a gateway is under load while something happens to its plugins.
    trial: Duration,
    is_quick: bool,
}

const QUICK: Effort = Effort {
    rounds: 3,
    turn: Duration::from_secs(2),
    trial: Duration::from_secs(6),
    is_quick: true,
};

const FULL: Effort = Effort {
    rounds: 9,
    turn: Duration::from_secs(5),
    trial: Duration::from_secs(30),
    is_quick: false,
};

/// Measures the gateway example under load.
#[derive(Parser)]
struct Arguments {
    /// The folder of the components
    #[arg(long)]
    components: PathBuf,
    /// How many connections there are at once
    #[arg(long, default_value_t = 8)]
    connections: u32,
    /// Measure for a shorter time
    #[arg(long)]
    quick: bool,
    /// The folder of the documents, to record the results in
    #[arg(long)]
    record: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::end(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<()> {
    let effort = match arguments.quick {
        true => QUICK,
        false => FULL,
    };
    let program = first_class_peers::program("wrk").context("it needs `wrk`")?;
    let wrk = Wrk::new(program, arguments.connections)?;
    let measuring = parts::measure(&arguments.components, &wrk, effort);
    let parts = Runtime::new()?.block_on(measuring)?;
    println!("{}", page::table(&parts, presets::UTF8_FULL_CONDENSED));
    if let Some(documents) = &arguments.record {
        let machine = Machine::of_this_process(LOCK, USED)?;
        let page = page::page(&parts, &wrk, effort, machine);
        program::write(&documents.join("benchmarks-gateway.md"), &page)?;
    }
    let lost: u64 = parts.iter().map(|part| part.unanswered).sum();
    ensure!(lost == 0, "{lost} requests have no answer");
    Ok(())
}
