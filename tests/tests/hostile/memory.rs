//! Addresses outside of the caller's own memory, in every function of the contract. They are the
//! caller's own death.

use crate::case::{Case, case, failed, trapped};
use crate::puppet::{PAYLOAD, Puppet, Span};
use crate::target::{ENCODED, number, slot};
use first_class_abi::contract::FailureCode::{NotFound, Protocol};

/// Bytes that are not there. The caller's memory has one page, until something large is placed.
const WILD: [Span; 7] = [
    (65536, 1),
    (65535, 2),
    (1 << 31, 16),
    (u32::MAX, 1),
    (u32::MAX - 7, 16),
    (1024, u32::MAX),
    (u32::MAX, u32::MAX),
];

/// An address at which an answer has no room, or may not lie.
const NO_ANSWER: [&str; 4] = ["65536", "65532", "-8", "66"];

/// What a caller does; a trap ends it.
type Act = fn(&mut Puppet, Span);

/// Has a caller do this with each of the wild spans.
fn is_fatal(act: Act) {
    Case::default().run_each(WILD, |caller, span| {
        act(caller, span);
        assert!(caller.trapped, "{span:?}");
    });
}

/// Has a caller do this where the answer cannot be written.
fn has_no_room_for_an_answer(act: Act) {
    for address in NO_ANSWER {
        let answer = format!("(global $answer i32 (i32.const {address}))");
        let edits = [("(global $answer i32 (i32.const 64))", answer.as_str())];
        Case::caller(&edits).run(|caller| {
            act(caller, (1024, 0));
            assert!(caller.trapped, "{address}");
        });
    }
}

#[test]
fn the_world_of_available() {
    is_fatal(|caller, span| assert_eq!(caller.raw_available(span), trapped()));
}

#[test]
fn the_world_of_load() {
    is_fatal(|caller, span| {
        let source = caller.place(b"good").expect("places");
        assert_eq!(caller.raw_load(source, span), trapped());
    });
}

#[test]
fn the_source_of_load() {
    is_fatal(|caller, span| {
        let world = caller.place(&ENCODED).expect("places");
        assert_eq!(caller.raw_load(span, world), trapped());
    });
}

#[test]
fn the_component_of_load_bytes() {
    is_fatal(|caller, span| {
        let world = caller.place(&ENCODED).expect("places");
        assert_eq!(caller.raw_load_bytes(span, world), trapped());
    });
}

#[test]
fn the_world_of_load_bytes() {
    is_fatal(|caller, span| {
        let component = caller.place(b"component").expect("places");
        assert_eq!(caller.raw_load_bytes(component, span), trapped());
    });
}

#[test]
fn the_arguments_of_invoke() {
    is_fatal(|caller, span| {
        let instance = caller.load("good").expect("loads");
        let call = caller.raw_invoke(instance, number("echo"), span);
        assert_eq!(call, trapped());
    });
}

/// The address is looked at before the number is.
#[test]
fn the_arguments_of_invoke_for_an_instance_that_there_is_not() {
    is_fatal(|caller, span| assert_eq!(caller.raw_invoke(9, 9, span), trapped()));
}

#[test]
fn the_answer_of_available() {
    has_no_room_for_an_answer(|caller, _| assert_eq!(caller.available(&ENCODED), trapped()));
}

#[test]
fn the_answer_of_load() {
    has_no_room_for_an_answer(|caller, _| assert_eq!(caller.load("good"), trapped()));
}

/// The caller does not learn that there is no such source.
#[test]
fn the_answer_of_a_load_that_fails() {
    has_no_room_for_an_answer(|caller, _| assert_eq!(caller.load("none"), trapped()));
}

/// It cannot load an instance either, so there is none behind the number.
#[test]
fn the_answer_of_invoke() {
    has_no_room_for_an_answer(|caller, span| {
        assert_eq!(caller.raw_invoke(0, 0, span), trapped());
    });
}

#[test]
fn the_answer_of_load_bytes() {
    has_no_room_for_an_answer(|caller, span| {
        assert_eq!(caller.raw_load_bytes(span, span), trapped());
    });
}

#[test]
fn the_answer_of_respawn() {
    has_no_room_for_an_answer(|caller, _| assert_eq!(caller.respawn(0), trapped()));
}

#[test]
fn the_answer_of_invoke_scalar() {
    has_no_room_for_an_answer(|caller, _| {
        assert_eq!(caller.scalar(0, "add", [0; 4]), trapped());
    });
}

/// Where nothing is read, an address still has to be one.
#[test]
fn nothing_at_all_that_lies_nowhere() {
    case(|caller| {
        assert_eq!(caller.raw_available((1 << 31, 0)), trapped());
    });
}

#[test]
fn nothing_at_all_that_lies_at_the_end() {
    case(|caller| {
        assert_eq!(caller.raw_available((65536, 0)), failed(Protocol));
        let load = caller.raw_load((65536, 0), (0, 0));
        assert_eq!(load, failed(NotFound));
        let instance = caller.load("good").expect("loads");
        let nothing = caller.raw_invoke(instance, number("nothing"), (65536, 0));
        assert_eq!(nothing, Ok(vec![]));
    });
}

/// The host has read the arguments before it writes the answer.
#[test]
fn an_answer_over_the_arguments() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let sum = caller.scalar(instance, "add", [5, 0, 0, 0]);
        assert_eq!(sum, Ok(5));
        let sum = caller.raw_invoke(instance, number("add"), (PAYLOAD, 8));
        assert_eq!(sum.as_deref().map(slot), Ok(10));
    });
}
