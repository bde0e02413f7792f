//! Streams and futures between a guest and its instances, and calls that go on at the same time.

use first_class::{CallError, Pending, block_on};
use first_class_host::Shim;
use first_class_tests::shim_of;
use flows::streams::Point;
use std::time::Duration;

first_class::first_class_world!({ world: "flows", path: "wit/flows" });

const LONG: Duration = Duration::from_secs(600);

/// How much the plugin reads or writes at once.
const CHUNK: usize = 64 << 10;

/// An instance, and the shim of its own that it is in.
fn load() -> (FlowsInstance, Shim) {
    within(LONG)
}

fn within(deadline: Duration) -> (FlowsInstance, Shim) {
    let shim = shim_of(&["test-flows"]).deadline(deadline);
    let shim = shim.build().expect("builds");
    first_class_native::host_with(&shim);
    (FlowsInstance::load("flows").expect("loads"), shim)
}

/// The bytes that `count` gives from one on.
fn counted(from: usize, length: usize) -> Vec<u8> {
    (from..from + length).map(|byte| byte as u8).collect()
}

/// Reads so much of what `count` gives, and gives the most memory that there was of all instances.
fn read_all(flows: &FlowsInstance, shim: &Shim, length: u64) -> u64 {
    let expected = counted(0, CHUNK + 256);
    let mut reader = flows.streams().count(length).expect("is given");
    let (mut position, mut memory) = (0_u64, 0);
    loop {
        let part = reader.read(CHUNK).expect("reads");
        let start = (position % 256) as usize;
        assert!(part == expected[start..start + part.len()], "at {position}");
        position += part.len() as u64;
        memory = memory.max(shim.snapshot().memory_bytes);
        if part.is_empty() {
            assert_eq!(position, length);
            return memory;
        }
    }
}

#[test]
fn a_stream_of_a_result_is_read_in_parts() {
    let (flows, _) = load();
    let mut reader = flows.streams().count(1000).expect("is given");
    let mut all = Vec::new();
    for most in [1, 7, 200, 792, 5, 5] {
        let part = reader.read(most).expect("reads");
        assert!(part.len() <= most, "{}", part.len());
        all.extend(part);
    }
    all.extend(reader.read_to_end().expect("reads"));
    assert_eq!(all, counted(0, 1000));
    let empty = flows.streams().count(0).expect("is given");
    assert_eq!(empty.read_to_end(), Ok(Vec::new()));
}

#[test]
fn an_instance_writes_no_more_than_is_read() {
    let (flows, _) = load();
    let mut reader = flows.streams().count(1 << 40).expect("is given");
    let mut read = 0;
    while read < 1000 {
        read += reader.read(1000 - read).expect("reads").len();
    }
    drop(reader);
    // It learns of that when it runs the next time.
    while flows.streams().taken() == Ok(0) {}
    assert_eq!(flows.streams().taken(), Ok(1000));
}

#[test]
fn a_stream_is_written_to_a_call_that_is_started() {
    let (flows, _) = load();
    for parts in [0, 1, 50] {
        let (mut writer, reader) = flows.stream().expect("is made");
        let sum = flows.start().streams().sum(reader).expect("starts");
        for _ in 0..parts {
            assert_eq!(writer.write(&[]), Ok(0));
            assert_eq!(writer.write(&[1, 2, 3]), Ok(3));
            assert_eq!(writer.write(&[1; 10_000]), Ok(10_000));
        }
        drop(writer);
        assert_eq!(sum.wait(), Ok(parts * 10_006));
    }
}

#[test]
fn a_stream_goes_both_ways_by_turns() {
    let (flows, _) = load();
    let (mut writer, reader) = flows.stream().expect("is made");
    let mut piped = flows.streams().pipe(reader).expect("is given");
    for length in [1, 10, 1000, CHUNK] {
        assert_eq!(writer.write(&vec![41; length]), Ok(length));
        let mut read = 0;
        while read < length {
            let part = piped.read(length).expect("reads");
            assert!(part.iter().all(|byte| *byte == 42));
            read += part.len();
        }
    }
    drop(writer);
    assert_eq!(piped.read(1), Ok(Vec::new()));
    assert_eq!(piped.read(1), Ok(Vec::new()));
}

#[test]
fn a_stream_of_the_guests_comes_back() {
    let (flows, _) = load();
    let given = flows.streams().count(300).expect("is given");
    let passed = flows.streams().pass(given).expect("is given");
    let sum = flows.streams().sum(passed).expect("sums");
    assert_eq!(sum, counted(0, 300).into_iter().map(u64::from).sum::<u64>());
}

#[test]
fn elements_may_be_strings_and_records() {
    let (flows, _) = load();
    let words = flows.streams().words(500).expect("is given");
    let words = words.read_to_end().expect("reads");
    let expected = (0..500).map(|number| "w".repeat(number % 7) + &number.to_string());
    assert_eq!(words, expected.collect::<Vec<_>>());

    let (mut writer, reader) = flows.stream().expect("is made");
    let join = flows.start().streams().join(reader).expect("starts");
    for part in words.chunks(33) {
        assert_eq!(writer.write(part), Ok(part.len()));
    }
    drop(writer);
    assert_eq!(join.wait(), Ok(words.join(" ")));

    let points = flows.streams().points(100).expect("is given");
    let points = points.read_to_end().expect("reads");
    let point = |x: i32| Point {
        x,
        y: -x,
        name: format!("p{x}"),
    };
    assert_eq!(points, (0..100).map(point).collect::<Vec<_>>());
    let (mut writer, reader) = flows.stream().expect("is made");
    let total = flows.start().streams().total(reader).expect("starts");
    assert_eq!(writer.write(&points), Ok(100));
    drop(writer);
    assert_eq!(total.wait(), Ok(10 * 2 + 90 * 3));
}

#[test]
fn elements_may_be_nothing() {
    let (flows, _) = load();
    let units = flows.streams().units(70_000).expect("is given");
    assert_eq!(units.read_to_end().map(|units| units.len()), Ok(70_000));
    assert_eq!(flows.calls().ready().expect("is given").read(), Ok(()));
}

#[test]
fn futures_go_both_ways() {
    let (flows, _) = load();
    let later = flows.futures().later("ab", 10).expect("is given");
    assert_eq!(later.read(), Ok("abab".into()));
    let (writer, reader) = flows.future().expect("is made");
    let used = flows.start().futures().use_it(reader).expect("starts");
    assert_eq!(writer.write("text".into()), Ok(true));
    assert_eq!(used.wait(), Ok("text!".into()));
    // What nobody reads is no harm.
    drop(flows.futures().later("ab", 10).expect("is given"));
    assert_eq!(flows.calls().echo_small(1), Ok(1));
}

#[test]
fn streams_lie_inside_of_other_types() {
    let (flows, _) = load();
    let (text, now, later) = flows.futures().nested(100).expect("is given");
    assert_eq!(text, "nested");
    let later = later.read().expect("comes");
    let now = now.expect("is there").read_to_end();
    assert_eq!(now, Ok(counted(0, 100)));
    assert_eq!(later.read_to_end(), Ok(counted(0, 100)));
}

#[test]
fn what_nobody_reads_is_not_taken() {
    let (flows, _) = load();
    let (mut writer, reader) = flows.stream().expect("is made");
    let first = flows.start().streams().first(reader).expect("starts");
    assert_eq!(writer.write(&[7; 100]), Ok(1));
    assert_eq!(writer.write(&[8; 100]), Ok(0));
    assert_eq!(first.wait(), Ok(Some(7)));
    let (writer, reader) = flows.stream().expect("is made");
    let first = flows.start().streams().first(reader).expect("starts");
    drop(writer);
    assert_eq!(first.wait(), Ok(None));
}

#[test]
fn an_instance_that_dies_takes_its_streams_with_it() {
    let (flows, shim) = load();
    let mut reader = flows.streams().count(1 << 40).expect("is given");
    let boom = flows.start().calls().boom(50).expect("starts");
    let error = loop {
        match reader.read(10) {
            Ok(part) => assert!(!part.is_empty()),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(error, CallError::Trap { .. } | CallError::Dead { .. }),
        "{error:?}"
    );
    assert!(matches!(boom.wait(), Err(CallError::Trap { .. })));
    assert!(matches!(reader.read(10), Err(CallError::Dead { .. })));
    assert!(!flows.is_alive());
    let error = flows.stream::<u8, 0>().expect_err("is dead");
    assert!(matches!(error, CallError::Dead { .. }), "{error:?}");
    drop(reader);
    assert_eq!(shim.snapshot().deaths, 1);
}

#[test]
fn the_ends_of_a_former_instance_are_dead() {
    let (flows, _) = load();
    let mut reader = flows.streams().count(1000).expect("is given");
    let later = flows.futures().later("ab", 1).expect("is given");
    let (mut writer, given) = flows.stream().expect("is made");
    let sum = flows.start().streams().sum(given).expect("starts");
    let (_, kept) = flows.stream().expect("is made");
    assert_eq!(writer.write(&[1]), Ok(1));
    flows.respawn().expect("starts");
    assert!(matches!(reader.read(1), Err(CallError::Dead { .. })));
    assert!(matches!(later.read(), Err(CallError::Dead { .. })));
    assert!(matches!(writer.write(&[1]), Err(CallError::Dead { .. })));
    sum.wait().expect_err("its instance is gone");
    flows.streams().sum(kept).expect_err("is of another");
    drop((reader, writer));
    let fresh = flows.streams().count(5).expect("is given");
    assert_eq!(fresh.read_to_end(), Ok(counted(0, 5)));
}

#[test]
fn a_stream_in_a_result_of_a_former_instance_is_dead() {
    let (flows, _shim) = load();
    let mut batch = flows.batch();
    let counted = batch.streams().count(5);
    let results = batch.run().expect("is called");
    flows.respawn().expect("starts");
    let mut counted = results.get(counted).expect("was given");
    let dead = counted.read(1).expect_err("its instance is gone");
    assert!(matches!(dead, CallError::Dead { .. }), "{dead:?}");
    drop(counted);
    assert_eq!(flows.calls().echo_small(1), Ok(1));
}

#[test]
fn calls_of_one_instance_go_on_at_the_same_time() {
    let (flows, _) = load();
    // Each waits for what this test writes, the last one first.
    let started = ["a", "b", "c", "d"].map(|text| {
        let (writer, reader) = flows.future().expect("is made");
        let used = flows.start().futures().use_it(reader).expect("starts");
        (text, writer, used)
    });
    for (text, writer, used) in started.into_iter().rev() {
        assert_eq!(writer.write(text.into()), Ok(true));
        assert_eq!(used.wait(), Ok(format!("{text}!")));
    }

    let start = |it| flows.start().calls().slow(it, 10).expect("starts");
    let started = [0, 1, 2, 3].map(start);
    assert_eq!(started.map(Pending::wait), [0, 1, 2, 3].map(Ok));
    assert_eq!(flows.calls().begun(), Ok(vec![0, 1, 2, 3]));
}

#[test]
fn functions_that_are_async_are_called_as_others() {
    let (flows, _) = load();
    assert_eq!(flows.calls().slow(5, 100), Ok(5));
    assert_eq!(flows.calls().nothing(), Ok(()));
    let both = async { (flows.calls().slow_async(1, 50).await, 2) };
    assert_eq!(block_on(both), (Ok(1), 2));
    let tank = flows::calls::Tank::new(flows.calls(), 10).expect("is made");
    assert_eq!(tank.drain(3, 10), Ok(7));
    let levels = tank.watch().expect("is given").read_to_end();
    assert_eq!(levels, Ok((0..7).collect()));
}

#[test]
fn waiting_for_the_other_end_takes_no_longer_than_a_call_may() {
    let (flows, _) = within(Duration::from_secs(3));
    let (mut writer, reader) = flows.stream().expect("is made");
    let mut piped = flows.streams().pipe(reader).expect("is given");
    let nothing = piped.read(1).expect_err("is not written");
    assert!(matches!(nothing, CallError::Limit { .. }), "{nothing:?}");
    assert_eq!(writer.write(&[1]), Ok(1));
    assert_eq!(piped.read(1), Ok(vec![2]));
}

#[test]
fn a_future_that_nobody_takes_in_time_costs_no_instance() {
    let (flows, _shim) = within(Duration::from_secs(3));
    let (writer, reader) = flows.future().expect("is made");
    let refused = writer.write("text".into()).expect_err("nobody takes it");
    assert!(matches!(refused, CallError::Limit { .. }), "{refused:?}");
    assert_eq!(flows.calls().echo_small(1), Ok(1));
    // Who reads it now waits in vain.
    let used = flows.start().futures().use_it(reader).expect("starts");
    assert_eq!(flows.calls().echo_small(2), Ok(2));
    used.cancel();
    assert_eq!(flows.calls().echo_small(3), Ok(3));
}

#[test]
fn a_long_stream_takes_little_memory() {
    let (flows, shim) = load();
    let memory = read_all(&flows, &shim, 64 << 20);
    assert!(memory < 4 << 20, "{memory}");
}

#[test]
fn a_deadline_may_be_as_long_as_there_is_time() {
    let (flows, _shim) = within(Duration::MAX);
    let reader = flows.streams().count(3).expect("is given");
    assert_eq!(reader.read_to_end(), Ok(vec![0, 1, 2]));
}

#[test]
#[ignore = "takes long"]
fn a_very_long_stream_takes_little_memory() {
    let (flows, shim) = load();
    let started = std::time::Instant::now();
    let memory = read_all(&flows, &shim, 1 << 30);
    eprintln!("{:?}, {memory} bytes", started.elapsed());
    assert!(memory < 4 << 20, "{memory}");
}
