//! Calls that end in the middle, on either side.

use crate::clerk::Clerk;
use crate::{AskerInstance, host, load, patient};
use first_class::{CallError, LoadError};
use first_class_host::Source;
use first_class_tests::{Caller, component, eventually, shim_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::time::Duration;

#[test]
fn a_plugin_that_dies_between_two_callbacks_costs_its_instance_alone() {
    let shim = host(patient());
    let clerk = Clerk::default();
    let (asker, other) = (load(&clerk), load(&clerk));
    let error = asker.note_and_die().expect_err("dies");
    assert!(matches!(error, CallError::Trap { .. }), "{error:?}");
    assert_eq!(*clerk.notes(), ["Low the last words"]);
    let after = asker.count(1).expect_err("is dead");
    assert!(matches!(after, CallError::Dead { .. }), "{after:?}");
    assert_eq!(other.count(2), Ok(2));
    assert_eq!(shim.snapshot().instances, 1);
    asker.respawn().expect("starts");
    assert_eq!(asker.count(2), Ok(2));
}

#[test]
fn a_panic_while_serving_is_the_callers_own() {
    let shim = host(patient());
    let clerk = Clerk::asking(|_| panic!("on purpose"));
    let asker = load(&clerk);
    let panicked = catch_unwind(AssertUnwindSafe(|| asker.ask(0)));
    assert!(panicked.is_err());
    // The call is over, and with it the instance.
    let after = asker.count(1).expect_err("is dead");
    assert!(matches!(after, CallError::Dead { .. }), "{after:?}");
    assert_eq!(shim.snapshot().instances, 0);
    asker.respawn().expect("starts");
    clerk.asks.lock().expect("is free").take();
    assert_eq!(asker.ask(0), Ok(1));
}

#[test]
fn a_caller_that_dies_while_it_serves_takes_its_instances_along() {
    let shim = shim_of(&["test-asker"]).build().expect("builds");
    for how in ["now", "pending"] {
        let caller = Caller::run("test-server", &shim, &["die", how]);
        assert!(!caller.succeeded);
        assert!(caller.output().contains("dies while it serves"));
        drop(caller);
        eventually(|| shim.snapshot().instances == 0);
    }
}

#[test]
fn a_plugin_has_no_less_time_because_its_caller_takes_some() {
    host(shim_of(&["test-asker"]).deadline(Duration::from_secs(3)));
    let clerk = Clerk::asking(|_| {
        std::thread::sleep(Duration::from_secs(4));
        1
    });
    let asker = load(&clerk);
    assert_eq!(asker.ask(0), Ok(2));
    assert_eq!(asker.start().ask(0).expect("starts").wait(), Ok(2));
}

#[test]
fn a_plugin_that_asks_for_ever_is_ended() {
    host(shim_of(&["test-asker"]).deadline(Duration::from_secs(2)));
    let clerk = Clerk::default();
    let asker = load(&clerk);
    let error = asker.tick_on().expect_err("never ends");
    assert!(matches!(error, CallError::Deadline { .. }), "{error:?}");
    assert!(clerk.ticks.load(Ordering::Relaxed) > 0);
    asker.respawn().expect("starts");
    let pending = asker.start().tick_on().expect("starts");
    let error = pending.wait().expect_err("never ends");
    assert!(matches!(error, CallError::Deadline { .. }), "{error:?}");
}

#[test]
fn a_call_that_is_given_up_while_it_asks_ends_its_instance() {
    let shim = host(patient());
    let clerk = Clerk::default();
    let asker = load(&clerk);
    let mut pending = asker.start().tick_on().expect("starts");
    while clerk.ticks.load(Ordering::Relaxed) == 0 {
        assert_eq!(pending.wait_for(Duration::from_millis(5)), None);
    }
    pending.cancel();
    let after = asker.count(1).expect_err("is dead");
    assert!(matches!(after, CallError::Dead { .. }), "{after:?}");
    assert_eq!(shim.snapshot().instances, 0);
}

/// It calls `note` of the world when it is instantiated.
#[test]
fn a_plugin_that_asks_while_it_starts_is_refused() {
    first_class::first_class_world!({ world: "hasty", path: "wit/hasty" });
    struct Nobody;
    impl hasty::HastyImports for Nobody {
        fn note(&mut self, _: u32) {}
    }

    let plugin = component("hasty", &[]);
    host(shim_of(&[]).source("hasty", Source::bytes(plugin)));
    let error = HastyInstance::load_with("hasty", Nobody).expect_err("asks too early");
    let LoadError::Instantiate { message, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(
        message.contains("it calls `note` of its caller while it starts"),
        "{message}"
    );
}

#[test]
fn what_is_left_of_an_instance_is_dropped_with_it() {
    let shim = host(patient());
    let clerk = Clerk::default();
    let asker: AskerInstance = load(&clerk);
    assert_eq!(asker.keep("a"), Ok(1));
    let pending = asker.start().keep("b").expect("starts");
    drop(asker);
    assert!(pending.wait().is_err());
    assert_eq!(clerk.live.load(Ordering::Relaxed), 0);
    eventually(|| shim.snapshot().instances == 0);
}
