//! Ctrl-C.

use crate::status;
use miette::{IntoDiagnostic, Result, WrapErr};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long whatever is stopped may take to end. A guest that waits in the host is not looked at
/// before it is back.
const GRACE: Duration = Duration::from_millis(500);

/// Whether there was a Ctrl-C.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Lets the first Ctrl-C call a function that stops what is going on. If that has no effect, and
    /// on the second one, the process ends at once.
    pub(crate) fn catch(stop: impl Fn() + Send + 'static) -> Result<Self> {
        let interrupt = Interrupt::default();
        let happened = interrupt.clone();
        let handler = move || {
            let is_again = happened.0.swap(true, Ordering::Relaxed);
            if !is_again && std::io::stderr().is_terminal() {
                // What comes next stands behind the `^C` otherwise.
                eprintln!();
            }
            if is_again || std::thread::Builder::new().spawn(end_after_grace).is_err() {
                end();
            }
            stop();
        };
        let caught = ctrlc::set_handler(handler).into_diagnostic();
        caught.wrap_err("Ctrl-C cannot be caught")?;
        Ok(interrupt)
    }

    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

fn end_after_grace() {
    std::thread::sleep(GRACE);
    end();
}

fn end() -> ! {
    std::process::exit(status::INTERRUPTED.into())
}
