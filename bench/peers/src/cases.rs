//! What is measured, and beside what.

use std::any::Any;

use anyhow::{Context, Result};

use crate::callers::HANDLE;
use crate::measure::{Contender, Samples};
use crate::payload::Payload;
use crate::report::Figure;
use crate::versions::version_of;
use crate::{grpc, nats, wrpc};

/// A call that ours and another client make of the same server.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The package that the other client is of.
    peer: &'static str,
    /// How many times what the other takes ours should take at most.
    pub(crate) most: f64,
    /// Starts the server and makes both ready; nothing if the server is not installed.
    pub(crate) pair: fn() -> Result<Option<Pair>>,
}

/// Two subjects and their server, which ends with them.
pub(crate) struct Pair {
    pub(crate) contenders: [Contender; 2],
    pub(crate) _server: Box<dyn Any>,
}

/// All cases, in the order of the report.
pub(crate) fn all() -> Vec<Case> {
    let wrpc = |name, pair| Case {
        name,
        peer: "wit-bindgen-wrpc",
        most: 1.2,
        pair,
    };
    let nats = |name, pair| Case {
        name,
        peer: "async-nats",
        most: 1.3,
        pair,
    };
    vec![
        #[cfg(unix)]
        wrpc("wrpc-unix-64", || wrpc::over_unix(Payload::Text).map(Some)),
        #[cfg(unix)]
        wrpc("wrpc-unix-4k", || wrpc::over_unix(Payload::Bytes).map(Some)),
        wrpc("wrpc-tcp-64", || wrpc::over_tcp(Payload::Text).map(Some)),
        wrpc("wrpc-tcp-4k", || wrpc::over_tcp(Payload::Bytes).map(Some)),
        nats("nats-64", || nats::request(Payload::Text)),
        nats("nats-4k", || nats::request(Payload::Bytes)),
        Case {
            name: "grpc-health",
            peer: "tonic",
            most: 1.3,
            pair: || grpc::check().map(Some),
        },
    ]
}

impl Case {
    /// The figure of a subject, with the version that it has.
    pub(crate) fn figure(&self, subject: &'static str, samples: &Samples) -> Result<Figure> {
        let package = match subject {
            HANDLE => "first-class-host",
            _ => self.peer,
        };
        let version = version_of(package).with_context(|| format!("no `{package}` in the lock"))?;
        let (ns, spread) = samples.median_and_spread();
        Ok(Figure {
            case: self.name,
            subject,
            ns,
            spread,
            version: format!("{package} {version}"),
        })
    }
}
