//! Limits: what is just within each works, and what is just beyond is refused, by name.

use first_class_host::{CallError, Capacity, Exceeded, Limit, Limits, LoadError, Shim, Source};
use first_class_tests::{LONG, component, guest, patient};
use std::time::Duration;

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
first_class::first_class_world!({ world: "relay", path: "wit/relay" });
first_class::first_class_world!({ world: "text", path: "wit/text" });

/// `accumulator` with something more in its module.
fn accumulator_with(more: &str) -> Source {
    let declared = format!("(func $start) {more}");
    Source::bytes(component("accumulator", &[("(func $start)", &*declared)]))
}

fn shim(source: Source) -> Shim {
    patient().source("it", source).build().expect("builds")
}

fn load(shim: &Shim) -> Result<u32, LoadError> {
    shim.caller().load("it", accumulator::WORLD)
}

#[track_caller]
fn exceeded<T: std::fmt::Debug>(result: Result<T, LoadError>) -> Exceeded {
    match result {
        Err(LoadError::Limit { exceeded, .. }) => exceeded,
        other => panic!("no limit was exceeded: {other:?}"),
    }
}

#[test]
fn memory_at_the_start() {
    // The bridge has none until a call needs a buffer.
    let limits = Limits::default().deadline(LONG).memory_bytes(4 << 16);
    let with = |pages: u32| {
        load(&shim(
            accumulator_with(&format!("(memory {pages})")).limits(limits.clone()),
        ))
    };
    with(4).expect("just fits");
    let exceeded = exceeded(with(5));
    assert_eq!(exceeded.limit, Limit::Memory);
    assert_eq!(exceeded.allowed, 4 << 16);
    assert_eq!(exceeded.found, Some(5 << 16));
}

#[test]
fn memory_in_a_call() {
    let grows = "(param $value i64) (result i64)";
    let code = "(memory.grow (i32.wrap_i64 (local.get $value))) i32.const -1 i32.eq
        if unreachable end";
    let growing = component(
        "accumulator",
        &[
            ("(func $start)", "(func $start) (memory 1)"),
            (grows, &*format!("{grows} {code}")),
        ],
    );
    let limits = Limits::default().deadline(LONG).memory_bytes(4 << 16);
    let shim = shim(Source::bytes(growing).limits(limits));
    first_class_native::host_with(&shim);
    let load = || AccumulatorInstance::load("it").expect("loads");
    assert_eq!(load().add(3), Ok(3));
    let result = load().add(4);
    let Err(first_class::CallError::Exhausted(exceeded)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(exceeded.limit, 4 << 16);
    let message = &exceeded.message;
    assert!(message.contains("`Limits::memory_bytes`"), "{message}");
}

#[test]
fn table_entries() {
    // The bridge has two tables, with an entry for each function.
    let limits = Limits::default().deadline(LONG).table_entries(4 + 10);
    let with = |entries: u32| {
        let table = format!("(table {entries} funcref)");
        load(&shim(accumulator_with(&table).limits(limits.clone())))
    };
    with(10).expect("just fits");
    let exceeded = exceeded(with(11));
    assert_eq!(exceeded.limit, Limit::TableEntries);
    assert_eq!((exceeded.allowed, exceeded.found), (14, Some(15)));
}

#[test]
fn sizes_of_arguments_and_results() {
    // A string of 100 bytes is behind two slots in the arguments, and a pair in the result.
    let echo = |limits: Limits, length: usize| {
        let source = Source::bytes(component("text", &[])).limits(limits);
        let shim = shim(source);
        first_class_native::host_with(&shim);
        let text = TextInstance::load("it").expect("loads");
        let result = text.echo(&"a".repeat(length)).map(|echoed| echoed.len());
        assert_eq!(text.echo("alive").as_deref(), Ok("alive"));
        result
    };
    let limit_of = |result: Result<usize, first_class::CallError>| match result {
        Err(first_class::CallError::Limit(exceeded)) => (exceeded.limit, exceeded.message),
        other => panic!("{other:?}"),
    };
    let arguments = || Limits::default().deadline(LONG).argument_bytes(116);
    assert_eq!(echo(arguments(), 100), Ok(100));
    let (limit, message) = limit_of(echo(arguments(), 101));
    assert_eq!(limit, 116);
    assert!(message.contains("117 bytes were asked for"), "{message}");

    let result = || Limits::default().deadline(LONG).result_bytes(108);
    assert_eq!(echo(result(), 100), Ok(100));
    let (limit, message) = limit_of(echo(result(), 101));
    assert_eq!(limit, 108);
    assert!(message.contains("`Limits::result_bytes`"), "{message}");
}

#[test]
fn a_deadline_is_kept_also_where_it_waits_for_others() {
    let relay = |deadline| {
        let limits = Limits::default().deadline(deadline);
        let source = Source::file(guest("test-relay")).limits(limits);
        source.may_load(["*"]).expect("is a pattern")
    };
    let shim = patient()
        .source("long", relay(LONG))
        .source("short", relay(Duration::from_secs(3)))
        .build()
        .expect("builds");
    first_class_native::host_with(&shim);
    let long = RelayInstance::load("long").expect("loads");
    let short = RelayInstance::load("short").expect("loads");
    assert_eq!(short.pass(&[], 1), Ok(Ok(vec![])));

    // The short one calls the long one, which has to be done when the short one is.
    let result = short.pass(&["long".into()], 2_000);
    let deadline = matches!(result, Err(first_class::CallError::Deadline { .. }));
    let told = matches!(&result, Ok(Err(message)) if message.contains("did not finish"));
    assert!(deadline || told, "{result:?}");
    assert_eq!(long.pass(&[], 1), Ok(Ok(vec![])));
}

#[test]
fn instances_of_a_caller_and_in_all() {
    let capacity = Capacity::default().instances_per_caller(3).instances(5);
    let shim = patient()
        .source("it", accumulator_with(""))
        .capacity(capacity)
        .build()
        .expect("builds");
    let (mut one, mut other) = (shim.caller(), shim.caller());
    let numbers = [(); 3].map(|()| one.load("it", accumulator::WORLD).expect("fits"));
    let refused = exceeded(one.load("it", accumulator::WORLD));
    assert_eq!(refused.limit, Limit::InstancesPerCaller);
    assert_eq!((refused.allowed, refused.found), (3, Some(4)));

    for _ in 0..2 {
        other.load("it", accumulator::WORLD).expect("fits");
    }
    let refused = exceeded(other.load("it", accumulator::WORLD));
    assert_eq!(refused.limit, Limit::Instances);
    assert_eq!((refused.allowed, refused.found), (5, Some(6)));
    one.release(numbers[0]);
    other.load("it", accumulator::WORLD).expect("fits again");
    assert_eq!(shim.snapshot().instances, 5);
}

#[test]
fn memories_in_all() {
    let builder = patient().source("it", accumulator_with("(memory 1) (memory 0)"));
    let capacity = Capacity::default().memories(6);
    let shim = builder.capacity(capacity).build().expect("builds");
    let mut caller = shim.caller();
    // Each has one more for its buffers.
    let numbers = [(); 2].map(|()| caller.load("it", accumulator::WORLD).expect("fits"));
    let refused = exceeded(caller.load("it", accumulator::WORLD));
    assert_eq!(refused.limit, Limit::Memories);
    assert_eq!((refused.allowed, refused.found), (6, Some(7)));
    caller.release(numbers[0]);
    caller.load("it", accumulator::WORLD).expect("fits again");
}

#[test]
fn live_instances_of_a_named_source() {
    // Both are busy, so neither gives way.
    let source = Source::file(guest("test-relay")).most(2);
    let shim = patient()
        .source(
            "named/*",
            source.may_load(["named/*"]).expect("is a pattern"),
        )
        .build()
        .expect("builds");
    first_class_native::host_with(&shim);
    let relay = RelayInstance::load("named/a").expect("fits");
    let path = |names: &[&str]| -> Vec<String> { names.iter().map(|it| (*it).into()).collect() };
    let two = path(&["named/b"]);
    assert_eq!(relay.pass(&two, 0), Ok(Ok(two.clone())));
    let refused = relay.pass(&path(&["named/b", "named/c"]), 0);
    let refused = refused.expect("is an answer").expect_err("is too many");
    assert!(refused.contains("`Source::most`"), "{refused}");
}

#[test]
fn depth_of_nested_calls() {
    let source = Source::file(guest("test-relay"));
    let shim = patient()
        .source("it", source.may_load(["it"]).expect("is a name"))
        .capacity(Capacity::default().nesting(3))
        .build()
        .expect("builds");
    first_class_native::host_with(&shim);
    let relay = RelayInstance::load("it").expect("loads");
    let path = |length| vec!["it".to_owned(); length];
    assert_eq!(relay.pass(&path(2), 0), Ok(Ok(path(2))));
    let refused = relay.pass(&path(3), 0);
    let refused = refused.expect("is an answer").expect_err("is too deep");
    assert!(
        refused.contains("depth of nested calls is 3, 4"),
        "{refused}"
    );
}

#[test]
fn worlds_of_a_caller() {
    let builder = patient().source("it", accumulator_with(""));
    let capacity = Capacity::default().worlds_per_caller(2);
    let shim = builder.capacity(capacity).build().expect("builds");
    let mut caller = shim.caller();
    let mut available = |world| caller.available(world);
    assert_eq!(available(accumulator::WORLD).expect("is a world"), ["it"]);
    assert!(available(text::WORLD).expect("is a world").is_empty());
    assert_eq!(available(accumulator::WORLD).expect("is a world"), ["it"]);
    let refused = exceeded(available(relay::WORLD));
    assert_eq!(refused.limit, Limit::WorldsPerCaller);
    assert_eq!((refused.allowed, refused.found), (2, Some(3)));
}

#[test]
fn size_of_a_component() {
    let plugin = component("accumulator", &[]);
    let size = plugin.len() as u64;
    let with = |most| {
        let builder = patient().source("it", Source::bytes(plugin.clone()));
        let capacity = Capacity::default().component_bytes(most);
        load(&builder.capacity(capacity).build().expect("builds"))
    };
    with(size).expect("just fits");
    let refused = exceeded(with(size - 1));
    assert_eq!(refused.limit, Limit::ComponentSize);
    assert_eq!((refused.allowed, refused.found), (size - 1, Some(size)));
}

#[test]
fn time_to_compile() {
    let with = |time| {
        let builder = patient().file("it", guest("test-sum"));
        let capacity = Capacity::default().compile_time(time);
        builder.capacity(capacity).build().expect("builds")
    };
    load(&with(LONG)).expect("is enough");
    let hurried = with(Duration::from_nanos(1));
    assert_eq!(exceeded(load(&hurried)).limit, Limit::CompileTime);
}

#[test]
fn what_is_refused_for_its_size_is_not_called() {
    let limits = Limits::default().deadline(LONG).argument_bytes(7);
    let shim = shim(accumulator_with("").limits(limits));
    let mut caller = shim.caller();
    let number = caller.load("it", accumulator::WORLD).expect("loads");
    let refused = caller.invoke(number, 0, &[0; 8]);
    assert!(
        matches!(refused, Err(CallError::Limit { .. })),
        "{refused:?}"
    );
    assert_eq!(shim.snapshot().calls, 0);
}
