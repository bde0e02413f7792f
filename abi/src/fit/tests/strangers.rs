//! Types that were made to do harm.

use super::{lines, world};
use crate::world::World;
use std::fmt::Write;

/// A world of one function whose parameter is `levels` deep and, written out, as many times
/// two large.
fn doubling(levels: usize, prefix: &str, innermost: &str) -> World {
    let mut types = format!("record {prefix}0 {{ a: {innermost} }}");
    for level in 1..=levels {
        let below = level - 1;
        write!(
            types,
            "type {prefix}{level} = tuple<{prefix}{below}, {prefix}{below}>;"
        )
        .expect("writes");
    }
    rule(&format!("{types} check: func(all: {prefix}{levels});"))
}

/// A world of one function whose parameter goes through a chain of aliases.
fn chain(length: usize, innermost: &str) -> World {
    let mut types = format!("type t0 = {innermost};");
    for link in 1..=length {
        write!(types, "type t{link} = t{};", link - 1).expect("writes");
    }
    rule(&format!("{types} check: func(all: t{length});"))
}

fn rule(body: &str) -> World {
    world(&super::rule(body))
}

#[test]
fn shared_types_take_no_exponential_time() {
    let expected = doubling(90, "t", "u8");
    assert_eq!(lines(&expected, &expected), [""; 0]);
    let found = lines(&expected, &doubling(90, "t", "u16"));
    assert_eq!(
        found,
        ["type `t0` of acme:lint/rule@1.0.0: field `a`: expected `u8`, found `u16`"]
    );
    let found = lines(&expected, &doubling(90, "other", "u16"));
    assert_eq!(
        found.len(),
        92,
        "the types are not exported and the parameter differs"
    );
    assert!(found.iter().all(|line| line.len() < 1000), "{found:?}");
}

#[test]
fn spellings_are_cut_off() {
    let nested = |levels: usize, innermost: &str| {
        let (open, close) = ("list<".repeat(levels), ">".repeat(levels));
        rule(&format!("check: func(all: {open}{innermost}{close});"))
    };
    assert_eq!(lines(&nested(70, "u8"), &nested(70, "u8")), [""; 0]);
    let found = lines(&nested(70, "u8"), &nested(70, "u16"));
    assert!(found[0].len() < 1000, "{found:?}");
}

#[test]
fn chains_of_aliases_are_followed_once() {
    let expected = chain(20_000, "list<u8>");
    assert_eq!(lines(&expected, &expected), [""; 0]);
    let found = lines(&expected, &chain(20_000, "list<u16>"));
    assert_eq!(
        found,
        ["type `t0` of acme:lint/rule@1.0.0: expected `list<u8>`, found `list<u16>`"]
    );
}
