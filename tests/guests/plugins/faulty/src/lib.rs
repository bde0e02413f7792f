//! Fails in every way there is, when told to.

mod bindings {
    //! What `wit-bindgen` makes of the world `faulty`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Faulty;

    wit_bindgen::generate!({ world: "faulty", path: "../../../wit/faulty" });
    export!(Faulty);
}

use std::hint::black_box;
use std::time::Duration;

/// How much is allocated at a time.
const BLOCK: usize = 256 << 20;

struct Faulty;

impl bindings::Guest for Faulty {
    fn double(number: u32) -> u32 {
        number * 2
    }

    fn panic() {
        panic!("told to");
    }

    fn reach_unreachable() {
        std::process::abort();
    }

    fn overflow_stack() {
        black_box(depth(1));
    }

    fn exhaust_memory() {
        let mut blocks: Vec<Vec<u8>> = Vec::new();
        loop {
            blocks.push(black_box(Vec::with_capacity(BLOCK)));
        }
    }

    fn end_process() {
        std::process::exit(3);
    }

    fn spin() {
        loop {
            black_box(());
        }
    }

    fn wait_in_host(seconds: u64) {
        std::thread::sleep(Duration::from_secs(seconds));
    }
}

/// Without an end, though the compiler cannot see it.
fn depth(above: u64) -> u64 {
    match black_box(above) {
        0 => 0,
        above => depth(above + 1) + above,
    }
}
