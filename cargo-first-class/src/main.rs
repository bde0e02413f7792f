//! `cargo first-class`: makes, builds, checks, inspects, calls and runs the components of
//! first-class worlds.

mod build;
mod call;
mod check;
mod completions;
mod component;
mod config;
mod format;
mod inspect;
mod interrupt;
mod limits;
mod log;
mod new;
mod options;
mod run;
mod serve;
mod status;
mod terminal;
mod wit;
mod wit_from_mcp;
mod wit_from_proto;

use clap::Parser;
use options::{Command, Options};
use std::process::ExitCode;
use terminal::Terminal;

/// The memory of instances comes and goes with each load, which an allocator should not give back to
/// the system each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let options = Options::parse_from(options::arguments(std::env::args_os()));
    let terminal = Terminal::new(options.color, &options.verbosity);
    terminal.set_report_style();
    log::start(&terminal, &options.verbosity);
    let done = match options.command {
        Command::New(new) => new.run(&terminal),
        Command::Build(build) => build.run(&terminal),
        Command::Check(check) => check.run(&terminal),
        Command::Inspect(inspect) => inspect.run(),
        Command::Call(call) => call.run(&terminal),
        Command::Run(run) => run.run(&terminal),
        Command::Serve(serve) => serve.run(&terminal),
        Command::WitFromMcp(wit) => wit.run(&terminal),
        Command::WitFromProto(wit) => wit.run(&terminal),
        Command::Completions(completions) => completions.run(),
    };
    match done {
        Ok(status) => status.into(),
        Err(report) => {
            eprintln!("{report:?}");
            status::FAILED.into()
        }
    }
}
