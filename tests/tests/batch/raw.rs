//! Batches that no guest runtime writes: the instance may be harmed, its host never.

use super::{host_of, host_source, source};
use first_class_abi::contract::FailureCode;
use first_class_host::{CallError, Outcome, Shim, ShimCtx};
use proptest::prelude::*;
use std::cell::RefCell;

/// Functions of the world `values` itself, which come first: `add`, `nothing`, `sixteen`, `twenty`.
const ADD: u32 = 0;
const NOTHING: u32 = 1;
const TWENTY: u32 = 3;

struct Caller {
    shim: Shim,
    ctx: ShimCtx,
}

impl Caller {
    fn new() -> Self {
        let shim = host_of("test-echo");
        let ctx = shim.caller();
        Caller { shim, ctx }
    }

    fn load(&mut self) -> u32 {
        let loaded = self.ctx.load("echo", crate::values::WORLD);
        loaded.expect("loads")
    }

    /// Checks that a batch breaks the contract, and that nothing was called.
    fn is_refused(&mut self, calls: &[u8], why: &str) {
        let instance = self.load();
        let before = self.shim.snapshot().calls;
        match self.ctx.invoke_batch(instance, calls) {
            Err(CallError::Protocol { message }) => assert!(message.contains(why), "{message}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(self.shim.snapshot().calls, before);
        assert_eq!(
            self.ctx.invoke_scalar(instance, ADD, [1, 2, 0, 0]).ok(),
            Some(3)
        );
        self.ctx.release(instance);
    }
}

/// A call as it stands in a batch.
fn call(function: u32, arguments: &[u64]) -> Vec<u8> {
    let arguments: Vec<u8> = arguments.iter().flat_map(|it| it.to_le_bytes()).collect();
    let front = [function, arguments.len() as u32].map(u32::to_le_bytes);
    [front.as_flattened(), &arguments].concat()
}

fn word(bytes: &[u8], index: usize) -> u32 {
    let word = bytes[4 * index..].first_chunk().copied();
    u32::from_le_bytes(word.expect("is there"))
}

/// The results that are slots, found as a caller finds them.
fn slots(calls: &[u8], outcome: &Outcome) -> Vec<u64> {
    let results = &outcome.results;
    let start = 1024 + calls.len().next_multiple_of(8) as u32;
    let slot = |call: u32| {
        let address = word(results, 1 + call as usize);
        let bytes = results[(address - start) as usize..].first_chunk().copied();
        u64::from_le_bytes(bytes.expect("is there"))
    };
    (0..word(results, 0)).map(slot).collect()
}

#[test]
fn the_form_of_the_contract() {
    let mut caller = Caller::new();
    let instance = caller.load();
    assert!(caller.ctx.takes_batches(instance));
    let calls = [
        call(ADD, &[1, 2]),
        call(ADD, &[u64::MAX, 2]),
        call(ADD, &[3, 4, 99]),
    ]
    .concat();
    let outcome = caller
        .ctx
        .invoke_batch(instance, &calls)
        .expect("is called");
    assert_eq!(outcome.failure, None);
    assert_eq!(slots(&calls, &outcome), [3, 1, 7]);
    // A number, four addresses in a multiple of 8, and the slots.
    assert_eq!(outcome.results.len(), 24 + 3 * 8);
    let end = word(&outcome.results, 4);
    assert_eq!(end as usize, 1024 + calls.len() + outcome.results.len());
}

#[test]
fn nothing_at_all() {
    let mut caller = Caller::new();
    let instance = caller.load();
    let outcome = caller.ctx.invoke_batch(instance, &[]).expect("is nothing");
    assert_eq!(outcome.failure, None);
    assert_eq!(word(&outcome.results, 0), 0);
    assert!(!caller.ctx.takes_batches(instance + 1));
    let refused = caller.ctx.invoke_batch(instance + 1, &[]);
    assert!(matches!(refused, Err(CallError::Protocol { .. })));
}

#[test]
fn what_are_no_calls() {
    let mut caller = Caller::new();
    let good = call(ADD, &[1, 2]);
    let front = |function: u32, length: u32| [function, length].map(u32::to_le_bytes).concat();
    for rest in [1, 4, 7] {
        caller.is_refused(&[&good[..], &vec![0; rest]].concat(), "are no calls");
    }
    for length in [8, 16, u32::MAX, u32::MAX - 7, 0x8000_0000] {
        let cut = [&good[..], &front(NOTHING, length)].concat();
        caller.is_refused(&cut, "are no calls");
    }
    let odd = [&good[..], &front(NOTHING, 4), &[0; 4]].concat();
    caller.is_refused(&odd, "are no calls");
    caller.is_refused(&good[..good.len() - 8], "are no calls");
}

#[test]
fn functions_that_are_not_there() {
    let mut caller = Caller::new();
    let good = call(ADD, &[1, 2]);
    for function in [1000, u32::MAX] {
        let calls = [&good[..], &call(function, &[1, 2])].concat();
        caller.is_refused(&calls, "function number");
    }
}

#[test]
fn arguments_that_are_too_short() {
    let mut caller = Caller::new();
    let good = call(ADD, &[1, 2]);
    caller.is_refused(&[&good[..], &call(ADD, &[1])].concat(), "take 16 bytes");
    caller.is_refused(&[&good[..], &call(TWENTY, &[0; 4])].concat(), "`twenty`");
}

#[test]
fn one_that_takes_none_says_so() {
    let shim = host_source("echo", source("test-echo").named());
    let mut ctx = shim.caller();
    let instance = ctx.load("echo", crate::values::WORLD).expect("loads");
    assert!(!ctx.takes_batches(instance));
    let refused = ctx.invoke_batch(instance, &call(NOTHING, &[]));
    assert!(
        matches!(refused, Err(CallError::Protocol { .. })),
        "{refused:?}"
    );
    assert_eq!(ctx.invoke_scalar(instance, ADD, [1, 2, 0, 0]).ok(), Some(3));
}

/// Calls of any function, with arguments that may be anything, and perhaps with damage.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![0..4u64, 1000..1300u64, any::<u64>()];
    let arguments = proptest::collection::vec(number, 0..24);
    let call = (0..40u32, arguments).prop_map(|(function, arguments)| call(function, &arguments));
    let calls = proptest::collection::vec(call, 0..12).prop_map(|calls| calls.concat());
    let damage = proptest::collection::vec((any::<usize>(), any::<u8>()), 0..3);
    (calls, damage, any::<bool>()).prop_map(|(mut calls, damage, does)| {
        let length = calls.len();
        for (place, byte) in damage.into_iter().filter(|_| does && length > 0) {
            calls[place % length] = byte;
        }
        calls
    })
}

#[test]
fn whatever_it_is_the_next_instance_is_served() {
    let mut caller = Caller::new();
    let neighbour = caller.load();
    let caller = RefCell::new(caller);
    let config = ProptestConfig::with_cases(300);
    proptest!(config, |(calls in hostile())| {
        let mut caller = caller.borrow_mut();
        let instance = caller.load();
        if let Ok(outcome) = caller.ctx.invoke_batch(instance, &calls) {
            let code = outcome.failure.map(|failure| FailureCode::from_number(failure.code));
            let harmless = matches!(code, None | Some(Some(
                FailureCode::Trap | FailureCode::Exhausted | FailureCode::ResultLimit
            )));
            prop_assert!(harmless, "{:?}", code);
        }
        caller.ctx.release(instance);
        let served = caller.ctx.invoke_scalar(neighbour, ADD, [1, 2, 0, 0]);
        prop_assert_eq!(served.ok(), Some(3));
    });
}
