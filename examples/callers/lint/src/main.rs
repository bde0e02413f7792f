//! Checks text files with every rule that the host lets this program see.
//!
//! Each rule is a component that exports the world `rule`. How many there are, and which, is
//! known only when the program runs: it asks, loads each, and calls them as ordinary values.
//! A rule that traps or never returns costs its own findings and nothing else.

mod failure;
mod outages;
mod panel;
mod printable;
mod report;
mod request;
mod text_file;

use std::env;
use std::io::{self, Write};

use panel::Panel;
use report::Report;
use request::Request;

first_class::first_class_world!({ world: "rule", path: "../../wit/lint" });

/// Why nothing could be checked at all.
#[derive(Debug, thiserror::Error)]
enum Fatal {
    #[error("{0}\n{usage}", usage = request::USAGE)]
    Usage(#[from] request::UsageError),
    #[error("the host does not say which rules there are: {0}")]
    Unavailable(#[from] first_class::LoadError),
    #[error("the host gives no rule to check with")]
    NoRules,
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

fn main() {
    let complete = run().unwrap_or_else(|fatal| {
        eprintln!("lint: {fatal}");
        false
    });
    if !complete {
        // `std` can only say that something went wrong (1), not what.
        wasip2::cli::exit::exit_with_code(2);
    }
}

/// Does what the arguments ask for; `false` if a part of it could not be done.
fn run() -> Result<bool, Fatal> {
    let mut out = io::stdout().lock();
    match Request::parse(env::args().skip(1))? {
        Request::Help => writeln!(out, "{}", request::USAGE)?,
        Request::List => report::rules(&mut out, &load_rules()?)?,
        Request::Check(paths) => return check(&mut out, &paths),
    }
    Ok(true)
}

fn load_rules() -> Result<Panel<RuleInstance>, Fatal> {
    let names = RuleInstance::available()?;
    if names.is_empty() {
        return Err(Fatal::NoRules);
    }
    Ok(Panel::load(names))
}

fn check(out: &mut impl Write, paths: &[String]) -> Result<bool, Fatal> {
    let mut rules = load_rules()?;
    let mut report = Report::default();
    for path in paths {
        match text_file::read(path) {
            Ok(document) => report.file(out, path, rules.check(&document))?,
            Err(error) => {
                eprintln!("lint: {error}");
                report.unreadable();
            }
        }
    }
    report.summary(out, &rules)?;
    Ok(report.is_complete())
}
