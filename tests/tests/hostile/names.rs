//! Names of sources that are no names.

use crate::case::{Case, case, failed, trapped};
use first_class_abi::contract::FailureCode::NotFound;

/// The largest name that is tried.
const MEGABYTES: usize = 8 << 20;

/// No source has one of these names, and the host does not go looking for them elsewhere.
fn are_not_found(names: &[&str]) {
    case(|caller| {
        for name in names {
            assert_eq!(caller.load(name), failed(NotFound), "{name:.20}");
        }
    });
}

/// They are no texts, so they do not even reach the host.
fn are_no_texts(names: &[&[u8]]) {
    Case::default().run_each(names, |caller, name| {
        assert_eq!(caller.load(name), trapped(), "{name:?}");
    });
}

#[test]
fn an_empty_name() {
    are_not_found(&[""]);
}

#[test]
fn a_name_of_megabytes() {
    are_not_found(&[&"n".repeat(MEGABYTES), &"../".repeat(MEGABYTES / 3)]);
}

#[test]
fn a_name_with_nul() {
    are_not_found(&["good\0", "\0good"]);
}

#[test]
fn a_name_that_leads_out_of_the_folder_and_back() {
    are_not_found(&["../good", "./good", "good/../good", "..", "."]);
}

#[test]
fn a_name_that_is_a_path() {
    are_not_found(&["/etc/passwd", "/proc/self/mem", "good.wasm", "C:\\good"]);
}

#[test]
fn a_name_that_is_the_right_one_but_for_how_it_looks() {
    are_not_found(&["Good", "good ", "g\u{43e}\u{43e}d", "\u{202e}doog"]);
}

#[test]
fn a_name_that_is_not_utf_8() {
    are_no_texts(&[b"\xff\xfe", b"good\x80"]);
}

#[test]
fn a_name_with_half_a_surrogate_pair() {
    are_no_texts(&[b"good\xed\xa0\x80"]);
}
