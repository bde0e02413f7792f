//! Servers that fail: each time a typed error within the deadline, and nothing stays behind.

use crate::ours::PeerInstance;
use crate::peers::{Peer, Values};
use crate::raw::{RawPeer, Then, data, grpc_head, head, last_data, message, reset, trailers};
use crate::{LONG, described, host, host_with, host_within, server};
use first_class::CallError;
use first_class_host::backends::grpc::{Descriptors, Grpc};
use first_class_host::{Limits, Retry, Shim, Source};
use first_class_tests::{ASIDE, eventually};
use std::time::{Duration, Instant};

/// For calls that nobody answers.
const SHORT: Duration = Duration::from_secs(1);

fn load() -> PeerInstance {
    PeerInstance::load("peer").expect("loads")
}

/// Whether a call may have run, of one that was not available.
fn may_have_run<T: std::fmt::Debug>(result: Result<T, CallError>) -> bool {
    match result {
        Err(CallError::Unavailable(it)) => it.may_have_run,
        other => panic!("{other:?}"),
    }
}

/// What a call comes to whose server answers with these bytes.
fn answered(parts: &[Vec<u8>], then: Then) -> Result<i64, CallError> {
    let peer = RawPeer::answering(parts.concat(), then);
    host(server(&peer.address, "values.proto"));
    let instance = load();
    let result = instance.values().add(1, 2);
    assert_eq!(peer.calls(), 1);
    assert!(instance.is_alive());
    result
}

fn ok() -> Vec<u8> {
    trailers(&[("grpc-status", "0")])
}

#[test]
fn an_answer_by_hand_is_one() {
    let sum = [grpc_head(), data(&message(&[8, 3])), ok()];
    assert_eq!(answered(&sum, Then::Hold), Ok(3));
    // In pieces, with a field that is not known, and one that is sent twice.
    let all = message(&[8, 9, 16, 1, 8, 7]);
    let pieces = [
        grpc_head(),
        data(&all[..3]),
        data(&[]),
        data(&all[3..]),
        ok(),
    ];
    assert_eq!(answered(&pieces, Then::Close), Ok(7));
}

#[test]
fn nobody_is_there() {
    let peer = Peer::values_at(ASIDE, &Values::default());
    let address = peer.address.clone();
    peer.end();
    host(server(&address, "values.proto"));
    assert!(!may_have_run(load().values().add(1, 2)));
    host(server("nowhere.invalid:1", "values.proto"));
    assert!(!may_have_run(load().values().add(1, 2)));
}

#[test]
fn nobody_takes_the_connection() {
    // An address of no network, from which nothing comes back, if it is not refused at once.
    host_within(server("192.0.2.1:9", "values.proto"), SHORT);
    assert!(!may_have_run(load().values().add(1, 2)));
}

#[test]
fn the_connection_is_lost_in_the_call() {
    assert!(may_have_run(answered(&[], Then::Reset)));
    assert!(may_have_run(answered(&[], Then::Close)));
    // Within the answer: after its head, within the head of a message, within a message, before the
    // status.
    let whole = message(&[8, 3]);
    for sent in [&[][..], &whole[..3], &whole[..6], &whole] {
        for then in [Then::Close, Then::Reset] {
            assert!(may_have_run(answered(&[grpc_head(), data(sent)], then)));
        }
    }
}

#[test]
fn the_call_is_reset() {
    let refused = answered(&[reset(7)], Then::Hold);
    assert!(!may_have_run(refused), "the server did not look at it");
    // NO_ERROR, INTERNAL_ERROR, CANCEL, ENHANCE_YOUR_CALM
    for reason in [0, 2, 8, 11] {
        assert!(
            may_have_run(answered(&[reset(reason)], Then::Hold)),
            "{reason}"
        );
        let within = [grpc_head(), data(&[0, 0]), reset(reason)];
        assert!(may_have_run(answered(&within, Then::Hold)), "{reason}");
    }
}

#[test]
fn an_answer_without_a_status_is_a_call_that_was_lost() {
    let whole = message(&[8, 3]);
    assert!(may_have_run(answered(
        &[grpc_head(), last_data(&whole)],
        Then::Hold
    )));
}

#[test]
fn what_comes_is_no_answer() {
    let cases: [(&str, Vec<Vec<u8>>); 11] = [
        ("no message", vec![grpc_head(), ok()]),
        (
            "several messages",
            vec![grpc_head(), data(&message(&[])), data(&message(&[])), ok()],
        ),
        (
            "half a message",
            vec![grpc_head(), data(&message(&[8, 3])[..6]), ok()],
        ),
        (
            "a field of another type",
            vec![grpc_head(), data(&message(&[10, 1, 1])), ok()],
        ),
        (
            "half a field",
            vec![grpc_head(), data(&message(&[8])), ok()],
        ),
        (
            "is compressed",
            vec![grpc_head(), data(&[1, 0, 0, 0, 0]), ok()],
        ),
        (
            "no status",
            vec![grpc_head(), data(&message(&[])), trailers(&[("x", "y")])],
        ),
        (
            "HTTP status 404",
            vec![head("404", &[]), last_data(b"not here")],
        ),
        (
            "HTTP status 400",
            vec![head("400", &[("content-type", "application/grpc")])],
        ),
        (
            "text/html",
            vec![
                head("200", &[("content-type", "text/html")]),
                last_data(b"<p>"),
            ],
        ),
        ("nothing", vec![head("200", &[]), last_data(b"")]),
    ];
    for (name, answer) in cases {
        let error = answered(&answer, Then::Hold).expect_err(name);
        assert!(matches!(error, CallError::Remote(_)), "{name}: {error}");
    }
    let proxy = answered(&[head("503", &[])], Then::Hold);
    assert!(may_have_run(proxy));
}

#[test]
fn a_status_counts_wherever_it_stands() {
    let failed = |parts: &[Vec<u8>]| match answered(parts, Then::Hold) {
        Err(CallError::Remote(it)) => it.message,
        other => panic!("{other:?}"),
    };
    let status = [("grpc-status", "5"), ("grpc-message", "not%20here")];
    let first = [
        (":status", "200"),
        ("content-type", "application/grpc"),
        status[0],
        status[1],
    ];
    assert_eq!(failed(&[trailers(&first)]), "NOT_FOUND: not here");
    assert_eq!(
        failed(&[grpc_head(), trailers(&status)]),
        "NOT_FOUND: not here"
    );
    let late = [grpc_head(), data(&message(&[8, 3])), trailers(&status)];
    assert_eq!(failed(&late), "NOT_FOUND: not here");
    let strange = [grpc_head(), trailers(&[("grpc-status", "many")])];
    assert_eq!(failed(&strange), "UNKNOWN");
}

#[test]
fn what_answers_is_no_server_of_http_2() {
    for (bytes, then) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"[..],
            Then::Close,
        ),
        (&[0xff; 100], Then::Hold),
        (&[0; 9], Then::Close),
        (b"", Then::Close),
        (b"", Then::Reset),
    ] {
        let peer = RawPeer::saying(bytes, then);
        host(server(&peer.address, "values.proto"));
        let error = load().values().add(1, 2).expect_err("is no server");
        assert!(matches!(error, CallError::Unavailable(_)), "{error}");
    }
}

#[test]
fn a_server_that_never_answers_is_given_up_and_asked_on_another_connection() {
    let peer = RawPeer::answering(Vec::new(), Then::Hold);
    host_within(server(&peer.address, "values.proto"), SHORT);
    let instance = load();
    let started = Instant::now();
    let mut late = 0;
    // Each of them a connection of its own: the network may have lost one without a word.
    while late < 3 {
        assert!(started.elapsed() < LONG, "it is not asked");
        match instance.values().add(1, 2).expect_err("is late") {
            CallError::Deadline(_) => late += 1,
            // The machine is busy, and there was no connection.
            CallError::Unavailable(it) if !it.may_have_run => {}
            error => panic!("{error}"),
        }
    }
    eventually(|| peer.connections() >= late && peer.calls() >= late);
    assert!(instance.is_alive());

    // Nor does it greet.
    let peer = RawPeer::saying(b"", Then::Hold);
    host_within(server(&peer.address, "values.proto"), SHORT);
    let error = load().values().add(1, 2).expect_err("is late");
    assert!(matches!(error, CallError::Deadline(_)), "{error}");

    // It begins, and does not end.
    let begun = [grpc_head(), data(&message(&[8, 3]))].concat();
    let peer = RawPeer::answering(begun, Then::Hold);
    host_within(server(&peer.address, "values.proto"), SHORT);
    let error = load().values().add(1, 2).expect_err("is late");
    assert!(matches!(error, CallError::Deadline(_)), "{error}");
}

#[test]
fn a_deadline_ends_the_call_at_the_server() {
    let values = Values::default();
    let peer = Peer::values(&values);
    host_within(
        server(&peer.address, "values.proto"),
        Duration::from_secs(3),
    );
    let instance = load();
    let call = instance.start().values().wait().expect("starts");
    eventually(|| values.waiting() == 1);
    let error = call.wait().expect_err("is late");
    assert!(matches!(error, CallError::Deadline(_)), "{error}");
    eventually(|| values.waiting() == 0);
    assert_eq!(instance.values().add(1, 2), Ok(3));
}

#[test]
fn a_server_that_comes_again_is_found_again() {
    let values = Values::default();
    let peer = Peer::values_at(ASIDE, &values);
    let address = peer.address.clone();
    host(server(&address, "values.proto"));
    let instance = load();
    assert_eq!(instance.values().add(1, 2), Ok(3));
    peer.end();
    assert!(!may_have_run(instance.values().add(1, 2)));
    let peer = Peer::values_at(&address, &values);
    assert_eq!(instance.values().add(3, 4), Ok(7));
    peer.end();

    // A call that is made meanwhile is made again until it is there.
    let retry = Retry::default().attempts(u32::MAX);
    let retry = retry.pause(Duration::from_millis(1), Duration::from_millis(10));
    let source = Source::backend(server(&address, "values.proto")).retry(retry);
    let shim = Shim::builder()
        .source("peer", source)
        .deadline(LONG)
        .build();
    first_class_native::host_with(&shim.expect("builds"));
    let instance = load();
    let call = instance.start().values().add(5, 6).expect("starts");
    let _peer = Peer::values_at(&address, &values);
    assert_eq!(call.wait(), Ok(11));
}

#[test]
fn a_backend_serves_shims_one_after_the_other() {
    let peer = Peer::values(&Values::default());
    let grpc = server(&peer.address, "values.proto");
    for _ in 0..2 {
        let shim = host(grpc.clone());
        assert_eq!(load().values().add(1, 2), Ok(3));
        first_class_native::host_with(&Shim::builder().build().expect("builds"));
        drop(shim);
    }
}

#[test]
fn results_are_no_larger_than_they_may_be() {
    let peer = Peer::values(&Values::default());
    let limits = Limits::default().deadline(LONG).result_bytes(1000);
    host_with(server(&peer.address, "values.proto"), limits.clone());
    let instance = load();
    let view = instance.values();
    assert_eq!(view.fill(900), Ok(vec![7; 900]));
    for result in [
        view.fill(1001).map(drop),
        view.fill(200_000).map(drop),
        view.count(0, 300).map(drop),
    ] {
        let error = result.expect_err("is larger");
        assert!(matches!(error, CallError::Limit(_)), "{error}");
    }
    assert_eq!(view.count(0, 200).map(|all| all.len()), Ok(200));

    // One that is announced, and never comes.
    let announced = [grpc_head(), data(&[0, 0xff, 0xff, 0xff, 0xff, 1])].concat();
    let peer = RawPeer::answering(announced, Then::Hold);
    host_with(server(&peer.address, "values.proto"), limits);
    let error = load().values().fill(1).expect_err("is larger");
    assert!(matches!(error, CallError::Limit(_)), "{error}");
}

#[test]
fn messages_that_lie_in_each_other_without_end_are_refused() {
    // A field that nobody knows, a group, thousands of times.
    let nested = [0xfb, 0x07].repeat(20_000);
    let answer = [
        grpc_head(),
        data(&message(&nested)[..16_000]),
        data(&message(&nested)[16_000..32_000]),
        data(&message(&nested)[32_000..]),
        ok(),
    ];
    let error = answered(&answer, Then::Hold).expect_err("is nested");
    assert!(matches!(error, CallError::Remote(_)), "{error}");
}

#[test]
fn a_server_of_something_else_has_none_of_it() {
    let peer = Peer::values(&Values::default());
    let grpc = Grpc::new(
        &format!("http://{}", peer.address),
        described("health.proto"),
    );
    host(grpc.expect("is an endpoint"));
    let instance = crate::python::CheckedInstance::load("peer").expect("loads");
    let error = instance.health().check("").expect_err("is not there");
    assert!(matches!(error, CallError::Unsupported(_)), "{error}");
}

#[test]
fn what_a_server_tells_of_itself_is_checked() {
    let answers: [Vec<u8>; 4] = [
        // No answer, another one, a service without a file, garbage.
        Vec::new(),
        data(&message(&[0x22, 0])),
        data(&message(&[0x3a, 2, 8, 5])),
        data(&message(&[0xff, 0xff])),
    ];
    for answer in answers {
        let answer = [grpc_head(), answer, ok()].concat();
        let peer = RawPeer::answering(answer, Then::Hold);
        let grpc = Grpc::new(
            &format!("http://{}", peer.address),
            Descriptors::reflection(),
        );
        host(grpc.expect("is an endpoint"));
        let error = PeerInstance::load("peer")
            .map(drop)
            .expect_err("is nonsense");
        assert!(
            matches!(error, first_class::LoadError::Instantiate { .. }),
            "{error:?}"
        );
    }
    let peer = RawPeer::answering(Vec::new(), Then::Hold);
    let grpc = Grpc::new(
        &format!("http://{}", peer.address),
        Descriptors::reflection(),
    );
    host_within(grpc.expect("is an endpoint"), 2 * SHORT);
    let error = PeerInstance::load("peer").map(drop).expect_err("is late");
    assert!(
        matches!(error, first_class::LoadError::Limit { .. }),
        "{error:?}"
    );
}
