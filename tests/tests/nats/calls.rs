//! Calls of a service that is not ours: what it hears, and what comes of what it says.

use crate::ours::PeerInstance;
use crate::peers::{Peer, header};
use crate::{LONG, host, nats, server};
use async_nats::HeaderMap;
use expect_test::expect;
use first_class::CallError;
use first_class_host::{Limits, Shim, Source};
use std::sync::mpsc::channel;

fn load() -> PeerInstance {
    PeerInstance::load("peer").expect("loads")
}

#[test]
fn the_service_hears_what_is_specified() {
    let Some(server) = server() else { return };
    let (told, heard) = channel();
    let _peer = Peer::answering(&server, "first-class.call.cart.al=20ice", move |message| {
        let names = ["Function", "Signature", "Instance"];
        let headers = names.map(|name| {
            let value = header(message, &format!("First-Class-{name}"));
            format!("{name}: {}", value.unwrap_or("none"))
        });
        let time = header(message, "First-Class-Time").expect("has a deadline");
        let time: u64 = time.parse().expect("is a number");
        assert!((30_000..=60_000).contains(&time), "{time}");
        let shown = format!("{}\n{:?}", headers.join("\n"), message.payload);
        told.send(shown).expect("is heard");
        let mut headers = HeaderMap::new();
        headers.insert("First-Class-Instance", "seven");
        Some((headers, vec![3]))
    });
    host(nats(&server), LONG);
    let instance = PeerInstance::load("cart/al ice").expect("loads");
    assert_eq!(instance.add(1, 300), Ok(3));
    let heard_next = || heard.recv_timeout(LONG).expect("was asked");
    expect![[r#"
        Function: add
        Signature: 551e86a293834479
        Instance: none
        b"\x01\xac\x02""#]]
    .assert_eq(&heard_next());
    // It remembers who has answered.
    assert_eq!(instance.scalars().echo_u8(9), Ok(3));
    expect![[r#"
        Function: test:values/scalars@0.1.0#echo-u8
        Signature: 5e54fd3268f69c33
        Instance: seven
        b"\t""#]]
    .assert_eq(&heard_next());
}

#[test]
fn calls_that_are_started_go_there_at_the_same_time() {
    let Some(server) = server() else { return };
    let _peer = Peer::answering(&server, "first-class.call.peer", |message| {
        // Both numbers are small, and the sum is too.
        let sum = message.payload.iter().sum();
        Some((HeaderMap::new(), vec![sum]))
    });
    host(nats(&server), LONG);
    let instance = load();
    let calls: Vec<_> = (0..100)
        .map(|number| instance.start().add(number, 1).expect("starts"))
        .collect();
    let sums: Result<Vec<_>, _> = first_class::join(calls).into_iter().collect();
    assert_eq!(sums, Ok((1..=100).collect()));
}

#[test]
fn what_comes_is_no_result() {
    let Some(server) = server() else { return };
    host(nats(&server), LONG);
    for garbage in [
        &[0xff; 64][..],
        b"",
        // The beginning of a number, and one that does not fit.
        &[0x80],
        &[0xff, 0xff, 0xff, 0xff, 0x7f],
        // More than the function gives.
        &[7, 7],
        b"{\"sum\": 3}",
    ] {
        let _peer = Peer::saying(&server, garbage.to_vec());
        let error = load().add(1, 2).expect_err("is garbage");
        assert!(
            matches!(error, CallError::Remote(_)),
            "{garbage:?}: {error}"
        );
    }
    let _peer = Peer::saying(&server, vec![7]);
    let error = load().nothing().expect_err("something came");
    assert!(matches!(error, CallError::Remote(_)), "{error}");
}

#[test]
fn errors_of_services_are_told() {
    let Some(server) = server() else { return };
    host(nats(&server), LONG);
    let saying = |lines: &[(&str, &str)]| {
        let mut headers = HeaderMap::new();
        lines
            .iter()
            .for_each(|(name, value)| headers.append(*name, *value));
        let _peer = Peer::answering(&server, "first-class.call.peer", move |_| {
            Some((headers.clone(), Vec::new()))
        });
        load().add(1, 2).expect_err("is an error")
    };
    let service = |code: &str, more: &[(&str, &str)]| {
        let common = [
            ("Nats-Service-Error", "broken"),
            ("Nats-Service-Error-Code", code),
        ];
        saying(&[&common, more].concat())
    };
    let error = service("500", &[]);
    assert!(
        matches!(&error, CallError::Remote(it) if it.message == "broken"),
        "{error}"
    );
    let error = saying(&[("Nats-Service-Error", "broken")]);
    assert!(matches!(error, CallError::Remote(_)), "{error}");
    let error = service(
        "30",
        &[
            ("First-Class-Detail", "inner"),
            ("First-Class-Detail", "outer"),
        ],
    );
    assert!(
        matches!(&error, CallError::Trap(it) if it.message == "broken" && it.backtrace == ["inner", "outer"]),
        "{error:?}"
    );
    let error = service("31", &[("First-Class-Limit", "time to start; 30")]);
    assert!(matches!(error, CallError::Deadline(_)), "{error}");
    let error = service("32", &[]);
    assert!(matches!(error, CallError::Dead(_)), "{error}");
    let error = service("34", &[("First-Class-Limit", "memory; 10; 20")]);
    assert!(
        matches!(&error, CallError::Exhausted(it) if it.limit == 10),
        "{error:?}"
    );
    // A limit that nobody knows.
    let error = service("34", &[("First-Class-Limit", "patience; 10")]);
    assert!(matches!(error, CallError::Remote(_)), "{error}");
    for (code, may_have_run) in [("36", false), ("37", true)] {
        let error = service(code, &[]);
        assert!(
            matches!(&error, CallError::Unavailable(it) if it.may_have_run == may_have_run),
            "{error:?}"
        );
    }
}

#[test]
fn results_are_no_larger_than_they_may_be() {
    let Some(server) = server() else { return };
    let bytes = |count: usize| {
        let mut packed = vec![(count % 128) as u8 | 0x80, (count / 128) as u8];
        packed.extend(vec![7; count]);
        packed
    };
    let limits = Limits::default().deadline(LONG).result_bytes(1000);
    let source = Source::backend(nats(&server)).limits(limits);
    let shim = Shim::builder().source("peer", source).build();
    first_class_native::host_with(&shim.expect("builds"));
    {
        let _peer = Peer::saying(&server, bytes(900));
        assert_eq!(load().compounds().echo_bytes(&[7]), Ok(vec![7; 900]));
    }
    let _peer = Peer::saying(&server, bytes(1001));
    let error = load().compounds().echo_bytes(&[7]).expect_err("is larger");
    assert!(matches!(error, CallError::Limit(_)), "{error}");
}

#[test]
fn requests_are_no_larger_than_the_server_takes() {
    let Some(server) = first_class_peers::nats::Server::start("max_payload: 1000").expect("starts")
    else {
        return;
    };
    let _peer = Peer::saying(&server, vec![1, 7]);
    host(nats(&server), LONG);
    let instance = load();
    assert_eq!(instance.compounds().echo_bytes(&[7; 700]), Ok(vec![7]));
    let error = instance
        .compounds()
        .echo_bytes(&[7; 1001])
        .expect_err("is larger");
    assert!(
        matches!(&error, CallError::Limit(it) if it.limit == 1000 && it.message.contains("max_payload")),
        "{error:?}"
    );
    assert_eq!(instance.compounds().echo_bytes(&[7; 700]), Ok(vec![7]));
}

#[test]
fn a_call_that_is_cancelled_leaves_nothing_behind() {
    let Some(server) = server() else { return };
    let (told, heard) = channel();
    let _peer = Peer::answering(&server, "first-class.call.peer", move |message| {
        let is_answered = message.payload[..] == [3, 4];
        told.send(()).expect("is heard");
        is_answered.then(|| (HeaderMap::new(), vec![7]))
    });
    host(nats(&server), LONG);
    let instance = load();
    let call = instance.start().add(1, 2).expect("starts");
    heard.recv_timeout(LONG).expect("was asked");
    call.cancel();
    assert!(instance.is_alive());
    assert_eq!(instance.add(3, 4), Ok(7));
}
