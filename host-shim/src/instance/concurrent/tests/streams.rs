//! Streams and futures.

use super::flows::{Flows, elements, end, string, word};
use super::run;
use crate::desk::Operation;
use first_class_abi::value::Value;

/// How a read or a write ended.
const DONE: u32 = 0;
const DROPPED: u32 = 1;
const CANCELLED: u32 = 2;

/// How many bytes are read at once, at most.
const MOST: u32 = 64 << 10;

async fn taken(flows: &Flows) -> u64 {
    match flows.call("taken", &[]).await {
        Value::U64(taken) => taken,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plugin_is_not_ahead_of_its_reader() {
    run(async |flows| {
        let kind = flows.kind("count", 0);
        let reader = flows.handle("count", &[Value::U64(1_000_000)]).await;
        let mut read = Vec::new();
        for _ in 0..3 {
            let (count, status, data) = flows.read(kind, reader, 1000).await;
            assert_eq!((count, status, data.len()), (1000, DONE, 1000));
            read.extend(data);
        }
        flows.settle().await;
        assert!(taken(&flows).await <= 64 << 10);
        loop {
            let (count, status, data) = flows.read(kind, reader, u32::MAX).await;
            assert!(count <= MOST && data.len() == count as usize);
            read.extend(data);
            if status == DROPPED {
                break;
            }
        }
        let expected = (0..1_000_000u32).map(|byte| byte as u8);
        assert!(read.iter().copied().eq(expected));
        flows.remote.drop_reader(kind, reader);
        flows.stop().await.1.expect("lives to the end");
    });
}

#[test]
fn bytes_go_in() {
    run(async |flows| {
        let kind = flows.kind("sum", 0);
        let (reader, writer) = flows.make(kind).await.expect("lives");
        let mut sum = flows.begin_with("sum", reader);
        for _ in 0..3 {
            let written = end(&mut flows.write(kind, writer, 200_000, vec![3; 200_000])).await;
            assert_eq!((written.code >> 4, written.code & 15), (200_000, DONE));
        }
        flows.remote.drop_writer(kind, writer);
        let ended = end(&mut sum).await;
        assert_eq!(flows.result("sum", &ended), Some(Value::U64(1_800_000)));
    });
}

/// Sends so many bytes through the plugin: what it and the bridge have of memory then, in bytes.
async fn pipe(flows: Flows, total: u64) -> usize {
    let kind = flows.kind("pipe", 0);
    let (reader, writer) = flows.make(kind).await.expect("lives");
    let piped = word(&end(&mut flows.begin_with("pipe", reader)).await.data, 0);
    let write = async {
        let mut left = total;
        while left > 0 {
            let count = left.min(MOST.into()) as u32;
            let written = end(&mut flows.write(kind, writer, count, vec![6; count as usize])).await;
            assert_eq!(written.code, count << 4);
            left -= u64::from(count);
        }
        flows.remote.drop_writer(kind, writer);
    };
    let read = async {
        let mut sum = 0;
        loop {
            let (count, status, data) = flows.read(kind, piped, MOST).await;
            assert!(data.iter().all(|byte| *byte == 7));
            sum += u64::from(count);
            if status == DROPPED {
                break sum;
            }
        }
    };
    let (mut write, mut read) = (Box::pin(write), Box::pin(read));
    let mut written = false;
    let sum = std::future::poll_fn(|context| {
        written = written || write.as_mut().poll(context).is_ready();
        read.as_mut().poll(context)
    });
    assert_eq!(sum.await, total);
    drop((write, read));
    let (state, result) = flows.stop().await;
    result.expect("lives to the end");
    state.memory
}

#[test]
fn what_goes_through_takes_no_more_memory_the_more_it_is() {
    run(async |flows| {
        let memory = pipe(flows, 16 << 20).await;
        assert!(memory < 4 << 20, "{memory} bytes");
    });
}

#[test]
#[ignore = "takes a while; says how long and how much memory"]
fn a_gibibyte_goes_through() {
    run(async |flows| {
        let started = std::time::Instant::now();
        let memory = pipe(flows, 1 << 30).await;
        println!("{:?}, {memory} bytes of memory", started.elapsed());
    });
}

#[test]
fn the_end_of_a_stream_may_come_back() {
    run(async |flows| {
        let kind = flows.kind("pass", 0);
        let (reader, writer) = flows.make(kind).await.expect("lives");
        let passed = word(&end(&mut flows.begin_with("pass", reader)).await.data, 0);
        let mut write = flows.write(kind, writer, 3, vec![1, 2, 3]);
        assert_eq!(flows.read(kind, passed, 2).await, (2, DONE, vec![1, 2]));
        assert_eq!(flows.read(kind, passed, 2).await, (1, DONE, vec![3]));
        assert_eq!(end(&mut write).await.code, 3 << 4);
    });
}

#[test]
fn strings_and_records_are_elements() {
    run(async |flows| {
        let kind = flows.kind("words", 0);
        let reader = flows.handle("words", &[Value::U32(1000)]).await;
        let mut words = Vec::new();
        loop {
            let (count, status, data) = flows.read(kind, reader, 300).await;
            words.extend((0..count as usize).map(|index| string(&data, index * 8)));
            if status == DROPPED {
                break;
            }
        }
        let expected = (0..1000).map(|number| "w".repeat(number % 7) + &number.to_string());
        assert!(words.into_iter().eq(expected));

        let reader = flows.handle("points", &[Value::U32(3)]).await;
        let (count, _, data) = flows.read(flows.kind("points", 0), reader, 9).await;
        assert_eq!(
            (count, word(&data, 36) as i32, string(&data, 40)),
            (3, -2, "p2".into())
        );

        let kind = flows.kind("join", 0);
        let (reader, writer) = flows.make(kind).await.expect("lives");
        let mut join = flows.begin_with("join", reader);
        for words in [["one", "", "three"], ["4", "five", "six"]] {
            let words = elements(&words.map(|word| ([], word)));
            assert_eq!(
                end(&mut flows.write(kind, writer, 3, words)).await.code,
                3 << 4
            );
        }
        flows.remote.drop_writer(kind, writer);
        let joined = flows.result("join", &end(&mut join).await);
        assert_eq!(joined, Some(Value::String("one  three 4 five six".into())));

        let kind = flows.kind("total", 0);
        let (reader, writer) = flows.make(kind).await.expect("lives");
        let mut total = flows.begin_with("total", reader);
        let points = elements(&[([1, 2], "abc"), ([u32::MAX, 4], "")]);
        assert_eq!(
            end(&mut flows.write(kind, writer, 2, points)).await.code,
            2 << 4
        );
        flows.remote.drop_writer(kind, writer);
        let total = flows.result("total", &end(&mut total).await);
        assert_eq!(total, Some(Value::S64(9)));
    });
}

#[test]
fn elements_may_be_nothing() {
    run(async |flows| {
        let kind = flows.kind("units", 0);
        let reader = flows.handle("units", &[Value::U32(100)]).await;
        let mut all = 0;
        loop {
            let (count, status, data) = flows.read(kind, reader, u32::MAX).await;
            assert!(data.is_empty());
            all += count;
            if status == DROPPED {
                break;
            }
        }
        assert_eq!(all, 100);
    });
}

#[test]
fn futures_go_out_and_in() {
    run(async |flows| {
        let kind = flows.kind("later", 0);
        let arguments = [Value::String("hey".into()), Value::U32(20)];
        let future = flows.handle("later", &arguments).await;
        let (_, status, data) = flows.read(kind, future, 1).await;
        assert_eq!((status, string(&data, 0)), (DONE, "heyhey".into()));
        flows.remote.drop_reader(kind, future);

        let ready = flows.handle("ready", &[]).await;
        let read = flows.read(flows.kind("ready", 0), ready, 1).await;
        assert_eq!(read, (0, DONE, vec![]));

        let (reader, writer) = flows.make(kind).await.expect("lives");
        let mut call = flows.begin_with("use-it", reader);
        let written = end(&mut flows.write(kind, writer, 1, elements(&[([], "what came")]))).await;
        assert_eq!(written.code, DONE);
        flows.remote.drop_writer(kind, writer);
        let used = flows.result("use-it", &end(&mut call).await);
        assert_eq!(used, Some(Value::String("what came!".into())));
        flows.stop().await.1.expect("lives to the end");
    });
}

#[test]
fn streams_are_in_values_and_in_futures() {
    run(async |flows| {
        let ended = end(&mut flows.begin("nested", &[Value::U32(5)])).await;
        let data = &ended.data;
        assert_eq!((string(data, 0), word(data, 8)), ("nested".into(), 1));
        let bytes = flows.kind("nested", 0);
        let (now, later) = (word(data, 12), word(data, 16));
        let (_, _, inner) = flows.read(flows.kind("nested", 2), later, 1).await;
        for reader in [now, word(&inner, 0)] {
            let (count, _, data) = flows.read(bytes, reader, 9).await;
            assert_eq!((count, data), (5, vec![0, 1, 2, 3, 4]));
        }
    });
}

#[test]
fn either_side_may_drop_its_end() {
    run(async |flows| {
        let kind = flows.kind("count", 0);
        let reader = flows.handle("count", &[Value::U64(1 << 30)]).await;
        flows.read(kind, reader, 10).await;
        flows.remote.drop_reader(kind, reader);
        flows.settle().await;
        assert_eq!(taken(&flows).await, 10);

        let (reader, writer) = flows.make(kind).await.expect("lives");
        let mut first = flows.begin_with("first", reader);
        let written = end(&mut flows.write(kind, writer, 5, vec![9; 5])).await;
        assert_eq!((written.code >> 4, written.code & 15), (1, DROPPED));
        let some = Value::Option(Some(Box::new(Value::U8(9))));
        assert_eq!(flows.result("first", &end(&mut first).await), Some(some));
        flows.remote.drop_writer(kind, writer);
        flows.stop().await.1.expect("lives to the end");
    });
}

#[test]
fn reads_and_writes_are_cancelled() {
    run(async |flows| {
        let kind = flows.kind("pass", 0);
        let (reader, writer) = flows.make(kind).await.expect("lives");
        let most = 10;
        let mut read = flows
            .remote
            .begin(Operation::Read { kind, reader, most }, None);
        flows.remote.cancel(read.number);
        assert_eq!(end(&mut read).await.code, CANCELLED);

        let mut write = flows.write(kind, writer, 5, vec![1, 2, 3, 4, 5]);
        assert_eq!(flows.read(kind, reader, 2).await, (2, DONE, vec![1, 2]));
        flows.remote.cancel(write.number);
        let code = end(&mut write).await.code;
        assert_eq!(code >> 4, 2, "{code}");

        // Both ends can be used again.
        let mut write = flows.write(kind, writer, 1, vec![6]);
        assert_eq!(flows.read(kind, reader, 2).await, (1, DONE, vec![6]));
        assert_eq!(end(&mut write).await.code, 1 << 4);
        flows.stop().await.1.expect("lives to the end");
    });
}
