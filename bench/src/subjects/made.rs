//! Calls that the host makes itself, of plugins that are made for it.

use anyhow::{Context, Result, ensure};
use first_class_abi::World;
use first_class_bench_common::measure::Contender;
use first_class_host::{Capacity, Shim, Source};
use std::fmt::Write;
use std::hint::black_box;

/// What calls of this kind are called.
const NAME: &str = "shim";

/// How much of everything there is.
#[derive(Clone, Copy)]
pub(crate) struct Made {
    /// Worlds, each with a plugin of it that lives.
    pub(crate) worlds: u32,
    /// Functions of each world.
    pub(crate) functions: u32,
    /// Functions in the code of each plugin that nobody calls.
    pub(crate) code: u32,
}

/// Calls of the last function of the first world.
pub(crate) fn contender(made: &Made) -> Result<Contender> {
    let most = u64::from(made.worlds) + 1;
    let capacity = Capacity::default()
        .instances(most)
        .instances_per_caller(most)
        .memories(most)
        .worlds_per_caller(most);
    let plugins = (0..made.worlds).map(|world| plugin(world, made));
    let plugins = plugins.collect::<Result<Vec<_>>>()?;
    let shim = plugins.iter().fold(
        Shim::builder(),
        |shim,
         Plugin {
             name, component, ..
         }| { shim.source(name, Source::bytes(component.clone())) },
    );
    let mut caller = shim.capacity(capacity).build()?.caller();
    let load = |Plugin { name, world, .. }: &Plugin| {
        let loaded = caller.load(name, world);
        loaded.with_context(|| format!("`{name}` of {} functions", made.functions))
    };
    let numbers = plugins.iter().map(load).collect::<Result<Vec<_>>>()?;
    let (instance, last) = (numbers[0], made.functions - 1);
    ensure!(caller.invoke_scalar(instance, last, [7, 0, 0, 0])? == 7);
    let call = move |times: u32| {
        let begin = std::time::Instant::now();
        for _ in 0..times {
            black_box(caller.invoke_scalar(instance, last, black_box([7, 0, 0, 0]))?);
        }
        Ok(begin.elapsed().as_nanos() as f64)
    };
    Ok(Contender::new(NAME, call))
}

struct Plugin {
    name: String,
    component: Vec<u8>,
    /// What it exports, as a world.
    world: Vec<u8>,
}

/// A plugin whose functions return what they are given.
fn plugin(number: u32, made: &Made) -> Result<Plugin> {
    let mut text = String::from(
        r#"(component (core module $m
             (func (export "same") (param i32) (result i32) local.get 0)"#,
    );
    for _ in 0..made.code {
        text += "(func (param i64) (result i64) local.get 0";
        (0..10).try_for_each(|add| write!(text, " i64.const {} i64.add", 1 << (20 + add)))?;
        text += ")";
    }
    text += ") (core instance $i (instantiate $m))";
    for function in 0..made.functions {
        write!(
            text,
            r#"(func (export "w{number}-f{function}") (param "n" u32) (result u32)
                 (canon lift (core func $i "same")))"#
        )?;
    }
    let component = wat::parse_str(text + ")")?;
    let world = World::of_component(&component)?.encode()?;
    let name = format!("made-{number}");
    Ok(Plugin {
        name,
        component,
        world,
    })
}
