//! Asks for what a system has.

mod bindings {
    //! What `wit-bindgen` makes of the world `system`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::System;

    wit_bindgen::generate!({ world: "system", path: "../../../wit/system" });
    export!(System);
}

use std::fs;
use std::net::TcpStream;

struct System;

impl bindings::Guest for System {
    fn arguments() -> Vec<String> {
        std::env::args().collect()
    }

    fn variable(name: String) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read_file(path: String) -> Result<String, String> {
        fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn write_file(path: String, text: String) -> Result<(), String> {
        fs::write(path, text).map_err(|error| error.to_string())
    }

    fn connect(address: String) -> Result<(), String> {
        let connected = TcpStream::connect(address);
        connected.map(drop).map_err(|error| error.to_string())
    }

    fn print(line: String) {
        println!("{line}");
    }

    fn die(last_words: String) {
        eprint!("{last_words}");
        dies_here();
    }
}

/// A name to be found in the backtrace.
#[inline(never)]
fn dies_here() {
    std::process::abort();
}
