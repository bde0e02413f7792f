//! Extism: a plugin with functions of bytes, which hold values as they are, as JSON, or as MessagePack.

use std::fs;
use std::hint::black_box;

use anyhow::{Context, Result, bail};
use extism::convert::{Json, Msgpack};
use extism::{CompiledPlugin, FromBytesOwned, Plugin, PluginBuilder, ToBytes};
use first_class_bench_common::measure::Contender;
use serde::{Deserialize, Serialize};

use super::{Plugins, Workload, check, pair, workload};
use crate::callers::repeated;
use crate::cases::Pair;

/// The record `sample`.
#[derive(Serialize, Deserialize, Clone, PartialEq)]
struct Sample {
    x: f64,
    y: f64,
    label: String,
}

/// The arguments of `add`: two numbers in eight bytes.
const THREE_AND_FOUR: u64 = 3 | 4 << 32;

/// Calls of bytes. What comes back is borrowed from the plugin's memory, and not copied.
pub(crate) fn calls(plugins: &Plugins, workload: Workload) -> Result<Pair> {
    let compiled = compiled(plugins)?;
    let add = |plugin: &mut Plugin| plugin.call::<u64, u32>("add", black_box(THREE_AND_FOUR));
    let contender = match workload {
        Workload::Load => {
            let load = move || add(&mut Plugin::new_from_compiled(&compiled)?);
            check(load()? == 7)?;
            contender(load)
        }
        Workload::Add => {
            let mut plugin = Plugin::new_from_compiled(&compiled)?;
            check(add(&mut plugin)? == 7)?;
            contender(move || add(&mut plugin))
        }
        Workload::Text(length) => {
            let mut plugin = Plugin::new_from_compiled(&compiled)?;
            let text = workload::text(length);
            check(plugin.call::<&str, &str>("echo_string", &text)? == text)?;
            contender(move || {
                black_box(plugin.call::<&str, &str>("echo_string", &text)?);
                Ok(())
            })
        }
        Workload::Bytes(length) => {
            let mut plugin = Plugin::new_from_compiled(&compiled)?;
            let bytes = workload::bytes(length);
            check(plugin.call::<&[u8], &[u8]>("echo_bytes", &bytes)? == bytes)?;
            contender(move || {
                black_box(plugin.call::<&[u8], &[u8]>("echo_bytes", &bytes)?);
                Ok(())
            })
        }
        Workload::Records(_) => bail!("records have to be encoded"),
    };
    pair(contender, plugins, workload)
}

/// Calls of records as JSON.
pub(crate) fn json(plugins: &Plugins, length: u32) -> Result<Pair> {
    encoded(plugins, "echo_json", length, Json, Json::into_inner)
}

/// Calls of records as MessagePack.
pub(crate) fn msgpack(plugins: &Plugins, length: u32) -> Result<Pair> {
    encoded(
        plugins,
        "echo_msgpack",
        length,
        Msgpack,
        Msgpack::into_inner,
    )
}

fn encoded<T>(
    plugins: &Plugins,
    function: &'static str,
    length: u32,
    encoded: impl FnOnce(Vec<Sample>) -> T,
    decoded: impl Fn(T) -> Vec<Sample> + 'static,
) -> Result<Pair>
where
    T: FromBytesOwned + for<'a> ToBytes<'a> + 'static,
{
    let mut plugin = Plugin::new_from_compiled(&compiled(plugins)?)?;
    let sample = |(x, y, label)| Sample { x, y, label };
    let samples: Vec<_> = workload::records(length).map(sample).collect();
    let value = encoded(samples.clone());
    let mut call = move || Ok(decoded(plugin.call::<&T, T>(function, &value)?));
    check(call()? == samples)?;
    pair(contender(call), plugins, Workload::Records(length))
}

fn contender<T>(mut call: impl FnMut() -> Result<T> + 'static) -> Contender {
    repeated("extism", move || {
        black_box(call()?);
        Ok(())
    })
}

/// Compiles the plugin.
fn compiled(plugins: &Plugins) -> Result<CompiledPlugin> {
    let path = &plugins.extism;
    let module = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The cache on the disk; what is compiled stays in memory here.
    PluginBuilder::new(module).with_cache_disabled().compile()
}
