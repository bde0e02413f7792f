//! Accumulates the number of values.

mod bindings {
    //! What `wit-bindgen` makes of the world `accumulator`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Count;

    wit_bindgen::generate!({ world: "accumulator", path: "../../../wit/accumulator" });
    export!(Count);
}

use std::cell::RefCell;

thread_local! {
    static VALUES: RefCell<Vec<i64>> = const { RefCell::new(Vec::new()) };
}

struct Count;

impl bindings::Guest for Count {
    fn add(value: i64) -> i64 {
        VALUES.with_borrow_mut(|values| {
            values.push(value);
            values.len() as i64
        })
    }

    fn hold(bytes: u32) {
        VALUES.with_borrow_mut(|values| values.reserve(bytes as usize / 8));
    }
}
