//! Calls through a backend.

use crate::custom::office::letters::Letter;
use crate::custom::{Office, OfficeInstance};
use crate::{LONG, host};
use first_class::CallError;
use first_class::error::Deadline;
use first_class_host::{Limits, Shim, Source};
use first_class_tests::eventually;
use std::thread;
use std::time::Duration;

fn letter(to: &str, lines: &[&str]) -> Letter {
    Letter {
        to: to.into(),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    }
}

#[test]
fn values_go_there_and_come_back() {
    let office = Office::with_stamps();
    host(&office, |source| source);
    let instance = OfficeInstance::load("office").expect("loads");
    assert_eq!((instance.add(2), instance.add(-5)), (Ok(2), Ok(-3)));
    assert_eq!(instance.fill(3), Ok(vec![7; 3]));
    assert_eq!(instance.stamp(), Ok(()));
    let letters = [letter("alice", &["a", "b"]), letter("bob", &[])];
    let sorted = instance.letters().sort(&letters).expect("is served");
    assert_eq!(sorted, Ok(vec![("alice".into(), 2), ("bob".into(), 0)]));
    let refused = instance.letters().sort(&[letter("", &[])]);
    assert_eq!(refused, Ok(Err("it is to nobody".into())));
}

#[test]
fn calls_that_are_started_go_on_at_the_same_time() {
    let office = Office::default();
    host(&office, |source| source);
    let instance = OfficeInstance::load("office").expect("loads");
    let wait = || instance.start().wait().expect("starts");
    let waiting = [wait(), wait(), wait()];
    eventually(|| office.waiting() == 3);
    // Others of the same instance are not kept from going on.
    let adding: Vec<_> = (1..=10)
        .map(|value| instance.start().add(value).expect("starts"))
        .collect();
    let mut sums = first_class::join(adding);
    assert_eq!(sums.len(), 10);
    sums.sort_by_key(|sum| sum.clone().expect("adds"));
    assert_eq!(sums[9], Ok(55));

    let [first, second, third] = waiting;
    first.cancel();
    eventually(|| office.waiting() == 2);
    drop([second, third]);
    eventually(|| office.waiting() == 0);
    // Nobody dies of that.
    assert!(instance.is_alive());
    assert_eq!(instance.add(0), Ok(55));
}

#[test]
fn a_call_ends_at_its_deadline_and_is_given_up() {
    let office = Office::default();
    let limit = Duration::from_secs(2);
    host(&office, |source| {
        source.limits(Limits::default().deadline(limit))
    });
    let instance = OfficeInstance::load("office").expect("loads");
    let late = CallError::from(Deadline {
        source: "office".into(),
        function: "wait".into(),
        limit,
    });
    assert_eq!(instance.wait(), Err(late.clone()));
    assert_eq!(office.waiting(), 0);
    let started = instance.start().wait().expect("starts");
    assert_eq!(started.wait(), Err(late));
    assert_eq!(office.waiting(), 0);
    assert!(instance.is_alive());
    assert_eq!(instance.add(1), Ok(1));
}

#[test]
fn sizes_are_limited_in_both_directions() {
    let office = Office::default();
    let limits = Limits::default().deadline(LONG);
    let limits = limits.argument_bytes(100).result_bytes(100);
    host(&office, |source| source.limits(limits));
    let instance = OfficeInstance::load("office").expect("loads");
    assert_eq!(instance.fill(80), Ok(vec![7; 80]));
    let large = instance.fill(93).expect_err("is larger");
    let CallError::Limit(exceeded) = &large else {
        panic!("{large}");
    };
    assert_eq!(exceeded.limit, 100);
    assert!(large.to_string().contains("size of a result"), "{large}");

    let before = office.calls();
    let long = instance.letters().sort(&[letter(&"a".repeat(100), &[])]);
    let long = long.expect_err("is larger");
    assert!(
        long.to_string().contains("Limits::argument_bytes"),
        "{long}"
    );
    assert_eq!(office.calls(), before);
}

#[test]
fn bytes_of_a_hostile_caller_are_refused_by_the_codec() {
    let office = Office::default();
    let shim = host(&office, |source| source);
    let mut caller = shim.caller();
    let world = crate::custom::office::WORLD;
    let instance = caller.load("office", world).expect("loads");
    let decoded = first_class_abi::World::decode(world).expect("is a world");
    let names = decoded.callables().iter();
    let sort = names.map(|it| it.name.as_str()).position(|it| it == "sort");
    let sort = sort.expect("is there") as u32;
    // A list that lies far outside of the buffer.
    let hostile = [u64::from(u32::MAX), u64::from(u32::MAX)];
    let hostile: Vec<u8> = hostile.iter().flat_map(|slot| slot.to_le_bytes()).collect();
    let error = caller
        .invoke(instance, sort, &hostile)
        .expect_err("is malformed");
    assert!(
        matches!(error, first_class_host::CallError::Protocol { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("letters"), "{error}");
    let short = caller
        .invoke(instance, sort, &[0; 8])
        .expect_err("is short");
    assert!(
        matches!(short, first_class_host::CallError::Protocol { .. }),
        "{short}"
    );
    let unknown = caller.invoke(instance, 99, &[]).expect_err("is none");
    assert!(
        matches!(unknown, first_class_host::CallError::Protocol { .. }),
        "{unknown}"
    );
    assert!(caller.is_alive(instance));
}

#[test]
fn any_executor_will_do() {
    let office = Office::default();
    let shim = host(&office, |source| source);
    let world = crate::custom::office::WORLD;
    let decoded = first_class_abi::World::decode(world).expect("is a world");
    let names = decoded.callables().iter();
    let add = names.map(|it| it.name.as_str()).position(|it| it == "add");
    let add = add.expect("is there") as u32;
    let sum = pollster::block_on(async {
        let mut caller = shim.caller();
        let instance = caller.load_async("office", world).await.expect("loads");
        caller
            .invoke_scalar_async(instance, add, [40, 0, 0, 0])
            .await
            .expect("adds");
        caller
            .invoke_scalar_async(instance, add, [2, 0, 0, 0])
            .await
    });
    assert_eq!(sum, Ok(42));
}

#[test]
fn callers_share_a_named_session() {
    let office = Office::default();
    let source = Source::backend(office.clone()).named();
    let builder = Shim::builder().source("office/*", source).deadline(LONG);
    let shim = builder.build().expect("builds");
    let add = |name: &'static str| {
        let shim = shim.clone();
        let add = move || {
            first_class_native::host_with(&shim);
            let instance = OfficeInstance::load(name).expect("loads");
            instance.add(1).expect("adds")
        };
        thread::spawn(add).join().expect("does not panic")
    };
    assert_eq!(
        (add("office/a"), add("office/a"), add("office/b")),
        (1, 2, 1)
    );
    assert_eq!(office.open(), 2);
}
