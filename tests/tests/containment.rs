//! Plugins that fail while they start or are called. Each costs its own instance, and nobody else's.

use expect_test::{Expect, expect};
use first_class_host::{Limits, Source};
use first_class_tests::{Caller, LONG, component, patient, shim_of};
use std::fs;
use std::time::{Duration, Instant};

/// The deadline that ends a loop or a wait; even on a busy machine a plugin has started by then.
const SHORT: Duration = Duration::from_secs(2);

/// The change that lets `accumulator` wait in the host, so that it runs on a fiber.
const WAITS: (&str, &str) = (
    "(component\n",
    r#"(component
        (import "wasi:io/poll@0.2.0" (instance $poll (export "pollable" (type (sub resource)))))
        (alias export $poll "pollable" (type $pollable))
        (import "wasi:clocks/monotonic-clock@0.2.0" (instance
            (alias outer 1 $pollable (type $outer))
            (export "pollable" (type $inner (eq $outer)))
            (export "subscribe-duration" (func (param "when" u64) (result (own $inner))))))"#,
);

#[test]
fn what_a_plugin_dies_of_is_told_to_its_caller() {
    let misdeeds = [
        "panic",
        "reach-unreachable",
        "overflow-stack",
        "exhaust-memory",
        "end-process",
    ];
    contains(
        &misdeeds,
        LONG,
        expect![[r#"
            panic: Trap: `faulty` trapped in `panic`: wasm trap: wasm `unreachable` instruction executed
            - then: Dead: the instance of `faulty` is dead: `faulty` trapped in `panic`: wasm trap: wasm `unreachable` instruction executed
            reach-unreachable: Trap: `faulty` trapped in `reach-unreachable`: wasm trap: wasm `unreachable` instruction executed
            - then: Dead: the instance of `faulty` is dead: `faulty` trapped in `reach-unreachable`: wasm trap: wasm `unreachable` instruction executed
            overflow-stack: Trap: `faulty` trapped in `overflow-stack`: wasm trap: call stack exhausted
            - then: Dead: the instance of `faulty` is dead: `faulty` trapped in `overflow-stack`: wasm trap: call stack exhausted
            exhaust-memory: Exhausted: `faulty` ran out of what it may have in `exhaust-memory`: the limit of the memory is 268435456 bytes, 269615104 bytes were asked for; the host raises it with `Limits::memory_bytes`
            - then: Dead: the instance of `faulty` is dead: `faulty` ran out of what it may have in `exhaust-memory`: the limit of the memory is 268435456 bytes, 269615104 bytes were asked for; the host raises it with `Limits::memory_bytes`
            end-process: Trap: `faulty` trapped in `end-process`: it exited with status 1
            - then: Dead: the instance of `faulty` is dead: `faulty` trapped in `end-process`: it exited with status 1
        "#]],
    );
}

#[test]
fn a_deadline_ends_a_loop_and_a_wait() {
    let started = Instant::now();
    contains(
        &["spin", "wait-in-host"],
        SHORT,
        expect![[r#"
            spin: Deadline: `faulty` did not finish `spin` within 2000 ms; the host raises the limit with `Limits::deadline`
            - then: Dead: the instance of `faulty` is dead: `faulty` did not finish `spin` within 2000 ms; the host raises the limit with `Limits::deadline`
            wait-in-host: Deadline: `faulty` did not finish `wait-in-host` within 2000 ms; the host raises the limit with `Limits::deadline`
            - then: Dead: the instance of `faulty` is dead: `faulty` did not finish `wait-in-host` within 2000 ms; the host raises the limit with `Limits::deadline`
        "#]],
    );
    assert!(started.elapsed() < LONG);
}

#[test]
fn failures_are_contained_at_the_start_and_in_calls_on_the_stack_and_on_a_fiber() {
    let start = ("start", "(func $start", "(call $start)");
    let add = (
        "call",
        "(param $value i64) (result i64)",
        "(drop (call $add (i64.const 1)))",
    );
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut names = Vec::new();
    let mut shim = patient().directory(directory.path());
    for (place, old, recursion) in [start, add] {
        let failures = [
            ("loops", "(loop (br 0))"),
            ("overflows", recursion),
            ("traps", "unreachable"),
        ];
        for (failure, code) in failures {
            let fails = (old, &*format!("{old} {code}"));
            for (path, edits) in [("stack", &[fails][..]), ("fiber", &[fails, WAITS])] {
                let name = format!("{failure}-{place}-{path}");
                let file = directory.path().join(&name).with_extension("wasm");
                fs::write(&file, component("accumulator", edits)).expect("writes");
                if failure == "loops" {
                    let limits = Limits::default().deadline(SHORT);
                    shim = shim.source(&*name, Source::file(file).limits(limits));
                }
                names.push(name);
            }
        }
    }
    let shim = shim.build().expect("builds");

    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let said = Caller::run("test-loads", &shim, &names).expect_success();
    expect![[r#"
        available: ["loops-call-fiber", "loops-call-stack", "loops-start-fiber", "loops-start-stack", "overflows-call-fiber", "overflows-call-stack", "overflows-start-fiber", "overflows-start-stack", "traps-call-fiber", "traps-call-stack", "traps-start-fiber", "traps-start-stack"]
        Limit: `loops-start-stack` cannot be loaded: the limit of the time to start is 2000 ms; the host raises it with `Limits::deadline`
        Limit: `loops-start-fiber` cannot be loaded: the limit of the time to start is 2000 ms; the host raises it with `Limits::deadline`
        Instantiate: `overflows-start-stack` failed to start: wasm trap: call stack exhausted
        Instantiate: `overflows-start-fiber` failed to start: wasm trap: call stack exhausted
        Instantiate: `traps-start-stack` failed to start: wasm trap: wasm `unreachable` instruction executed
        Instantiate: `traps-start-fiber` failed to start: wasm trap: wasm `unreachable` instruction executed
        loops-call-stack is loaded
        - Deadline: `loops-call-stack` did not finish `add` within 2000 ms; the host raises the limit with `Limits::deadline`
        - Dead: the instance of `loops-call-stack` is dead: `loops-call-stack` did not finish `add` within 2000 ms; the host raises the limit with `Limits::deadline`
        loops-call-fiber is loaded
        - Deadline: `loops-call-fiber` did not finish `add` within 2000 ms; the host raises the limit with `Limits::deadline`
        - Dead: the instance of `loops-call-fiber` is dead: `loops-call-fiber` did not finish `add` within 2000 ms; the host raises the limit with `Limits::deadline`
        overflows-call-stack is loaded
        - Trap: `overflows-call-stack` trapped in `add`: wasm trap: call stack exhausted
        - Dead: the instance of `overflows-call-stack` is dead: `overflows-call-stack` trapped in `add`: wasm trap: call stack exhausted
        overflows-call-fiber is loaded
        - Trap: `overflows-call-fiber` trapped in `add`: wasm trap: call stack exhausted
        - Dead: the instance of `overflows-call-fiber` is dead: `overflows-call-fiber` trapped in `add`: wasm trap: call stack exhausted
        traps-call-stack is loaded
        - Trap: `traps-call-stack` trapped in `add`: wasm trap: wasm `unreachable` instruction executed
        - Dead: the instance of `traps-call-stack` is dead: `traps-call-stack` trapped in `add`: wasm trap: wasm `unreachable` instruction executed
        traps-call-fiber is loaded
        - Trap: `traps-call-fiber` trapped in `add`: wasm trap: wasm `unreachable` instruction executed
        - Dead: the instance of `traps-call-fiber` is dead: `traps-call-fiber` trapped in `add`: wasm trap: wasm `unreachable` instruction executed
    "#]].assert_eq(&said);
    let snapshot = shim.snapshot();
    assert_eq!((snapshot.instances, snapshot.memory_bytes), (0, 0));
}

/// Has instances of `faulty` do these misdeeds, and compares what their caller says with what is
/// expected.
fn contains(misdeeds: &[&str], deadline: Duration, said: Expect) {
    let shim = shim_of(&["test-faulty"])
        .deadline(deadline)
        .build()
        .expect("builds");
    let caller = Caller::run("test-misdeeds", &shim, misdeeds);
    assert!(caller.succeeded, "{}", caller.output());
    said.assert_eq(&caller.output());

    // The caller holds them all, but of the dead nothing is left.
    let snapshot = shim.snapshot();
    assert_eq!(
        (snapshot.instances, snapshot.deaths),
        (1, misdeeds.len() as u64)
    );
    assert!(snapshot.memory_bytes < 2 << 20, "{}", snapshot.memory_bytes);
    drop(caller);
    let snapshot = shim.snapshot();
    assert_eq!((snapshot.instances, snapshot.memory_bytes), (0, 0));
}
