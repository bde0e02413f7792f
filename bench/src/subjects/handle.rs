//! Ours: a handle in the guest, and `first-class-host`.

use anyhow::Result;
use first_class_bench_common::measure::{Contender, Subject};
use first_class_host::{ShimCtx, ShimView};
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::WasiView;

use super::caller::Caller;
use super::state::{self, State};
use crate::lab::{self, Lab};

/// What subjects of this kind are called.
pub(crate) const NAME: &str = "handle";

/// What many calls in one crossing are called.
pub(crate) const BATCH: &str = "batch";

/// What instances are called whose memory comes from a pool.
pub(crate) const POOLED: &str = "pooled";

/// How many calls a batch has, as the caller makes it.
const CALLS: u32 = 1000;

/// What the callers load the plugin by.
pub(crate) const SOURCE: &str = "plugin";

impl ShimView for State<ShimCtx> {
    fn shim(&mut self) -> &mut ShimCtx {
        &mut self.host
    }

    fn table(&mut self) -> &mut ResourceTable {
        WasiView::ctx(self).table
    }
}

pub(crate) fn contender(lab: &Lab, workload: &str) -> Result<Contender> {
    let caller = caller(lab, workload)?;
    Ok(Contender::new(NAME, caller))
}

/// Calls of plugins of other worlds; `name` says how.
pub(crate) fn of_others(lab: &Lab, name: &'static str, workload: &str) -> Result<Contender> {
    let (linker, host) = (linker(lab)?, lab.other_shim.caller());
    let caller = Caller::start(&lab.holding_caller, &linker, host, workload)?;
    Ok(Contender::new(name, caller))
}

/// Calls in batches; what is measured is one call.
pub(crate) fn batch(lab: &Lab) -> Result<Contender> {
    let mut caller = caller(lab, BATCH)?;
    let calls = move |times: u32| {
        let batches = times.div_ceil(CALLS);
        let share = f64::from(times) / (f64::from(batches) * f64::from(CALLS));
        Ok(caller.sample(batches)? * share)
    };
    Ok(Contender::new(BATCH, calls))
}

/// Calls through one handle while there are so many instances, this one included.
pub(crate) fn among(lab: &Lab, instances: u32, workload: &str) -> Result<Contender> {
    let mut caller = caller(lab, "keep")?;
    caller.run(instances - 1)?;
    caller.prepare(workload)?;
    Ok(Contender::new(NAME, caller))
}

/// Loads of instances whose memory comes from a pool.
pub(crate) fn pooled(lab: &Lab) -> Result<Contender> {
    let host = lab::pooling_shim(&lab.plugin_path(), lab.profiler)?.caller();
    let caller = Caller::start(&lab.holding_caller, &linker(lab)?, host, "load")?;
    Ok(Contender::new(POOLED, caller))
}

/// Loads of a plugin that no caller has loaded before, so that it has to be compiled.
pub(crate) fn cold(lab: &Lab) -> Result<Contender> {
    let (linker, component) = (linker(lab)?, lab.holding_caller.clone());
    let (plugin, profiler) = (lab.plugin_path(), lab.profiler);
    let load = move |times: u32| {
        (0..times).try_fold(0.0, |taken, _| {
            let host = lab::new_shim(&plugin, profiler)?.caller();
            let mut caller = Caller::start(&component, &linker, host, "keep")?;
            Ok(taken + caller.sample(1)?)
        })
    };
    Ok(Contender::new(NAME, load))
}

fn caller(lab: &Lab, workload: &str) -> Result<Caller<ShimCtx>> {
    let host = lab.shim.caller();
    Caller::start(&lab.holding_caller, &linker(lab)?, host, workload)
}

fn linker(lab: &Lab) -> Result<Linker<State<ShimCtx>>> {
    let mut linker = state::linker(&lab.engine)?;
    first_class_host::add_to_linker(&mut linker)?;
    Ok(linker)
}
