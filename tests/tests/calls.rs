//! Callers and plugins that work.

use first_class_host::Snapshot;
use first_class_tests::{Caller, shim_of};

#[test]
fn every_type_of_value_comes_back() {
    let shim = shim_of(&["test-echo"]).build().expect("builds");
    let output = Caller::run("test-values", &shim, &[]).expect_success();
    assert_eq!(output, "echo: all values came back\n");
}

#[test]
fn a_guest_holds_100_instances_and_dropping_them_returns_the_memory() {
    let plugins = ["test-sum", "test-maximum", "test-count"];
    let shim = shim_of(&plugins).build().expect("builds");

    let caller = Caller::run("test-accumulators", &shim, &[]);
    assert!(caller.succeeded, "{}", caller.output());
    let Snapshot {
        instances,
        memory_bytes,
        compilations,
        ..
    } = shim.snapshot();
    assert_eq!(instances, 100);
    assert!(memory_bytes > 100 << 20, "each holds 1 MiB: {memory_bytes}");
    assert_eq!(compilations, 3, "each plugin is compiled once");

    // The end of the caller's store is the end of its instances.
    drop(caller);
    assert_empty(shim.snapshot());

    let caller = Caller::run("test-accumulators", &shim, &["drop"]);
    assert!(caller.succeeded, "{}", caller.output());
    assert_empty(shim.snapshot());
    drop(caller);
    assert_eq!(shim.snapshot().compilations, 3);
}

fn assert_empty(snapshot: Snapshot) {
    assert_eq!((snapshot.instances, snapshot.memory_bytes), (0, 0));
}

#[test]
fn async_functions_are_blocking_methods() {
    let shim = shim_of(&["test-timer"]).build().expect("builds");
    let output = Caller::run("test-timers", &shim, &[]).expect_success();
    assert_eq!(output, "all waits ended\n");
}
