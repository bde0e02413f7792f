//! A caller: a guest in which a loop of calls runs.

use std::time::Instant;

use anyhow::{Result, anyhow};
use first_class_bench_common::measure::Subject;
use wasmtime::Store;
use wasmtime::component::{Component, Linker};

use super::state::{self, State};

mod bindings {
    //! What a caller exports, whatever it imports.
    wasmtime::component::bindgen!({ world: "caller", path: "wit/calls" });
}

/// A caller that has prepared a workload.
pub(crate) struct Caller<H: 'static> {
    store: Store<State<H>>,
    guest: bindings::Caller,
}

impl<H: Send> Caller<H> {
    /// Starts a caller, whose imports are in the linker, and has it prepare a workload, for which it
    /// checks that the plugin answers as it should.
    pub(crate) fn start(
        component: &Component,
        linker: &Linker<State<H>>,
        host: H,
        workload: &str,
    ) -> Result<Self> {
        let mut store = state::store(linker.engine(), host);
        let guest = bindings::Caller::instantiate(&mut store, component, linker)?;
        let mut caller = Caller { store, guest };
        caller.prepare(workload)?;
        Ok(caller)
    }

    /// Has it prepare another workload.
    pub(crate) fn prepare(&mut self, workload: &str) -> Result<()> {
        let runner = self.guest.first_class_bench_runner();
        let prepared = runner.call_prepare(&mut self.store, workload)?;
        prepared.map_err(|reason| anyhow!("the workload `{workload}`: {reason}"))
    }

    /// Has it do what it prepared so many times.
    pub(crate) fn run(&mut self, times: u32) -> Result<()> {
        let runner = self.guest.first_class_bench_runner();
        Ok(runner.call_run(&mut self.store, times)?)
    }
}

impl<H: Send> Subject for Caller<H> {
    fn sample(&mut self, times: u32) -> Result<f64> {
        let begin = Instant::now();
        self.run(times)?;
        Ok(begin.elapsed().as_nanos() as f64)
    }
}
