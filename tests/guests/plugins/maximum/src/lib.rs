//! Accumulates the maximum.

mod bindings {
    //! What `wit-bindgen` makes of the world `accumulator`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Maximum;

    wit_bindgen::generate!({ world: "accumulator", path: "../../../wit/accumulator" });
    export!(Maximum);
}

use std::cell::{Cell, RefCell};

thread_local! {
    static STATE: Cell<i64> = const { Cell::new(i64::MIN) };
    static HELD: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

struct Maximum;

impl bindings::Guest for Maximum {
    fn add(value: i64) -> i64 {
        let next = STATE.get().max(value);
        STATE.set(next);
        next
    }

    fn hold(bytes: u32) {
        HELD.with_borrow_mut(|held| held.push(vec![1; bytes as usize]));
    }
}
