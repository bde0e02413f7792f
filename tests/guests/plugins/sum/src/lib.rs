//! Accumulates the sum.

mod bindings {
    //! What `wit-bindgen` makes of the world `accumulator`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Sum;

    wit_bindgen::generate!({ world: "accumulator", path: "../../../wit/accumulator" });
    export!(Sum);
}

use std::cell::{Cell, RefCell};

thread_local! {
    static STATE: Cell<i64> = const { Cell::new(0) };
    static HELD: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

struct Sum;

impl bindings::Guest for Sum {
    fn add(value: i64) -> i64 {
        let next = STATE.get() + value;
        STATE.set(next);
        next
    }

    fn hold(bytes: u32) {
        HELD.with_borrow_mut(|held| held.push(vec![1; bytes as usize]));
    }
}
