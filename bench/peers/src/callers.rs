//! Both sides' callers. All wait on the main thread for one call after the other.

use std::sync::LazyLock;
use std::time::Instant;

use anyhow::{Result, ensure};
use first_class_bench_common::measure::Contender;
use first_class_host::backends::Backend;
use first_class_host::{Shim, Source};
use tokio::runtime::{Builder, Runtime};

use crate::payload::{self, Payload};

first_class::first_class_world!({ world: "echo-service", path: "wit/echo" });

/// What ours is called.
pub(crate) const HANDLE: &str = "handle";

/// What our handles are loaded by.
pub(crate) const SOURCE: &str = "echo";

/// Where servers run.
pub(crate) static SERVERS: LazyLock<Runtime> = LazyLock::new(|| runtime(2));

/// Where the others' clients do what they do besides their calls. A shim has as many threads for that.
pub(crate) static CLIENTS: LazyLock<Runtime> = LazyLock::new(|| runtime(1));

fn runtime(threads: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(threads).enable_all().build();
    runtime.expect("the system has threads for benchmarks")
}

/// Makes a shim with a backend the host of this thread.
pub(crate) fn host(backend: impl Backend) -> Result<()> {
    host_of(Source::backend(backend))
}

/// Makes a shim with a source the host of this thread.
pub(crate) fn host_of(source: Source) -> Result<()> {
    let shim = Shim::builder().source(SOURCE, source);
    first_class_native::host_with(&shim.build()?);
    Ok(())
}

/// A call of ours, in a loop.
pub(crate) fn ours(call: impl FnMut() -> Result<()> + 'static) -> Contender {
    repeated(HANDLE, call)
}

/// A call in a loop.
pub(crate) fn repeated(
    name: &'static str,
    mut call: impl FnMut() -> Result<()> + 'static,
) -> Contender {
    Contender::new(name, move |times: u32| {
        let begin = Instant::now();
        for _ in 0..times {
            call()?;
        }
        Ok(begin.elapsed().as_nanos() as f64)
    })
}

/// A call of the others' over a network, in a loop.
pub(crate) fn theirs(
    name: &'static str,
    mut call: impl AsyncFnMut() -> Result<()> + 'static,
) -> Contender {
    Contender::new(name, move |times: u32| {
        CLIENTS.block_on(async {
            let begin = Instant::now();
            for _ in 0..times {
                call().await?;
            }
            Ok(begin.elapsed().as_nanos() as f64)
        })
    })
}

/// Calls of a source that gives back what it gets, through a handle.
pub(crate) fn echo(payload: Payload) -> Result<Contender> {
    let instance = EchoServiceInstance::load(SOURCE)?;
    Ok(match payload {
        Payload::Text => {
            let text = payload::text();
            ours(move || {
                ensure!(
                    instance.echo().echo_text(&text)? == text,
                    "it came back otherwise"
                );
                Ok(())
            })
        }
        Payload::Bytes => {
            let bytes = payload::bytes();
            ours(move || {
                ensure!(
                    instance.echo().echo_bytes(&bytes)? == bytes,
                    "it came back otherwise"
                );
                Ok(())
            })
        }
    })
}
