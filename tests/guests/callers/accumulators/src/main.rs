//! Holds 100 instances of three plugins at once, and calls them in turn.
//!
//! With the argument `drop` it drops them before it ends; without, it ends while it holds them.

first_class::first_class_world!({ world: "accumulator", path: "../../../wit/accumulator" });

const INSTANCES: usize = 100;

/// What an accumulator has after the values 1 to `n`.
fn expected(source: &str, n: i64) -> i64 {
    match source {
        "sum" => n * (n + 1) / 2,
        "maximum" | "count" => n,
        other => panic!("`{other}` is no accumulator"),
    }
}

fn main() {
    let sources = AccumulatorInstance::available().expect("the world is sound");
    assert_eq!(sources, ["count", "maximum", "sum"]);
    let instances: Vec<_> = (0..INSTANCES)
        .map(|index| {
            let source = &sources[index % sources.len()];
            let instance = AccumulatorInstance::load(source).expect("loads");
            (source, instance)
        })
        .collect();

    // Each instance gets one value more than the one before it, so equal sources differ in state.
    for round in 1..=INSTANCES {
        for (source, instance) in &instances[round - 1..] {
            let value = round as i64;
            let total = instance.add(value).expect("is alive");
            assert_eq!(total, expected(source, value));
        }
    }
    for (_, instance) in &instances {
        instance.hold(1 << 20).expect("is alive");
    }
    if std::env::args().any(|arg| arg == "drop") {
        drop(instances);
    } else {
        std::mem::forget(instances);
    }
}
