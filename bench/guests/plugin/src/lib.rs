//! The plugin that is measured: returns what it is given.

mod bindings {
    //! What `wit-bindgen` makes of the world `plugin`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Plugin;

    wit_bindgen::generate!({ world: "plugin", path: "../../wit/calls", generate_all });
    export!(Plugin);
}

use bindings::exports::first_class::bench::calls::{Guest, GuestCounter, Node, Sample};
use std::cell::Cell;

struct Plugin;

struct Counter(Cell<u32>);

impl GuestCounter for Counter {
    fn new(start: u32) -> Self {
        Counter(Cell::new(start))
    }

    fn add(&self, n: u32) -> u32 {
        self.0.set(self.0.get().wrapping_add(n));
        self.0.get()
    }
}

impl Guest for Plugin {
    type Counter = Counter;

    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    fn echo_string(value: String) -> String {
        value
    }

    fn echo_bytes(value: Vec<u8>) -> Vec<u8> {
        value
    }

    fn echo_f64s(value: Vec<f64>) -> Vec<f64> {
        value
    }

    fn echo_samples(value: Vec<Sample>) -> Vec<Sample> {
        value
    }

    fn echo_node(value: Node) -> Node {
        value
    }
}
