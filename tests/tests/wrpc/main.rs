//! wRPC, with an implementation at the other end that is not ours.

mod calls;
mod everything;
mod failures;
mod nested;
mod packed;
mod peers;
mod serving;
mod theirs;
mod tls;
mod values;

use first_class_host::backends::wrpc::Wrpc;
use first_class_host::{Limits, Retry, Shim, Source};
use std::time::Duration;

/// The world in common, in a module of its own.
pub(crate) mod ours {
    first_class::first_class_world!({ world: "peer", path: "wit/values" });
}

/// Long enough for whatever ends by itself, on any machine.
const LONG: Duration = Duration::from_secs(60);

/// Makes a shim with a wRPC server as its source the host of this thread.
fn host(wrpc: Wrpc) -> Shim {
    host_within(wrpc, LONG)
}

/// The same, with a deadline.
fn host_within(wrpc: Wrpc, deadline: Duration) -> Shim {
    let source = Source::backend(wrpc)
        .limits(Limits::default().deadline(deadline))
        .retry(Retry::default().attempts(1));
    let shim = Shim::builder().source("peer", source).build();
    let shim = shim.expect("builds");
    first_class_native::host_with(&shim);
    shim
}
