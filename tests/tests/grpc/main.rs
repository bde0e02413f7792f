//! gRPC, with servers that are not ours: tonic's, etcd, and Python's.

mod calls;
mod etcd;
mod failures;
mod loads;
mod peers;
mod python;
mod random;
mod raw;
mod statuses;
mod tls;
mod written;

use first_class_host::backends::grpc::{Descriptors, Grpc};
use first_class_host::{Limits, Retry, Shim, Source};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The world in common, in a module of its own.
pub(crate) mod ours {
    first_class::first_class_world!({ world: "peer", path: "wit/grpc" });
}

/// Long enough for whatever ends by itself, on any machine.
const LONG: Duration = Duration::from_secs(60);

/// The folder of the `.proto` files.
fn protos() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grpc/protos")
}

/// What one of them describes.
fn described(file: &str) -> Descriptors {
    Descriptors::protos([file], [protos()]).expect("compiles")
}

/// A server that has what a file describes.
fn server(address: &str, file: &str) -> Grpc {
    Grpc::new(&format!("http://{address}"), described(file)).expect("is an endpoint")
}

/// Makes a shim with a server as its source the host of this thread.
fn host(grpc: Grpc) -> Shim {
    host_within(grpc, LONG)
}

/// The same, with a deadline.
fn host_within(grpc: Grpc, deadline: Duration) -> Shim {
    host_with(grpc, Limits::default().deadline(deadline))
}

/// The same, with limits.
fn host_with(grpc: Grpc, limits: Limits) -> Shim {
    let source = Source::backend(grpc)
        .limits(limits)
        .retry(Retry::default().attempts(1));
    let shim = Shim::builder().source("peer", source).build();
    let shim = shim.expect("builds");
    first_class_native::host_with(&shim);
    shim
}
