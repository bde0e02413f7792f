//! Servers that are cut off from NATS: the NATS server lives in a network of its own (a namespace of
//! Linux), and the test takes the wires away.

use crate::LONG;
use crate::host;
use crate::ours::AccumulatorInstance;
use crate::shims::{serving, shim};
use first_class::CallError;
use first_class_host::Shim;
use first_class_host::backends::nats::{Nats, Servers};
use first_class_peers::nats::Server;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

/// So long that no server of a busy machine is paused for what of it is not counted on.
const LEASE: Duration = Duration::from_secs(6);

const DEADLINE: Duration = Duration::from_secs(1);

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
    ///
    /// # Panics
    /// When it is not and the environment has `CI`, where no test may be skipped.
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
            first_class_peers::skip(
                "no network namespaces can be made here; run it as root, or with CAP_NET_ADMIN",
            );
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

/// Looks until a shim has no instance any more, and gives the time of that.
fn end_of_instances(shim: &Shim) -> JoinHandle<Instant> {
    let (shim, started) = (shim.clone(), Instant::now());
    thread::spawn(move || {
        while shim.snapshot().instances > 0 {
            assert!(started.elapsed() < LONG, "it lives on");
            sleep(Duration::from_millis(5));
        }
        Instant::now()
    })
}

/// Calls until that is executed, and gives what came of it. It may not come to that, if only in these ways.
fn add_until(sum: &AccumulatorInstance) -> i64 {
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < LONG, "it does not come back");
        match sum.add(1) {
            Ok(sum) => return sum,
            Err(CallError::Deadline(_) | CallError::Unavailable(_)) => {}
            Err(CallError::Dead(it)) => assert!(it.message.contains("with its state")),
            Err(error) => panic!("{error}"),
        }
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
    host(Nats::new(at(1)), DEADLINE);
    let alice = AccumulatorInstance::load("sums/alice").expect("loads");
    // More than another instance begins with.
    while add_until(&alice) < 10 {}
    assert_eq!(near.held(), 1);
    let other = serving(&second).lease(LEASE).nats(at(1)).expect("serves");

    network.set(0, "down");
    // Its instance has ended before the other can have the name.
    let ended = end_of_instances(&first);
    let sum = add_until(&alice);
    let (came, ended) = (Instant::now(), ended.join().expect("ends"));
    assert!(ended < came, "it lived on for {:?}", ended - came);
    assert!(sum < 10, "{sum}");
    assert_eq!(other.held(), 1);
    assert!(add_until(&alice) > sum);

    // When it is back, it serves again.
    network.set(0, "up");
    other.end();
    add_until(&alice);
    let instances = [first, second].map(|shim| shim.snapshot().instances);
    assert_eq!(instances, [1, 0]);
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
    host(Nats::new(at(1)), DEADLINE);
    let sum = AccumulatorInstance::load("sum").expect("loads");
    assert_eq!(add_until(&sum), 1);
    network.set(1, "down");
    for _ in 0..3 {
        let started = Instant::now();
        let error = sum.add(1).expect_err("is cut off");
        let is_told = matches!(error, CallError::Deadline(_) | CallError::Unavailable(_));
        assert!(is_told, "{error}");
        let took = started.elapsed();
        assert!(took < DEADLINE + LONG / 4, "{took:?}");
    }
    network.set(1, "up");
    assert_eq!(add_until(&sum), 1);
}
