//! Plugins whose results are no values of their types.

use crate::case::{Case, case, failed};
use crate::puppet::Outcome;
use crate::target::{list, slot, slots, words};
use first_class_abi::contract::FailureCode::{Dead, Trap};

/// Where the plugin's memory has bytes that are no UTF-8, and how many.
const NO_TEXT: u64 = 128;

/// Where it has a text that is sound, and one that is as long as can be.
const TEXTS: u64 = 132;

/// A test for each line: what a plugin claims to be a result, and what the caller is told. After a
/// trap, that the instance is dead.
macro_rules! claims {
    ($($(#[$doc:meta])* $name:ident: $function:literal, [$($claim:expr),*] => $outcome:expr;)*) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                case(|caller| {
                    let instance = caller.load("good").expect("loads");
                    let claim = slots(&[$($claim),*]);
                    let outcome = caller.invoke(instance, $function, &claim).map(|_| ());
                    assert_eq!(outcome, $outcome);
                    let then = caller.scalar(instance, "nothing", [0; 4]).map(|_| ());
                    assert_eq!(then, outcome.and(Ok(())).or(failed(Dead)));
                });
            }
        )*
    };
}

fn fine() -> Outcome<()> {
    Ok(())
}

fn trap() -> Outcome<()> {
    failed(Trap)
}

claims! {
    bytes_out_of_bounds: "claim-bytes", [1 << 30, 8] => trap();
    bytes_half_out_of_bounds: "claim-bytes", [65530, 8] => trap();
    bytes_that_wrap_around: "claim-bytes", [0xffff_fffc, 8] => trap();
    as_many_bytes_as_can_be: "claim-bytes", [0, 0xffff_ffff] => trap();
    as_many_words_as_can_be: "claim-words", [0, 0xffff_ffff] => trap();
    words_whose_size_wraps_around: "claim-words", [0, 1 << 30] => trap();
    words_at_an_odd_address: "claim-words", [129, 2] => trap();
    no_words_at_an_odd_address: "claim-words", [129, 0] => trap();
    no_bytes_out_of_bounds: "claim-bytes", [0xffff_ffff, 0] => trap();
    no_bytes_at_the_end: "claim-bytes", [65536, 0] => fine();
    the_whole_memory: "claim-bytes", [0, 65536] => fine();

    a_text_out_of_bounds: "claim-text", [65535, 2] => trap();
    a_text_as_long_as_can_be: "claim-text", [0, 0x7fff_ffff] => trap();
    a_text_of_all_bits: "claim-text", [0, 0xffff_ffff] => trap();
    a_text_that_is_not_utf_8: "claim-text", [NO_TEXT, 2] => trap();
    a_text_of_nul: "claim-text", [0, 4] => fine();
    texts_of_which_one_is_too_long: "claim-texts", [TEXTS - 4, 2] => trap();
    texts_at_an_odd_address: "claim-texts", [TEXTS + 1, 1] => trap();

    a_char_that_is_a_surrogate: "claim-letter", [0xd800] => trap();
    a_char_beyond_the_last: "claim-letter", [0x110000] => trap();
    a_case_of_an_enum_after_the_last: "claim-level", [3] => trap();
    a_case_of_an_enum_of_all_bits: "claim-level", [0xffff_ffff] => trap();
    /// The case lies in memory, where it is one byte.
    a_case_of_a_variant_after_the_last: "claim-choice", [3] => trap();
    a_case_of_a_variant_with_dirt: "claim-choice", [0xdead_be00] => fine();
}

#[test]
fn a_bool_of_anything_is_one() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        for (claimed, told) in [(0, 0), (1, 1), (2, 1), (0xffff_ff00, 1)] {
            let truth = caller.invoke(instance, "claim-truth", &slots(&[claimed]));
            assert_eq!(truth.as_deref().map(slot), Ok(told), "{claimed}");
        }
    });
}

/// The address of the result itself is wild.
#[test]
fn a_result_that_lies_nowhere() {
    for address in ["65536", "65530", "-8", "-1", "17"] {
        let pair = format!("(i32.store (i32.const 20) (local.get $length)) (i32.const {address}))");
        let honest = "(i32.store (i32.const 20) (local.get $length))\n    (i32.const 16))";
        Case::plugin(&[(honest, &pair)]).run(|caller| {
            let instance = caller.load("bad").expect("loads");
            let claim = caller.invoke(instance, "claim-bytes", &slots(&[0, 4]));
            assert_eq!(claim, failed(Trap), "{address}");
        });
    }
}

/// A plugin says where its arguments go.
#[test]
fn arguments_that_go_nowhere() {
    for address in ["65536", "65530", "-16", "-1"] {
        let nowhere = format!("(i32.const {address})");
        let honest = "(call $allocate (local.get $align) (local.get $size))";
        Case::plugin(&[(honest, &nowhere)]).run(|caller| {
            let instance = caller.load("bad").expect("loads");
            let sum = caller.invoke(instance, "bytes", &list(16, &[1; 16]));
            assert_eq!(sum, failed(Trap), "{address}");
        });
    }
}

#[test]
fn arguments_that_go_to_an_odd_address() {
    let honest = "(call $allocate (local.get $align) (local.get $size))";
    Case::plugin(&[(honest, "(i32.const 1025)")]).run(|caller| {
        let instance = caller.load("bad").expect("loads");
        let sum = caller.invoke(instance, "bytes", &list(2, &[1, 2]));
        assert_eq!(sum.as_deref().map(slot), Ok(3), "bytes may lie anywhere");
        let sum = caller.invoke(instance, "words", &list(2, &words(&[1, 2])));
        assert_eq!(sum, failed(Trap));
    });
}

/// A plugin that has its arguments written over each other hurts itself alone.
#[test]
fn arguments_that_go_to_one_address() {
    let honest = "(call $allocate (local.get $align) (local.get $size))";
    Case::plugin(&[(honest, "(i32.const 0)")]).run(|caller| {
        let instance = caller.load("bad").expect("loads");
        let lists = [&slots(&[1056, 4, 1060, 4])[..], &[1, 1, 1, 1, 2, 2, 2, 2]];
        let sum = caller.invoke(instance, "two-lists", &lists.concat());
        assert_eq!(sum.as_deref().map(slot), Ok(16));
    });
}
