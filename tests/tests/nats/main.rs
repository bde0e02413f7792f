//! NATS, with its own server between both sides, and at one of them a client that is not ours.

mod calls;
mod chains;
mod credentials;
#[path = "../wrpc/everything.rs"]
mod everything;
mod failures;
mod named;
mod observer;
mod partition;
mod peers;
mod secrets;
mod serving;
mod shims;
mod soak;
mod values;

use first_class_host::backends::nats::{Nats, Servers};
use first_class_host::{Limits, Retry, Shim, Source};
use first_class_peers::nats::Server;
use std::time::Duration;

/// The worlds in common, in a module of their own.
pub(crate) mod ours {
    first_class::first_class_world!({ world: "peer", path: "wit/values" });
    first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
    first_class::first_class_world!({ world: "faulty", path: "wit/faulty" });
    first_class::first_class_world!({ world: "sleeper", path: "wit/worker" });
    first_class::first_class_world!({ world: "shop", path: "wit/shop" });
}

/// The same world on an implementation of packed values that is not ours.
pub(crate) mod theirs {
    pub(crate) mod client {
        wit_bindgen_wrpc::generate!({ world: "client", path: "wit/values" });
    }
}

/// Long enough for whatever ends by itself, on any machine.
const LONG: Duration = Duration::from_secs(60);

/// A NATS server, if it is installed.
fn server() -> Option<Server> {
    Server::start("").expect("starts")
}

fn servers(server: &Server) -> Servers {
    Servers::at([server.url()])
}

fn nats(server: &Server) -> Nats {
    Nats::new(servers(server))
}

/// Whatever answers, whose calls are made once.
fn source(nats: Nats, deadline: Duration) -> Source {
    Source::backend(nats)
        .limits(Limits::default().deadline(deadline))
        .retry(Retry::default().attempts(1))
}

/// A shim with whatever answers to any name as its sources.
fn remote(nats: Nats, deadline: Duration) -> Shim {
    Shim::builder()
        .source("**", source(nats, deadline))
        .build()
        .expect("builds")
}

/// Makes such a shim the host of this thread.
fn host(nats: Nats, deadline: Duration) {
    first_class_native::host_with(&remote(nats, deadline));
}
