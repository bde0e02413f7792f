//! Many calls while servers come and go, as `FIRST_CLASS_NATS_CALLS` says, 10,000 if it does not: each
//! has one outcome, and no two instances of a name live at the same time.

use crate::observer::{check, observe};
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

fn calls() -> u64 {
    let calls = std::env::var("FIRST_CLASS_NATS_CALLS");
    calls.map_or(10_000, |calls| calls.parse().expect("is a number"))
}

/// Calls, until there were as many calls as there have to be.
fn call(nats: &Nats, number: usize, left: &AtomicU64) -> Outcomes {
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
        let instance = match turn % 2 {
            0 => &fresh,
            _ => &shared[name],
        };
        match instance.add(1) {
            Ok(sum) => {
                assert!(sum == 1 || turn % 2 == 1, "a fresh instance is new");
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

/// When a name was held, in microseconds.
#[derive(Debug)]
struct Interval {
    name: String,
    began: u128,
    /// No later than when the process was killed or stopped.
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
            // What is stopped does nothing. When it goes on, it answers no more, as observers see.
            interval.ended = interval.ended.min(time);
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

#[test]
fn calls_while_servers_come_and_go() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (left, is_over) = (AtomicU64::new(calls()), AtomicBool::new(false));
    let nats = Nats::new(Servers::at([server.url()]));
    let started = Instant::now();
    let (outcomes, seen, (intervals, gone)) = thread::scope(|scope| {
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
        let outcomes = callers.into_iter().map(|it| it.join());
        let outcomes: Vec<_> = outcomes.collect();
        is_over.store(true, Ordering::Relaxed);
        let seen = observers
            .into_iter()
            .flat_map(|it| it.join().expect("ends"));
        (
            outcomes,
            seen.collect::<Vec<_>>(),
            shims.join().expect("ends"),
        )
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
    let instances = check(&seen);
    assert!(
        instances <= held,
        "{instances} instances have answered, {held} were held"
    );
    let (results, took) = (seen.len(), started.elapsed());
    eprintln!(
        "{all:?}; {gone} shims gone; {held} times a name was held; {results} results of {instances} \
         instances observed; {took:?}"
    );
    assert_eq!(all.made, calls());
    let outcomes = all.right + all.away + all.lost_state + all.lost + all.late;
    assert_eq!(outcomes, all.made);
    assert!(all.right > all.made / 2, "{all:?}");
}
