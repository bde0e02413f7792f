//! A guest that calls none of the forty functions.

mod bindings {
    //! What `wit-bindgen` makes of the world `caller`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Caller;

    wit_bindgen::generate!({ world: "caller", path: "../../wit/size" });
    export!(Caller);
}

use std::hint::black_box;

struct Caller;

impl bindings::Guest for Caller {
    fn run(seed: u64) {
        // Number to text, and an allocation, as the other guests have them too.
        black_box(seed.to_string());
    }
}
