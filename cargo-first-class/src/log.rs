//! What the shim and plugins say, on standard error.

use crate::terminal::{Terminal, printable};
use clap_verbosity_flag::{ErrorLevel, Verbosity};
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{self as log, FmtContext};
use tracing_subscriber::registry::LookupSpan;

/// Where the shim's events of what plugins print come from.
const PRINTED: &str = "first_class_host::policy::output";

/// Starts to show events: what plugins print, unless the user wants quiet, and as much of the shim's as
/// `-v` asks for, or all that `RUST_LOG` does.
pub(crate) fn start(terminal: &Terminal, verbosity: &Verbosity<ErrorLevel>) {
    let level = verbosity.tracing_level_filter();
    let printed = if terminal.quiet { "off" } else { "info" };
    let filter =
        format!("error,first_class_host={level},cargo_first_class={level},{PRINTED}={printed}");
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(filter));
    let others = log::format().without_time().with_target(false).compact();
    log::fmt()
        .with_env_filter(filter)
        .with_ansi(terminal.color)
        .with_writer(std::io::stderr)
        .event_format(Lines { others })
        .init();
}

/// Writes what a plugin prints as a line behind its name, and all else as usual.
struct Lines<F> {
    others: F,
}

impl<S, N, F> FormatEvent<S, N> for Lines<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != PRINTED {
            return self.others.format_event(context, writer, event);
        }
        let mut printed = Printed::default();
        event.record(&mut printed);
        writeln!(
            writer,
            "[{}] {}",
            printable(&printed.source),
            printable(&printed.line)
        )
    }
}

/// The fields of such an event.
#[derive(Default)]
struct Printed {
    source: String,
    line: String,
}

impl Visit for Printed {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "source" {
            value.clone_into(&mut self.source);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "line" {
            self.line = format!("{value:?}");
        }
    }
}
