//! `cargo xtask`: the chores of this repository.

mod bench;
mod cargo_build;
mod example;
mod fuzz;
mod grants;
mod guests;
mod languages;
mod links;
mod network;
mod peers;
mod release_check;
mod runner;
mod suite;
mod tidy;
mod tutorial;
mod walk;
mod wasm_target;
mod workspace;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};

use example::Example;
use guests::Components;
use workspace::Workspace;

/// The chores of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build the examples, callers and plugins, to components
    BuildExamples {
        /// Also the plugins in other languages, with tools that are installed if need be
        #[arg(long)]
        languages: bool,
    },
    /// Build what an example needs and run it; its exit status is passed on
    Example {
        /// Run it with plugins in other languages in place of those in Rust
        #[arg(long)]
        languages: bool,
        /// The example's name, as in `examples/callers`
        name: String,
        /// What the example is given; it can read the files that are named here
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check text files with the example `lint`
    Demo {
        /// The files; without any, what somebody new reads first in this repository
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        files: Vec<String>,
    },
    /// Build all guests and run all tests
    Test {
        /// What `cargo test --workspace` is given besides
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Measure calls and loads, beside the other ways to reach a component
    Bench(bench::Options),
    /// Look for inputs that the fuzz targets fail with, on libFuzzer
    Fuzz(fuzz::Options),
    /// Check what has to hold before a release: packages, dependencies, MSRV and documentation
    ReleaseCheck(release_check::Options),
    /// Install the tool below `target`, and do with it what the tutorial says, as a newcomer would
    Tutorial,
    /// Check what neither the compiler nor clippy looks at
    Tidy,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(help) => return print_help(&help),
    };
    match arguments.chore.run() {
        Ok(status) => status.into(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Says how to use this program. Clap itself would exit with 2 after an error, which here is an
/// example's status and not ours.
fn print_help(help: &clap::Error) -> ExitCode {
    let asked_for = !help.use_stderr();
    match help.print() {
        Ok(()) if asked_for => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

impl Chore {
    /// Does the chore; gives the status to exit with.
    fn run(self) -> Result<u8> {
        let workspace = Workspace::read()?;
        match self {
            Self::BuildExamples { languages } => build_examples(&workspace, languages),
            Self::Example {
                languages,
                name,
                arguments,
            } => run_example(
                &workspace,
                &name,
                languages,
                &arguments,
                &current_directory()?,
            ),
            Self::Demo { files } if files.is_empty() => {
                let documents = workspace.documents();
                run_example(&workspace, "lint", false, &documents, workspace.root())
            }
            Self::Demo { files } => {
                run_example(&workspace, "lint", false, &files, &current_directory()?)
            }
            Self::Test { arguments } => suite::run(&workspace, &arguments),
            Self::Bench(options) => bench::run(&workspace, &options),
            Self::Fuzz(options) => fuzz::run(&workspace, &options),
            Self::ReleaseCheck(options) => release_check::run(&workspace, &options),
            Self::Tutorial => tutorial::run(&workspace),
            Self::Tidy => tidy::run(&workspace),
        }
    }
}

fn build_examples(workspace: &Workspace, languages: bool) -> Result<u8> {
    let mut components = guests::build(workspace, &workspace.examples())?;
    if languages {
        components.extend(build_languages(workspace)?);
    }
    for (name, path) in &components {
        println!("{name}: {}", path.display());
    }
    Ok(0)
}

/// Installs what it takes first, as far as that can be done.
fn build_languages(workspace: &Workspace) -> Result<Components> {
    suite::report(&first_class_peers::install_from_registries());
    languages::build(workspace)
}

fn run_example(
    workspace: &Workspace,
    name: &str,
    languages: bool,
    arguments: &[String],
    directory: &Path,
) -> Result<u8> {
    let example = Example::find(workspace, name)?;
    let mut components = guests::build(workspace, &example.packages())?;
    if languages && !languages::replace(&mut components, build_languages(workspace)?) {
        bail!("no plugin of the example `{name}` is there in another language");
    }
    let ran = match &example.nats {
        None => runner::run(workspace, &example, &components, arguments, directory),
        Some(nats) => network::run(workspace, &example, nats, &components),
    };
    ran.with_context(|| format!("the example `{name}` did not run to its end"))
}

fn current_directory() -> Result<PathBuf> {
    env::current_dir().context("there is no current directory")
}
