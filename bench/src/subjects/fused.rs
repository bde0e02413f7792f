//! The caller, composed with the plugin before it runs: no host between them.

use anyhow::Result;
use first_class_bench_common::measure::Contender;

use super::caller::Caller;
use super::state;
use crate::lab::Lab;

pub(crate) fn contender(lab: &Lab, workload: &str) -> Result<Contender> {
    let linker = state::linker(&lab.engine)?;
    let caller = Caller::start(&lab.fused, &linker, (), workload)?;
    Ok(Contender::new("fused", caller))
}
