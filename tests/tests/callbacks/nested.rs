//! What a caller may do while it serves.

use crate::clerk::Clerk;
use crate::{AskerInstance, host, load, patient};
use first_class::error::Busy;
use first_class::{CallError, join};
use first_class_tests::shim_of;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

first_class::first_class_world!({ world: "sleeper", path: "wit/worker" });

#[test]
fn three_deep_across_three_instances() {
    let shim = host(patient());
    let askers: Arc<OnceLock<Vec<AskerInstance>>> = Arc::default();
    let next = askers.clone();
    let clerk = Clerk::asking(move |depth| match depth {
        3 => 100,
        _ => next.get().expect("is set")[depth as usize]
            .ask(depth + 1)
            .expect("is another instance"),
    });
    let loaded = (0..3).map(|_| load(&clerk)).collect();
    askers.set(loaded).expect("is set once");
    // Each adds one.
    assert_eq!(askers.get().expect("is set")[0].ask(1), Ok(103));
    assert_eq!(shim.snapshot().deaths, 0);
    clerk.asks.lock().expect("is free").take();
}

#[test]
fn the_instance_that_asks_is_busy() {
    host(patient());
    let asker: Arc<OnceLock<AskerInstance>> = Arc::default();
    let (same, errors) = (asker.clone(), Arc::<Mutex<Vec<CallError>>>::default());
    let seen = errors.clone();
    let clerk = Clerk::asking(move |_| {
        let same = same.get().expect("is set");
        let mut seen = seen.lock().expect("is free");
        seen.extend(same.count(1).err());
        assert!(same.is_alive());
        seen.extend(same.start().count(2).err());
        7
    });
    asker.set(load(&clerk)).expect("is set once");
    let asker = asker.get().expect("is set");
    assert_eq!(asker.ask(0), Ok(8));
    let errors = errors.lock().expect("is free");
    let busy = CallError::from(Busy {
        source: "asker".into(),
        chain: vec!["asker".into()],
    });
    assert_eq!(*errors, [busy.clone(), busy]);
    assert_eq!(asker.count(2), Ok(2));
    clerk.asks.lock().expect("is free").take();
}

#[test]
fn a_started_call_cannot_be_waited_for_while_it_is_served() {
    host(patient());
    let asker: Arc<OnceLock<AskerInstance>> = Arc::default();
    let (same, errors) = (asker.clone(), Arc::<Mutex<Vec<CallError>>>::default());
    let seen = errors.clone();
    let clerk = Clerk::asking(move |_| {
        let pending = same.get().expect("is set").start().count(2);
        let mut seen = seen.lock().expect("is free");
        seen.extend(pending.expect("starts").wait().err());
        7
    });
    asker.set(load(&clerk)).expect("is set once");
    let asker = asker.get().expect("is set");
    let pending = asker.start().ask(0).expect("starts");
    assert_eq!(pending.wait(), Ok(8));
    let errors = errors.lock().expect("is free");
    assert!(matches!(errors[..], [CallError::Busy { .. }]), "{errors:?}");
    assert_eq!(asker.count(2), Ok(2));
    clerk.asks.lock().expect("is free").take();
}

#[test]
fn a_callback_loads_and_drops_instances() {
    let shim = host(patient());
    let clerk = Clerk::asking(|depth| {
        let other = load(&Clerk::default());
        u32::try_from(other.count(depth).expect("counts")).expect("is small")
    });
    let asker = load(&clerk);
    assert_eq!(asker.ask(4), Ok(13));
    assert_eq!(shim.snapshot().instances, 1);
}

#[test]
fn a_callback_while_the_call_of_another_instance_is_pending() {
    host(shim_of(&["test-asker", "test-sleeper"]).deadline(crate::LONG));
    let sleeper = Arc::new(SleeperInstance::load("sleeper").expect("loads"));
    let other = sleeper.clone();
    let clerk = Clerk::asking(move |_| other.nap(0, 5).expect("after the first"));
    let asker = load(&clerk);
    let nap = sleeper.start().nap(50, 1).expect("starts");
    assert_eq!(asker.ask(0), Ok(6));
    assert_eq!(nap.wait(), Ok(1));
}

#[test]
fn started_calls_are_served_whichever_is_waited_for() {
    host(shim_of(&["test-asker", "test-sleeper"]).deadline(crate::LONG));
    let clerks = [(); 4].map(|()| Clerk::default());
    let askers = clerks.each_ref().map(load);
    let sleeper = SleeperInstance::load("sleeper").expect("loads");
    let nap = sleeper.start().nap(30, 1).expect("starts");
    let counts: Vec<_> = askers
        .iter()
        .flat_map(|asker| [asker.start().count(100), asker.start().count(3)])
        .map(|started| started.expect("starts"))
        .collect();
    assert_eq!(nap.wait(), Ok(1));
    // This one waits for those that were started, and serves them.
    assert_eq!(askers[3].values(), Ok(Ok(())));
    let counted = join(counts);
    let expected: Vec<_> = [9_900, 6].repeat(4).into_iter().map(Ok).collect();
    assert_eq!(counted, expected);
    assert_eq!(clerks[3].notes().len(), 2);
}

#[test]
fn a_started_call_that_is_not_served_in_time_can_be_waited_for_again() {
    host(patient());
    let asker = load(&Clerk::default());
    let mut count = asker.start().count(50).expect("starts");
    let mut looks = 0;
    let counted = loop {
        looks += 1;
        if let Some(counted) = count.wait_for(Duration::from_micros(50)) {
            break counted;
        }
    };
    assert_eq!(counted, Ok(2_450), "after {looks} looks");
}
