//! Servers that fail: each time a typed error within the deadline, and nothing stays behind.

use crate::ours::PeerInstance;
use crate::peers::{Peer, request};
use crate::{LONG, host, host_within};
use first_class::CallError;
use first_class_host::backends::wrpc::Wrpc;
use first_class_host::{Limits, Retry, Shim, Source};
use first_class_tests::ASIDE;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn load() -> PeerInstance {
    PeerInstance::load("peer").expect("loads")
}

/// Whether a call may have run, of one that was not available.
fn may_have_run(result: Result<u32, CallError>) -> bool {
    match result {
        Err(CallError::Unavailable(it)) => it.may_have_run,
        other => panic!("{other:?}"),
    }
}

/// What a call gives whose server answers with these bytes and ends the connection in order.
fn answered(bytes: &'static [u8]) -> Result<u32, CallError> {
    let peer = Peer::doing(move |mut stream| async move {
        request(&mut stream).await;
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
    });
    host(Wrpc::tcp(&peer.address));
    load().add(1, 2)
}

#[test]
fn nobody_is_there() {
    let peer = Peer::tcp_at(ASIDE);
    let address = peer.address.clone();
    peer.end();
    host(Wrpc::tcp(address));
    assert!(!may_have_run(load().add(1, 2)));
    host(Wrpc::unix("/nonexistent/peer.sock"));
    assert!(!may_have_run(load().add(1, 2)));
    host(Wrpc::tcp("no address"));
    assert!(!may_have_run(load().add(1, 2)));
}

#[test]
fn the_connection_is_reset_in_the_call() {
    let peer = Peer::doing(|mut stream: TcpStream| async move {
        request(&mut stream).await;
        stream.set_zero_linger().expect("is open");
    });
    host(Wrpc::tcp(&peer.address));
    let instance = load();
    assert!(may_have_run(instance.add(1, 2)));
    assert!(instance.is_alive());
    let error = instance.nothing().expect_err("is reset");
    assert!(matches!(error, CallError::Unavailable(_)), "{error}");
}

#[test]
fn the_server_ends_the_connection() {
    // Without a word, within the head of a frame, within a frame, within the values.
    for beginning in [&[][..], &[0], &[0, 5, 1, 2], &[0, 1, 0x80]] {
        assert!(may_have_run(answered(beginning)), "{beginning:?}");
    }
    // A frame that is announced and never comes, as large as there can be.
    let announced = &[
        0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 7,
    ];
    assert!(may_have_run(answered(announced)));
}

#[test]
fn what_comes_is_no_result() {
    for garbage in [
        &[0xff; 64][..],
        // A value that is sent beside others, of which there are none.
        &[1, 0, 1, 7],
        // More than the function gives.
        &[0, 2, 7, 7],
        // A number that does not fit.
        &[0, 5, 0xff, 0xff, 0xff, 0xff, 0x7f],
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ] {
        let error = answered(garbage).expect_err("is garbage");
        assert!(
            matches!(error, CallError::Remote(_)),
            "{garbage:?}: {error}"
        );
    }
    // In several frames, some of them empty, it is one.
    assert_eq!(answered(&[0, 0, 0, 1, 0x87, 0, 0, 0, 1, 1]), Ok(0x87));
}

#[test]
fn a_function_without_a_result_gives_none() {
    let peer = Peer::doing(|mut stream| async move {
        request(&mut stream).await;
        let _ = stream.write_all(&[0, 1, 7]).await;
    });
    host(Wrpc::tcp(&peer.address));
    let error = load().nothing().expect_err("something came");
    assert!(matches!(error, CallError::Remote(_)), "{error}");
    let peer = Peer::doing(|mut stream| async move {
        request(&mut stream).await;
        let _ = stream.write_all(&[0, 1]).await;
    });
    host(Wrpc::tcp(&peer.address));
    let error = load().nothing().expect_err("is broken off");
    assert!(matches!(error, CallError::Unavailable(_)), "{error}");
}

#[test]
fn the_server_never_answers() {
    let (waiting, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (begins, ends) = (waiting.clone(), ended.clone());
    let peer = Peer::doing(move |mut stream: TcpStream| {
        let (begins, ends) = (begins.clone(), ends.clone());
        async move {
            request(&mut stream).await;
            begins.fetch_add(1, Ordering::SeqCst);
            // The client has sent all, so what comes next is the end of the connection.
            while stream.write_all(&[0, 0]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            ends.fetch_add(1, Ordering::SeqCst);
        }
    });
    let limit = Duration::from_millis(500);
    host_within(Wrpc::tcp(&peer.address).connections(2), limit);
    let instance = load();
    let started = Instant::now();
    // More than there may be connections: none stays behind.
    while waiting.load(Ordering::SeqCst) < 4 {
        match instance.add(1, 2).expect_err("is late") {
            CallError::Deadline(_) => {}
            // The machine is busy, and there was no connection.
            CallError::Unavailable(it) if !it.may_have_run => {}
            error => panic!("{error}"),
        }
        assert!(started.elapsed() < LONG, "it is not asked");
    }
    assert!(instance.is_alive());
    let started = Instant::now();
    while ended.load(Ordering::SeqCst) < waiting.load(Ordering::SeqCst) {
        assert!(started.elapsed() < LONG, "a connection stays");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_call_that_is_cancelled_ends_its_connection() {
    let (told, heard) = std::sync::mpsc::channel();
    let peer = Peer::doing(move |mut stream: TcpStream| {
        let told = told.clone();
        async move {
            request(&mut stream).await;
            let _ = told.send("asked");
            while stream.write_all(&[0, 0]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let _ = told.send("gone");
        }
    });
    host(Wrpc::tcp(&peer.address));
    let instance = load();
    let call = instance.start().add(1, 2).expect("starts");
    assert_eq!(heard.recv_timeout(LONG), Ok("asked"));
    call.cancel();
    assert_eq!(heard.recv_timeout(LONG), Ok("gone"));
    assert!(instance.is_alive());
}

#[test]
fn a_server_that_comes_again_is_found_again() {
    let peer = Peer::tcp_at(ASIDE);
    let address = peer.address.clone();
    host(Wrpc::tcp(&address));
    let instance = load();
    assert_eq!(instance.add(1, 2), Ok(3));
    peer.end();
    assert!(!may_have_run(instance.add(1, 2)));
    let peer = Peer::tcp_at(&address);
    assert_eq!(instance.add(3, 4), Ok(7));
    peer.end();

    // A call that is made meanwhile is made again until it is there.
    let retry = Retry::default().attempts(u32::MAX);
    let retry = retry.pause(Duration::from_millis(1), Duration::from_millis(10));
    let source = Source::backend(Wrpc::tcp(&address)).retry(retry);
    let shim = Shim::builder()
        .source("peer", source)
        .deadline(LONG)
        .build();
    first_class_native::host_with(&shim.expect("builds"));
    let instance = load();
    let call = instance.start().add(5, 6).expect("starts");
    let _peer = Peer::tcp_at(&address);
    assert_eq!(call.wait(), Ok(11));
}

mod another {
    first_class::first_class_world!({
        world: "another",
        inline: "package test:values@0.1.0;
            interface scalars { echo-nothing: func(value: u8) -> u8; }
            interface strange { echo: func(value: u8) -> u8; }
            world another {
                export scalars;
                export strange;
                export subtract: func(a: u32, b: u32) -> u32;
            }",
    });
}

#[test]
fn what_the_server_does_not_have_is_an_error() {
    let peer = Peer::tcp();
    host(Wrpc::tcp(&peer.address));
    let instance = another::AnotherInstance::load("peer").expect("loads");
    for result in [
        instance.subtract(1, 2).map(drop),
        instance.scalars().echo_nothing(1).map(drop),
        instance.strange().echo(1).map(drop),
    ] {
        let error = result.expect_err("is not there");
        assert!(matches!(error, CallError::Unavailable(_)), "{error}");
    }
    assert_eq!(load().add(1, 2), Ok(3));
}

#[test]
fn results_are_no_larger_than_they_may_be() {
    let peer = Peer::tcp();
    let limits = Limits::default().deadline(LONG).result_bytes(1000);
    let small = |address: &str| {
        let source = Source::backend(Wrpc::tcp(address)).limits(limits.clone());
        let shim = Shim::builder().source("peer", source).build();
        first_class_native::host_with(&shim.expect("builds"));
        load()
    };
    let instance = small(&peer.address);
    assert_eq!(instance.compounds().echo_bytes(&[7; 900]), Ok(vec![7; 900]));
    let error = instance.compounds().echo_bytes(&[7; 1001]);
    let error = error.expect_err("is larger");
    assert!(matches!(error, CallError::Limit(_)), "{error}");

    // One that never ends.
    let endless = Peer::doing(|mut stream: TcpStream| async move {
        request(&mut stream).await;
        let frame = [&[0, 100][..], &[0x80; 100]].concat();
        let _ = stream.write_all(&[0, 0xff, 0xff, 0xff, 0x7f]).await;
        while stream.write_all(&frame).await.is_ok() {}
    });
    let instance = small(&endless.address);
    let error = instance
        .compounds()
        .echo_bytes(&[7])
        .expect_err("is endless");
    assert!(matches!(error, CallError::Limit(_)), "{error}");
}

#[test]
fn the_server_hears_what_is_specified() {
    let (told, heard) = std::sync::mpsc::channel();
    let peer = Peer::doing(move |mut stream: TcpStream| {
        let told = told.clone();
        async move {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes).await;
            let _ = told.send(bytes);
            let _ = stream.write_all(&[0, 1, 3]).await;
        }
    });
    host(Wrpc::tcp(&peer.address));
    let instance = load();
    assert_eq!(instance.add(1, 300), Ok(3));
    let request = heard.recv_timeout(LONG).expect("was asked");
    assert_eq!(request, b"\0\0\x03add\0\x03\x01\xac\x02");
    assert_eq!(instance.scalars().echo_u8(9), Ok(3));
    let request = heard.recv_timeout(LONG).expect("was asked");
    let interface = b"\0\x19test:values/scalars@0.1.0";
    assert_eq!(request, [interface, &b"\x07echo-u8\0\x01\x09"[..]].concat());
}
