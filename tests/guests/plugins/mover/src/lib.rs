//! Moves text and numbers.

mod bindings {
    //! What `wit-bindgen` makes of the world `mover`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Mover;

    wit_bindgen::generate!({ world: "mover", path: "../../../wit/mover" });
    export!(Mover);
}

use bindings::exports::test::mover::{numbers, texts};
use std::cell::RefCell;
use std::hint::black_box;

struct Mover;

thread_local! {
    static TEXT: RefCell<String> = const { RefCell::new(String::new()) };
    static NUMBERS: RefCell<Vec<u16>> = const { RefCell::new(Vec::new()) };
}

impl texts::Guest for Mover {
    fn reverse(text: String) -> String {
        text.chars().rev().collect()
    }

    fn keep(text: String) {
        TEXT.set(text);
    }

    fn kept() -> String {
        TEXT.take()
    }

    fn die(text: String) -> String {
        panic!("{text}")
    }

    fn spin(_: String) -> String {
        loop {
            black_box(());
        }
    }
}

/// Functions that reverse lists of numbers.
macro_rules! reversing {
    ($($name:ident: $Number:ty,)*) => {
        $(fn $name(mut numbers: Vec<$Number>) -> Vec<$Number> {
            numbers.reverse();
            numbers
        })*
    };
}

impl numbers::Guest for Mover {
    reversing! {
        u8s: u8,
        s8s: i8,
        u16s: u16,
        s16s: i16,
        u32s: u32,
        s32s: i32,
        u64s: u64,
        s64s: i64,
        f32s: f32,
        f64s: f64,
    }

    fn keep(numbers: Vec<u16>) {
        NUMBERS.set(numbers);
    }

    fn kept() -> Vec<u16> {
        NUMBERS.take()
    }
}
