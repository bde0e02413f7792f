//! Functions by numbers that name none, and by the wrong lane.

use crate::case::{case, failed};
use crate::honest::round;
use crate::puppet::Puppet;
use crate::target::{functions, slot, slots};
use first_class_abi::contract::FailureCode::Protocol;

/// Calls a number that names no function; the instance lives on.
fn is_no_function(caller: &mut Puppet, number: u32) {
    let instance = caller.load("good").expect("loads");
    for length in [0, 8, 4096] {
        let call = caller.invoke_number(instance, number, &vec![0; length]);
        assert_eq!(call, failed(Protocol), "{length} bytes");
    }
    let call = caller.scalar_number(instance, number, [0; 4]);
    assert_eq!(call, failed(Protocol));
    assert_eq!(caller.supports(instance, number), Ok(false));
    round(caller, instance, &mut 0).expect("lives");
}

#[test]
fn the_number_after_the_last() {
    case(|caller| is_no_function(caller, functions()));
}

#[test]
fn the_largest_number() {
    case(|caller| is_no_function(caller, u32::MAX));
}

#[test]
fn a_number_that_is_negative_to_whoever_takes_it_for_signed() {
    case(|caller| is_no_function(caller, 1 << 31));
}

/// Each is called with nothing but zeroes, which kills the instance at most.
#[test]
fn every_function_with_zeroes_in_both_lanes() {
    case(|caller| {
        for number in 0..functions() {
            let instance = caller.load("good").expect("loads");
            assert_eq!(caller.supports(instance, number), Ok(true));
            let _ = caller.invoke_number(instance, number, &[0; 256]);
            let _ = caller.scalar_number(instance, number, [0; 4]);
            assert!(!caller.trapped, "by function {number}");
            caller.release(instance).expect("releases");
        }
    });
}

#[test]
fn scalars_for_a_function_that_takes_a_text() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let echo = caller.scalar(instance, "echo", [1024, 0, 0, 0]);
        assert_eq!(echo, failed(Protocol));
        let many = caller.scalar(instance, "many", [1; 4]);
        assert_eq!(many, failed(Protocol));
        round(caller, instance, &mut 0).expect("lives");
    });
}

#[test]
fn a_buffer_for_a_function_that_takes_scalars() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let sum = caller.invoke(instance, "add", &slots(&[5]));
        assert_eq!(sum.as_deref().map(slot), Ok(5));
        let nothing = caller.invoke(instance, "nothing", &[]);
        assert_eq!(nothing, Ok(vec![]));
    });
}

#[test]
fn scalars_that_a_function_does_not_have_are_ignored() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        assert_eq!(caller.scalar(instance, "nothing", [u64::MAX; 4]), Ok(0));
        let sum = caller.scalar(instance, "add", [7, u64::MAX, u64::MAX, u64::MAX]);
        assert_eq!(sum, Ok(7));
    });
}
