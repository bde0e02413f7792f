//! The plugin, with a driver that runs.

use crate::bridge::Bridge;
use crate::desk::{Desk, Ended, Ongoing, Operation, Remote};
use crate::engine::{EngineSettings, Mode, PluginEngine};
use crate::instance::concurrent::Driver;
use crate::instance::death::Death;
use crate::waits::Waits;
use first_class_abi::contract::ARENA_BASE;
use first_class_abi::value::{Codec, Value};
use first_class_abi::wit_parser::Resolve;
use first_class_abi::{CallShape, Callee, Transmits, World};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{ResourceLimiter, Store, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// How long a test waits for what has to come.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    desk: Arc<Desk>,
    /// How large the memories have become, in bytes.
    pub(super) memory: usize,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.memory += desired - current;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

pub(super) struct Flows {
    pub(super) remote: Remote,
    codec: Codec,
    transmits: Transmits,
    driver: JoinHandle<(Store<State>, Result<(), Death>)>,
    /// With its engines the clock would stop.
    _engines: PluginEngine,
}

/// Runs a test on the plugin, in a runtime. Without the plugin, which only `cargo xtask test` builds,
/// it passes, but not where the environment has `CI`.
pub(super) fn run(test: impl AsyncFnOnce(Flows)) {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let plugin = package.join("../target/wasm32-wasip2/guest/test_flows.wasm");
    let Ok(plugin) = std::fs::read(plugin) else {
        let message = "the guest `test-flows` is not built; run `cargo xtask test`";
        assert!(std::env::var_os("CI").is_none(), "{message}");
        eprintln!("SKIPPED: {message}");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    runtime.expect("starts").block_on(async {
        let flows = Flows::start(&plugin).await;
        test(flows).await;
    });
}

impl Flows {
    async fn start(plugin: &[u8]) -> Self {
        let world = Arc::new(world());
        let shapes = CallShape::of_world(&world);
        let transmits = Transmits::of_world(&world).expect("not too many");
        let bridge = Bridge::concurrent(&world, &shapes, &transmits, &[]).expect("generates");
        let composed = bridge.compose(plugin, None, &[]).expect("composes");
        let engines = PluginEngine::new(EngineSettings::default(), |_, _| Ok(())).expect("starts");
        let engine = engines.engine(Mode::Concurrent);
        let component = Component::new(engine, composed).expect("is valid");
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).expect("links");
        Desk::add_to_linker(&mut linker, |state: &State| &state.desk).expect("links");
        let (desk, remote) = Desk::new();
        let mut store = Store::new(
            engine,
            State {
                wasi: WasiCtx::builder().build(),
                table: ResourceTable::new(),
                desk: desk.clone(),
                memory: 0,
            },
        );
        store.limiter(|state| state);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        let instance = linker.instantiate_async(&mut store, &component).await;
        let instance = instance.expect("starts");
        let driver = Driver::new(store, &instance, bridge.entry(), desk);
        let driver = driver.expect("has an entry");
        let driver = tokio::spawn(async move { driver.run(&Waits::default()).await });
        Flows {
            remote,
            codec: Codec::new(world).expect("has layouts"),
            transmits,
            driver,
            _engines: engines,
        }
    }

    fn number(&self, name: &str) -> u32 {
        let callables = self.codec.world().callables();
        let number = callables.iter().position(|callable| callable.name == name);
        number.expect("is a function") as u32
    }

    /// The kind of a stream or future of a function, by its position there.
    pub(super) fn kind(&self, function: &str, position: usize) -> u32 {
        let world = self.codec.world();
        let number = self.number(function) as usize;
        let Callee::Function(function) = &world.callables()[number].callee else {
            panic!("is a function")
        };
        let found = function.find_futures_and_streams(world.resolve());
        self.transmits.number(found[position]).expect("is known")
    }

    /// Begins a call.
    pub(super) fn begin(&self, name: &str, arguments: &[Value]) -> Ongoing {
        self.begin_within(name, arguments, PATIENCE)
    }

    pub(super) fn begin_within(&self, name: &str, arguments: &[Value], limit: Duration) -> Ongoing {
        let function = self.number(name);
        let arguments = self.codec.encode_arguments(function, arguments);
        self.begin_raw(name, arguments.expect("fits"), limit)
    }

    pub(super) fn begin_raw(&self, name: &str, arguments: Vec<u8>, limit: Duration) -> Ongoing {
        let function = self.number(name);
        let call = Operation::Call {
            function,
            arguments,
        };
        self.remote.begin(call, Some(Instant::now() + limit))
    }

    /// Begins a call with handles, which the codec does not know.
    pub(super) fn begin_with(&self, name: &str, handle: u32) -> Ongoing {
        self.begin_raw(name, u64::from(handle).to_le_bytes().into(), PATIENCE)
    }

    pub(super) fn result(&self, name: &str, ended: &Ended) -> Option<Value> {
        assert_eq!(ended.code, 2, "{name} returned");
        let result = self.codec.decode_result(self.number(name), &ended.data);
        result.expect("is a result")
    }

    pub(super) async fn call(&self, name: &str, arguments: &[Value]) -> Value {
        let ended = end(&mut self.begin(name, arguments)).await;
        self.result(name, &ended).expect("has a result")
    }

    /// Calls a function whose result is a handle.
    pub(super) async fn handle(&self, name: &str, arguments: &[Value]) -> u32 {
        word(&end(&mut self.begin(name, arguments)).await.data, 0)
    }

    /// Makes a stream or a future.
    pub(super) async fn make(&self, kind: u32) -> Option<(u32, u32)> {
        let deadline = Instant::now() + PATIENCE;
        self.remote.make(kind, Some(deadline)).await
    }

    /// Reads from a stream: how many elements, how the stream is, and what was read.
    pub(super) async fn read(&self, kind: u32, reader: u32, most: u32) -> (u32, u32, Vec<u8>) {
        let read = Operation::Read { kind, reader, most };
        let ended = end(&mut self.remote.begin(read, None)).await;
        (ended.code >> 4, ended.code & 15, ended.data)
    }

    pub(super) fn write(&self, kind: u32, writer: u32, count: u32, elements: Vec<u8>) -> Ongoing {
        let write = Operation::Write {
            kind,
            writer,
            count,
            elements,
        };
        self.remote.begin(write, None)
    }

    /// Waits until the plugin has let everything that it can do happen.
    pub(super) async fn settle(&self) {
        for turns in 0..10u32 {
            self.call("slow", &[Value::U32(turns), Value::U32(turns)])
                .await;
        }
    }

    /// What it dies of.
    pub(super) async fn death(self) -> Death {
        self.stop().await.1.expect_err("it died")
    }

    /// Lets go of the plugin: its state after that, and how it ended.
    pub(super) async fn stop(self) -> (State, Result<(), Death>) {
        drop(self.remote);
        let ended = timeout(PATIENCE, self.driver).await;
        let (store, result) = ended.expect("ends in time").expect("does not panic");
        (store.into_data(), result)
    }
}

pub(super) async fn end(ongoing: &mut Ongoing) -> Ended {
    let ended = timeout(PATIENCE, ongoing.ended()).await;
    ended.expect("ends in time").expect("the instance lives")
}

fn world() -> World {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/wit/flows");
    let mut resolve = Resolve::new();
    let (package, _) = resolve.push_dir(folder).expect("is WIT");
    let id = resolve.select_world(&[package], Some("flows"));
    World::new(resolve, id.expect("is there"))
}

pub(super) fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes[at..at + 4].try_into();
    u32::from_le_bytes(word.expect("has four bytes"))
}

/// What is a string at a place.
pub(super) fn string(bytes: &[u8], at: usize) -> String {
    let start = (word(bytes, at) - ARENA_BASE) as usize;
    let string = &bytes[start..start + word(bytes, at + 4) as usize];
    String::from_utf8(string.to_vec()).expect("is UTF-8")
}

/// An array of elements, each some words and a string.
pub(super) fn elements<const N: usize>(elements: &[([u32; N], &str)]) -> Vec<u8> {
    let mut heap = ARENA_BASE as usize + elements.len() * (N * 4 + 8);
    let mut bytes = Vec::new();
    for (words, string) in elements {
        let words = words.iter().copied();
        for word in words.chain([heap as u32, string.len() as u32]) {
            bytes.extend(word.to_le_bytes());
        }
        heap += string.len();
    }
    bytes.extend(elements.iter().flat_map(|(_, string)| string.bytes()));
    bytes
}
