//! Many calls while servers come and go, as `FIRST_CLASS_NATS_CALLS` says, 10,000 if it does not: each is
//! executed once, or is said to have failed, and no two instances of a name live at the same time.

use crate::chains::{self, Added, Calls, value};
use crate::observer::{Sight, check, observe};
use crate::ours::AccumulatorInstance;
use crate::shims::{Process, now};
use crate::{remote, server};
use first_class::CallError;
use first_class_host::backends::nats::{Nats, Servers};
use std::collections::HashMap;
use std::path::Path;
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
    right: u64,
    /// Not executed: nobody held the name.
    away: u64,
    /// Not executed: the state was lost.
    lost_state: u64,
    /// The server ended in the call, or nobody answered.
    lost: u64,
    late: u64,
}

fn calls() -> u64 {
    let calls = std::env::var("FIRST_CLASS_NATS_CALLS");
    calls.map_or(10_000, |calls| calls.parse().expect("is a number"))
}

/// Calls, until there were as many calls as there have to be.
fn call(nats: &Nats, number: usize, left: &AtomicU64) -> (Outcomes, Vec<Calls>) {
    first_class_native::host_with(&remote(nats.clone(), DEADLINE));
    let load = |name: String| AccumulatorInstance::load(&name).expect("loads");
    let fresh = load("sum".into());
    let shared: Vec<_> = (0..NAMES)
        .map(|name| load(format!("sums/{name}")))
        .collect();
    let mut calls: Vec<_> = (0..NAMES).map(|_| Calls::default()).collect();
    let mut outcomes = Outcomes::default();
    let mut turn = number;
    let take = |left: u64| left.checked_sub(1);
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
        .is_ok()
    {
        turn += 1;
        // Half of the calls are of fresh instances.
        let name = (turn / 2) % NAMES;
        let named = (turn % 2 == 1).then_some(name);
        let instance = named.map_or(&fresh, |name| &shared[name]);
        let (value, began) = (value(), now());
        let result = instance.add(value as i64);
        let added = |sum: i64| Added {
            value,
            sum: sum as u64,
            began,
            ended: now(),
        };
        match (&result, named) {
            (Ok(sum), Some(name)) => calls[name].added.push(added(*sum)),
            (Ok(sum), None) => assert_eq!(*sum, value as i64, "a fresh instance is new"),
            _ => {}
        }
        match result {
            Ok(_) => outcomes.right += 1,
            Err(CallError::Unavailable(it)) if !it.may_have_run => outcomes.away += 1,
            Err(CallError::Dead(it)) if it.message.contains("with its state") => {
                outcomes.lost_state += 1;
            }
            Err(error) => {
                match error {
                    CallError::Unavailable(_) => outcomes.lost += 1,
                    CallError::Deadline(_) => outcomes.late += 1,
                    error => panic!("{error}"),
                }
                named.into_iter().for_each(|name| calls[name].unknown += 1);
            }
        }
    }
    (outcomes, calls)
}

/// When a name was held, in microseconds.
#[derive(Debug)]
struct Interval {
    name: String,
    began: u128,
    /// No later than when its lease ended, or the process was killed or stopped.
    ended: u128,
}

/// When a shim stopped to do anything, and when it was gone.
#[derive(Clone, Copy)]
struct End {
    stopped: u128,
    gone: u128,
}

/// What a shim wrote of the names that it held.
fn intervals(log: &Path, end: End, into: &mut Vec<Interval>) {
    let log = std::fs::read_to_string(log).expect("is there");
    let mut held: HashMap<String, Interval> = HashMap::new();
    for line in log.lines().filter(|line| line.contains("a name is held")) {
        let time = line.split_whitespace().next().expect("is there");
        let time: u128 = time.parse().expect("is a time");
        let (_, name) = line.split_once("source=\"").expect("is there");
        let name = name.split('"').next().expect("has an end").to_owned();
        if line.contains("no more") {
            let mut interval = held.remove(&name).expect("was held");
            // What is stopped does nothing. When it goes on, it answers no more, as its callers see.
            interval.ended = interval.ended.min(time).min(lease_end(line));
            into.push(interval);
            continue;
        }
        let ended = match time <= end.stopped {
            true => end.stopped,
            false => end.gone,
        };
        let interval = Interval {
            name: name.clone(),
            began: time,
            ended,
        };
        assert!(
            held.insert(name, interval).is_none(),
            "it is held twice: {line}"
        );
    }
    into.extend(held.into_values());
}

/// Until when a lease lasted that is over. A shim that was paused says so late, and has not answered.
fn lease_end(line: &str) -> u128 {
    let (_, end) = line.split_once("lease_end_us=").expect("is there");
    let end = end.split_whitespace().next().expect("is there");
    end.parse().expect("is a time")
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
                let gone = now();
                End {
                    stopped: gone,
                    gone,
                }
            }
            1 => kill(shim),
            // It sleeps for longer than its leases last, and goes on.
            _ => {
                shim.stop();
                let stopped = now();
                sleep(2 * LEASE);
                shim.go_on();
                sleep(Duration::from_millis(500));
                End {
                    stopped,
                    ..kill(shim)
                }
            }
        };
        intervals(&log, end, &mut all);
        shims.push(start());
    }
    for shim in shims {
        let log = shim.path();
        intervals(&log, kill(shim), &mut all);
    }
    (all, gone)
}

fn kill(shim: Process) -> End {
    let gone = shim.kill();
    End {
        stopped: gone,
        gone,
    }
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

/// What callers and observers know of the calls of each name.
fn by_name(callers: Vec<Vec<Calls>>, sights: Vec<Sight>) -> Vec<Calls> {
    let mut all: Vec<_> = (0..NAMES).map(|_| Calls::default()).collect();
    for (name, calls) in callers.into_iter().flat_map(|it| (0..).zip(it)) {
        let into: &mut Calls = &mut all[name];
        into.added.extend(calls.added);
        into.unknown += calls.unknown;
    }
    for sight in sights {
        for seen in sight.seen {
            all[seen.name].added.push(seen.added);
        }
        for name in sight.unknown {
            all[name].unknown += 1;
        }
    }
    all
}

fn sum(outcomes: impl Iterator<Item = Outcomes>) -> Outcomes {
    outcomes.fold(Outcomes::default(), |all, one| Outcomes {
        right: all.right + one.right,
        away: all.away + one.away,
        lost_state: all.lost_state + one.lost_state,
        lost: all.lost + one.lost,
        late: all.late + one.late,
    })
}

#[test]
fn calls_while_servers_come_and_go() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (left, is_over) = (AtomicU64::new(calls()), AtomicBool::new(false));
    let nats = Nats::new(Servers::at([server.url()]));
    let started = Instant::now();
    let (callers, sights, (intervals, gone)) = thread::scope(|scope| {
        let shims = scope.spawn(|| come_and_go(&server.url(), folder.path(), &is_over));
        let callers = (0..CALLERS).map(|number| {
            let (nats, left) = (&nats, &left);
            scope.spawn(move || call(nats, number, left))
        });
        let callers: Vec<_> = callers.collect();
        let (url, is_over) = (server.url(), &is_over);
        let observers = (0..2).map(|_| {
            let url = url.clone();
            scope.spawn(move || observe(&url, NAMES, is_over))
        });
        let observers: Vec<_> = observers.collect();
        let callers: Vec<_> = callers.into_iter().map(|it| it.join()).collect();
        is_over.store(true, Ordering::Relaxed);
        let sights = observers.into_iter().map(|it| it.join().expect("ends"));
        let sights: Vec<_> = sights.collect();
        (callers, sights, shims.join().expect("ends"))
    });
    let callers = callers.into_iter().map(|it| it.expect("ends"));
    let (outcomes, calls_of_names): (Vec<_>, Vec<_>) = callers.unzip();
    let all = sum(outcomes.into_iter());
    let held = check_apart(intervals);
    let seen: Vec<_> = sights.iter().flat_map(|it| &it.seen).collect();
    let (results, instances) = (seen.len(), check(&seen));
    let names = by_name(calls_of_names, sights);
    let begun: usize = names.iter().map(chains::check).sum();
    let most = instances.max(begun);
    assert!(
        most <= held,
        "{most} instances have answered, {held} were held"
    );
    let took = started.elapsed();
    eprintln!(
        "{all:?}; {gone} shims gone; {held} times a name was held; {begun} instances have begun; \
         {results} results of {instances} instances observed; {took:?}"
    );
    assert!(all.right > calls() / 2, "{all:?}");
}
