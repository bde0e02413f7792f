//! Buffers that are too short, too long, or not there.

use crate::case::{case, failed};
use crate::honest::round;
use crate::puppet::Puppet;
use crate::target::{list, number, slot, slots, words};
use first_class_abi::contract::FailureCode::Protocol;

/// Calls a function with all that is shorter than what it takes; the instance lives on.
fn is_too_short(function: &str, takes: usize) {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        for length in [0, 1, takes / 2, takes - 1] {
            let call = caller.invoke(instance, function, &vec![0; length]);
            assert_eq!(call, failed(Protocol), "{length} bytes");
        }
        round(caller, instance, &mut 0).expect("lives");
    });
}

/// Calls a function whose result is one slot.
fn call(caller: &mut Puppet, function: &str, buffer: &[u8]) -> u64 {
    let instance = caller.load("good").expect("loads");
    let result = caller.invoke(instance, function, buffer);
    slot(&result.expect("is called"))
}

#[test]
fn too_short_for_a_scalar() {
    is_too_short("add", 8);
}

#[test]
fn too_short_for_a_text() {
    is_too_short("echo", 16);
}

#[test]
fn too_short_for_two_lists() {
    is_too_short("two-lists", 32);
}

#[test]
fn too_short_for_a_handle() {
    is_too_short("#sum", 16);
    is_too_short("#[resource-drop]thing", 8);
}

#[test]
fn too_short_for_a_record_of_all_parameters() {
    is_too_short("many", 4 * 17);
}

#[test]
fn an_empty_buffer_is_enough_for_nothing() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        assert_eq!(caller.invoke(instance, "nothing", &[]), Ok(vec![]));
        assert_eq!(
            caller
                .invoke(instance, "#[constructor]other", &[])
                .map(|_| ()),
            Ok(())
        );
    });
}

#[test]
fn what_stands_behind_the_arguments_is_ignored() {
    case(|caller| {
        let long = [&slots(&[5])[..], &[0xff; 100_000]].concat();
        assert_eq!(call(caller, "add", &long), 5);
        let long = [&words(&[1; 17])[..], &[0xff; 100_000]].concat();
        assert_eq!(call(caller, "many", &long), 17);
        assert_eq!(call(caller, "bytes", &list(3, &[1; 100_000])), 3);
    });
}

#[test]
fn a_buffer_of_odd_length() {
    case(|caller| {
        assert_eq!(call(caller, "bytes", &list(3, &[1, 2, 3])), 6);
        let odd = [&slots(&[5])[..], &[0xff; 3]].concat();
        assert_eq!(call(caller, "add", &odd), 5);
    });
}

/// A buffer may lie anywhere in the caller's memory.
#[test]
fn a_buffer_at_an_odd_address() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let placed = [&[0xff][..], &list(3, &[1, 2, 3])].concat();
        let (address, length) = caller.place(&placed).expect("places");
        let bytes = number("bytes");
        let sum = caller.raw_invoke(instance, bytes, (address + 1, length - 1));
        assert_eq!(sum.as_deref().map(slot), Ok(6));
    });
}
