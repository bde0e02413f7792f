//! The ways to wait.

first_class::first_class_world!({ world: "sleeper", path: "../../../wit/worker" });

use first_class::{CallError, Pending, block_on, join_within};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};
use wasip2::io::poll::{Pollable, poll};
use wstd::runtime;
use wstd::task::sleep;

const SLEEPERS: u32 = 20;
const NAP: Duration = Duration::from_millis(500);

pub(crate) fn run() {
    overlaps("wstd", |sleepers| {
        runtime::block_on(beside_a_timer(sleepers));
    });
    overlaps("block_on", |sleepers| block_on(all(sleepers)));
    overlaps("poll", polled);
    overlaps("inside", |sleepers| {
        runtime::block_on(async { block_on(all(sleepers)) });
    });
    in_time();
    looked_at();
    raced();
    moved();
    nested();
}

/// Does what would take long if calls waited for each other.
fn overlaps(how: &str, waits: impl FnOnce(&[SleeperInstance])) {
    let sleepers: Vec<_> = (0..SLEEPERS).map(|_| load()).collect();
    let started = Instant::now();
    waits(&sleepers);
    let taken = started.elapsed();
    assert!(taken < NAP * SLEEPERS, "{how}: {taken:?}");
    println!("{how}: all at once");
}

fn load() -> SleeperInstance {
    SleeperInstance::load("sleeper").expect("loads")
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).expect("is short")
}

/// Awaits a nap of each.
async fn all(sleepers: &[SleeperInstance]) {
    let naps = (0..).zip(sleepers);
    let naps: Vec<_> = naps
        .map(|(value, sleeper)| sleeper.nap_async(milliseconds(NAP), value))
        .collect();
    for (value, nap) in (0..).zip(naps) {
        assert_eq!(nap.await, Ok(value));
    }
}

/// The same, while a task of the executor's own sleeps again and again; both get to their ends.
async fn beside_a_timer(sleepers: &[SleeperInstance]) {
    let ticks = runtime::spawn(async {
        for _ in 0..5 {
            sleep(wstd::time::Duration::from_millis(10)).await;
        }
    });
    all(sleepers).await;
    ticks.await;
}

/// Asks WASI which calls have ended.
fn polled(sleepers: &[SleeperInstance]) {
    let naps = (0..).zip(sleepers);
    let mut naps: Vec<(u32, Pending<u32>)> = naps
        .map(|(value, sleeper)| (value, sleeper.start().nap(milliseconds(NAP), value)))
        .map(|(value, nap)| (value, nap.expect("starts")))
        .collect();
    while !naps.is_empty() {
        let pollables = naps.iter().map(|(_, nap)| nap.subscribe());
        let pollables: Vec<Pollable> = pollables.collect::<Result<_, _>>().expect("not taken");
        let ready = poll(&pollables.iter().collect::<Vec<_>>());
        drop(pollables);
        // They come in any order.
        let indices = (0..naps.len() as u32).rev();
        for index in indices.filter(|index| ready.contains(index)) {
            let (value, mut nap) = naps.remove(index as usize);
            assert_eq!(nap.try_take(), Some(Ok(value)));
            assert!(nap.subscribe().is_err());
        }
    }
}

/// Takes what ends in time, and gives up the rest.
fn in_time() {
    let (short, long) = (load(), load());
    let naps = [(&short, 10), (&long, 60_000), (&long, 10), (&short, 20)];
    let naps = naps.map(|(sleeper, time)| sleeper.start().nap(time, time).expect("starts"));
    let ends = join_within(Duration::from_secs(5), naps);
    assert_eq!(ends, [Some(Ok(10)), None, None, Some(Ok(20))]);
    assert_eq!(short.count(), Ok(3));
    let given_up = long.count();
    assert!(
        matches!(given_up, Err(CallError::Dead { .. })),
        "{given_up:?}"
    );
    println!("join_within: what ended in time");
}

/// Looks whether a call has ended, and never waits.
fn looked_at() {
    let sleeper = load();
    let mut nap = sleeper.start().nap(3_000, 7).expect("starts");
    assert_eq!(nap.try_take(), None);
    let end = loop {
        if let Some(end) = nap.try_take() {
            break end;
        }
    };
    assert_eq!(end, Ok(7));
    assert_eq!(nap.try_take(), None);
    println!("try_take: once it had ended");
}

/// Gives a call up, since a timer of the executor's own is faster.
fn raced() {
    use wstd::future::FutureExt;
    let sleeper = load();
    let slow = runtime::block_on(async {
        let nap = sleeper.nap_async(60_000, 1);
        // It has begun by then, so it is the instance's end.
        nap.timeout(wstd::time::Duration::from_secs(2)).await
    });
    assert!(slow.is_err());
    assert!(matches!(sleeper.count(), Err(CallError::Dead { .. })));
    println!("timeout: given up");
}

/// Polls a call once in one executor, and awaits it in another.
fn moved() {
    let sleeper = load();
    let mut nap = pin!(sleeper.nap_async(500, 5));
    let polled = block_on(poll_fn(|context| {
        Poll::Ready(nap.as_mut().poll(context).is_pending())
    }));
    assert!(polled);
    assert_eq!(runtime::block_on(nap), Ok(5));
    println!("moved: from one executor to another");
}

/// Counts how often a task is woken.
#[derive(Default)]
struct Counted(AtomicU32);

impl Wake for Counted {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits for a call while a task around it waits for another, which ends before.
fn nested() {
    let (short, long) = (load(), load());
    let woken = Arc::new(Counted::default());
    let waker = Waker::from(woken.clone());
    block_on(async {
        let mut outer = pin!(short.nap_async(1, 6));
        let polled = outer.as_mut().poll(&mut Context::from_waker(&waker));
        let inner = block_on(long.nap_async(1_000, 7));
        assert_eq!(inner, Ok(7));
        if polled.is_pending() {
            assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        }
        assert_eq!(outer.await, Ok(6));
    });
    println!("nested: woken once");
}
