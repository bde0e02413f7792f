//! Bits that are no value of their type, and bits that do not belong to a value.

use crate::case::{case, failed};
use crate::puppet::Outcome;
use crate::target::{behind, list, number, slot, slots, words};
use first_class_abi::contract::FailureCode::Trap;

/// Bits above those that a value takes.
const DIRT: u64 = 0xdead_beef << 32;

/// A test for each line: a function, its slots, and what comes of them in the lane with buffers
/// and, where it is open, in the other.
macro_rules! values {
    ($($(#[$doc:meta])* $name:ident: $function:literal, [$($slot:expr),*] => $outcome:expr;)*) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                case(|caller| {
                    let instance = caller.load("good").expect("loads");
                    let result = caller.invoke(instance, $function, &slots(&[$($slot),*]));
                    assert_eq!(result.as_deref().map(slot).map_err(|woe| *woe), $outcome);

                    if SCALAR.contains(&$function) {
                        let instance = caller.load("good").expect("loads");
                        let mut scalars = [u64::MAX; 4];
                        scalars.iter_mut().zip([$($slot),*]).for_each(|(old, new)| *old = new);
                        assert_eq!(caller.scalar(instance, $function, scalars), $outcome);
                    }
                });
            }
        )*
    };
}

/// The functions that can be called without a buffer.
const SCALAR: [&str; 6] = ["truth", "letter", "rank", "permit", "bits", "narrow"];

fn seen(value: u64) -> Outcome<u64> {
    Ok(value)
}

fn trap() -> Outcome<u64> {
    failed(Trap)
}

values! {
    /// Any other number than 0 is true, and the plugin is told 1.
    a_bool_of_2: "truth", [2] => seen(1);
    a_bool_of_all_bits: "truth", [0xffff_ffff] => seen(1);
    a_bool_whose_dirt_alone_is_true: "truth", [DIRT] => seen(0);

    the_last_char: "letter", [0x10ffff] => seen(0x10ffff);
    a_char_beyond_the_last: "letter", [0x110000] => trap();
    a_char_of_all_bits: "letter", [0xffff_ffff] => trap();
    a_char_that_is_a_high_surrogate: "letter", [0xd800] => trap();
    a_char_that_is_a_low_surrogate: "letter", [0xdfff] => trap();
    a_char_with_dirt: "letter", [DIRT | 0x61] => seen(0x61);

    a_case_of_an_enum_after_the_last: "rank", [3] => trap();
    a_case_of_an_enum_that_is_one_if_cut_to_a_byte: "rank", [0x100] => trap();
    a_case_of_an_enum_that_is_negative: "rank", [0xffff_ffff] => trap();
    a_case_of_an_enum_with_dirt: "rank", [DIRT | 2] => seen(2);

    a_case_of_a_variant_after_the_last: "choose", [3, 0, 0] => trap();
    a_case_of_a_variant_that_is_one_if_cut_to_a_byte: "choose", [0x101, 0, 0] => trap();
    a_case_of_a_variant_of_all_bits: "choose", [0xffff_ffff, 0, 0] => trap();
    a_case_without_a_payload_does_not_look_at_one: "choose", [DIRT, u64::MAX, u64::MAX] => seen(0);
    a_case_with_a_text_that_is_nowhere: "choose", [2, 0xffff_fff0, 4] => trap();

    an_option_of_2: "perhaps", [2, 0] => trap();
    an_option_of_all_bits: "perhaps", [0xffff_ffff, 0] => trap();
    none_does_not_look_at_a_payload: "perhaps", [0, u64::MAX] => seen(0);

    a_result_of_2: "outcome", [2, 0, 0] => trap();
    an_ok_does_not_look_at_the_slots_of_the_error: "outcome", [0, 7, u64::MAX] => seen(0);
    an_error_with_a_text_that_is_nowhere: "outcome", [1, 0xffff_fff0, 4] => trap();

    flags_that_there_are_not: "permit", [0xff] => seen(7);
    flags_of_all_bits: "permit", [u64::MAX] => seen(7);

    /// 255, -128, 65535 and -32768, each with more bits than it has.
    numbers_with_dirt_above_their_bits:
        "narrow", [DIRT | 0xaaff, DIRT | 0x7f80, 0xdead_ffff, 0xbeef_8000]
        => seen((255 - 128 + 65535 - 32768) as u64);
    a_nan_with_a_payload: "bits", [0xfff4_5678_9abc_def0] => seen(0xfff4_5678_9abc_def0);
}

/// Calls a function with a list, of which an element is no value.
fn has_no_value(function: &str, count: u64, elements: &[u8]) {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let sum = caller.invoke(instance, function, &list(count, elements));
        assert_eq!(sum, failed(Trap));
    });
}

#[test]
fn chars_in_a_list() {
    has_no_value("letters", 3, &words(&[0x61, 0xd800, 0x62]));
    has_no_value("letters", 1, &words(&[0x110000]));
}

#[test]
fn variants_in_a_list() {
    has_no_value("choices", 2, &words(&[0, 0, 0, 3, 0, 0]));
    has_no_value("choices", 1, &words(&[2, u32::MAX, 1]));
}

/// In memory the case is a byte, and what stands beside it is nothing.
#[test]
fn variants_in_a_list_with_dirt() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let variants = words(&[0xdead_be00, 9, 9, 0xdead_be01, 9, 9]);
        let sum = caller.invoke(instance, "choices", &list(2, &variants));
        assert_eq!(sum.as_deref().map(slot), Ok(1));
    });
}

#[test]
fn bools_in_a_list() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let sum = caller.invoke(instance, "truths", &list(4, &[0, 1, 2, 0xff]));
        assert_eq!(sum.as_deref().map(slot), Ok(3), "the plugin is told 0 or 1");
    });
}

#[test]
fn texts_that_are_not_utf_8() {
    let texts: [&[u8]; 7] = [
        b"\x80",                         // a continuation of nothing
        b"abc\xc3",                      // a beginning of nothing
        b"\xc0\xaf",                     // longer than it has to be
        b"\xed\xa0\x80",                 // half a surrogate pair
        b"\xf4\x90\x80\x80",             // beyond the last character
        b"\xff\xfe",                     // no byte of UTF-8
        b"0123456789abcdef\xf0\x9f\xa6", // a crab that was cut
    ];
    case(|caller| {
        for text in texts {
            let instance = caller.load("good").expect("loads");
            let echo = caller.invoke(instance, "echo", &list(text.len() as u64, text));
            assert_eq!(echo, failed(Trap), "{text:?}");

            let instance = caller.load("good").expect("loads");
            let inside = [
                words(&[behind(2) as u32 + 8, text.len() as u32]),
                text.to_vec(),
            ];
            let lengths = caller.invoke(instance, "texts", &list(1, &inside.concat()));
            assert_eq!(lengths, failed(Trap), "{text:?} in a list");
        }
    });
}

/// It is a text like any other.
#[test]
fn a_text_of_nul() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let echo = caller.invoke(instance, "echo", &list(3, &[0; 3]));
        assert_eq!(echo.as_deref().map(|echo| &echo[8..]), Ok(&[0; 3][..]));
    });
}

/// Those that this file takes for scalar are, which the tests above rely on.
#[test]
fn scalar_functions_are_called_in_both_lanes() {
    case(|caller| {
        for function in SCALAR {
            let instance = caller.load("good").expect("loads");
            let called = caller.scalar_number(instance, number(function), [0; 4]);
            assert_eq!(called, Ok(0), "{function}");
        }
    });
}
