//! NATS servers and services that fail: each time a typed error within the deadline, and nothing
//! stays behind.

use crate::ours::PeerInstance;
use crate::peers::{Peer, header};
use crate::{LONG, host, nats, server, source};
use async_nats::{HeaderMap, Message};
use first_class::CallError;
use first_class_host::Shim;
use first_class_host::backends::nats::{Nats, Servers};
use first_class_peers::free_port;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_millis(1000);

/// How much later than at its deadline a call may be seen to have ended, on a busy machine.
const LATE: Duration = Duration::from_secs(15);

fn load() -> PeerInstance {
    PeerInstance::load("peer").expect("loads")
}

/// Whether a call may have run, of one that was not available, and said so in time.
fn may_have_run(call: impl FnOnce() -> Result<u32, CallError>) -> bool {
    let started = Instant::now();
    let result = call();
    let took = started.elapsed();
    assert!(took < DEADLINE + LATE, "{took:?}");
    match result {
        Err(CallError::Unavailable(it)) => it.may_have_run,
        other => panic!("{other:?}"),
    }
}

/// Two instances on one connection: one has time, and the other has not. The first makes what is not to
/// count against the deadline of the second: the connection, and what is known of it.
fn patient_and_hasty(nats: Nats) -> (PeerInstance, PeerInstance) {
    let shim = Shim::builder()
        .source("patient", source(nats.clone().named("peer"), LONG))
        .source("hasty", source(nats.named("peer"), DEADLINE));
    first_class_native::host_with(&shim.build().expect("builds"));
    let load = |name| PeerInstance::load(name).expect("loads");
    (load("patient"), load("hasty"))
}

/// Calls until the client knows that its server is gone: a call that is made before may have gone out.
fn until_it_is_known(instance: &PeerInstance) {
    let started = Instant::now();
    loop {
        match instance.add(1, 2) {
            Err(CallError::Unavailable(it)) if !it.may_have_run => break,
            Err(CallError::Unavailable(_) | CallError::Deadline(_)) => {}
            other => panic!("{other:?}"),
        }
        assert!(started.elapsed() < LONG, "it is never known");
    }
}

#[test]
fn no_server_is_there() {
    let port = free_port().expect("there is one");
    for address in [
        format!("nats://127.0.0.1:{port}"),
        "no address".into(),
        "nats://[::".into(),
    ] {
        host(Nats::new(Servers::at([address])), DEADLINE);
        let instance = load();
        assert!(!may_have_run(|| instance.add(1, 2)));
        assert!(!may_have_run(|| instance.add(1, 2)));
        assert!(instance.is_alive());
    }
    host(Nats::new(Servers::at(Vec::<String>::new())), DEADLINE);
    assert!(!may_have_run(|| load().add(1, 2)));
}

#[test]
fn the_server_speaks_something_else() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("is free");
    let port = listener.local_addr().expect("has one").port();
    let greeting = std::thread::spawn(move || {
        // A greeting that is none; and silence.
        for said in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b""] {
            let (mut stream, _) = listener.accept().expect("is called");
            std::io::Write::write_all(&mut stream, said).expect("is open");
            std::thread::sleep(2 * DEADLINE);
        }
    });
    for _ in 0..2 {
        host(
            Nats::new(Servers::at([format!("127.0.0.1:{port}")])),
            DEADLINE,
        );
        assert!(!may_have_run(|| load().add(1, 2)));
    }
    greeting.join().expect("was called twice");
}

#[test]
fn nobody_serves_the_name() {
    let Some(server) = server() else { return };
    host(nats(&server), LONG);
    let started = Instant::now();
    match load().add(1, 2) {
        Err(CallError::Unavailable(it)) => {
            assert!(!it.may_have_run);
            assert!(it.message.contains("nobody serves it"), "{}", it.message);
        }
        other => panic!("{other:?}"),
    }
    assert!(started.elapsed() < LONG / 2, "{:?}", started.elapsed());
}

#[test]
fn the_service_never_answers() {
    let Some(server) = server() else { return };
    let is_nothing = |message: &Message| header(message, "First-Class-Function") == Some("nothing");
    let _peer = Peer::answering(&server, "first-class.call.peer", move |message| {
        is_nothing(message).then(|| (HeaderMap::new(), Vec::new()))
    });
    let (patient, hasty) = patient_and_hasty(nats(&server));
    assert_eq!(patient.nothing(), Ok(()));
    for _ in 0..3 {
        let started = Instant::now();
        let error = hasty.add(1, 2).expect_err("is late");
        assert!(matches!(error, CallError::Deadline(_)), "{error}");
        let took = started.elapsed();
        assert!(took < DEADLINE + LATE, "{took:?}");
    }
    assert!(hasty.is_alive());
}

#[test]
fn the_server_is_restarted_between_calls() {
    let Some(mut server) = server() else { return };
    let peer = |server: &_| Peer::saying(server, vec![3]);
    let _peer = peer(&server);
    let (patient, hasty) = patient_and_hasty(nats(&server));
    assert_eq!(patient.add(1, 2), Ok(3));
    server.kill();
    until_it_is_known(&hasty);
    assert!(!may_have_run(|| hasty.add(1, 2)));
    server.resume().expect("starts");
    let started = Instant::now();
    loop {
        match hasty.add(1, 2) {
            Ok(sum) => break assert_eq!(sum, 3),
            Err(CallError::Unavailable(it)) => assert!(!it.may_have_run, "{}", it.message),
            // It was sent, and the machine is busy.
            Err(CallError::Deadline(_)) => {}
            Err(error) => panic!("{error}"),
        }
        assert!(started.elapsed() < LONG, "it is not found again");
    }
    // A call that is made meanwhile waits for it.
    server.kill();
    until_it_is_known(&hasty);
    let mut call = patient.start().add(1, 2).expect("starts");
    let early = call.wait_for(Duration::from_millis(200));
    assert!(early.is_none(), "{early:?}");
    server.resume().expect("starts");
    let _peer = peer(&server);
    let result = call.wait();
    // The peers connect again as well, and it may be there before them.
    let is_early = matches!(&result, Err(CallError::Unavailable(it)) if !it.may_have_run);
    assert!(result == Ok(3) || is_early, "{result:?}");
}

#[test]
fn the_server_is_lost_in_a_call() {
    let Some(mut server) = server() else { return };
    let (told, heard) = channel();
    let _peer = Peer::answering(&server, "first-class.call.peer", move |_| {
        told.send(()).expect("is heard");
        None
    });
    host(nats(&server), LONG);
    let instance = load();
    let calls = [1, 2, 3].map(|number| instance.start().add(number, 1).expect("starts"));
    calls
        .iter()
        .for_each(|_| heard.recv_timeout(LONG).expect("was asked"));
    let started = Instant::now();
    server.kill();
    for call in calls {
        let error = call.wait().expect_err("is lost");
        assert!(
            matches!(&error, CallError::Unavailable(it) if it.may_have_run),
            "{error}"
        );
    }
    // Long before they would be late.
    assert!(started.elapsed() < LONG / 2, "{:?}", started.elapsed());
    assert!(instance.is_alive());
}

#[test]
fn the_server_is_frozen_in_a_call() {
    let Some(server) = server() else { return };
    let _peer = Peer::saying(&server, vec![3]);
    let (patient, hasty) = patient_and_hasty(nats(&server));
    assert_eq!(patient.add(1, 2), Ok(3));
    server.freeze().expect("runs");
    for _ in 0..3 {
        let started = Instant::now();
        let error = hasty.add(1, 2).expect_err("is late");
        assert!(matches!(error, CallError::Deadline(_)), "{error}");
        let took = started.elapsed();
        assert!(took < DEADLINE + LATE, "{took:?}");
    }
    server.thaw().expect("runs");
    let started = Instant::now();
    while hasty.add(1, 2) != Ok(3) {
        assert!(started.elapsed() < LONG, "it does not go on");
    }
}
