//! Every type of value, both ways, with another implementation at the other end: random values go over a
//! socket, and are what they were.

use crate::everything::{CODEC, Echo, everything, number};
use crate::ours::peer::WORLD;
use crate::peers::{Peer, RUNTIME};
use crate::theirs::client::test::values::packed::echo_two;
use crate::{LONG, host};
use first_class_abi::value::Value;
use first_class_host::backends::wrpc::Wrpc;
use first_class_host::serving::wrpc::Serving;
use first_class_host::{Shim, Source};
use proptest::collection::vec;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::path::PathBuf;
use tempfile::TempDir;
use wrpc_transport::Invoke;

fn socket() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("values");
    (folder, path)
}

/// Random values go to a server that gives them back.
fn go_and_come_back(server: Wrpc) {
    let shim = host(server);
    let caller = RefCell::new(shim.caller());
    let instance = caller.borrow_mut().load("peer", WORLD).expect("loads");
    let function = number("echo-two");
    let both = (everything(), vec(everything(), 0..3));
    let result = TestRunner::new(Config::with_cases(100)).run(&both, |(first, others)| {
        let others = others.into_iter().map(|(_, value)| value).collect();
        let arguments = [first.1, Value::List(others)];
        let buffer = CODEC.encode_arguments(function, &arguments).expect("fits");
        let result = caller.borrow_mut().invoke(instance, function, &buffer);
        let result = CODEC.decode_result(function, &result.expect("is served"));
        // A NaN is unequal to itself.
        let sent = Some(Value::Tuple(arguments.into()));
        assert_eq!(
            format!("{:?}", result.expect("is sound")),
            format!("{sent:?}")
        );
        Ok(())
    });
    result.expect("all came back");
}

#[test]
fn values_go_to_a_server_that_is_not_ours() {
    let peer = Peer::tcp();
    go_and_come_back(Wrpc::tcp(&peer.address));
}

#[test]
fn values_go_to_one_at_a_unix_socket() {
    let (_folder, path) = socket();
    let _peer = Peer::unix(&path);
    go_and_come_back(Wrpc::unix(path));
}

/// Random values come from a client, to a source of ours that gives them back.
fn come_and_go_back(client: &impl Invoke<Context = ()>) {
    let both = (everything(), vec(everything(), 0..3));
    let result = TestRunner::new(Config::with_cases(100)).run(&both, |(first, others)| {
        let others: Vec<_> = others.into_iter().map(|(theirs, _)| theirs).collect();
        let sent = (first.0, others);
        let call =
            async { tokio::time::timeout(LONG, echo_two(client, (), &sent.0, &sent.1)).await };
        let came = RUNTIME
            .block_on(call)
            .expect("is in time")
            .expect("is served");
        assert_eq!(format!("{came:?}"), format!("{sent:?}"));
        Ok(())
    });
    result.expect("all came back");
}

fn serving() -> Serving {
    let shim = Shim::builder().source("echo", Source::backend(Echo));
    let shim = shim.deadline(LONG).build().expect("builds");
    Serving::of(&shim).source("echo", WORLD)
}

#[test]
fn values_come_from_a_client_that_is_not_ours() {
    let server = serving().tcp("127.0.0.1:0").expect("listens");
    let address = server.address().expect("is no socket").to_string();
    come_and_go_back(&wrpc_transport::tcp::Client::from(address));
}

#[test]
fn values_come_from_one_at_a_unix_socket() {
    let (_folder, path) = socket();
    let _server = serving().unix(&path).expect("listens");
    come_and_go_back(&wrpc_transport::unix::Client::from(path));
}
