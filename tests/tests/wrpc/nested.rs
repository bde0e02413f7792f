//! Plugins that hold instances on another machine.

use crate::LONG;
use first_class::CallError;
use first_class_host::backends::wrpc::Wrpc;
use first_class_host::serving::wrpc::{Server, Serving};
use first_class_host::{Shim, Source};
use first_class_tests::guest;
use std::time::{Duration, Instant};

/// How long a call of a circle may take.
const CIRCLE: Duration = Duration::from_secs(1);

first_class::first_class_world!({ world: "relay", path: "wit/relay" });

/// A relay that may load the others.
fn relay() -> Source {
    let source = Source::file(guest("test-relay"));
    source.may_load(["*"]).expect("is a pattern")
}

fn serve(shim: &Shim) -> Server {
    let serving = Serving::of(shim).source("relay", relay::WORLD);
    serving.tcp("127.0.0.1:0").expect("listens")
}

fn remote(server: &Server) -> Source {
    let address = server.address().expect("is no socket");
    Source::backend(Wrpc::tcp(address.to_string()))
}

fn path(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_plugin_holds_instances_of_another_shim() {
    let there = Shim::builder().source("relay", relay()).deadline(LONG);
    let there = there.build().expect("builds");
    let server = serve(&there);
    let here = Shim::builder()
        .source("here", relay())
        .source("there", remote(&server))
        .deadline(LONG)
        .build()
        .expect("builds");
    first_class_native::host_with(&here);
    let instance = RelayInstance::load("here").expect("loads");
    // To the other shim, and on from there to one that it does not know.
    let passed = instance.pass(&path(&["there", "relay", "relay"]), 0);
    assert_eq!(passed, Ok(Ok(path(&["there", "relay", "relay"]))));
    let lost = instance.pass(&path(&["there", "here"]), 0);
    let lost = lost.expect("is alive").expect_err("is not there");
    assert!(lost.contains("there is no source `here`"), "{lost}");
}

/// Neither shim sees a circle through both. It ends all the same.
#[test]
fn a_circle_through_two_shims_ends_at_a_deadline() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sockets = ["first", "second"].map(|name| directory.path().join(name));
    let shims = sockets.each_ref().map(|other| {
        let other = Source::backend(Wrpc::unix(other));
        let builder = Shim::builder().source("relay", relay().named());
        let builder = builder.source("other", other);
        builder.deadline(CIRCLE).build()
    });
    // Each knows the socket of the other.
    let [second, first] = shims.map(|shim| shim.expect("builds"));
    let _servers = [(&first, &sockets[0]), (&second, &sockets[1])].map(|(shim, socket)| {
        let serving = Serving::of(shim).source("relay", relay::WORLD);
        serving.unix(socket).expect("listens")
    });

    first_class_native::host_with(&first);
    let instance = RelayInstance::load("relay").expect("loads");
    let started = Instant::now();
    let ended = instance.pass(&path(&["other", "other"]), 0);
    match ended {
        Err(CallError::Deadline(_)) => {}
        // If that of a call within it was over before.
        Ok(Err(reason)) => assert!(reason.starts_with("call: "), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert!(started.elapsed() > CIRCLE / 2, "{:?}", started.elapsed());
    // Nobody waits any more.
    let serves = |shim: &Shim| {
        first_class_native::host_with(shim);
        let instance = RelayInstance::load("relay").expect("loads");
        matches!(instance.pass(&[], 0), Ok(Ok(passed)) if passed.is_empty())
    };
    for shim in [&first, &second] {
        let started = Instant::now();
        while !serves(shim) {
            assert!(started.elapsed() < LONG, "it does not go on");
        }
    }
}
