//! A caller that imports the plugin's world. What the import is linked with is up to the host.

mod bindings {
    //! What `wit-bindgen` makes of the world `importing-caller`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Caller;

    wit_bindgen::generate!({
        world: "importing-caller",
        path: "../../wit/calls",
        additional_derives: [PartialEq],
    });
    export!(Caller);
}

use bindings::exports::first_class::bench::runner::Guest;
use bindings::first_class::bench::calls::{self, Counter};
use bindings::first_class::bench::types::{Amount, Node, Sample};
use std::rc::Rc;

struct Caller;

impl Guest for Caller {
    fn prepare(workload: String) -> Result<(), String> {
        bench_loops::calls(&workload, &Rc::new(Imports)).map(bench_loops::prepare)
    }

    fn run(times: u32) {
        bench_loops::run(times);
    }
}

struct Imports;

impl bench_loops::Plugin for Imports {
    type Sample = Sample;
    type Node = Node;
    type Counter = Counter;

    fn add(&self, a: u32, b: u32) -> u32 {
        calls::add(a, b)
    }

    fn echo_string(&self, value: &str) -> String {
        calls::echo_string(value)
    }

    fn echo_bytes(&self, value: &[u8]) -> Vec<u8> {
        calls::echo_bytes(value)
    }

    fn echo_f64s(&self, value: &[f64]) -> Vec<f64> {
        calls::echo_f64s(value)
    }

    fn echo_samples(&self, value: &[Sample]) -> Vec<Sample> {
        calls::echo_samples(value)
    }

    fn echo_node(&self, value: &Node) -> Node {
        calls::echo_node(value)
    }

    fn counter(&self, start: u32) -> Counter {
        Counter::new(start)
    }

    fn count(&self, counter: &Counter, n: u32) -> u32 {
        counter.add(n)
    }

    fn sample(x: f64, y: f64, label: String) -> Sample {
        Sample { x, y, label }
    }

    fn node(name: &str, value: f64) -> Node {
        let named = Amount::Named(Some(name.into()));
        Node::Pair((named, Some(Amount::Exact(Some(value)))))
    }
}
