//! Lists and texts that lie where nothing is, or that are longer than everything.

use crate::case::{case, failed};
use crate::puppet::Outcome;
use crate::target::{behind, list, slot, slots, words};
use first_class_abi::contract::FailureCode::Trap;

/// The end of a memory as large as it can be.
const END: u64 = u32::MAX as u64;

/// A test for each line: a function, the address and the length of a list, and what comes of it.
/// Behind the two slots lie 64 bytes that are 1 each.
macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident: $function:literal, $address:expr, $length:expr => $outcome:expr;)*) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                case(|caller| {
                    let instance = caller.load("good").expect("loads");
                    let buffer = [&slots(&[$address, $length])[..], &[1; 64]].concat();
                    let result = caller.invoke(instance, $function, &buffer);
                    assert_eq!(result.as_deref().map(slot).map_err(|woe| *woe), $outcome);
                });
            }
        )*
    };
}

fn sum(value: u64) -> Outcome<u64> {
    Ok(value)
}

fn trap() -> Outcome<u64> {
    failed(Trap)
}

lists! {
    out_of_bounds: "bytes", 1 << 30, 8 => trap();
    at_the_last_address: "bytes", END, 1 => trap();
    half_out_of_bounds: "bytes", 65536 - 4, 8 => trap();
    wrapping_around: "bytes", END - 3, 16 => trap();
    wrapping_around_by_the_size_of_its_elements: "words", 1024, 1 << 30 => trap();
    as_long_as_can_be: "bytes", behind(2), END => trap();
    as_long_as_can_be_with_wide_elements: "words", behind(2), END => trap();
    as_long_as_can_be_with_texts: "texts", behind(2), END => trap();
    unaligned: "words", behind(2) + 1, 2 => trap();
    unaligned_by_half: "words", behind(2) + 2, 2 => trap();
    unaligned_texts: "texts", behind(2) + 3, 1 => trap();
    /// There is nothing to read, but an address has to be one.
    empty_out_of_bounds: "bytes", END, 0 => trap();
    empty_far_out_of_bounds: "words", 1 << 31, 0 => trap();
    empty_unaligned: "words", behind(2) + 1, 0 => trap();
    empty_at_0: "words", 0, 0 => sum(0);
    empty_at_the_end_of_the_buffer: "bytes", behind(2) + 64, 0 => sum(0);
    empty_at_the_end_of_the_memory: "bytes", 65536, 0 => sum(0);
    /// The slots themselves: the address 0x400, and the length.
    at_the_front_of_the_buffer: "bytes", 0x400, 16 => sum(4 + 16);
    /// What lies there belongs to the bridge of this instance alone.
    before_the_buffer: "bytes", 0, 8 => sum(0);
    /// A part of the instance's own arena that nobody has used yet.
    behind_the_buffer: "bytes", 32768, 64 => sum(0);
    /// The upper halves of the slots do not count.
    with_dirty_upper_halves: "bytes", behind(2) | 0xdead_beef << 32, 3 | 0xffff_ffff << 32 => sum(3);
}

#[test]
fn a_text_out_of_bounds() {
    case(|caller| {
        for (address, length) in [(END, 1), (1 << 31, 4), (1024, 1 << 31), (1024, END)] {
            let instance = caller.load("good").expect("loads");
            let text = caller.invoke(instance, "echo", &slots(&[address, length]));
            assert_eq!(text, failed(Trap), "{address} {length}");
        }
    });
}

#[test]
fn two_lists_that_overlap() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let buffer = [&slots(&[behind(4), 6, behind(4) + 2, 6])[..], &[1; 8]].concat();
        let sum = caller.invoke(instance, "two-lists", &buffer);
        assert_eq!(sum.as_deref().map(slot), Ok(12));
    });
}

#[test]
fn texts_that_are_one_and_the_same() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let one = [behind(2) as u32, 3];
        let buffer = list(1000, &words(&one.repeat(1000)));
        // The addresses have no byte above 0x7f, so the front of the list is a text.
        let lengths = caller.invoke(instance, "texts", &buffer);
        assert_eq!(lengths.as_deref().map(slot), Ok(3000));
    });
}

#[test]
fn one_wild_text_among_many() {
    case(|caller| {
        for wild in [[u32::MAX, 1], [1024, u32::MAX], [1 << 31, 0], [u32::MAX; 2]] {
            let instance = caller.load("good").expect("loads");
            let sound = [1024, 1].repeat(500);
            let texts = words(&[&sound[..], &wild, &sound].concat());
            let lengths = caller.invoke(instance, "texts", &list(1001, &texts));
            assert_eq!(lengths, failed(Trap), "{wild:?}");
        }
    });
}
