//! Python's grpcio, with protobuf's own code.

use crate::calls::{nothing, something};
use crate::ours::PeerInstance;
use crate::peers::POOL;
use crate::{LONG, host, server};
use first_class::CallError;
use first_class_host::backends::grpc::{Descriptors, Grpc};
use first_class_host::{Shim, Source};
use first_class_peers::{Process, free_port};
use prost_reflect::prost::Message;
use prost_reflect::prost_types::FileDescriptorSet;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

mod health {
    first_class::first_class_world!({
        world: "checked",
        inline: "package test:health;
            interface health {
                enum serving-status { unknown, serving, not-serving, service-unknown }
                enum problem { not-found }
                check: func(service: string) -> result<serving-status, problem>;
            }
            world checked { export health; }",
    });
}

pub(crate) use health::CheckedInstance;
pub(crate) use health::checked::health::{Problem, ServingStatus};

/// A server of `peer.py`; it ends with this.
pub(crate) struct Python {
    pub(crate) address: String,
    _process: Process,
    _folder: TempDir,
}

impl Python {
    /// Starts one, if Python is there.
    fn start(script: &str, argument: impl FnOnce(&TempDir) -> String) -> Option<Self> {
        let python = first_class_peers::python()?;
        let folder = tempfile::tempdir().expect("a temporary directory");
        let port = free_port().expect("there is one");
        let mut command = Command::new(python);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script));
        command.arg(port.to_string()).arg(argument(&folder));
        let address = format!("127.0.0.1:{port}");
        let process = Process::start(&mut command).expect("is installed");
        let process = process.until(|| TcpStream::connect(&address).is_ok());
        Some(Python {
            address,
            _process: process.expect("listens"),
            _folder: folder,
        })
    }

    /// The service of `values.proto`.
    pub(crate) fn values() -> Option<Self> {
        Python::start("tests/grpc/peer.py", |folder| {
            let path = folder.path().join("values.bin");
            let set = FileDescriptorSet {
                file: POOL.file_descriptor_protos().cloned().collect(),
            };
            // It has to find what a file imports before it.
            std::fs::write(&path, set.encode_to_vec()).expect("is written");
            path.to_str().expect("is text").to_owned()
        })
    }

    /// A health service with a status, and reflection.
    pub(crate) fn health(status: &str) -> Option<Self> {
        let script = "../examples/callers/grpc-health/server.py";
        Python::start(script, |_| format!("={status}"))
    }
}

#[test]
fn values_go_to_python_and_come_back() {
    let Some(python) = Python::values() else {
        return;
    };
    host(server(&python.address, "values.proto"));
    let instance = PeerInstance::load("peer").expect("loads");
    let view = instance.values();
    assert_eq!(view.echo(&something()), Ok(something()));
    assert_eq!(view.echo(&nothing()), Ok(nothing()));
    assert_eq!(view.add(1 << 40, -1), Ok((1 << 40) - 1));
    assert_eq!(view.count(7, 3), Ok(vec![7, 8, 9]));
    assert_eq!(view.fill(100_000), Ok(vec![0; 100_000]));
    assert_eq!(view.ping(), Ok(()));
    for code in 1..=16 {
        let error = view.fail(code, "so it is").expect_err("fails");
        match code {
            4 => assert!(matches!(error, CallError::Deadline(_)), "{error}"),
            12 => assert!(matches!(error, CallError::Unsupported(_)), "{error}"),
            14 => assert!(matches!(error, CallError::Unavailable(_)), "{error}"),
            _ => {
                assert!(matches!(error, CallError::Remote(_)), "{error}");
                assert!(error.to_string().contains("so it is"), "{error}");
            }
        }
    }
    let wait = view.wait().expect_err("is not there");
    assert!(matches!(wait, CallError::Unsupported(_)), "{wait}");
}

#[test]
fn python_tells_its_services_and_their_health() {
    let (Some(well), Some(ill)) = (Python::health("SERVING"), Python::health("NOT_SERVING")) else {
        return;
    };
    let source = |python: &Python| {
        let endpoint = format!("http://{}", python.address);
        let grpc = Grpc::new(&endpoint, Descriptors::reflection());
        Source::backend(grpc.expect("is an endpoint"))
    };
    let shim = Shim::builder()
        .source("well", source(&well))
        .source("ill", source(&ill));
    first_class_native::host_with(&shim.deadline(LONG).build().expect("builds"));
    let status = |name: &str, service: &str| {
        let instance = CheckedInstance::load(name).expect("loads");
        instance.health().check(service).expect("answers")
    };
    assert_eq!(status("well", ""), Ok(ServingStatus::Serving));
    assert_eq!(status("ill", ""), Ok(ServingStatus::NotServing));
    assert_eq!(status("well", "none"), Err(Problem::NotFound));
}
