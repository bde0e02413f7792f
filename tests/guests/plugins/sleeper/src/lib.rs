//! Sleeps in the host.

mod bindings {
    //! What `wit-bindgen` makes of the world `sleeper`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Sleeper;

    wit_bindgen::generate!({ world: "sleeper", path: "../../../wit/worker" });
    export!(Sleeper);
}

use std::cell::Cell;
use std::time::Duration;

struct Sleeper;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

impl bindings::Guest for Sleeper {
    fn nap(milliseconds: u32, value: u32) -> u32 {
        CALLS.set(CALLS.get() + 1);
        std::thread::sleep(Duration::from_millis(milliseconds.into()));
        value
    }

    fn count() -> u32 {
        CALLS.set(CALLS.get() + 1);
        CALLS.get()
    }
}
