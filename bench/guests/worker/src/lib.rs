//! A plugin that computes.

mod bindings {
    //! What `wit-bindgen` makes of the world `worker`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Worker;

    wit_bindgen::generate!({ world: "worker", path: "../../wit/calls" });
    export!(Worker);
}

use std::hint::black_box;

struct Worker;

impl bindings::Guest for Worker {
    fn work(rounds: u32) -> u32 {
        (0..rounds).fold(1, |product, round| {
            black_box(product).wrapping_mul(round | 1)
        })
    }
}
