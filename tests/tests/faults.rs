//! A thousand instances that are called from eight threads, while they are killed, trap, never
//! return, run out of memory and are evicted. Every call ends, with its right answer or a typed
//! error, and nothing is left afterwards.
//!
//! `FIRST_CLASS_FAULTS_SECONDS` says for how long; 10 seconds if it does not. On a busy machine it goes on
//! until everything has happened.

use first_class::{CallError, LoadError};
use first_class_host::{Limits, Restart, Shim, Snapshot, Source};
use first_class_tests::{LONG, guest};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
first_class::first_class_world!({ world: "faulty", path: "wit/faulty" });

const THREADS: usize = 8;

/// Instances of each thread: this many of them can fail, and of the others some are named.
const FAULTY: usize = 60;
const FRESH: usize = 35;
const NAMED: usize = 30;

const DEADLINE: Duration = Duration::from_millis(200);

/// A small generator of random numbers, always the same ones (Steele's SplitMix).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 33) as usize % end
    }
}

/// What a thread has seen, or all of them.
#[derive(Debug, Default)]
struct Seen {
    right: u64,
    traps: u64,
    deadlines: u64,
    exhausted: u64,
    dead: u64,
    busy: u64,
    restarts: u64,
}

impl Seen {
    fn add(&mut self, other: &Seen) {
        self.right += other.right;
        self.traps += other.traps;
        self.deadlines += other.deadlines;
        self.exhausted += other.exhausted;
        self.dead += other.dead;
        self.busy += other.busy;
        self.restarts += other.restarts;
    }

    /// Whether all has happened that has to be seen to do no harm.
    fn is_enough(&self) -> bool {
        let each = [self.traps, self.restarts, self.deadlines, self.exhausted];
        self.right > 1000 && each.iter().all(|count| *count > 0)
    }
}

/// What the threads do, and what each has seen of it.
#[derive(Default)]
struct Work {
    seen: [Mutex<Seen>; THREADS],
    is_over: AtomicBool,
}

impl Work {
    fn seen(&self) -> Seen {
        let mut all = Seen::default();
        for seen in &self.seen {
            all.add(&seen.lock().expect("nobody has panicked"));
        }
        all
    }
}

/// An instance that adds, and what it has to say next.
struct Sum {
    instance: AccumulatorInstance,
    total: i64,
}

fn shim() -> Shim {
    let limits = Limits::default().deadline(DEADLINE).memory_bytes(16 << 20);
    let named = Source::file(guest("test-sum"))
        .idle(Duration::from_millis(300))
        .restart(Restart::OnNextCall);
    Shim::builder()
        .source("faulty", Source::file(guest("test-faulty")))
        .source("sum", Source::file(guest("test-sum")))
        .source("named/*", named.clone().most(200))
        .source("shared", named)
        .limits(limits)
        .build()
        .expect("builds")
}

fn load_sum(name: &str) -> Sum {
    // On a busy machine even the start of an instance may take too long.
    loop {
        match AccumulatorInstance::load(name) {
            Ok(instance) => return Sum { instance, total: 0 },
            Err(LoadError::Limit { .. } | LoadError::Busy { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn respawn(respawn: impl Fn() -> Result<(), LoadError>) {
    while let Err(error) = respawn() {
        assert!(matches!(error, LoadError::Limit { .. }), "{error:?}");
    }
}

/// Counts an error that may come at any time.
fn note(error: &CallError, seen: &mut Seen) {
    match error {
        CallError::Trap { .. } => seen.traps += 1,
        CallError::Deadline { .. } => seen.deadlines += 1,
        CallError::Exhausted { .. } => seen.exhausted += 1,
        CallError::Dead { .. } => seen.dead += 1,
        CallError::Busy { .. } => seen.busy += 1,
        other => panic!("{other:?}"),
    }
}

fn misbehave(faulty: &mut FaultyInstance, random: &mut Random, seen: &mut Seen) {
    let number = random.below(1 << 20) as u32;
    match random.below(1000) {
        0 => note(&faulty.spin().expect_err("is stopped"), seen),
        1 => note(&faulty.wait_in_host(3600).expect_err("is stopped"), seen),
        2..10 => note(&faulty.exhaust_memory().expect_err("is stopped"), seen),
        10..40 => note(&faulty.panic().expect_err("dies"), seen),
        40..60 => note(&faulty.overflow_stack().expect_err("dies"), seen),
        60..80 => {
            // Killed while it is well.
            *faulty = loop {
                match FaultyInstance::load("faulty") {
                    Ok(fresh) => break fresh,
                    Err(error) => assert!(matches!(error, LoadError::Limit { .. }), "{error:?}"),
                }
            };
        }
        _ => match faulty.double(number) {
            Ok(doubled) => {
                assert_eq!(doubled, number * 2);
                seen.right += 1;
            }
            Err(error) => note(&error, seen),
        },
    }
    if !faulty.is_alive() {
        respawn(|| faulty.respawn());
        seen.restarts += 1;
    }
}

fn add(sum: &mut Sum, may_begin_anew: bool, random: &mut Random, seen: &mut Seen) {
    let value = random.below(1000) as i64 + 1;
    match sum.instance.add(value) {
        Ok(total) => {
            let anew = may_begin_anew && total == value;
            assert!(
                total == sum.total + value || anew,
                "{total} after {}",
                sum.total
            );
            sum.total = total;
            seen.right += 1;
        }
        Err(error) => {
            note(&error, seen);
            if !may_begin_anew {
                respawn(|| sum.instance.respawn());
            }
            sum.total = 0;
        }
    }
}

fn serve(shim: &Shim, number: usize, work: &Work) {
    first_class_native::host_with(shim);
    let mut random = Random(number as u64);
    let mut faulty: Vec<_> = (0..FAULTY)
        .map(|_| {
            loop {
                if let Ok(instance) = FaultyInstance::load("faulty") {
                    break instance;
                }
            }
        })
        .collect();
    let mut fresh: Vec<_> = (0..FRESH).map(|_| load_sum("sum")).collect();
    let mut named: Vec<_> = (0..NAMED)
        .map(|index| load_sum(&format!("named/{number}-{index}")))
        .collect();
    let shared = load_sum("shared");
    while !work.is_over.load(Ordering::Relaxed) {
        let mut seen = work.seen[number].lock().expect("is this thread's own");
        match random.below(4) {
            0 => misbehave(&mut faulty[random.below(FAULTY)], &mut random, &mut seen),
            1 => add(
                &mut fresh[random.below(FRESH)],
                false,
                &mut random,
                &mut seen,
            ),
            2 => add(
                &mut named[random.below(NAMED)],
                true,
                &mut random,
                &mut seen,
            ),
            _ => match shared.instance.add(1) {
                Ok(total) => assert!(total > 0),
                Err(error) => note(&error, &mut seen),
            },
        }
    }
}

/// How many threads and open files this process has.
fn held() -> (usize, usize) {
    let entries = |folder| fs::read_dir(folder).expect("is there").count();
    (entries("/proc/self/task"), entries("/proc/self/fd"))
}

/// The same, when it has not changed for a second.
fn settled() -> (usize, usize) {
    let started = Instant::now();
    let (mut last, mut since) = (held(), started);
    while since.elapsed() < Duration::from_secs(1) {
        assert!(started.elapsed() < LONG, "{last:?} and more");
        thread::sleep(Duration::from_millis(10));
        let now = held();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    last
}

/// Goes on for so long, and until what is seen is enough.
fn run(seconds: u64, is_enough: impl Fn(&Seen) -> bool) -> (Snapshot, Seen) {
    let shim = shim();
    let work = Arc::<Work>::default();
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let (shim, work) = (shim.clone(), work.clone());
            thread::spawn(move || serve(&shim, number, &work))
        })
        .collect();
    let (started, least) = (Instant::now(), Duration::from_secs(seconds));
    let goes_on = || {
        let passed = started.elapsed();
        let all_run = !threads.iter().any(thread::JoinHandle::is_finished);
        let more = passed < least || (passed < least + LONG && !is_enough(&work.seen()));
        all_run && more
    };
    while goes_on() {
        thread::sleep(Duration::from_millis(10));
    }
    work.is_over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().expect("all was right");
    }
    // What is named outlives its callers, and ends when it is idle.
    let started = Instant::now();
    while shim.snapshot().instances > 0 && started.elapsed() < LONG {
        thread::sleep(Duration::from_millis(10));
    }
    (shim.snapshot(), work.seen())
}

#[test]
fn nothing_is_lost_and_nothing_is_left() {
    let seconds = std::env::var("FIRST_CLASS_FAULTS_SECONDS");
    let seconds = seconds.map_or(10, |seconds| seconds.parse().expect("is a number"));
    // The threads that compile stay for the whole process.
    run(1, |_| true);
    let before = settled();
    let (snapshot, seen) = run(seconds, Seen::is_enough);
    println!("{snapshot:?}\n{seen:#?}");

    assert_eq!((snapshot.instances, snapshot.memory_bytes), (0, 0));
    assert!(seen.is_enough(), "{seen:?}");
    assert!(snapshot.evictions > 0);

    let started = Instant::now();
    while held() != before && started.elapsed() < LONG {
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(held(), before, "threads and open files");
}
