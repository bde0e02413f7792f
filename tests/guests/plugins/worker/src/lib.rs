//! Computes, and cannot wait in the host.

mod bindings {
    //! What `wit-bindgen` makes of the world `worker`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Worker;

    wit_bindgen::generate!({ world: "worker", path: "../../../wit/worker" });
    export!(Worker);
}

use std::cell::Cell;
use std::hint::black_box;

struct Worker;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

impl bindings::Guest for Worker {
    fn compute(rounds: u64) -> u64 {
        (0..rounds).fold(1, |product, round| {
            black_box(product).wrapping_mul(round | 1)
        })
    }

    fn count(text: String) -> (u32, String) {
        CALLS.set(CALLS.get() + 1);
        (CALLS.get(), text)
    }

    fn spin() {
        loop {
            black_box(());
        }
    }
}
