//! Plugins in C, Go, JavaScript and Python: components with a runtime or an interpreter in them, and otherwise
//! as any.

use expect_test::{Expect, expect};
use first_class::LoadError;
use first_class_host::{Capacity, Limits, ShimBuilder, Source};
use first_class_tests::{Caller, foreign, guest, patient};
use std::path::PathBuf;
use std::time::Duration;

first_class::first_class_world!({ world: "faulty", path: "wit/faulty" });
first_class::first_class_world!({ world: "rule", path: "../examples/wit/lint" });

/// An interpreter is large: to compile one takes as long as all the others that are tested here.
/// What is compiled is kept.
fn shim() -> ShimBuilder {
    let cache = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/wasmtime-cache");
    patient()
        .capacity(Capacity::default().compile_time(Duration::from_secs(600)))
        .cache(cache)
}

/// A document in which the rules have something to object to, also behind characters of several
/// bytes and of two units of UTF-16.
fn document() -> rule::Document {
    let long = "né 𝄞 ".repeat(50);
    let lines = [
        "see the the end",
        "𝄞𝄞 Über über, over",
        "over the",
        "",
        "the hill. No, no; 0 0",
        &long,
        &"a".repeat(200),
        "𝄞 TODO: FIXME, but no TODOS",
        "é\u{a0}\u{3000}\t",
    ];
    rule::Document {
        path: "a.txt".into(),
        lines: lines.map(str::to_owned).to_vec(),
    }
}

/// A rule in another language is found beside the one in Rust, fits the world, and says the same.
fn says_the_same(foreign_name: &str, name: &str, findings: usize) {
    let Some(path) = foreign(foreign_name) else {
        return;
    };
    let bytes = std::fs::read(&path).expect("is read");
    first_class_host::check(foreign_name, &bytes, rule::WORLD).expect("fits the world");
    let shim = shim().file(foreign_name, path).file(name, guest(name));
    first_class_native::host_with(&shim.build().expect("builds"));

    let names = RuleInstance::available().expect("the world is sound");
    assert_eq!(names, [name, foreign_name]);
    let [rust, other] = [name, foreign_name].map(|name| RuleInstance::load(name).expect("loads"));
    let expected = rust.check(&document()).expect("checks");
    assert_eq!(expected.len(), findings, "{expected:?}");
    assert_eq!(rust.describe(), other.describe());
    for _ in 0..100 {
        assert_eq!(other.check(&document()), Ok(expected.clone()));
    }
    let started = (0..10).map(|_| other.start().check(&document()).expect("starts"));
    for result in first_class::join(started.collect::<Vec<_>>()) {
        assert_eq!(result, Ok(expected.clone()));
    }
}

#[test]
fn a_rule_in_c_says_what_the_one_in_rust_does() {
    says_the_same("trailing-space-c", "trailing-space", 2);
}

#[test]
fn a_rule_in_go_says_what_the_one_in_rust_does() {
    says_the_same("notes-go", "notes", 2);
}

#[test]
fn a_rule_in_javascript_says_what_the_one_in_rust_does() {
    says_the_same("repeated-words-js", "repeated-words", 3);
}

#[test]
fn a_rule_in_python_says_what_the_one_in_rust_does() {
    says_the_same("long-lines-py", "long-lines", 1);
}

#[test]
fn one_of_another_world_is_not_there_and_its_load_says_why() {
    for name in ["faulty-c", "faulty-go", "faulty-js", "faulty-py"] {
        let Some(path) = foreign(name) else { continue };
        first_class_native::host_with(&shim().file(name, path).build().expect("builds"));
        assert_eq!(RuleInstance::available(), Ok(vec![]));
        assert_eq!(FaultyInstance::available(), Ok(vec![name.to_owned()]));
        let error = RuleInstance::load(name).err();
        assert!(
            matches!(error, Some(LoadError::Incompatible { .. })),
            "{error:?}"
        );
    }
}

/// Enough for all that ends by itself, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(5);

/// All misdeeds that there are.
const ALL: [&str; 7] = [
    "panic",
    "reach-unreachable",
    "overflow-stack",
    "exhaust-memory",
    "end-process",
    "spin",
    "wait-in-host",
];

/// Has instances do these misdeeds, and compares what their caller says of them.
fn contains(path: PathBuf, misdeeds: &[&str], said: Expect) {
    let limits = Limits::default();
    let limits = limits.deadline(DEADLINE).memory_bytes(96 << 20);
    let shim = shim().source("faulty", Source::file(path).limits(limits));
    let shim = shim.build().expect("builds");
    let caller = Caller::run("test-misdeeds", &shim, misdeeds);
    assert!(caller.succeeded, "{}", caller.output());
    // What comes after the death is the same as for any other plugin.
    let output = caller.output();
    let first = output.lines().filter(|line| !line.starts_with("- then: "));
    // How much it wanted is the interpreter's own matter.
    let first = first.map(|line| match line.split_once(" bytes were asked for") {
        Some((before, after)) => {
            let before = before.trim_end_matches(|c: char| c.is_ascii_digit());
            format!("{before}N bytes were asked for{after}\n")
        }
        None => format!("{line}\n"),
    });
    let first: String = first.collect();
    said.assert_eq(&first);
    let snapshot = shim.snapshot();
    assert_eq!(
        (snapshot.instances, snapshot.deaths),
        (1, misdeeds.len() as u64)
    );
    drop(caller);
    let snapshot = shim.snapshot();
    assert_eq!((snapshot.instances, snapshot.memory_bytes), (0, 0));
}

#[test]
fn what_goes_wrong_in_javascript_costs_its_own_instance() {
    let Some(path) = foreign("faulty-js") else {
        return;
    };
    let misdeeds = [
        "panic",
        "reach-unreachable",
        "overflow-stack",
        "exhaust-memory",
        "spin",
        "wait-in-host",
    ];
    contains(
        path,
        &misdeeds,
        expect![[r#"
            panic: Trap: `faulty` trapped in `panic`: wasm trap: wasm `unreachable` instruction executed
            reach-unreachable: Trap: `faulty` trapped in `reach-unreachable`: wasm trap: wasm `unreachable` instruction executed
            overflow-stack: Trap: `faulty` trapped in `overflow-stack`: wasm trap: wasm `unreachable` instruction executed
            exhaust-memory: Exhausted: `faulty` ran out of what it may have in `exhaust-memory`: the limit of the memory is 100663296 bytes, N bytes were asked for; the host raises it with `Limits::memory_bytes`
            spin: Deadline: `faulty` did not finish `spin` within 5000 ms; the host raises the limit with `Limits::deadline`
            wait-in-host: Deadline: `faulty` did not finish `wait-in-host` within 5000 ms; the host raises the limit with `Limits::deadline`
        "#]],
    );
}

#[test]
fn what_goes_wrong_in_python_costs_its_own_instance() {
    let Some(path) = foreign("faulty-py") else {
        return;
    };
    contains(
        path,
        &ALL,
        expect![[r#"
            panic: Trap: `faulty` trapped in `panic`: wasm trap: wasm `unreachable` instruction executed
            reach-unreachable: Trap: `faulty` trapped in `reach-unreachable`: wasm trap: wasm `unreachable` instruction executed
            overflow-stack: Trap: `faulty` trapped in `overflow-stack`: wasm trap: wasm `unreachable` instruction executed
            exhaust-memory: Exhausted: `faulty` ran out of what it may have in `exhaust-memory`: the limit of the memory is 100663296 bytes, N bytes were asked for; the host raises it with `Limits::memory_bytes`
            end-process: Trap: `faulty` trapped in `end-process`: it exited with status 1
            spin: Deadline: `faulty` did not finish `spin` within 5000 ms; the host raises the limit with `Limits::deadline`
            wait-in-host: Deadline: `faulty` did not finish `wait-in-host` within 5000 ms; the host raises the limit with `Limits::deadline`
        "#]],
    );
}

#[test]
fn what_goes_wrong_in_c_costs_its_own_instance() {
    let Some(path) = foreign("faulty-c") else {
        return;
    };
    contains(
        path,
        &ALL,
        expect![[r#"
        panic: Trap: `faulty` trapped in `panic`: wasm trap: wasm `unreachable` instruction executed
        reach-unreachable: Trap: `faulty` trapped in `reach-unreachable`: wasm trap: wasm `unreachable` instruction executed
        overflow-stack: Trap: `faulty` trapped in `overflow-stack`: wasm trap: call stack exhausted
        exhaust-memory: Exhausted: `faulty` ran out of what it may have in `exhaust-memory`: the limit of the memory is 100663296 bytes, N bytes were asked for; the host raises it with `Limits::memory_bytes`
        end-process: Trap: `faulty` trapped in `end-process`: it exited with status 1
        spin: Deadline: `faulty` did not finish `spin` within 5000 ms; the host raises the limit with `Limits::deadline`
        wait-in-host: Deadline: `faulty` did not finish `wait-in-host` within 5000 ms; the host raises the limit with `Limits::deadline`
    "#]],
    );
}

#[test]
fn what_goes_wrong_in_go_costs_its_own_instance() {
    let Some(path) = foreign("faulty-go") else {
        return;
    };
    contains(
        path,
        &ALL,
        expect![[r#"
        panic: Trap: `faulty` trapped in `panic`: wasm trap: wasm `unreachable` instruction executed
        reach-unreachable: Trap: `faulty` trapped in `reach-unreachable`: wasm trap: wasm `unreachable` instruction executed
        overflow-stack: Trap: `faulty` trapped in `overflow-stack`: wasm trap: call stack exhausted
        exhaust-memory: Exhausted: `faulty` ran out of what it may have in `exhaust-memory`: the limit of the memory is 100663296 bytes, N bytes were asked for; the host raises it with `Limits::memory_bytes`
        end-process: Trap: `faulty` trapped in `end-process`: it exited with status 1
        spin: Deadline: `faulty` did not finish `spin` within 5000 ms; the host raises the limit with `Limits::deadline`
        wait-in-host: Deadline: `faulty` did not finish `wait-in-host` within 5000 ms; the host raises the limit with `Limits::deadline`
    "#]],
    );
}
