//! The limits of one call are those of a batch.

use super::{LONG, MoverInstance, ValuesInstance, host, source};
use first_class::CallError;
use first_class_host::{Limits, Shim};

fn mover(limits: Limits) -> MoverInstance {
    let source = source("test-mover").limits(limits.deadline(LONG));
    host(Shim::builder().source("mover", source));
    MoverInstance::load("mover").expect("loads")
}

#[test]
fn arguments_of_all_calls_together() {
    // A number, a length, two slots and 104 bytes are 128.
    let mover = mover(Limits::default().argument_bytes(10 * 128));
    for (calls, fits) in [(10, true), (11, false)] {
        let mut batch = mover.batch();
        let tickets: Vec<_> = (0..calls).map(|_| batch.numbers().u8s(&[7; 104])).collect();
        match batch.run() {
            Ok(results) => {
                assert!(fits);
                for ticket in tickets {
                    assert_eq!(results.get(ticket), Ok(vec![7; 104]));
                }
            }
            Err(CallError::Limit(exceeded)) => {
                assert!(!fits);
                assert_eq!((&*exceeded.function, exceeded.limit), ("batch", 1280));
            }
            Err(error) => panic!("{error}"),
        }
        assert_eq!(mover.texts().keep(""), Ok(()), "lives on");
    }
}

/// With their addresses in front of them, results of these bytes are no larger than that.
fn results_of(calls: usize, bytes: usize) -> u64 {
    let front = (4 + 4 * (calls + 1)).next_multiple_of(8);
    (front + calls * (8 + bytes).next_multiple_of(8)) as u64
}

#[test]
fn results_of_all_calls_together() {
    for (calls, bytes) in [(3, 100), (100, 1000), (40, 5000)] {
        let just = results_of(calls, bytes);
        for (limit, done) in [(just, calls), (just - 1, calls - 1)] {
            let mover = mover(Limits::default().result_bytes(limit));
            let mut batch = mover.batch();
            let tickets: Vec<_> = (0..calls)
                .map(|_| batch.numbers().u8s(&vec![7; bytes]))
                .collect();
            let results = batch.run().expect("is called");
            assert_eq!(results.done(), done);
            for (i, ticket) in tickets.into_iter().enumerate() {
                match results.get(ticket) {
                    Ok(result) => assert!(i < done && result == vec![7; bytes]),
                    Err(CallError::Limit(exceeded)) => {
                        assert_eq!((i, exceeded.limit), (done, limit));
                        assert_eq!(exceeded.function, "test:mover/numbers#u8s");
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            assert_eq!(mover.texts().keep(""), Ok(()), "lives on");
        }
    }
}

#[test]
fn more_calls_than_their_results_have_room_for() {
    let source = source("test-echo").limits(Limits::default().deadline(LONG).result_bytes(100));
    host(Shim::builder().source("echo", source));
    let values = ValuesInstance::load("echo").expect("loads");
    let mut batch = values.batch();
    let tickets: Vec<_> = (0..100).map(|i| batch.add(i, i)).collect();
    let refused = batch.run().map(|results| results.done());
    assert!(matches!(refused, Err(CallError::Limit(_))), "{refused:?}");
    drop(tickets);
    assert_eq!(values.add(1, 2), Ok(3));
}

/// Where the buffers of the batch have no room in the memory of the instance.
#[test]
fn memory() {
    let limits = Limits::default().memory_bytes(2 << 20);
    let mover = mover(limits);
    assert_eq!(mover.texts().keep(""), Ok(()));
    let mut batch = mover.batch();
    let small = batch.numbers().u8s(&[1]);
    let tickets: Vec<_> = (0..40)
        .map(|_| batch.numbers().u8s(&vec![7; 50_000]))
        .collect();
    let results = batch.run().expect("there is an outcome");
    let failure = results.failure();
    assert!(
        matches!(failure, Some(CallError::Exhausted(_))),
        "{failure:?}"
    );
    assert_eq!(results.get(small).is_ok(), results.done() > 0);
    drop(tickets);
}
