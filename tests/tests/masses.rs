//! Very many instances, and very many loads.

use first_class_host::{Capacity, Source};
use first_class_tests::{guest, patient};
use std::fs;
use std::time::{Duration, Instant};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });

const LIVE: usize = 10_000;
const CYCLES: usize = 100_000;

/// The memory of this process that is in use, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("is there");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let words = line.expect("is said").split_whitespace();
    let kilobytes: u64 = words.skip(1).flat_map(str::parse).next().expect("is said");
    kilobytes << 10
}

/// What wasmtime's own instances of the same component take.
struct Plain {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Plain {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Bytes and time of each of so many values.
fn each<T>(count: usize, mut make: impl FnMut() -> T) -> (u64, Duration, Vec<T>) {
    let (before, started) = (resident(), Instant::now());
    let made: Vec<T> = (0..count).map(|_| make()).collect();
    let time = started.elapsed() / count as u32;
    let bytes = resident().saturating_sub(before) / count as u64;
    (bytes, time, made)
}

fn plain_instances() -> (u64, Duration) {
    let engine = Engine::new(
        Config::new()
            .concurrency_support(false)
            .epoch_interruption(true),
    );
    let engine = engine.expect("is set up");
    let component = Component::from_file(&engine, guest("test-sum")).expect("is a component");
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("is linked once");
    let pre = linker.instantiate_pre(&component).expect("is linked");
    let (bytes, time, instances) = each(LIVE, || {
        let wasi = WasiCtx::builder().build();
        let table = ResourceTable::new();
        let mut store = Store::new(&engine, Plain { wasi, table });
        store.set_epoch_deadline(1);
        let instance = pre.instantiate(&mut store).expect("starts");
        (store, instance)
    });
    drop(instances);
    (bytes, time)
}

/// One test, since it measures the whole process.
#[test]
fn ten_thousand_live_at_once_and_a_hundred_thousand_come_and_go() {
    let (plain_bytes, plain_time) = plain_instances();
    let capacity = Capacity::default().instances_per_caller(LIVE as u64);
    let shim = patient()
        .source("sum", Source::file(guest("test-sum")))
        .capacity(capacity)
        .build()
        .expect("builds");
    first_class_native::host_with(&shim);
    let load = || AccumulatorInstance::load("sum").expect("loads");
    drop(load());

    let (bytes, time, instances) = each(LIVE, load);
    for (instance, number) in instances.iter().zip(0..) {
        assert_eq!(instance.add(number), Ok(number));
    }
    assert_eq!(shim.snapshot().instances, LIVE as u64);
    println!(
        "an instance takes {bytes} bytes and {time:?}; wasmtime's own, {plain_bytes} bytes and {plain_time:?}"
    );
    drop(instances);
    assert_eq!(shim.snapshot().instances, 0);

    let cycle = || assert_eq!(load().add(1), Ok(1));
    (0..CYCLES / 10).for_each(|_| cycle());
    let before = resident();
    (0..CYCLES).for_each(|_| cycle());
    let growth = resident().saturating_sub(before);
    println!("{CYCLES} loads and drops left {growth} bytes");
    assert!(growth < 8 << 20, "{growth} bytes are left");
}
