//! Results of every kind, from instances of every kind.

use super::{ValuesInstance, host, host_of, host_source, source};
use crate::values::compounds::{Entry, Failure, Permissions};
use crate::values::shapes::{Level, Point, Shape};
use first_class::CallError;
use first_class_host::WasiGrants;
use first_class_tests::{Caller, component, shim_of};
use metrics_util::debugging::DebuggingRecorder;

fn entry(name: &str) -> Entry {
    Entry {
        id: 7,
        name: name.into(),
        at: Some(Point { x: -1, y: 2 }),
        tags: vec!["a".into(), String::new(), "ß".into()],
        score: 0.5,
    }
}

/// Has every kind of value there and back in one batch.
fn every_kind(values: &ValuesInstance) {
    let entries = vec![entry("first"), entry("")];
    let shape = Shape::Polygon(vec![Point { x: 1, y: 2 }]);
    let mut batch = values.batch();
    let nothing = batch.nothing();
    let sum = batch.add(u32::MAX, 2);
    let flag = batch.scalars().echo_bool(true);
    let small = batch.scalars().echo_s8(-5);
    let letter = batch.scalars().echo_char('🐍');
    let float = batch.scalars().echo_f32(0.25);
    let wide = batch.scalars().echo_s64(i64::MIN);
    let mut compounds = batch.compounds();
    let text = compounds.echo_string("aé€😀");
    let empty = compounds.echo_string("");
    let bytes = compounds.echo_bytes(&[1, 2, 3]);
    let numbers = compounds.echo_numbers(&[0.5, -1.5]);
    let nested = compounds.echo_nested(&[vec![Some("a".into()), None], vec![]]);
    let echoed = compounds.echo_entries(&entries);
    let permissions = compounds.echo_permissions(Permissions::READ);
    let outcome = compounds.echo_outcome(Err(()));
    let half = compounds.echo_half(Err(&shape));
    let found = compounds.find("origin");
    let missing = compounds.find("x");
    let option = compounds.echo_options(Some(None));
    let large = batch.twenty(
        1, "b", 3, "d", 5, "f", 7, "h", -9, "j", -11, "l", -13, "n", -15, 0.5, 1.5, 'r', true,
        &shape,
    );
    let last = batch.sixteen(
        1,
        2,
        3,
        4,
        -5,
        -6,
        -7,
        -8,
        0.5,
        1.5,
        'k',
        true,
        "m",
        Some(9),
    );
    let results = batch.run().expect("is called");
    assert_eq!(results.failure(), None);
    assert_eq!(results.done(), 21);
    // In any order.
    assert_eq!(
        results.get(last),
        Ok((10, -24.0, "k true m Some(9)".into()))
    );
    let large = results.get(large).expect("returns");
    assert!(
        large.starts_with("1 b 3 d 5 f 7 h -9 j -11 l -13 n -15 0.5 1.5 r true"),
        "{large}"
    );
    assert_eq!(results.get(nothing), Ok(()));
    assert_eq!(results.get(sum), Ok(1));
    assert_eq!(results.get(flag), Ok(true));
    assert_eq!(results.get(small), Ok(-5));
    assert_eq!(results.get(letter), Ok('🐍'));
    assert_eq!(results.get(float), Ok(0.25));
    assert_eq!(results.get(wide), Ok(i64::MIN));
    assert_eq!(results.get(text).as_deref(), Ok("aé€😀"));
    assert_eq!(results.get(empty).as_deref(), Ok(""));
    assert_eq!(results.get(bytes), Ok(vec![1, 2, 3]));
    assert_eq!(results.get(numbers), Ok(vec![0.5, -1.5]));
    assert_eq!(
        results.get(nested),
        Ok(vec![vec![Some("a".into()), None], vec![]])
    );
    assert_eq!(results.get(echoed), Ok(entries));
    assert_eq!(results.get(permissions), Ok(Permissions::READ));
    assert_eq!(results.get(outcome), Ok(Err(())));
    assert_eq!(results.get(half), Ok(Err(shape)));
    assert_eq!(results.get(found), Ok(Ok(Point { x: 0, y: 0 })));
    assert_eq!(results.get(missing), Ok(Err(Failure::Missing("x".into()))));
    assert_eq!(results.get(option), Ok(Some(None)));
    assert_eq!(values.compounds().echo_level(Level::High), Ok(Level::High));
}

fn load() -> ValuesInstance {
    ValuesInstance::load("echo").expect("loads")
}

#[test]
fn an_instance_of_ones_own() {
    let shim = host_of("test-echo");
    let values = load();
    every_kind(&values);
    every_kind(&values);
    // Two batches, and what they called besides.
    assert_eq!(shim.snapshot().calls, 2 * 22);
}

#[test]
fn an_instance_that_others_share() {
    host_source("echo", source("test-echo").named());
    every_kind(&load());
}

#[test]
fn an_instance_on_a_fiber() {
    let grants = WasiGrants::default().network();
    host_source("echo", source("test-echo").wasi(grants));
    every_kind(&load());
}

#[test]
fn an_instance_that_is_watched() {
    let _ = DebuggingRecorder::new().install();
    host(shim_of(&["test-echo"]).metrics());
    every_kind(&load());
}

#[test]
fn calls_that_were_started_come_first() {
    host_of("test-mover");
    let mover = crate::MoverInstance::load("mover").expect("loads");
    let started = mover.start().texts().keep("started").expect("starts");
    let mut batch = mover.batch();
    let kept = batch.texts().kept();
    let again = batch.texts().kept();
    let results = batch.run().expect("is called");
    assert_eq!(results.get(kept).as_deref(), Ok("started"));
    assert_eq!(results.get(again).as_deref(), Ok(""));
    assert_eq!(started.wait(), Ok(()));
}

/// A component as the caller, whose `main` makes batches among others.
#[test]
fn a_component_makes_batches() {
    let shim = shim_of(&["test-echo"]).build().expect("builds");
    let output = Caller::run("test-batches", &shim, &[]).expect_success();
    assert_eq!(output, "all results were right\n");
    let engine = wasmtime::Engine::default();
    let caller = Caller::run_async(&engine, "test-batches", &shim, &[]);
    assert_eq!(pollster::block_on(caller).expect_success(), output);
    assert_eq!(shim.snapshot().deaths, 0);
}

/// Their adapters write a string, and shrink it then.
#[test]
fn plugins_with_encodings_of_their_own() {
    first_class::first_class_world!({ world: "text", path: "wit/text" });
    let utf16 = component("text", &[("string-encoding=utf8", "string-encoding=utf16")]);
    host_source("text", first_class_host::Source::bytes(utf16));
    let text = TextInstance::load("text").expect("loads");
    let mut batch = text.batch();
    let tickets: Vec<_> = (0..100).map(|i| batch.echo(&"é€😀".repeat(i))).collect();
    let results = batch.run().expect("is called");
    for (i, ticket) in tickets.into_iter().enumerate() {
        assert_eq!(results.get(ticket), Ok("é€😀".repeat(i)));
    }
}

#[test]
fn a_batch_of_nothing() {
    let shim = host_of("test-echo");
    let values = load();
    let results = values.batch().run().expect("there is nothing to fail");
    assert_eq!((results.done(), results.failure()), (0, None));
    assert_eq!(shim.snapshot().calls, 0);
}

#[test]
fn a_batch_of_ten_thousand() {
    host_of("test-echo");
    let values = load();
    let mut batch = values.batch();
    let numbers: Vec<_> = (0..10_000).map(|i| batch.add(i, 1)).collect();
    let texts: Vec<_> = (0..10_000)
        .map(|i| batch.compounds().echo_string(&format!("text number {i}")))
        .collect();
    let results = batch.run().expect("is called");
    assert_eq!(results.done(), 20_000);
    for (i, (number, text)) in (0..).zip(numbers.into_iter().zip(texts)) {
        assert_eq!(results.get(number), Ok(i + 1));
        assert_eq!(results.get(text), Ok(format!("text number {i}")));
    }
}

#[test]
fn tickets_are_good_for_their_batch_alone() {
    host_of("test-echo");
    let values = load();
    let mut one = values.batch();
    let mut other = values.batch();
    let ticket = one.add(1, 2);
    let stranger = other.compounds().echo_string("text");
    assert_eq!((ticket.position(), stranger.position()), (0, 0));
    let results = one.run().expect("is called");
    let refused = results.get(stranger);
    assert!(
        matches!(refused, Err(CallError::ForeignTicket(_))),
        "{refused:?}"
    );
    assert_eq!(results.get(ticket), Ok(3));
}

/// Calls of an instance on which calls go on at the same time are made one by one, as are those of one
/// that this guest serves (`callbacks`).
mod apart {
    use super::{host, shim_of};
    use first_class::block_on;

    first_class::first_class_world!({ world: "flows", path: "wit/flows" });

    #[test]
    fn on_which_calls_go_on_at_the_same_time() {
        host(shim_of(&["test-flows"]));
        let flows = FlowsInstance::load("flows").expect("loads");
        let mut batch = flows.batch();
        let small = batch.calls().echo_small(-3);
        let slow = batch.calls().slow(5, 3);
        let stream = batch.streams().count(3);
        let boom = batch.calls().boom(0);
        let behind = batch.calls().echo_small(1);
        let results = batch.run().expect("is called");
        assert_eq!(results.done(), 3);
        assert_eq!((results.get(small), results.get(slow)), (Ok(-3), Ok(5)));
        assert!(results.get(stream).is_ok());
        assert!(results.get(boom).is_err() && results.get(behind).is_err());
        assert!(
            block_on(flows.calls().echo_small_async(1)).is_err(),
            "is dead"
        );
    }
}
