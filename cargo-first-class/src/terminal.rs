//! What the user sees besides results: colours, progress and notes, as far as there is somebody to
//! see them.

use clap::ColorChoice;
use clap_cargo::style::GOOD;
use clap_verbosity_flag::{ErrorLevel, Verbosity};
use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic, MietteHandlerOpts, Result, WrapErr};
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
use std::path::Path;
use std::time::Duration;

/// How the user wants to be spoken to, on standard error.
#[derive(Clone)]
pub(crate) struct Terminal {
    pub(crate) color: bool,
    is_terminal: bool,
    pub(crate) quiet: bool,
}

impl Terminal {
    pub(crate) fn new(color: ColorChoice, verbosity: &Verbosity<ErrorLevel>) -> Self {
        let is_terminal = stderr().is_terminal();
        let color = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                let is_unwanted = |name| std::env::var_os(name).is_some_and(|it| !it.is_empty());
                let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                is_terminal && !is_unwanted("NO_COLOR") && !is_dumb
            }
        };
        Terminal {
            color,
            is_terminal,
            quiet: verbosity.is_silent(),
        }
    }

    /// Lets errors be drawn for a person, or be plain text for a file.
    pub(crate) fn set_report_style(&self) {
        let (color, is_terminal) = (self.color, self.is_terminal);
        let options = move || {
            let options = MietteHandlerOpts::new().color(color).force_graphical(true);
            match is_terminal {
                true => options,
                false => options
                    .unicode(false)
                    .wrap_lines(false)
                    .terminal_links(false),
            }
        };
        // It fails only if there is a hook already.
        let _ = miette::set_hook(Box::new(move |_| Box::new(options().build())));
    }

    /// Says what was done or is being done, as cargo does.
    pub(crate) fn note(&self, verb: &str, text: &str) {
        match (self.quiet, self.color) {
            (true, _) => {}
            (false, true) => eprintln!("{GOOD}{verb:>12}{GOOD:#} {text}"),
            (false, false) => eprintln!("{verb:>12} {text}"),
        }
    }

    /// A sign that something goes on that takes its time; it is gone when the value is dropped.
    pub(crate) fn spinner(&self, text: String) -> Spinner {
        if self.quiet || !self.is_terminal {
            return Spinner(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner().with_message(text);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Spinner(bar)
    }
}

/// See [`Terminal::spinner`].
pub(crate) struct Spinner(ProgressBar);

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Prints a result. Whoever reads it may stop when they have seen enough.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error)
            .into_diagnostic()
            .wrap_err("standard output cannot be written"),
        _ => Ok(()),
    }
}

/// A path as it is seen from the current directory, if it lies in it.
pub(crate) fn from_here(path: &Path) -> &Path {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path)
}

/// A text without what would command a terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => printable.push(character),
            _ if character.is_control() => printable.extend(character.escape_default()),
            _ => printable.push(character),
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn a_plugin_cannot_command_the_terminal() {
        assert_eq!(
            printable("naïve\t\u{1b}[2J\u{9b}1m\r"),
            "naïve\t\\u{1b}[2J\\u{9b}1m\\r"
        );
    }
}
