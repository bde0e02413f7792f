//! wasm-link: the same component in a binding, which takes and gives dynamic values.

use std::collections::{HashMap, HashSet};
use std::hint::black_box;

use anyhow::Result;
use first_class_bench_common::measure::Contender;
use wasm_link::cardinality::ExactlyOne;
use wasm_link::{
    Binding, Component, Engine, Function, FunctionKind, Interface, Linker, Plugin, PluginContext,
    ResourceTable, ReturnKind, Val,
};
use wasm_link_engine::Config;

use super::{Plugins, Workload, check, pair, workload};
use crate::callers::repeated;
use crate::cases::Pair;

/// The interface of the plugin: its package, and the rest of its name.
const PACKAGE: &str = "first-class:bench";
const INTERFACE: &str = "calls@0.1.0";

/// What a store has of its own.
struct Context(ResourceTable);

impl PluginContext for Context {
    fn resource_table(&mut self) -> &mut ResourceTable {
        &mut self.0
    }
}

/// A compiled plugin.
struct Compiled {
    engine: Engine,
    linker: Linker<Context>,
    component: Component,
}

/// Calls of the plugin, with arguments that are made before and results that nobody reads.
pub(crate) fn calls(plugins: &Plugins, workload: Workload) -> Result<Pair> {
    let compiled = Compiled::new(plugins)?;
    let contender = match workload {
        Workload::Load => {
            let arguments = [Val::U32(3), Val::U32(4)];
            contender(Val::U32(7), move || {
                call(&compiled.instance()?, "add", &arguments)
            })?
        }
        Workload::Add => {
            let arguments = [Val::U32(3), Val::U32(4)];
            let instance = compiled.instance()?;
            contender(Val::U32(7), move || {
                call(&instance, "add", black_box(&arguments))
            })?
        }
        Workload::Text(length) => {
            let text = Val::String(workload::text(length));
            echo(compiled.instance()?, "echo-string", text)?
        }
        Workload::Bytes(length) => {
            let bytes = workload::bytes(length).into_iter().map(Val::U8);
            let bytes = Val::List(bytes.collect());
            echo(compiled.instance()?, "echo-bytes", bytes)?
        }
        Workload::Records(length) => {
            let records = workload::records(length).map(|(x, y, label)| {
                let (x, y, label) = (Val::Float64(x), Val::Float64(y), Val::String(label));
                Val::Record(vec![
                    ("x".into(), x),
                    ("y".into(), y),
                    ("label".into(), label),
                ])
            });
            let records = Val::List(records.collect());
            echo(compiled.instance()?, "echo-samples", records)?
        }
    };
    pair(contender, plugins, workload)
}

fn echo(
    instance: Binding<String, Context>,
    function: &'static str,
    value: Val,
) -> Result<Contender> {
    let arguments = [value.clone()];
    contender(value, move || call(&instance, function, &arguments))
}

fn contender(right: Val, mut call: impl FnMut() -> Result<Val> + 'static) -> Result<Contender> {
    check(call()? == right)?;
    Ok(repeated("wasm-link", move || {
        black_box(call()?);
        Ok(())
    }))
}

fn call(instance: &Binding<String, Context>, function: &str, arguments: &[Val]) -> Result<Val> {
    let ExactlyOne(_, result) = instance.dispatch(INTERFACE, function, arguments)?;
    Ok(result?)
}

impl Compiled {
    /// Compiles the plugin, on an engine without what no plugin here needs. The epoch is not looked at:
    /// nothing limits the time of a call.
    fn new(plugins: &Plugins) -> Result<Self> {
        let engine = Engine::new(Config::new().concurrency_support(false))?;
        let component = Component::from_file(&engine, &plugins.component)?;
        let mut linker = Linker::new(&engine);
        // The plugin calls nothing of WASI, which it imports as all of Rust's do.
        linker.define_unknown_imports_as_traps(&component)?;
        Ok(Compiled {
            engine,
            linker,
            component,
        })
    }

    fn instance(&self) -> Result<Binding<String, Context>> {
        let plugin = Plugin::new(self.component.clone(), Context(ResourceTable::new()));
        let plugin = plugin.instantiate(&self.engine, &self.linker)?;
        let functions = ["add", "echo-string", "echo-bytes", "echo-samples"].map(|name| {
            let function = Function::new(FunctionKind::Freestanding, ReturnKind::AssumeNoResources);
            (name.to_owned(), function)
        });
        let interface = Interface::new(functions.into(), HashSet::new());
        Ok(Binding::new(
            PACKAGE,
            HashMap::from([(INTERFACE.to_owned(), interface)]),
            ExactlyOne("plugin".to_owned(), plugin),
        ))
    }
}
