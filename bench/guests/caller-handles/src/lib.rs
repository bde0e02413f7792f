//! A caller that holds instances of the plugin's world.

mod bindings {
    //! What `wit-bindgen` makes of the world `caller`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Caller;

    wit_bindgen::generate!({ world: "caller", path: "../../wit/calls" });
    export!(Caller);
}

first_class::first_class_world!({ world: "plugin", path: "../../wit/calls" });
first_class::first_class_world!({ world: "asking", path: "../../wit/calls" });
first_class::first_class_world!({ world: "worker", path: "../../wit/calls" });

use bench_loops::{Workload, repeated};
use bindings::exports::first_class::bench::runner::Guest;
use first_class::join;
use plugin::calls::Counter;
use plugin::types::{Amount, Node, Sample};
use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

/// The source that the host offers the plugin as.
const SOURCE: &str = "plugin";

/// Why a call of the plugin cannot fail.
const LIVES: &str = "the plugin does nothing that it could die of";

thread_local! {
    /// Instances that stay until the caller ends.
    static KEPT: RefCell<Vec<PluginInstance>> = const { RefCell::new(Vec::new()) };
}

struct Caller;

impl Guest for Caller {
    fn prepare(workload: String) -> Result<(), String> {
        let workload = match workload.as_str() {
            "load" => repeated(|| drop(load())),
            "keep" => repeated(|| KEPT.with_borrow_mut(|kept| kept.push(load()))),
            "callback" => callback(),
            "batch" => batch()?,
            "sequence" => eight(in_sequence),
            "start" => eight(started),
            name => calls(name)?,
        };
        bench_loops::prepare(workload);
        Ok(())
    }

    fn run(times: u32) {
        bench_loops::run(times);
    }
}

/// How many calls a batch has.
const CALLS: u32 = 1000;

/// Batches of `add`.
fn batch() -> Result<Workload, String> {
    let instance = PluginInstance::load(SOURCE).map_err(|error| error.to_string())?;
    let sum: u32 = (0..CALLS).map(|i| i + 4).sum();
    match added(&instance) == sum {
        true => Ok(repeated(move || {
            black_box(added(&instance));
        })),
        false => Err("the plugin gave a wrong answer".into()),
    }
}

/// The sum of what the calls of a batch give.
fn added(instance: &PluginInstance) -> u32 {
    let mut batch = instance.batch();
    let mut tickets = Vec::with_capacity(CALLS as usize);
    for i in 0..CALLS {
        tickets.push(batch.calls().add(black_box(i), black_box(4)));
    }
    let results = batch.run().expect(LIVES);
    let results = tickets.into_iter().map(|ticket| results.get(ticket));
    results.map(|sum| sum.expect(LIVES)).sum::<u32>()
}

fn calls(name: &str) -> Result<Workload, String> {
    let instance = PluginInstance::load(SOURCE).map_err(|error| error.to_string())?;
    bench_loops::calls(name, &Rc::new(instance))
}

/// Serves what the plugin calls.
struct Next;

impl AskingImports for Next {
    fn next(&mut self, n: u32) -> u32 {
        n + 1
    }
}

/// Calls in which the plugin calls back twice.
fn callback() -> Workload {
    let asking = AskingInstance::load_with("asking", Next);
    let asking = asking.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(asking.ask_twice(3), Ok(5));
    repeated(move || {
        black_box(asking.ask_twice(black_box(3))).expect(LIVES);
    })
}

/// Eight calls that compute for about ten milliseconds each, of as many instances.
fn eight(call: fn(&[WorkerInstance]) -> Vec<u32>) -> Workload {
    let load = |_| WorkerInstance::load("worker").unwrap_or_else(|error| panic!("{error}"));
    let workers: Vec<_> = (0..8).map(load).collect();
    assert_eq!(call(&workers), in_sequence(&workers));
    repeated(move || {
        black_box(call(&workers));
    })
}

const ROUNDS: u32 = 10_000_000;

fn in_sequence(workers: &[WorkerInstance]) -> Vec<u32> {
    let calls = workers.iter().map(|worker| worker.work(ROUNDS));
    calls.map(|result| result.expect(LIVES)).collect()
}

fn started(workers: &[WorkerInstance]) -> Vec<u32> {
    let calls = workers.iter().map(|worker| worker.start().work(ROUNDS));
    let calls: Vec<_> = calls.map(|call| call.expect(LIVES)).collect();
    let results = join(calls).into_iter();
    results.map(|result| result.expect(LIVES)).collect()
}

fn load() -> PluginInstance {
    PluginInstance::load(SOURCE).unwrap_or_else(|error| panic!("{error}"))
}

impl bench_loops::Plugin for PluginInstance {
    type Sample = Sample;
    type Node = Node;
    type Counter = Counter;

    fn add(&self, a: u32, b: u32) -> u32 {
        self.calls().add(a, b).expect(LIVES)
    }

    fn echo_string(&self, value: &str) -> String {
        self.calls().echo_string(value).expect(LIVES)
    }

    fn echo_bytes(&self, value: &[u8]) -> Vec<u8> {
        self.calls().echo_bytes(value).expect(LIVES)
    }

    fn echo_f64s(&self, value: &[f64]) -> Vec<f64> {
        self.calls().echo_f64s(value).expect(LIVES)
    }

    fn echo_samples(&self, value: &[Sample]) -> Vec<Sample> {
        self.calls().echo_samples(value).expect(LIVES)
    }

    fn echo_node(&self, value: &Node) -> Node {
        self.calls().echo_node(value).expect(LIVES)
    }

    fn counter(&self, start: u32) -> Counter {
        Counter::new(self.calls(), start).expect(LIVES)
    }

    fn count(&self, counter: &Counter, n: u32) -> u32 {
        counter.add(n).expect(LIVES)
    }

    fn sample(x: f64, y: f64, label: String) -> Sample {
        Sample { x, y, label }
    }

    fn node(name: &str, value: f64) -> Node {
        let named = Amount::Named(Some(name.into()));
        Node::Pair((named, Some(Amount::Exact(Some(value)))))
    }
}
