//! Servers that are cut off from NATS: the NATS server lives in a network of its own (a namespace of
//! Linux), and the test takes the wires away.

use crate::LONG;
use crate::host;
use crate::ours::AccumulatorInstance;
use crate::shims::{serving, shim};
use first_class::CallError;
use first_class_host::backends::nats::{Nats, Servers};
use first_class_peers::nats::Server;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

const LEASE: Duration = Duration::from_secs(2);

/// A network with two wires to this one. It is gone when this is dropped.
struct Network {
    name: String,
    _alone: MutexGuard<'static, ()>,
}

/// There is one at a time, since all have the same addresses.
static ALONE: Mutex<()> = Mutex::new(());

fn ip(arguments: &str) -> bool {
    let arguments = arguments.split_whitespace();
    let mut command = Command::new("ip");
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl Network {
    /// Makes one, if that is allowed.
    fn new() -> Option<Self> {
        let id = std::process::id();
        let network = Network {
            name: format!("fcw{id}"),
            _alone: ALONE.lock().unwrap_or_else(PoisonError::into_inner),
        };
        let name = &network.name;
        let is_made = ip(&format!("netns add {name}"))
            && (0..2).all(|wire| {
                let (near, far) = (network.wire(wire), format!("fcwf{id}x{wire}"));
                ip(&format!(
                    "link add {near} type veth peer name {far} netns {name}"
                )) && ip(&format!("addr add 10.213.{wire}.1/24 dev {near}"))
                    && ip(&format!("link set {near} up"))
                    && ip(&format!("-n {name} addr add 10.213.{wire}.2/24 dev {far}"))
                    && ip(&format!("-n {name} link set {far} up"))
            });
        if !is_made {
            eprintln!("SKIPPED: no network namespaces can be made here");
        }
        is_made.then_some(network)
    }

    /// The near end of a wire.
    fn wire(&self, wire: u8) -> String {
        format!("{}x{wire}", self.name)
    }

    fn set(&self, wire: u8, state: &str) {
        assert!(ip(&format!("link set {} {state}", self.wire(wire))));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // The network would take them along, some time later.
        for wire in 0..2 {
            ip(&format!("link del {}", self.wire(wire)));
        }
        ip(&format!("netns del {}", self.name));
    }
}

#[test]
fn a_server_that_is_cut_off_loses_its_names_and_knows_it() {
    let Some(network) = Network::new() else {
        return;
    };
    let through = ["ip", "netns", "exec", &network.name].map(String::from);
    let server = Server::start_at("10.213.0.2", through.into(), "", |_| Ok(())).expect("starts");
    let Some(server) = server else { return };
    let at = |wire: u8| Servers::at([format!("nats://10.213.{wire}.2:{}", server.port())]);

    let (first, second) = (shim(), shim());
    let near = serving(&first).lease(LEASE).nats(at(0)).expect("serves");
    host(Nats::new(at(1)), Duration::from_secs(1));
    let alice = AccumulatorInstance::load("sums/alice").expect("loads");
    assert_eq!((alice.add(1), alice.add(1)), (Ok(1), Ok(2)));
    assert_eq!(near.held(), 1);
    let other = serving(&second).lease(LEASE).nats(at(1)).expect("serves");

    network.set(0, "down");
    let started = Instant::now();
    // Its instance has ended before the other can have the name.
    let mut ended = None;
    let sum = loop {
        assert!(started.elapsed() < LONG, "nobody takes it");
        if near.held() == 0 || first.snapshot().instances == 0 {
            ended.get_or_insert(started.elapsed());
        }
        match alice.add(1) {
            Ok(sum) => break sum,
            Err(CallError::Deadline(_)) => {}
            Err(CallError::Unavailable(it)) => assert!(!it.may_have_run, "{}", it.message),
            Err(CallError::Dead(it)) => assert!(it.message.contains("with its state")),
            Err(error) => panic!("{error}"),
        }
    };
    let took = started.elapsed();
    assert_eq!(sum, 1);
    assert_eq!(first.snapshot().instances, 0);
    assert!(ended.is_some(), "it lived on for {took:?}");
    assert_eq!(other.held(), 1);
    assert_eq!(alice.add(1), Ok(2));

    // When it is back, it serves again.
    network.set(0, "up");
    other.end();
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < LONG, "it does not come back");
        match alice.add(1) {
            Ok(sum) => break assert_eq!(sum, 1),
            Err(CallError::Deadline(_) | CallError::Unavailable(_) | CallError::Dead(_)) => {}
            Err(error) => panic!("{error}"),
        }
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_caller_that_is_cut_off_is_told() {
    let Some(network) = Network::new() else {
        return;
    };
    let through = ["ip", "netns", "exec", &network.name].map(String::from);
    let server = Server::start_at("10.213.0.2", through.into(), "", |_| Ok(())).expect("starts");
    let Some(server) = server else { return };
    let at = |wire: u8| Servers::at([format!("nats://10.213.{wire}.2:{}", server.port())]);
    let shim = shim();
    let _server = serving(&shim).nats(at(0)).expect("serves");
    host(Nats::new(at(1)), Duration::from_secs(1));
    let sum = AccumulatorInstance::load("sum").expect("loads");
    assert_eq!(sum.add(1), Ok(1));
    network.set(1, "down");
    for _ in 0..3 {
        let started = Instant::now();
        let error = sum.add(1).expect_err("is cut off");
        let is_told = matches!(error, CallError::Deadline(_) | CallError::Unavailable(_));
        assert!(is_told, "{error}");
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{:?}",
            started.elapsed()
        );
    }
    network.set(1, "up");
    let started = Instant::now();
    while sum.add(1) != Ok(1) {
        assert!(started.elapsed() < LONG, "it does not come back");
        sleep(Duration::from_millis(50));
    }
}
