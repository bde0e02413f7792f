//! Streams, futures, and calls that go on at the same time.

mod bindings {
    //! What `wit-bindgen` makes of the world `flows`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Flows;

    wit_bindgen::generate!({ world: "flows", path: "../../../wit/flows" });
    export!(Flows);
}

use bindings::exports::test::flows::{calls, futures, streams};
use bindings::{wit_future, wit_stream};
use calls::{Level, Parcel, Shape};
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use streams::Point;
use wit_bindgen::{FutureReader, StreamReader, StreamResult, spawn_local};

struct Flows;

/// How much is read or written at once.
const CHUNK: usize = 64 << 10;

static TAKEN: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static BEGUN: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    static ENDED: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

async fn give_way(turns: u32) {
    for _ in 0..turns {
        wit_bindgen::yield_async().await;
    }
}

fn took(count: usize) {
    TAKEN.fetch_add(count as u64, Relaxed);
}

impl streams::Guest for Flows {
    async fn count(n: u64) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let mut next = 0u64;
            while next < n {
                let end = n.min(next + CHUNK as u64);
                let chunk: Vec<u8> = (next..end).map(|byte| byte as u8).collect();
                let length = chunk.len();
                let rest = writer.write_all(chunk).await;
                took(length - rest.len());
                if !rest.is_empty() {
                    break;
                }
                next = end;
            }
        });
        reader
    }

    async fn sum(mut bytes: StreamReader<u8>) -> u64 {
        let mut sum = 0;
        let mut buffer = Vec::with_capacity(CHUNK);
        loop {
            let (status, mut read) = bytes.read(buffer).await;
            sum += read.drain(..).map(u64::from).sum::<u64>();
            if let StreamResult::Dropped = status {
                return sum;
            }
            buffer = read;
        }
    }

    async fn pipe(mut bytes: StreamReader<u8>) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            loop {
                let (status, mut read) = bytes.read(Vec::with_capacity(CHUNK)).await;
                for byte in &mut read {
                    *byte = byte.wrapping_add(1);
                }
                let length = read.len();
                let rest = writer.write_all(read).await;
                took(length - rest.len());
                if !rest.is_empty() || matches!(status, StreamResult::Dropped) {
                    break;
                }
            }
        });
        reader
    }

    fn pass(bytes: StreamReader<u8>) -> StreamReader<u8> {
        bytes
    }

    fn taken() -> u64 {
        TAKEN.load(Relaxed)
    }

    async fn words(n: u32) -> StreamReader<String> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let words = (0..n).map(|number| "w".repeat(number as usize % 7) + &number.to_string());
            let rest = writer.write_all(words.collect()).await;
            took(n as usize - rest.len());
        });
        reader
    }

    async fn join(mut words: StreamReader<String>) -> String {
        let mut all = Vec::new();
        while let Some(word) = words.next().await {
            all.push(word);
        }
        all.join(" ")
    }

    async fn points(n: u32) -> StreamReader<Point> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let points = (0..n as i32).map(|x| Point {
                x,
                y: -x,
                name: format!("p{x}"),
            });
            writer.write_all(points.collect()).await;
        });
        reader
    }

    async fn total(mut points: StreamReader<Point>) -> i64 {
        let mut total = 0;
        while let Some(point) = points.next().await {
            total += i64::from(point.x) + i64::from(point.y) + point.name.len() as i64;
        }
        total
    }

    async fn units(n: u32) -> StreamReader<()> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            writer.write_all(vec![(); n as usize]).await;
        });
        reader
    }

    async fn first(mut bytes: StreamReader<u8>) -> Option<u8> {
        bytes.next().await
    }
}

impl futures::Guest for Flows {
    async fn later(text: String, turns: u32) -> FutureReader<String> {
        let (writer, reader) = wit_future::new(String::new);
        spawn_local(async move {
            give_way(turns).await;
            if writer.write(text.repeat(2)).await.is_ok() {
                took(1);
            }
        });
        reader
    }

    async fn use_it(it: FutureReader<String>) -> String {
        it.await + "!"
    }

    async fn nested(
        n: u32,
    ) -> (
        String,
        Option<StreamReader<u8>>,
        FutureReader<StreamReader<u8>>,
    ) {
        let (writer, reader) = wit_future::new(|| wit_stream::new().1);
        let counted = || <Flows as streams::Guest>::count(n.into());
        let now = counted().await;
        let later = counted().await;
        spawn_local(async move {
            let _ = writer.write(later).await;
        });
        ("nested".into(), Some(now), reader)
    }
}

struct Tank {
    level: Cell<u32>,
}

impl calls::GuestTank for Tank {
    fn new(level: u32) -> Self {
        Tank {
            level: Cell::new(level),
        }
    }

    async fn drain(&self, by: u32, turns: u32) -> u32 {
        give_way(turns).await;
        self.level.set(self.level.get() - by);
        self.level.get()
    }

    async fn watch(&self) -> StreamReader<u32> {
        let (mut writer, reader) = wit_stream::new();
        let level = self.level.get();
        spawn_local(async move {
            writer.write_all((0..level).collect()).await;
        });
        reader
    }
}

impl calls::Guest for Flows {
    type Tank = Tank;

    async fn slow(it: u32, turns: u32) -> u32 {
        BEGUN.with_borrow_mut(|begun| begun.push(it));
        give_way(turns).await;
        ENDED.with_borrow_mut(|ended| ended.push(it));
        it
    }

    fn begun() -> Vec<u32> {
        BEGUN.with_borrow(Vec::clone)
    }

    fn ended() -> Vec<u32> {
        ENDED.with_borrow(Vec::clone)
    }

    async fn nothing() {}

    async fn echo(it: Parcel, turns: u32) -> Parcel {
        give_way(turns).await;
        it
    }

    fn echo_at_once(it: Parcel) -> Parcel {
        it
    }

    async fn echo_small(it: i8) -> i8 {
        it
    }

    async fn echo_level(it: Level) -> Level {
        it
    }

    async fn echo_float(it: f64) -> f64 {
        give_way(1).await;
        it
    }

    async fn in_slots(a: String, b: Shape, c: Option<f32>, d: u8, e: i64) -> String {
        format!("{a} {b:?} {c:?} {d} {e}")
    }

    fn in_slots_at_once(a: String, b: Shape, c: Option<f32>, d: u8, e: i64) -> String {
        format!("{a} {b:?} {c:?} {d} {e}")
    }

    async fn never() {
        let (_writer, reader) = wit_future::new(|| ());
        reader.await
    }

    async fn ready() -> FutureReader<()> {
        let (writer, reader) = wit_future::new(|| ());
        spawn_local(async move {
            let _ = writer.write(()).await;
        });
        reader
    }

    async fn pour(tank: calls::Tank) -> Result<calls::Tank, String> {
        give_way(1).await;
        Ok(tank)
    }

    async fn boom(turns: u32) {
        give_way(turns).await;
        panic!("boom");
    }

    async fn spin() {
        loop {
            std::hint::black_box(());
        }
    }

    async fn linger(turns: u32) {
        spawn_local(async move {
            give_way(turns).await;
            Self::spin().await;
        });
    }
}
