//! A caller that uses the source `good` as it is meant to be, and is told the truth all the time.

use crate::puppet::{Outcome, Puppet};
use crate::target::{behind, slots};
use first_class_host::Shim;
use first_class_tests::LONG;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A text with characters of each length.
const TEXT: &str = "naïve → 🦀";

/// Calls an instance in every way, and checks what it says. Its total is one more afterwards.
pub(crate) fn round(caller: &mut Puppet, instance: u32, total: &mut u64) -> Outcome<()> {
    *total += 1;
    assert_eq!(caller.scalar(instance, "add", [1, 0, 0, 0])?, *total);
    let text = [&slots(&[behind(2), TEXT.len() as u64])[..], TEXT.as_bytes()];
    let echo = caller.invoke(instance, "echo", &text.concat())?;
    assert_eq!(&echo[8..], TEXT.as_bytes());
    let thing = caller.scalar(instance, "#[constructor]thing", [*total, 0, 0, 0])?;
    let value = caller.scalar(instance, "#[method]thing.value", [thing, 0, 0, 0])?;
    assert_eq!(value, *total & u64::from(u32::MAX));
    caller.scalar(instance, "#[resource-drop]thing", [thing, 0, 0, 0])?;
    Ok(())
}

/// Loads an instance, calls it, and releases it.
pub(crate) fn visit(caller: &mut Puppet) -> Outcome<()> {
    let instance = caller.load("good")?;
    round(caller, instance, &mut 0)?;
    caller.release(instance)
}

/// A caller that keeps an instance of `good`.
pub(crate) struct Resident {
    caller: Puppet,
    instance: u32,
    total: u64,
}

impl Resident {
    pub(crate) fn new(shim: &Shim) -> Self {
        let mut caller = Puppet::new(shim, &[]);
        let instance = caller.load("good").expect("loads");
        let total = 0;
        let mut resident = Resident {
            caller,
            instance,
            total,
        };
        resident.live().expect("is served");
        resident
    }

    /// Calls its instance, and loads another one for a moment.
    fn live(&mut self) -> Outcome<()> {
        round(&mut self.caller, self.instance, &mut self.total)?;
        visit(&mut self.caller)
    }
}

/// A resident who lives on another thread, all the time.
pub(crate) struct Neighbour {
    signals: Arc<Signals>,
    thread: Option<JoinHandle<Resident>>,
}

#[derive(Default)]
struct Signals {
    /// How many times all was right.
    rounds: AtomicU64,
    stop: AtomicBool,
}

impl Neighbour {
    pub(crate) fn new(mut resident: Resident) -> Self {
        let signals = Arc::<Signals>::default();
        let shared = signals.clone();
        let thread = std::thread::spawn(move || {
            while !shared.stop.load(Ordering::Relaxed) {
                resident.live().expect("the neighbour is served");
                shared.rounds.fetch_add(1, Ordering::Relaxed);
            }
            resident
        });
        Neighbour {
            signals,
            thread: Some(thread),
        }
    }

    /// Waits for a round that began after this was called, and some more.
    pub(crate) fn wait(&self) {
        let rounds = || self.signals.rounds.load(Ordering::Relaxed);
        let (goal, start) = (rounds() + 3, Instant::now());
        while rounds() < goal {
            let ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
            assert!(!ended, "the neighbour was hurt");
            assert!(start.elapsed() < LONG, "the neighbour is stuck");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Has it stop; it still keeps its instance.
    pub(crate) fn stop(mut self) -> Resident {
        self.signals.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("was started");
        thread.join().expect("all was right")
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        self.signals.stop.store(true, Ordering::Relaxed);
    }
}
