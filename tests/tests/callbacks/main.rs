//! Plugins whose imports their caller serves.

mod clerk;
mod ends;
mod lending;
mod nested;
mod replaced;

use clerk::{Clerk, Drawer};
use first_class::{CallError, LoadError};
use first_class_host::{Limits, Shim, ShimBuilder, Source};
use first_class_tests::{Caller, guest, shim_of};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

first_class::first_class_world!({ world: "asker", path: "wit/asker" });

const LONG: Duration = Duration::from_secs(600);

/// A shim of its own for the thread of a test.
fn host(builder: ShimBuilder) -> Shim {
    let shim = builder.build().expect("builds");
    first_class_native::host_with(&shim);
    shim
}

fn patient() -> ShimBuilder {
    shim_of(&["test-asker"]).deadline(LONG)
}

fn load(clerk: &Clerk) -> AskerInstance {
    AskerInstance::load_with("asker", clerk.clone()).expect("loads")
}

#[test]
fn values_of_every_kind_go_both_ways() {
    host(patient());
    let clerk = Clerk::default();
    let asker = load(&clerk);
    assert_eq!(asker.values(), Ok(Ok(())));
    assert_eq!(*clerk.notes(), ["High 🐍 and ß", "Low "]);
    assert_eq!(asker.values(), Ok(Ok(())));
}

#[test]
fn a_batch_of_calls_is_served() {
    host(patient());
    let asker = load(&Clerk::default());
    let mut batch = asker.batch();
    let tickets: Vec<_> = (0..10).map(|times| batch.count(times)).collect();
    let results = batch.run().expect("is called");
    for (times, ticket) in (0..).zip(tickets) {
        // Twice the sum of all numbers below.
        assert_eq!(
            results.get(ticket),
            Ok(times * u64::saturating_sub(times, 1))
        );
    }
}

#[test]
fn a_component_serves_as_well() {
    let shim = patient().build().expect("builds");
    let output = Caller::run("test-server", &shim, &[]).expect_success();
    assert_eq!(output, "all was served\n");
    let engine = wasmtime::Engine::default();
    let caller = Caller::run_async(&engine, "test-server", &shim, &[]);
    assert_eq!(pollster::block_on(caller).expect_success(), output);
    assert_eq!(shim.snapshot().deaths, 0);
}

#[test]
fn resources_of_the_caller_work_in_every_position_and_none_is_left() {
    host(patient());
    let clerk = Clerk::default();
    let asker = load(&clerk);
    for _ in 0..3 {
        assert_eq!(asker.rummage(), Ok(Ok(())));
        assert_eq!(clerk.live.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn resources_that_a_plugin_keeps_end_with_it() {
    host(patient());
    let clerk = Clerk::default();
    let asker = load(&clerk);
    let other = load(&clerk);
    assert_eq!(asker.keep("a"), Ok(1));
    assert_eq!(asker.keep("b"), Ok(2));
    assert_eq!(other.keep("c"), Ok(3));
    asker.respawn().expect("starts");
    assert_eq!(clerk.live.load(Ordering::Relaxed), 1);
    assert_eq!(asker.keep("d"), Ok(2));
    asker.note_and_die().expect_err("dies");
    assert_eq!(clerk.live.load(Ordering::Relaxed), 1);
    drop(other);
    assert_eq!(clerk.live.load(Ordering::Relaxed), 0);
}

#[test]
fn what_nobody_serves_is_named_when_it_is_loaded() {
    host(patient());
    let needed = LoadError::Unsatisfied {
        source: "asker".into(),
        imports: ["tick", "test:asker/desk", "test:asker/drawers"]
            .map(String::from)
            .into(),
    };
    assert_eq!(AskerInstance::load("asker").expect_err("needs it"), needed);
    // What many callers share none of them can serve.
    host(shim_of(&[]).source("asker", Source::file(guest("test-asker")).named()));
    let named = AskerInstance::load_with("asker", Clerk::default());
    assert_eq!(named.expect_err("needs it"), needed);
}

#[test]
fn an_embedder_serves_an_import_in_place_of_the_caller() {
    let source = || {
        Source::file(guest("test-asker"))
            .provide(["tick"], |linker| {
                linker
                    .root()
                    .func_wrap("tick", |mut store, (count,): (u64,)| {
                        let most = store.data_mut().data::<u64>().map_or(0, |most| *most);
                        Ok((count < most,))
                    })
            })
            .limits(Limits::default().deadline(LONG))
    };
    let shim = host(
        shim_of(&[])
            .source("three", source().instance_data(|| 3_u64))
            .source("none", source()),
    );
    let clerk = Clerk::default();
    let three = AskerInstance::load_with("three", clerk.clone()).expect("loads");
    assert_eq!(three.tick_on(), Ok(3));
    assert_eq!(three.values(), Ok(Ok(())));
    let none = AskerInstance::load_with("none", clerk.clone()).expect("loads");
    assert_eq!(none.tick_on(), Ok(0));
    assert_eq!(clerk.ticks.load(Ordering::Relaxed), 0);
    let rest = ["test:asker/desk", "test:asker/drawers"];
    assert_eq!(
        AskerInstance::load("none").expect_err("needs the rest"),
        LoadError::Unsatisfied {
            source: "none".into(),
            imports: rest.map(String::from).into(),
        }
    );
    assert_eq!(shim.snapshot().instances, 2);
}

#[test]
fn each_instance_has_an_implementation_of_its_own() {
    host(patient());
    let clerks = [(); 3].map(|()| Clerk::default());
    let askers = clerks.each_ref().map(load);
    for (asker, times) in askers.iter().zip([1, 2, 3]) {
        for _ in 0..times {
            assert_eq!(asker.values(), Ok(Ok(())));
        }
    }
    let notes = clerks.map(|clerk| clerk.notes().len());
    assert_eq!(notes, [2, 4, 6]);
}

#[test]
fn a_resource_that_does_not_fit_is_no_panic() {
    host(patient());
    let clerk = Clerk::default();
    let asker = load(&clerk);
    *clerk.asks.lock().expect("is free") = Some(Arc::new(|_| 0));
    // The clerk answers with a drawer of another make.
    let stored = Drawer::of_another_make();
    *clerk.in_place.lock().expect("is free") = Some(stored);
    let error = asker.rummage().expect_err("cannot be served");
    assert!(matches!(error, CallError::Host { .. }), "{error:?}");
    assert!(!asker.is_alive());
}

/// A number names another instance when the one that it named was dropped.
#[test]
fn an_instance_is_served_by_its_own_implementation_when_something_of_a_former_one_is_kept() {
    host(patient());
    let (former, clerk) = (Clerk::default(), Clerk::default());
    let asker = load(&former);
    let mut kept = asker.start().count(1).expect("starts");
    assert_eq!(kept.wait_for(LONG), Some(Ok(0)));
    drop(asker);
    let asker = load(&clerk);
    let values = asker.start().values().expect("starts");
    assert_eq!(values.wait(), Ok(Ok(())));
    drop(kept);
    assert_eq!((former.notes().len(), clerk.notes().len()), (0, 2));
}
