//! Plain wasmtime: instances of the plugin, each in a store, with no world around them.

use std::time::Instant;

use anyhow::Result;
use first_class_bench_common::measure::Contender;
use wasmtime::component::{Component, InstancePre};
use wasmtime::{Engine, Store};

use super::state::{self, State};
use crate::lab::{self, Lab};

/// What subjects of this kind are called.
const NAME: &str = "wasmtime";

/// Makes instances of the compiled plugin; each ends before the next one.
pub(crate) fn warm(lab: &Lab) -> Result<Contender> {
    let plugin = pre(&lab.engine, &lab.plugin)?;
    let load = move |times: u32| {
        let begin = Instant::now();
        for _ in 0..times {
            drop(instance(&plugin)?);
        }
        Ok(begin.elapsed().as_nanos() as f64)
    };
    Ok(Contender::new(NAME, load))
}

/// Makes instances that stay.
pub(crate) fn keep(lab: &Lab) -> Result<Contender> {
    let plugin = pre(&lab.engine, &lab.plugin)?;
    let mut kept = Vec::new();
    let load = move |times: u32| {
        let begin = Instant::now();
        for _ in 0..times {
            kept.push(instance(&plugin)?);
        }
        Ok(begin.elapsed().as_nanos() as f64)
    };
    Ok(Contender::new(NAME, load))
}

/// Compiles the plugin and makes an instance, each time on a new engine.
pub(crate) fn cold(lab: &Lab) -> Result<Contender> {
    let (path, profiler) = (lab.plugin_path(), lab.profiler);
    let load = move |times: u32| {
        (0..times).try_fold(0.0, |taken, _| {
            let engine = lab::engine(profiler)?;
            let linker = state::linker(&engine)?;
            let begin = Instant::now();
            let plugin = Component::from_file(&engine, &path)?;
            let instance = instance(&linker.instantiate_pre(&plugin)?)?;
            let taken = taken + begin.elapsed().as_nanos() as f64;
            drop(instance);
            Ok(taken)
        })
    };
    Ok(Contender::new(NAME, load))
}

fn pre(engine: &Engine, plugin: &Component) -> Result<InstancePre<State<()>>> {
    Ok(state::linker(engine)?.instantiate_pre(plugin)?)
}

fn instance(plugin: &InstancePre<State<()>>) -> Result<Store<State<()>>> {
    let mut store = state::store(plugin.engine(), ());
    plugin.instantiate(&mut store)?;
    Ok(store)
}
