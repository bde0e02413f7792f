//! Metrics and spans of loads and calls.
//!
//! Nothing here costs more than a look at a flag unless somebody listens: metrics are off until
//! [`ShimBuilder::metrics`](crate::ShimBuilder::metrics) turns them on, and spans are made at the
//! level `DEBUG`.

use crate::error::{CallError, LoadError};
use metrics::{Counter, Histogram, counter, histogram};
use std::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, Level, Span};

/// The metrics of one source: its pattern is their label, since names may be without number.
#[derive(Clone, Default)]
pub(crate) struct Meters(Option<Box<SourceMeters>>);

#[derive(Clone)]
struct SourceMeters {
    seconds: Histogram,
    bytes_in: Histogram,
    bytes_out: Histogram,
    /// In the order of [`OUTCOMES`].
    outcomes: [Counter; OUTCOMES.len()],
}

/// How a call may end, as a label.
const OUTCOMES: [&str; 11] = [
    "ok",
    "protocol",
    "trap",
    "deadline",
    "limit",
    "busy",
    "dead",
    "unsupported",
    "exhausted",
    "unavailable",
    "remote",
];

impl Meters {
    /// The metrics of a source, for the recorder that is installed now.
    pub(crate) fn new(pattern: &str) -> Self {
        let source = || pattern.to_owned();
        let outcomes = OUTCOMES.map(|outcome| {
            counter!("first_class_calls_total", "source" => source(), "outcome" => outcome)
        });
        Meters(Some(Box::new(SourceMeters {
            seconds: histogram!("first_class_call_seconds", "source" => source()),
            bytes_in: histogram!("first_class_call_bytes_in", "source" => source()),
            bytes_out: histogram!("first_class_call_bytes_out", "source" => source()),
            outcomes,
        })))
    }

    /// Whether anybody looks at calls.
    pub(crate) fn are_watched(&self) -> bool {
        self.0.is_some() || tracing::enabled!(Level::DEBUG)
    }

    /// Begins to watch a call that may wait for its caller in between.
    pub(crate) fn begin(
        &self,
        source: &str,
        instance: u32,
        function: &str,
        bytes_in: usize,
    ) -> Watch {
        let span = tracing::debug_span!(
            "call",
            source,
            instance,
            function,
            bytes_in,
            bytes_out = Empty,
            outcome = Empty
        );
        Watch {
            meters: self.clone(),
            span,
            started: Instant::now(),
            bytes_in,
        }
    }
}

/// A call that is watched.
pub(crate) struct Watch {
    meters: Meters,
    /// The span that all of the call is in.
    pub(crate) span: Span,
    started: Instant,
    bytes_in: usize,
}

impl Watch {
    /// The end of the call, with how many bytes it gave.
    pub(crate) fn end(&self, result: Result<usize, &CallError>) {
        let outcome = outcome(result.err());
        let bytes_out = result.unwrap_or_default();
        self.span.record("bytes_out", bytes_out);
        self.span.record("outcome", OUTCOMES[outcome]);
        if let Some(meters) = &self.meters.0 {
            meters.seconds.record(self.started.elapsed());
            meters.bytes_in.record(self.bytes_in as f64);
            meters.bytes_out.record(bytes_out as f64);
            meters.outcomes[outcome].increment(1);
        }
    }
}

/// The position of an outcome in [`OUTCOMES`].
fn outcome(error: Option<&CallError>) -> usize {
    match error {
        None => 0,
        Some(CallError::Protocol { .. }) => 1,
        Some(CallError::Trap { .. }) => 2,
        Some(CallError::Deadline { .. }) => 3,
        Some(CallError::Limit { .. }) => 4,
        Some(CallError::Busy { .. }) => 5,
        Some(CallError::Dead { .. } | CallError::Died { .. }) => 6,
        Some(CallError::Unsupported { .. }) => 7,
        Some(CallError::Exhausted { .. }) => 8,
        Some(CallError::Unavailable { .. }) => 9,
        Some(CallError::Remote { .. }) => 10,
    }
}

/// Does a load in a span of its own, and measures it if metrics are on.
pub(crate) async fn watch_load<R>(
    metrics: bool,
    source: &str,
    load: impl Future<Output = Result<R, LoadError>>,
) -> Result<R, LoadError> {
    let span: Span = tracing::debug_span!("load", source, outcome = Empty);
    let started = metrics.then(Instant::now);
    let result = load.instrument(span.clone()).await;
    let outcome = if result.is_ok() { "ok" } else { "error" };
    span.record("outcome", outcome);
    if let Err(error) = &result {
        tracing::debug!(parent: &span, %error, "a load failed");
    }
    if let Some(started) = started {
        counter!("first_class_loads_total", "outcome" => outcome).increment(1);
        histogram!("first_class_load_seconds").record(started.elapsed());
    }
    result
}
