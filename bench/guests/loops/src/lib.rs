//! The loops of calls that are measured, over what a caller has of a plugin. Callers differ in how
//! they make a call, and in nothing else.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

/// The functions of the interface `calls`, as a caller has them.
pub trait Plugin: 'static {
    /// The record `sample`.
    type Sample: PartialEq + 'static;
    /// The variant `node`.
    type Node: PartialEq + 'static;
    /// The resource `counter`.
    type Counter: 'static;

    /// `add`
    fn add(&self, a: u32, b: u32) -> u32;
    /// `echo-string`
    fn echo_string(&self, value: &str) -> String;
    /// `echo-bytes`
    fn echo_bytes(&self, value: &[u8]) -> Vec<u8>;
    /// `echo-f64s`
    fn echo_f64s(&self, value: &[f64]) -> Vec<f64>;
    /// `echo-samples`
    fn echo_samples(&self, value: &[Self::Sample]) -> Vec<Self::Sample>;
    /// `echo-node`
    fn echo_node(&self, value: &Self::Node) -> Self::Node;
    /// The constructor of `counter`.
    fn counter(&self, start: u32) -> Self::Counter;
    /// The method `add` of `counter`.
    fn count(&self, counter: &Self::Counter, n: u32) -> u32;

    /// A value of the record.
    fn sample(x: f64, y: f64, label: String) -> Self::Sample;
    /// A value of the variant: a `pair` of a `named` and an `exact`.
    fn node(name: &str, value: f64) -> Self::Node;
}

/// Something to be done many times.
pub struct Workload(Box<dyn Fn(u32)>);

thread_local! {
    static PREPARED: RefCell<Option<Workload>> = const { RefCell::new(None) };
}

/// Keeps a workload for [`run`].
pub fn prepare(workload: Workload) {
    PREPARED.set(Some(workload));
}

/// Does what was prepared so many times.
///
/// # Panics
/// When nothing was.
pub fn run(times: u32) {
    PREPARED.with_borrow(|workload| {
        let Workload(repeat) = workload.as_ref().expect("is prepared before it is run");
        repeat(times);
    });
}

/// One of the workloads that call the plugin, after a call whose answer was right.
///
/// # Errors
/// When the answer was wrong, or there is no such workload.
pub fn calls<P: Plugin>(name: &str, plugin: &Rc<P>) -> Result<Workload, String> {
    let plugin = plugin.clone();
    match name {
        "add" => check(plugin.add(3, 4) == 7).map(|()| {
            repeated(move || {
                black_box(plugin.add(black_box(3), black_box(4)));
            })
        }),
        "echo-64" => echo(plugin, text(64), |p, text| p.echo_string(text)),
        "echo-4k" => echo(plugin, text(4 << 10), |p, text| p.echo_string(text)),
        "echo-1m" => echo(plugin, text(1 << 20), |p, text| p.echo_string(text)),
        "bytes-4k" => echo(plugin, bytes(4 << 10), |p, bytes| p.echo_bytes(bytes)),
        "bytes-1m" => echo(plugin, bytes(1 << 20), |p, bytes| p.echo_bytes(bytes)),
        "f64s-1m" => echo(plugin, f64s(1 << 17), |p, f64s| p.echo_f64s(f64s)),
        "records-10" => echo(plugin, samples::<P>(10), |p, it| p.echo_samples(it)),
        "records-1000" => echo(plugin, samples::<P>(1000), |p, it| p.echo_samples(it)),
        "variant" => echo(plugin, P::node("a name", 0.5), |p, node| p.echo_node(node)),
        "resource" => {
            let counter = plugin.counter(0);
            check(plugin.count(&counter, 2) == 2 && plugin.count(&counter, 3) == 5)?;
            Ok(repeated(move || {
                black_box(plugin.count(black_box(&counter), black_box(1)));
            }))
        }
        _ => Err("there is no such workload".into()),
    }
}

/// A workload of one step, over and over.
pub fn repeated(step: impl Fn() + 'static) -> Workload {
    Workload(Box::new(move |times| {
        for _ in 0..times {
            step();
        }
    }))
}

/// A workload that passes a value, which comes back.
fn echo<P: Plugin, V: PartialEq + 'static>(
    plugin: Rc<P>,
    value: V,
    call: impl Fn(&P, &V) -> V + 'static,
) -> Result<Workload, String> {
    check(call(&plugin, &value) == value)?;
    Ok(repeated(move || {
        black_box(call(&plugin, black_box(&value)));
    }))
}

fn check(is_right: bool) -> Result<(), String> {
    match is_right {
        true => Ok(()),
        false => Err("the plugin gave a wrong answer".into()),
    }
}

fn text(length: usize) -> String {
    ('a'..='z').cycle().take(length).collect()
}

fn bytes(length: usize) -> Vec<u8> {
    (0..=u8::MAX).cycle().take(length).collect()
}

fn f64s(length: u32) -> Vec<f64> {
    (0..length).map(f64::from).collect()
}

fn samples<P: Plugin>(length: u32) -> Vec<P::Sample> {
    let sample = |i: u32| P::sample(i.into(), 0.5, format!("sample {i}"));
    (0..length).map(sample).collect()
}
