//! Many calls while servers come and go, as `FIRST_CLASS_NATS_CALLS` says, 10,000 if it does not: each
//! has one outcome, and no two instances of a name live at the same time.

use crate::ours::AccumulatorInstance;
use crate::shims::{Process, now};
use crate::{remote, server};
use first_class::CallError;
use first_class_host::backends::nats::{Nats, Servers};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

const LEASE: Duration = Duration::from_secs(1);

/// How long a call may take.
const DEADLINE: Duration = Duration::from_secs(1);

/// Threads that call, each of all names.
const CALLERS: usize = 8;

const NAMES: usize = 16;

/// How many shims there are at once.
const SHIMS: usize = 3;

/// What came of the calls of a thread.
#[derive(Default, Debug, Clone, Copy)]
struct Outcomes {
    made: u64,
    right: u64,
    /// Not executed: nobody held the name.
    away: u64,
    /// Not executed: the state was lost.
    lost_state: u64,
    /// The server ended in the call, or nobody answered.
    lost: u64,
    late: u64,
}

/// A result of an instance that is shared: of which name, what, and between which times it came.
struct Result {
    name: usize,
    sum: i64,
    began: u128,
    ended: u128,
}

fn calls() -> u64 {
    let calls = std::env::var("FIRST_CLASS_NATS_CALLS");
    calls.map_or(10_000, |calls| calls.parse().expect("is a number"))
}

/// Calls, until there were as many calls as there have to be.
fn call(nats: &Nats, number: usize, left: &AtomicU64, results: &Mutex<Vec<Result>>) -> Outcomes {
    first_class_native::host_with(&remote(nats.clone(), DEADLINE));
    let load = |name: String| AccumulatorInstance::load(&name).expect("loads");
    let fresh = load("sum".into());
    let shared: Vec<_> = (0..NAMES)
        .map(|name| load(format!("sums/{name}")))
        .collect();
    let mut outcomes = Outcomes::default();
    let mut turn = number;
    let take = |left: u64| left.checked_sub(1);
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
        .is_ok()
    {
        turn += 1;
        outcomes.made += 1;
        // Half of the calls are of fresh instances.
        let name = (turn / 2) % NAMES;
        let (instance, began) = match turn % 2 {
            0 => (&fresh, 0),
            _ => (&shared[name], now()),
        };
        match instance.add(1) {
            Ok(sum) if turn % 2 == 0 => {
                assert_eq!(sum, 1, "a fresh instance is new");
                outcomes.right += 1;
            }
            Ok(sum) => {
                let ended = now();
                let result = Result {
                    name,
                    sum,
                    began,
                    ended,
                };
                results.lock().expect("is whole").push(result);
                outcomes.right += 1;
            }
            Err(CallError::Unavailable(it)) if it.may_have_run => outcomes.lost += 1,
            Err(CallError::Unavailable(_)) => outcomes.away += 1,
            Err(CallError::Dead(it)) if it.message.contains("with its state") => {
                outcomes.lost_state += 1;
            }
            Err(CallError::Deadline(_)) => outcomes.late += 1,
            Err(error) => panic!("{error}"),
        }
    }
    outcomes
}

/// When a name was held by a server, in microseconds.
#[derive(Debug)]
struct Interval {
    name: String,
    server: String,
    began: u128,
    /// The time of the kill, if that was its end.
    ended: u128,
}

/// What a shim wrote of the names that it held.
fn intervals(log: &str, killed: u128, into: &mut Vec<Interval>) {
    let mut held: HashMap<String, Interval> = HashMap::new();
    let value = |line: &str, key: &str| {
        let (_, rest) = line.split_once(&format!("{key}=\"")).expect("is there");
        rest.split('"').next().expect("has an end").to_owned()
    };
    for line in log.lines().filter(|line| line.contains("a name is held")) {
        let time: u128 = line
            .split_whitespace()
            .next()
            .expect("is there")
            .parse()
            .expect("a time");
        let name = value(line, "source");
        if !line.contains("no more") {
            let interval = Interval {
                server: value(line, "server"),
                name: name.clone(),
                began: time,
                ended: killed,
            };
            assert!(
                held.insert(name, interval).is_none(),
                "it is held twice: {line}"
            );
        } else if let Some(mut interval) = held.remove(&name) {
            interval.ended = time;
            into.push(interval);
        }
    }
    into.extend(held.into_values());
}

/// Kills shims and starts others, and ends some in order, until told to stop; when which name was held.
fn come_and_go(url: &str, folder: &Path, is_over: &AtomicBool) -> (Vec<Interval>, u64) {
    let mut started = 0;
    let mut start = || {
        started += 1;
        Process::start(url, LEASE, folder, &format!("{started}"))
    };
    let mut shims: Vec<_> = (0..SHIMS).map(|_| start()).collect();
    let (mut all, mut gone) = (Vec::new(), 0);
    while !is_over.load(Ordering::Relaxed) {
        sleep(Duration::from_millis(1500));
        let shim = shims.remove(0);
        gone += 1;
        let log = shim.path();
        let end = match gone % 3 {
            0 => {
                shim.end();
                now()
            }
            1 => shim.kill(),
            // It sleeps for longer than its leases last, and goes on.
            _ => {
                shim.signal("-STOP");
                sleep(2 * LEASE);
                shim.signal("-CONT");
                sleep(Duration::from_millis(500));
                shim.kill()
            }
        };
        intervals(
            &std::fs::read_to_string(log).expect("is there"),
            end,
            &mut all,
        );
        shims.push(start());
    }
    for shim in shims {
        let log = shim.path();
        let end = shim.kill();
        intervals(
            &std::fs::read_to_string(log).expect("is there"),
            end,
            &mut all,
        );
    }
    (all, gone)
}

/// No two of a name overlap.
fn check_apart(mut intervals: Vec<Interval>) -> usize {
    intervals.sort_by(|a, b| (&a.name, a.began).cmp(&(&b.name, b.began)));
    for pair in intervals.windows(2) {
        let is_apart = pair[0].name != pair[1].name || pair[0].ended <= pair[1].began;
        assert!(is_apart, "two at a time: {pair:?}");
    }
    intervals.len()
}

/// The results of a name are those of one instance after the other: a result that came before another
/// was asked for is smaller, or of an instance before.
fn check_in_order(mut results: Vec<Result>, instances: usize) {
    results.sort_by_key(|it| (it.name, it.ended));
    let mut begun = 0;
    for of_name in results.chunk_by(|a, b| a.name == b.name) {
        let mut seen = HashMap::new();
        for result in of_name {
            *seen.entry(result.sum).or_insert(0) += 1;
        }
        // Each instance gives a sum once; so the most frequent sum says how many there were at least.
        begun += seen.values().copied().max().unwrap_or(0);
        for (before, after) in of_name.iter().zip(of_name.iter().skip(CALLERS)) {
            // Each caller calls one at a time, so that many results later it was asked for after.
            if before.ended < after.began && after.sum <= before.sum {
                // A new instance: nothing of the old one comes later.
                let old = of_name.iter().filter(|it| it.began > after.ended);
                let next = old.map(|it| it.sum).next();
                assert_ne!(
                    next,
                    Some(before.sum + 1),
                    "an instance that was over answers"
                );
            }
        }
    }
    assert!(
        begun <= instances,
        "{begun} instances have answered, {instances} were held"
    );
}

#[test]
fn calls_while_servers_come_and_go() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (left, is_over) = (AtomicU64::new(calls()), AtomicBool::new(false));
    let results = Mutex::new(Vec::new());
    let nats = Nats::new(Servers::at([server.url()]));
    let started = Instant::now();
    let (outcomes, (intervals, gone)) = thread::scope(|scope| {
        let shims = scope.spawn(|| come_and_go(&server.url(), folder.path(), &is_over));
        let callers = (0..CALLERS).map(|number| {
            let (nats, left, results) = (&nats, &left, &results);
            scope.spawn(move || call(nats, number, left, results))
        });
        let callers: Vec<_> = callers.collect();
        let outcomes = callers.into_iter().map(|it| it.join());
        let outcomes: Vec<_> = outcomes.collect();
        is_over.store(true, Ordering::Relaxed);
        (outcomes, shims.join().expect("ends"))
    });
    let outcomes = outcomes.into_iter().map(|it| it.expect("ends"));
    let all = outcomes.fold(Outcomes::default(), |all, one| Outcomes {
        made: all.made + one.made,
        right: all.right + one.right,
        away: all.away + one.away,
        lost_state: all.lost_state + one.lost_state,
        lost: all.lost + one.lost,
        late: all.late + one.late,
    });
    let held = check_apart(intervals);
    eprintln!(
        "{all:?}, {gone} shims gone, {held} times a name was held, {:?}",
        started.elapsed()
    );
    assert_eq!(all.made, calls());
    let outcomes = all.right + all.away + all.lost_state + all.lost + all.late;
    assert_eq!(outcomes, all.made);
    assert!(all.right > all.made / 2, "{all:?}");
    check_in_order(results.into_inner().expect("is whole"), held);
}
