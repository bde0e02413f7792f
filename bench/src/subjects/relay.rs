//! Typed host functions, written by hand for this one world: what a careful engineer writes today.
//! The plugin has a store of its own, as it has with us.

use anyhow::Result;
use first_class_bench_common::measure::Contender;
use wasmtime::Store;
use wasmtime::component::{HasSelf, Resource, ResourceAny};

use super::caller::Caller;
use super::state::{self, State};
use crate::lab::Lab;

mod caller_side {
    //! What the caller imports, as traits.
    wasmtime::component::bindgen!({
        world: "importing-caller",
        path: "wit/calls",
        imports: { default: trappable },
        with: { "first-class:bench/calls.counter": super::PluginCounter },
    });
}

mod plugin_side {
    //! What the plugin exports, with the types of the caller's side.
    wasmtime::component::bindgen!({
        world: "plugin",
        path: "wit/calls",
        with: { "first-class:bench/types": super::caller_side::first_class::bench::types },
    });
}

use caller_side::first_class::bench::calls::{Host, HostCounter};
use caller_side::first_class::bench::types::{Node, Sample};
use plugin_side::exports::first_class::bench::calls::Guest;

/// A counter of the plugin, of which the caller has a handle.
#[allow(unreachable_pub, reason = "`bindgen!` exports it again")]
pub struct PluginCounter(ResourceAny);

/// The plugin that calls are relayed to.
struct Relay {
    store: Store<State<()>>,
    plugin: plugin_side::Plugin,
}

pub(crate) fn contender(lab: &Lab, workload: &str) -> Result<Contender> {
    let mut store = state::store(&lab.engine, ());
    let linker = state::linker(&lab.engine)?;
    let plugin = plugin_side::Plugin::instantiate(&mut store, &lab.plugin, &linker)?;
    let mut linker = state::linker(&lab.engine)?;
    caller_side::ImportingCaller::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
    let relay = Relay { store, plugin };
    let caller = Caller::start(&lab.importing_caller, &linker, relay, workload)?;
    Ok(Contender::new("relay", caller))
}

impl Relay {
    fn calls(&mut self) -> (&Guest, &mut Store<State<()>>) {
        let Relay { store, plugin } = self;
        (plugin.first_class_bench_calls(), store)
    }
}

impl Host for State<Relay> {
    fn add(&mut self, a: u32, b: u32) -> wasmtime::Result<u32> {
        let (calls, store) = self.host.calls();
        calls.call_add(store, a, b)
    }

    fn echo_string(&mut self, value: String) -> wasmtime::Result<String> {
        let (calls, store) = self.host.calls();
        calls.call_echo_string(store, &value)
    }

    fn echo_bytes(&mut self, value: Vec<u8>) -> wasmtime::Result<Vec<u8>> {
        let (calls, store) = self.host.calls();
        calls.call_echo_bytes(store, &value)
    }

    fn echo_f64s(&mut self, value: Vec<f64>) -> wasmtime::Result<Vec<f64>> {
        let (calls, store) = self.host.calls();
        calls.call_echo_f64s(store, &value)
    }

    fn echo_samples(&mut self, value: Vec<Sample>) -> wasmtime::Result<Vec<Sample>> {
        let (calls, store) = self.host.calls();
        calls.call_echo_samples(store, &value)
    }

    fn echo_node(&mut self, value: Node) -> wasmtime::Result<Node> {
        let (calls, store) = self.host.calls();
        calls.call_echo_node(store, &value)
    }
}

impl HostCounter for State<Relay> {
    fn new(&mut self, start: u32) -> wasmtime::Result<Resource<PluginCounter>> {
        let (calls, store) = self.host.calls();
        let counter = calls.counter().call_constructor(store, start)?;
        Ok(self.table.push(PluginCounter(counter))?)
    }

    fn add(&mut self, counter: Resource<PluginCounter>, n: u32) -> wasmtime::Result<u32> {
        let PluginCounter(counter) = *self.table.get(&counter)?;
        let (calls, store) = self.host.calls();
        calls.counter().call_add(store, counter, n)
    }

    fn drop(&mut self, counter: Resource<PluginCounter>) -> wasmtime::Result<()> {
        let PluginCounter(counter) = self.table.delete(counter)?;
        counter.resource_drop(&mut self.host.store)
    }
}

impl caller_side::first_class::bench::types::Host for State<Relay> {}
