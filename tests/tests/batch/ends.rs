//! Batches in which a call fails: what was done before is kept.

use super::{FaultyInstance, MoverInstance, host, host_of, host_source, source};
use first_class::error::{Skipped, Unsupported};
use first_class::{CallError, Results, Ticket};
use first_class_host::{Limits, Restart, Shim, Source, WasiGrants};
use std::time::Duration;

/// The ways in which an instance is entered.
fn ways(package: &str) -> [Source; 3] {
    let grants = WasiGrants::default().network();
    [
        source(package),
        source(package).wasi(grants),
        source(package).named(),
    ]
}

/// Doubles two numbers, fails, and would double another one.
fn fails_at_the_third(
    faulty: &FaultyInstance,
    fail: impl FnOnce(&mut crate::faulty::FaultyBatch<'_>) -> Ticket<()>,
) -> CallError {
    let mut batch = faulty.batch();
    let first = batch.double(1);
    let second = batch.double(2);
    let third = fail(&mut batch);
    let fourth = batch.double(4);
    let results = batch.run().expect("is called");
    assert_eq!(results.done(), 2);
    assert_eq!((results.get(first), results.get(second)), (Ok(2), Ok(4)));
    assert_eq!(results.get(fourth), skipped(&results, 3, 2));
    let failure = results.get(third).expect_err("fails");
    assert_eq!(results.failure(), Some(&failure));
    failure
}

fn skipped<T>(_: &Results, call: u32, failed: u32) -> Result<T, CallError> {
    let source = String::from("faulty");
    Err(CallError::from(Skipped {
        source,
        call,
        failed,
    }))
}

fn is_dead(faulty: &FaultyInstance) {
    let after = faulty.double(1);
    assert!(matches!(after, Err(CallError::Dead(_))), "{after:?}");
    let mut batch = faulty.batch();
    let ticket = batch.double(1);
    let refused = match batch.run() {
        Err(error) => Err(error),
        Ok(results) => results.get(ticket),
    };
    assert!(matches!(refused, Err(CallError::Dead(_))), "{refused:?}");
}

#[test]
fn a_trap() {
    for source in ways("test-faulty") {
        let shim = host_source("faulty", source);
        let faulty = FaultyInstance::load("faulty").expect("loads");
        let failure = fails_at_the_third(&faulty, |batch| batch.reach_unreachable());
        let CallError::Trap(trap) = &failure else {
            panic!("{failure:?}");
        };
        assert_eq!(
            (&*trap.source, &*trap.function),
            ("faulty", "reach-unreachable")
        );
        assert!(!trap.backtrace.is_empty());
        is_dead(&faulty);
        let snapshot = shim.snapshot();
        assert_eq!((snapshot.deaths, snapshot.instances), (1, 0));
    }
}

#[test]
fn other_traps() {
    host_of("test-faulty");
    type Batch<'a> = crate::faulty::FaultyBatch<'a>;
    let failures: [fn(&mut Batch<'_>) -> Ticket<()>; 4] = [
        |batch| batch.panic(),
        |batch| batch.overflow_stack(),
        |batch| batch.end_process(),
        |batch| batch.exhaust_memory(),
    ];
    for (index, fail) in failures.into_iter().enumerate() {
        let faulty = FaultyInstance::load("faulty").expect("loads");
        let failure = fails_at_the_third(&faulty, fail);
        match index {
            3 => assert!(matches!(failure, CallError::Exhausted(_)), "{failure:?}"),
            _ => assert!(matches!(failure, CallError::Trap(_)), "{failure:?}"),
        }
        is_dead(&faulty);
    }
}

#[test]
fn a_deadline() {
    // The first two calls are done by then, on any machine.
    let limits = Limits::default().deadline(Duration::from_secs(2));
    for source in ways("test-faulty") {
        let shim = host(Shim::builder().source("faulty", source.limits(limits.clone())));
        let faulty = FaultyInstance::load("faulty").expect("loads");
        let failure = fails_at_the_third(&faulty, |batch| batch.spin());
        let CallError::Deadline(deadline) = &failure else {
            panic!("{failure:?}");
        };
        assert_eq!(deadline.function, "spin");
        assert_eq!(deadline.limit, Duration::from_secs(2));
        is_dead(&faulty);
        assert_eq!(shim.snapshot().deaths, 1);
    }
}

/// The deadline is that of all calls together: none of these takes as long.
#[test]
fn the_deadline_is_for_all_calls() {
    let grants = WasiGrants::default().network();
    let limits = Limits::default().deadline(Duration::from_secs(2));
    host(Shim::builder().source("faulty", source("test-faulty").wasi(grants).limits(limits)));
    let faulty = FaultyInstance::load("faulty").expect("loads");
    let mut batch = faulty.batch();
    let tickets: Vec<_> = (0..4).map(|_| batch.wait_in_host(1)).collect();
    let results = batch.run().expect("is called");
    assert!(results.done() < 4, "{}", results.done());
    let failure = results.failure();
    assert!(
        matches!(failure, Some(CallError::Deadline(_))),
        "{failure:?}"
    );
    drop(tickets);
}

/// The results are many times as large as the first window.
#[test]
fn what_large_results_were_before_a_trap() {
    for source in ways("test-mover") {
        host_source("mover", source);
        let mover = MoverInstance::load("mover").expect("loads");
        let mut batch = mover.batch();
        let text = |i: usize| format!("{i}{}", "x".repeat(i * 7));
        let tickets: Vec<_> = (0..600).map(|i| batch.texts().reverse(&text(i))).collect();
        let died = batch.texts().die("so it said");
        let results = batch.run().expect("is called");
        assert_eq!(results.done(), 600);
        for (i, ticket) in tickets.into_iter().enumerate() {
            let reversed: String = text(i).chars().rev().collect();
            assert_eq!(results.get(ticket), Ok(reversed));
        }
        let died = results.get(died);
        assert!(matches!(died, Err(CallError::Trap(_))), "{died:?}");
    }
}

#[test]
fn a_function_that_the_plugin_lacks() {
    first_class::first_class_world!({
        world: "accumulator",
        inline: "package test:accumulator@0.1.0;
            world accumulator {
                export add: func(value: s64) -> s64;
                export clear: func();
            }",
        optional: ["clear"],
    });
    for named in [false, true] {
        let sum = source("test-sum");
        host_source("sum", if named { sum.named() } else { sum });
        let sum = AccumulatorInstance::load("sum").expect("loads");
        let mut batch = sum.batch();
        let first = batch.add(2);
        let lacks = batch.clear();
        let behind = batch.add(3);
        let results = batch.run().expect("is called");
        assert_eq!((results.done(), results.get(first)), (1, Ok(2)));
        let unsupported = CallError::from(Unsupported {
            source: "sum".into(),
            function: "clear".into(),
        });
        assert_eq!(results.get(lacks), Err(unsupported.clone()));
        assert!(matches!(results.get(behind), Err(CallError::Skipped(_))));
        assert_eq!(sum.add(1), Ok(3), "lives on");

        let mut batch = sum.batch();
        let lacks = batch.clear();
        let results = batch.run().expect("there is an outcome");
        assert_eq!((results.done(), results.get(lacks)), (0, Err(unsupported)));
    }
}

#[test]
fn an_instance_that_is_made_anew() {
    host_source("faulty", source("test-faulty").restart(Restart::OnNextCall));
    let faulty = FaultyInstance::load("faulty").expect("loads");
    for _ in 0..3 {
        fails_at_the_third(&faulty, |batch| batch.panic());
    }
    assert_eq!(faulty.double(4), Ok(8));
}
