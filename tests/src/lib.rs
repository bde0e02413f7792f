//! What the tests of the whole system stand on: guests that `cargo xtask test` has built, and a
//! small embedder that runs them over the real shim.

pub mod tls;

use first_class_host::{Shim, ShimBuilder, ShimCtx, ShimView};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::{Command, sync};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// How much a caller may print.
const OUTPUT_LIMIT: usize = 1 << 20;

/// Long enough for whatever ends by itself, on any machine: what a test waits at most for something
/// that has to happen, and the deadline of calls that have to end.
pub const LONG: Duration = Duration::from_secs(60);

/// A port that is free, at an address where no other test looks for one: it stays free when its server
/// has ended.
pub const ASIDE: &str = if cfg!(target_os = "linux") {
    "127.0.0.2:0"
} else {
    "127.0.0.1:0"
};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::default);

/// The component that a guest package was built to.
///
/// # Panics
/// When it was not built.
pub fn guest(package: &str) -> PathBuf {
    let file = package.replace('-', "_");
    let target = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/wasm32-wasip2/guest");
    // A package with a binary keeps its dashes, one with a library does not.
    let candidates = [package, &file].map(|name| target.join(format!("{name}.wasm")));
    let found = candidates.into_iter().find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("the guest `{package}` is not built; run `cargo xtask test`"))
}

/// The component that a plugin in another language was built to, if the tools for that were there.
///
/// # Panics
/// When it was not built and the environment has `CI`, where no test may be skipped.
pub fn foreign(plugin: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/languages");
    let path = folder.join(plugin).with_extension("wasm");
    if path.is_file() {
        return Some(path);
    }
    let message = format!("`{plugin}` is not built; run `cargo xtask test`, which does it");
    assert!(std::env::var_os("CI").is_none(), "{message}");
    eprintln!("SKIPPED: {message}");
    None
}

/// A component that is written by hand, in `tests/components`, with some of its text replaced.
///
/// # Panics
/// When it is not there, lacks the text, or is not WebAssembly after that.
pub fn component(name: &str, edits: &[(&str, &str)]) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("components");
    let text = std::fs::read_to_string(folder.join(name).with_extension("wat"));
    let text = edits
        .iter()
        .fold(text.expect("is there"), |text, (old, new)| {
            assert!(text.contains(old), "`{name}` has no `{old}`");
            text.replace(old, new)
        });
    wat::parse_str(text).expect("is WebAssembly")
}

/// Waits until something is so, which another thread or a peer makes so.
///
/// # Panics
/// When it takes too [long](LONG).
#[track_caller]
pub fn eventually(is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < LONG, "it never came to be so");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A shim that stops no call because the machine is busy: what means to meet a deadline says which.
pub fn patient() -> ShimBuilder {
    Shim::builder().deadline(LONG)
}

/// The same with these guest packages as sources, under their names without `test-`.
pub fn shim_of(packages: &[&str]) -> ShimBuilder {
    packages.iter().fold(patient(), |builder, package| {
        let name = package.strip_prefix("test-").unwrap_or(package);
        builder.file(name, guest(package))
    })
}

/// A caller in its store, after it has run.
pub struct Caller {
    store: Store<State>,
    output: MemoryOutputPipe,
    /// Whether it ended by itself and without an error.
    pub succeeded: bool,
}

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    shim: ShimCtx,
}

impl Caller {
    /// Runs a caller's `main` with these arguments.
    ///
    /// # Panics
    /// When it is not a command that the contract and WASI suffice for.
    pub fn run(package: &str, shim: &Shim, arguments: &[&str]) -> Self {
        let mut linker = Linker::new(&ENGINE);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("WASI is linked once");
        first_class_host::add_to_linker(&mut linker).expect("the contract is linked once");
        let component = Component::from_file(&ENGINE, guest(package)).expect("is a component");
        let (mut store, output) = store(&ENGINE, package, shim, arguments);
        let command = sync::Command::instantiate(&mut store, &component, &linker);
        let command = command.expect("instantiates");
        let result = command.wasi_cli_run().call_run(&mut store);
        Caller {
            store,
            output,
            succeeded: matches!(result, Ok(Ok(()))),
        }
    }

    /// The same as a future, on an engine of one's choice.
    ///
    /// # Panics
    /// As [`Caller::run`] does.
    pub async fn run_async(
        engine: &Engine,
        package: &str,
        shim: &Shim,
        arguments: &[&str],
    ) -> Self {
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).expect("WASI is linked once");
        first_class_host::add_to_linker_async(&mut linker).expect("the contract is linked once");
        let component = Component::from_file(engine, guest(package)).expect("is a component");
        let (mut store, output) = store(engine, package, shim, arguments);
        let command = Command::instantiate_async(&mut store, &component, &linker).await;
        let command = command.expect("instantiates");
        let result = command.wasi_cli_run().call_run(&mut store).await;
        Caller {
            store,
            output,
            succeeded: matches!(result, Ok(Ok(()))),
        }
    }

    /// What it wrote to its standard output and error.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&self.output.contents()).into_owned()
    }

    /// The shim's state of this caller.
    pub fn shim(&mut self) -> &mut ShimCtx {
        &mut self.store.data_mut().shim
    }

    /// Its output.
    ///
    /// # Panics
    /// When it did not succeed.
    pub fn expect_success(self) -> String {
        assert!(self.succeeded, "the caller failed:\n{}", self.output());
        self.output()
    }
}

/// A store for a caller, and what it will have written.
fn store(
    engine: &Engine,
    package: &str,
    shim: &Shim,
    arguments: &[&str],
) -> (Store<State>, MemoryOutputPipe) {
    let output = MemoryOutputPipe::new(OUTPUT_LIMIT);
    let wasi = WasiCtx::builder()
        .arg(package)
        .args(arguments)
        .stdout(output.clone())
        .stderr(output.clone())
        .build();
    let state = State {
        wasi,
        table: ResourceTable::new(),
        shim: shim.caller(),
    };
    (Store::new(engine, state), output)
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl ShimView for State {
    fn shim(&mut self) -> &mut ShimCtx {
        &mut self.shim
    }

    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }
}
