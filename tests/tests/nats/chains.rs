//! Calls that each add a number that no other adds, so that a result tells what its call has found and
//! what it has left: those of an instance make a chain, which begins with nothing.

use std::collections::{HashMap, HashSet};
use std::iter::successors;
use std::sync::atomic::{AtomicU64, Ordering};

/// A call that was executed, and between which times.
#[derive(Debug)]
pub(crate) struct Added {
    pub(crate) value: u64,
    pub(crate) sum: u64,
    pub(crate) began: u128,
    pub(crate) ended: u128,
}

/// The calls of a name.
#[derive(Default)]
pub(crate) struct Calls {
    pub(crate) added: Vec<Added>,
    /// How many more may have been executed.
    pub(crate) unknown: usize,
}

impl Added {
    fn found(&self) -> u64 {
        self.sum - self.value
    }
}

/// A number that no other call adds, of 40 bits: no two sums of them will be the same by chance.
pub(crate) fn value() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Splitmix.
    let mut mixed = NEXT
        .fetch_add(1, Ordering::Relaxed)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ mixed >> 31) >> 24 | 1
}

/// No state was found or left by two calls, none was left by a call that nobody knows of, and no chain
/// goes on while another does; how many have begun.
pub(crate) fn check(calls: &Calls) -> usize {
    let chains = chains(calls);
    for chain in &chains {
        let mut began = 0;
        for one in chain {
            assert!(one.ended >= began, "before what it follows: {one:?}");
            began = began.max(one.began);
        }
        let first = chain.iter().map(|it| it.ended).min().expect("is one");
        let last = began;
        let others = chains.iter().filter(|it| it[0].sum != chain[0].sum);
        for other in others.flatten() {
            let is_between = first < other.began && other.ended < last;
            assert!(!is_between, "two at a time: {other:?} and {:?}", chain[0]);
        }
    }
    chains.iter().filter(|it| it[0].found() == 0).count()
}

fn chains(calls: &Calls) -> Vec<Vec<&Added>> {
    let (mut by_found, mut left) = (HashMap::new(), HashSet::new());
    for one in &calls.added {
        assert!(left.insert(one.sum), "left by two: {one:?}");
        if one.found() > 0 {
            let other = by_found.insert(one.found(), one);
            assert!(other.is_none(), "found by two: {one:?} and {other:?}");
        }
    }
    let begins = |it: &&Added| it.found() == 0 || !left.contains(&it.found());
    let begin: Vec<_> = calls.added.iter().filter(begins).collect();
    let unexplained = begin.iter().filter(|it| it.found() > 0).count();
    assert!(
        unexplained <= calls.unknown,
        "{unexplained} states were left by calls without a result, and there were {}",
        calls.unknown
    );
    let next = |it: &&Added| by_found.get(&it.sum).copied();
    let chains = begin.into_iter().map(|it| successors(Some(it), next));
    chains.map(Iterator::collect).collect()
}

/// Calls of one caller, as values and sums, each after the one before.
fn one_after_the_other(calls: &[(u64, u64)], unknown: usize) -> Calls {
    let added = (1..).zip(calls).map(|(turn, (value, sum))| Added {
        value: *value,
        sum: *sum,
        began: 10 * turn,
        ended: 10 * turn + 1,
    });
    Calls {
        added: added.collect(),
        unknown,
    }
}

#[test]
fn chains_of_two_instances_are_told_apart() {
    // Of the first, a call that added 8 has no result.
    let calls = one_after_the_other(&[(1, 1), (2, 3), (4, 15), (16, 16), (32, 48)], 1);
    assert_eq!(check(&calls), 2);
}

#[test]
#[should_panic(expected = "found by two")]
fn an_instance_that_is_there_twice_is_seen() {
    check(&one_after_the_other(&[(1, 1), (2, 3), (4, 5)], 1));
}

#[test]
#[should_panic(expected = "left by calls without a result")]
fn a_call_that_was_executed_twice_is_seen() {
    check(&one_after_the_other(&[(1, 1), (2, 5)], 0));
}

#[test]
#[should_panic(expected = "two at a time")]
fn instances_that_answer_by_turns_are_seen() {
    check(&one_after_the_other(&[(1, 1), (2, 2), (4, 5)], 0));
}
