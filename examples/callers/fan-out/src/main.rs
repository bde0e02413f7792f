//! Asks all carriers at once what they take for a parcel, and takes the best of what is there when
//! the time is over.
//!
//! Each carrier is a plugin. Their calls run at the same time, and none is waited for by itself: so
//! one that thinks for long, never answers or traps costs its own quote and nothing else. To show
//! what that is worth, the carriers are then asked once more, one after the other.

mod answer;
mod asking;
mod report;
mod request;

use asking::Carrier;
use first_class::LoadError;
use request::{Inquiry, Request, UsageError};
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

first_class::first_class_world!({ world: "carrier", path: "../../wit/carriers" });

/// Why there is no quote.
#[derive(Debug, thiserror::Error)]
enum Fatal {
    #[error("{0}\n{usage}", usage = request::USAGE)]
    Usage(#[from] UsageError),
    #[error("the host does not say which carriers there are: {0}")]
    Unavailable(#[from] LoadError),
    #[error("the host gives no carrier to ask")]
    NoCarriers,
    #[error("no carrier takes the parcel; try a longer `--deadline`, or another parcel")]
    NoQuote,
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fatal) => {
            eprintln!("fan-out: {fatal}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> Result<(), Fatal> {
    match Request::parse(env::args().skip(1))? {
        Request::Help => Ok(writeln!(out, "{}", request::USAGE)?),
        Request::Ask(inquiry) => ask(out, &inquiry),
    }
}

fn ask(out: &mut impl Write, inquiry: &Inquiry) -> Result<(), Fatal> {
    let carriers = load_carriers()?;
    let at_once = asking::at_once(&carriers, inquiry);
    report::answers(out, inquiry, &at_once.answers)?;
    let best = answer::best(&at_once.answers).ok_or(Fatal::NoQuote)?;
    report::best(out, best)?;
    let in_turn = asking::in_turn(&carriers, inquiry);
    Ok(report::times(out, at_once.took, in_turn.took)?)
}

/// Loads all carriers before any is asked, since that is not what the deadline is for.
fn load_carriers() -> Result<Vec<Carrier>, Fatal> {
    let names = CarrierInstance::available()?;
    if names.is_empty() {
        return Err(Fatal::NoCarriers);
    }
    Ok(Carrier::load_all(names))
}
