//! A plugin that calls its caller twice in each call.

mod bindings {
    //! What `wit-bindgen` makes of the world `asking`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Asking;

    wit_bindgen::generate!({ world: "asking", path: "../../wit/calls" });
    export!(Asking);
}

struct Asking;

impl bindings::Guest for Asking {
    fn ask_twice(n: u32) -> u32 {
        bindings::next(bindings::next(n))
    }
}
