//! Sends texts through stages, one after the other.
//!
//! Each stage is a plugin, and none can do anything by itself: what it says, remembers and reports,
//! it says to this program, which serves what the world `stage` imports. Each instance is served by a
//! value of its own, so a stage cannot speak in the name of another, or write into its bucket. A
//! stage that traps is left out.

mod bucket;
mod journal;
mod lock;
mod pipeline;
mod printable;
mod request;
mod services;
mod text_file;

use first_class::LoadError;
use journal::Journal;
use pipeline::Pipeline;
use request::{Job, Request, UsageError};
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

first_class::first_class_world!({ world: "stage", path: "../../wit/pipeline" });

/// What there is to do without a file.
const SAMPLE: &str = include_str!("sample.txt");

/// Why no text, or no other one, could be sent through the stages.
#[derive(Debug, thiserror::Error)]
enum Fatal {
    #[error("{0}\n{usage}", usage = request::USAGE)]
    Usage(#[from] UsageError),
    #[error("the host does not say which stages there are: {0}")]
    Unavailable(#[from] LoadError),
    #[error("there is no stage `{stage}`; there is: {}", .available.join(", "))]
    NoStage {
        stage: String,
        available: Vec<String>,
    },
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(&mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fatal) => {
            eprintln!("pipeline: {fatal}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the arguments ask for; `false` if a file could not be read.
fn run(out: &mut impl Write) -> Result<bool, Fatal> {
    let job = match Request::parse(env::args().skip(1))? {
        Request::Help => {
            writeln!(out, "{}", request::USAGE)?;
            return Ok(true);
        }
        Request::Run(job) => job,
    };
    check_stages(&job.stages)?;
    let pipeline = Pipeline::new(job.stages.clone(), Journal::new(io::stderr(), job.verbose));
    if job.files.is_empty() {
        write!(out, "{}", pipeline.run(SAMPLE))?;
        return Ok(true);
    }
    run_files(out, &pipeline, &job)
}

/// A stage that is not there is a slip of whoever names it, and is said before anything is done.
fn check_stages(stages: &[String]) -> Result<(), Fatal> {
    let available = StageInstance::available()?;
    match stages.iter().find(|stage| !available.contains(stage)) {
        None => Ok(()),
        Some(stage) => Err(Fatal::NoStage {
            stage: stage.clone(),
            available,
        }),
    }
}

fn run_files(out: &mut impl Write, pipeline: &Pipeline, job: &Job) -> Result<bool, Fatal> {
    let mut complete = true;
    for path in &job.files {
        match text_file::read(path) {
            Ok(text) => {
                if job.files.len() > 1 {
                    writeln!(out, "==> {path} <==")?;
                }
                write!(out, "{}", pipeline.run(&text))?;
            }
            Err(error) => {
                eprintln!("pipeline: {error}");
                complete = false;
            }
        }
    }
    Ok(complete)
}
