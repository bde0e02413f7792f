//! Calls of plugins that run in this process, by ours and by other libraries for plugins, and encoding alone.

pub(crate) mod extism;
pub(crate) mod golem;
pub(crate) mod wasm_link;
mod workload;

use std::hint::black_box;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use first_class_bench_common::measure::Contender;
use first_class_host::Source;

use crate::callers::{HANDLE, SOURCE, host_of, repeated};
use crate::cases::Pair;
pub(crate) use workload::Workload;

first_class::first_class_world!({ world: "plugin", path: "../wit/calls" });

use plugin::types::Sample;

/// Where the plugins are that are called, which do the same.
pub(crate) struct Plugins {
    /// A component, for ours and for wasm-link.
    pub(crate) component: PathBuf,
    /// A module for Extism.
    pub(crate) extism: PathBuf,
}

/// What another library does, and ours.
fn pair(theirs: Contender, plugins: &Plugins, workload: Workload) -> Result<Pair> {
    Ok(Pair {
        contenders: [theirs, handle(plugins, workload)?],
        _server: Box::new(()),
    })
}

/// Ours: a handle, with the default limits of the shim.
fn handle(plugins: &Plugins, workload: Workload) -> Result<Contender> {
    host_of(Source::file(&plugins.component))?;
    let instance = PluginInstance::load(SOURCE)?;
    match workload {
        Workload::Load => checked(7, || Ok(PluginInstance::load(SOURCE)?.calls().add(3, 4)?)),
        Workload::Add => checked(7, move || {
            Ok(instance.calls().add(black_box(3), black_box(4))?)
        }),
        Workload::Text(length) => {
            let text = workload::text(length);
            checked(text.clone(), move || {
                Ok(instance.calls().echo_string(&text)?)
            })
        }
        Workload::Bytes(length) => {
            let bytes = workload::bytes(length);
            checked(bytes.clone(), move || {
                Ok(instance.calls().echo_bytes(&bytes)?)
            })
        }
        Workload::Records(length) => {
            let sample = |(x, y, label)| Sample { x, y, label };
            let samples: Vec<_> = workload::records(length).map(sample).collect();
            checked(samples.clone(), move || {
                Ok(instance.calls().echo_samples(&samples)?)
            })
        }
    }
}

/// A call of ours in a loop, which has given what is right.
fn checked<T: PartialEq + 'static>(
    right: T,
    mut call: impl FnMut() -> Result<T> + 'static,
) -> Result<Contender> {
    check(call()? == right)?;
    Ok(repeated(HANDLE, move || {
        black_box(call()?);
        Ok(())
    }))
}

/// What is measured has to be right.
fn check(is_right: bool) -> Result<()> {
    ensure!(is_right, "a call has given what is wrong");
    Ok(())
}
