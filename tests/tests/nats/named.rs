//! Named instances, which live on one server at a time.

use crate::ours::{AccumulatorInstance, SleeperInstance};
use crate::peers::{Peer, RUNTIME, client, header};
use crate::shims::{Process, serving, shim};
use crate::{LONG, host, nats, remote, server, servers};
use async_nats::jetstream::kv::Operation;
use first_class::CallError;
use first_class_host::serving::nats::{Server, Serving};
use first_class_host::{Shim, Source};
use first_class_tests::{eventually, guest};
use std::sync::mpsc::channel;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// So long that no server of a busy machine is paused for what of it is not counted on.
const LEASE: Duration = Duration::from_secs(6);

/// For calls that nobody may answer.
const DEADLINE: Duration = Duration::from_secs(3);

fn load(name: &str) -> AccumulatorInstance {
    AccumulatorInstance::load(name).expect("loads")
}

fn is_lost_state(error: &CallError) -> bool {
    matches!(error, CallError::Dead(it) if it.message.contains("with its state"))
}

/// What came of calls, the last of which was executed.
#[derive(Debug)]
struct Came {
    sum: i64,
    /// How often the state was lost.
    lost: u32,
    /// How many others may have been executed.
    late: i64,
}

impl Came {
    /// Whether the sum is that of one more call of 1 than made this sum.
    fn is_next_of(&self, sum: i64) -> bool {
        (sum + 1..=sum + 1 + self.late).contains(&self.sum)
    }
}

/// Calls until that is executed, and tells what came of it.
fn add_until(sum: &AccumulatorInstance) -> Came {
    let started = Instant::now();
    let (mut lost, mut late) = (0, 0);
    loop {
        assert!(started.elapsed() < LONG, "it does not come back");
        match sum.add(1) {
            Ok(sum) => return Came { sum, lost, late },
            Err(CallError::Unavailable(it)) => late += i64::from(it.may_have_run),
            // Until NATS has missed it, a subscriber that is gone is asked like any other.
            Err(CallError::Deadline(_)) => late += 1,
            Err(error) if is_lost_state(&error) => lost += 1,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Waits until a server holds so many names.
fn until_held(server: &Server, count: usize) {
    eventually(|| server.held() == count);
}

#[test]
fn a_name_is_one_instance_for_all() {
    let Some(server) = server() else { return };
    let shims = [shim(), shim(), shim()];
    let running = shims
        .each_ref()
        .map(|shim| serving(shim).nats(servers(&server)).expect("serves"));
    host(nats(&server), LONG);
    let (one, other) = (load("sums/alice"), load("sums/alice"));
    assert_eq!(one.add(1), Ok(1));
    assert_eq!(other.add(2), Ok(3));
    let bob = load("sums/bob");
    assert_eq!(bob.add(5), Ok(5));
    // And for other clients.
    host(nats(&server), LONG);
    assert_eq!(load("sums/alice").add(3), Ok(6));
    assert_eq!(running.iter().map(|it| it.held()).sum::<usize>(), 2);
    // Calls take turns, and all of them are made.
    let alice = load("sums/alice");
    let calls: Vec<_> = (0..50)
        .map(|_| alice.start().add(1).expect("starts"))
        .collect();
    let sums = first_class::join(calls).into_iter();
    let mut sums: Vec<i64> = sums.collect::<Result<_, _>>().expect("are served");
    sums.sort();
    assert_eq!(sums, (7..57).collect::<Vec<_>>());
    let error = AccumulatorInstance::load("sums/a/b").expect("loads").add(1);
    assert!(matches!(error, Err(CallError::Unavailable(_))), "{error:?}");
}

#[test]
fn who_called_an_instance_that_is_no_more_is_told_once() {
    let Some(server) = server() else { return };
    let (first, second) = (shim(), shim());
    let serve = |shim: &Shim| serving(shim).nats(servers(&server)).expect("serves");
    let running = serve(&first);
    host(nats(&server), LONG);
    let (alice, other) = (load("sums/alice"), load("sums/alice"));
    assert_eq!((alice.add(1), other.add(2)), (Ok(1), Ok(3)));
    // A server that ends in order gives its names up at once.
    let _second = serve(&second);
    running.end();
    let (asked, started) = (second.snapshot().calls, Instant::now());
    let error = alice.add(4).expect_err("is told");
    assert!(is_lost_state(&error), "{error}");
    assert!(started.elapsed() < LONG / 2, "{:?}", started.elapsed());
    assert_eq!(second.snapshot().calls, asked);
    assert!(alice.is_alive());
    assert_eq!(alice.add(4), Ok(4));
    assert_eq!(load("sums/alice").add(5), Ok(9));
    assert!(is_lost_state(&other.add(1).expect_err("is told as well")));
    assert_eq!(other.add(1), Ok(10));
}

#[test]
fn a_death_is_told_to_whoever_else_called() {
    let Some(server) = server() else { return };
    let shim = shim();
    let _server = serving(&shim).nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    let load = || crate::ours::FaultyInstance::load("faults/a").expect("loads");
    let (one, other) = (load(), load());
    assert_eq!((one.double(1), other.double(2)), (Ok(2), Ok(4)));
    let error = one.panic().expect_err("panics");
    assert!(matches!(error, CallError::Trap(_)), "{error}");
    assert_eq!(one.double(3), Ok(6));
    assert!(is_lost_state(&other.double(4).expect_err("is told")));
    assert_eq!(other.double(5), Ok(10));
}

#[test]
fn a_server_that_is_killed_loses_its_names_to_another() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let start = |name: &str| Process::start(&server.url(), LEASE, folder.path(), name);
    let first = start("first");
    host(nats(&server), DEADLINE);
    let alice = load("sums/alice");
    assert!(add_until(&alice).is_next_of(0));
    // In the middle of a call: nobody will answer.
    let (told, heard) = channel();
    let _listener = Peer::answering(&server, "first-class.held.>", move |message| {
        if header(message, "First-Class-Function") == Some("nap") {
            told.send(()).expect("is heard");
        }
        None
    });
    let naps = SleeperInstance::load("naps/alice").expect("loads");
    let started = Instant::now();
    while naps.count().is_err() {
        assert!(started.elapsed() < LONG, "nobody serves it");
    }
    let second = start("second");
    let nap = naps.start().nap(60_000, 1).expect("starts");
    heard.recv_timeout(LONG).expect("is called");
    let started = Instant::now();
    first.kill();
    let came = add_until(&alice);
    assert!(came.is_next_of(0) && came.lost == 1, "{came:?}");
    // Nobody could have it before the lease had ended, of which as much was left as is not counted on.
    let waited = started.elapsed();
    assert!(waited > LEASE / 4, "was there after {waited:?}");
    assert!(waited < LEASE + LONG / 2, "{waited:?}");
    assert!(second.log().contains("sums/alice"));
    assert!(add_until(&alice).is_next_of(came.sum));
    let error = nap.wait().expect_err("is late");
    assert!(matches!(error, CallError::Deadline(_)), "{error}");
}

#[test]
fn a_server_in_order_to_end_gives_up_its_calls() {
    let Some(server) = server() else { return };
    let shim = shim();
    let serving = serving(&shim).calls(1);
    let running = serving.nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    let naps = SleeperInstance::load("naps/alice").expect("loads");
    assert_eq!(naps.count(), Ok(1));
    let nap = naps.start().nap(50_000, 1).expect("starts");
    until_full(&server);
    let started = Instant::now();
    running.end();
    let error = nap.wait().expect_err("is given up");
    assert!(
        matches!(&error, CallError::Unavailable(it) if it.may_have_run),
        "{error}"
    );
    assert!(started.elapsed() < LONG / 2, "{:?}", started.elapsed());
}

#[test]
fn a_call_that_waits_when_its_server_ends_has_not_run() {
    let Some(server) = server() else { return };
    let shim = shim();
    let serving = serving(&shim).calls(2);
    let running = serving.nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    let naps = ["naps/alice"; 2].map(|name| SleeperInstance::load(name).expect("loads"));
    assert!(naps.iter().all(|naps| naps.count().is_ok()));
    let naps = naps.each_ref();
    let naps = naps.map(|naps| naps.start().nap(50_000, 1).expect("starts"));
    // One of them goes on, and the other waits for it.
    until_full(&server);
    running.end();
    let mut have_run = naps.map(|nap| match nap.wait() {
        Err(CallError::Unavailable(it)) => it.may_have_run,
        other => panic!("{other:?}"),
    });
    have_run.sort();
    assert_eq!(have_run, [false, true]);
}

#[test]
fn a_name_is_given_up_although_its_lease_was_renewed_meanwhile() {
    let Some(server) = server() else { return };
    let shim = shim();
    // In which nothing ends by itself.
    let serving = serving(&shim).lease(LONG * 10);
    let running = serving.nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    assert_eq!(load("sums/alice").add(1), Ok(1));
    let client = client(&server);
    RUNTIME.block_on(async {
        let directory = async_nats::jetstream::new(client);
        let directory = directory.get_key_value("first-class").await;
        let directory = directory.expect("is there");
        let entry = || async {
            let entry = directory.entry("sums.alice").await.expect("is asked for");
            entry.filter(|entry| entry.operation == Operation::Put)
        };
        let held = entry().await.expect("is held");
        // As the server does, which may end before it has heard that this is done.
        let renewed = directory.update("sums.alice", held.value, held.revision);
        renewed.await.expect("is as it was");
        let ended = tokio::task::spawn_blocking(move || running.end());
        ended.await.expect("ends");
        assert!(entry().await.is_none());
    });
}

/// Calls `naps/b` until it is told that there is no room for that, so that another call goes on.
pub(crate) fn until_full(server: &first_class_peers::nats::Server) {
    let hasty = remote(nats(server), Duration::from_secs(1));
    let calling = std::thread::spawn(move || {
        first_class_native::host_with(&hasty);
        let naps = SleeperInstance::load("naps/b").expect("loads");
        let started = Instant::now();
        loop {
            assert!(started.elapsed() < LONG, "there is always room");
            match naps.count() {
                Err(CallError::Unavailable(it)) if it.message.contains("no room") => {
                    break assert!(!it.may_have_run);
                }
                Ok(_) | Err(CallError::Unavailable(_) | CallError::Deadline(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    });
    calling.join().expect("there is no room in the end");
}

#[test]
fn a_server_that_slept_ends_its_instance_before_it_answers() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let start = |name: &str| Process::start(&server.url(), LEASE, folder.path(), name);
    let first = start("first");
    host(nats(&server), DEADLINE);
    let alice = load("sums/alice");
    let before = add_until(&alice);
    assert!(before.is_next_of(0), "{before:?}");
    let second = start("second");
    first.stop();
    // NATS still takes it for a subscriber, so calls go there, and wait.
    let error = alice.add(1).expect_err("is late");
    assert!(matches!(error, CallError::Deadline(_)), "{error}");
    sleep(LEASE);
    first.go_on();
    // It reads the calls that have waited, and executes none of them: its lease is over.
    let came = add_until(&alice);
    let logs = format!("{}\n{}", first.log(), second.log());
    assert!(came.is_next_of(0) && came.lost == 1, "{came:?}\n{logs}");
    eventually(|| first.log().contains("a name is held no more"));
    let held = first.log().matches("a name is held source").count();
    let ended = first.log().matches("a name is held no more").count();
    assert!(ended >= 1 && held >= ended, "{}", first.log());
}

#[test]
fn idle_instances_end_and_others_give_way() {
    let Some(server) = server() else { return };
    let source = Source::file(guest("test-sum")).named();
    let shim = Shim::builder()
        .source("few/*", source.clone().most(2))
        .source("idle/*", source.idle(Duration::from_secs(3)))
        .deadline(LONG)
        .build()
        .expect("builds");
    let world = crate::ours::accumulator::WORLD;
    let serving = Serving::of(&shim)
        .source("few/*", world)
        .source("idle/*", world);
    let running = serving.nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    let few = ["few/a", "few/b", "few/c"].map(load);
    assert_eq!((few[0].add(1), few[1].add(1)), (Ok(1), Ok(1)));
    assert_eq!(few[2].add(1), Ok(1));
    until_held(&running, 2);
    // The one that was not called for the longest time has given way.
    assert!(is_lost_state(&few[0].add(1).expect_err("has ended")));
    let idle = load("idle/a");
    assert_eq!((idle.add(1), idle.add(1)), (Ok(1), Ok(2)));
    until_held(&running, 2);
    assert!(is_lost_state(&idle.add(1).expect_err("has ended")));
    assert_eq!(idle.add(1), Ok(1));
}

#[test]
fn instances_live_on_when_nats_is_started_again() {
    let Some(mut server) = server() else { return };
    let shim = shim();
    let running = serving(&shim).nats(servers(&server)).expect("serves");
    host(nats(&server), DEADLINE);
    let alice = load("sums/alice");
    let before = add_until(&alice);
    assert!(before.is_next_of(0), "{before:?}");
    server.kill();
    sleep(Duration::from_millis(500));
    server.resume().expect("starts");
    // For less than a lease, of ten seconds: nobody else could have had the name.
    let came = add_until(&alice);
    assert!(came.is_next_of(before.sum) && came.lost == 0, "{came:?}");
    // For longer, the instance ends.
    let shorter = Duration::from_secs(2);
    let short = {
        running.end();
        serving(&shim).lease(shorter)
    };
    // The bucket is there, and keeps its own time.
    let running = short.nats(servers(&server)).expect("serves");
    let came = add_until(&alice);
    assert!(came.is_next_of(0), "{came:?}");
    let started = Instant::now();
    server.kill();
    while shim.snapshot().instances > 0 {
        assert!(started.elapsed() < LONG, "it lives on");
        sleep(Duration::from_millis(10));
    }
    assert!(started.elapsed() > shorter, "{:?}", started.elapsed());
    server.resume().expect("starts");
    let came = add_until(&alice);
    assert!(came.is_next_of(0) && came.lost == 1, "{came:?}");
    assert_eq!(running.held(), 1);
}
