//! A relay for any world: the engine makes every argument a value of a dynamic type, [`Val`], and
//! passes that on. Resources are found where they are arguments or results, and not inside of these,
//! so nothing is walked through.

use anyhow::{Context, Result};
use first_class_bench_common::measure::Contender;
use wasmtime::component::types::{ComponentFunc, ComponentInstance, ComponentItem};
use wasmtime::component::{Func, Linker, Resource, ResourceAny, ResourceType, Type, Val};
use wasmtime::{AsContextMut, Store, StoreContextMut};

use super::caller::Caller;
use super::state::{self, State};
use crate::lab::Lab;

/// A resource of the plugin, of which the caller has a handle.
struct Foreign(ResourceAny);

/// The plugin that calls are relayed to.
struct Relay {
    store: Store<State<()>>,
}

pub(crate) fn contender(lab: &Lab, workload: &str) -> Result<Contender> {
    let mut store = state::store(&lab.engine, ());
    let linker = state::linker(&lab.engine)?;
    let plugin = linker.instantiate(&mut store, &lab.plugin)?;
    let mut linker = state::linker(&lab.engine)?;
    for (interface, item) in lab.plugin.component_type().exports(&lab.engine) {
        let ComponentItem::ComponentInstance(functions) = item.ty else {
            continue;
        };
        let find = |store: &mut Store<_>, function: &str| {
            let interface = plugin.get_export_index(&mut *store, None, interface)?;
            let index = plugin.get_export_index(&mut *store, Some(&interface), function)?;
            plugin.get_func(store, index)
        };
        define(&mut linker, interface, &functions, |function| {
            find(&mut store, function)
        })?;
    }
    let caller = Caller::start(&lab.importing_caller, &linker, Relay { store }, workload)?;
    Ok(Contender::new("val", caller))
}

/// Defines what the plugin exports in an interface.
fn define(
    linker: &mut Linker<State<Relay>>,
    interface: &str,
    exports: &ComponentInstance,
    mut find: impl FnMut(&str) -> Option<Func>,
) -> Result<()> {
    let engine = linker.engine().clone();
    let mut instance = linker.instance(interface)?;
    for (name, item) in exports.exports(&engine) {
        match item.ty {
            ComponentItem::ComponentFunc(ty) => {
                let plugin = find(name).context("the plugin lacks what it exports")?;
                let relay = match passes_resources(&ty) {
                    true => with_resources,
                    false => pass_on,
                };
                instance.func_new(name, move |store, _, params, results| {
                    relay(store, plugin, params, results)
                })?;
            }
            ComponentItem::Resource(_) => {
                instance.resource(name, ResourceType::host::<Foreign>(), drop_resource)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn passes_resources(ty: &ComponentFunc) -> bool {
    let types = ty.params().map(|(_, ty)| ty).chain(ty.results());
    types
        .into_iter()
        .any(|ty| matches!(ty, Type::Own(_) | Type::Borrow(_)))
}

fn pass_on(
    mut caller: StoreContextMut<'_, State<Relay>>,
    plugin: Func,
    params: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    plugin.call(&mut caller.data_mut().host.store, params, results)
}

fn with_resources(
    mut caller: StoreContextMut<'_, State<Relay>>,
    plugin: Func,
    params: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    let mut params = params.to_vec();
    for param in &mut params {
        if let Val::Resource(handle) = param {
            *handle = of_plugin(&mut caller, *handle)?;
        }
    }
    pass_on(caller.as_context_mut(), plugin, &params, results)?;
    for result in results {
        if let Val::Resource(handle) = result {
            let handle_of_caller = caller.data_mut().table.push(Foreign(*handle))?;
            *handle = handle_of_caller.try_into_resource_any(&mut caller)?;
        }
    }
    Ok(())
}

/// The plugin's handle for one of the caller.
fn of_plugin(
    caller: &mut StoreContextMut<'_, State<Relay>>,
    handle: ResourceAny,
) -> wasmtime::Result<ResourceAny> {
    let handle: Resource<Foreign> = handle.try_into_resource(&mut *caller)?;
    let table = &mut caller.data_mut().table;
    let Foreign(handle) = match handle.owned() {
        true => table.delete(handle)?,
        false => Foreign(table.get(&handle)?.0),
    };
    Ok(handle)
}

fn drop_resource(mut caller: StoreContextMut<'_, State<Relay>>, rep: u32) -> wasmtime::Result<()> {
    let state = caller.data_mut();
    let Foreign(handle) = state.table.delete(Resource::new_own(rep))?;
    handle.resource_drop(&mut state.host.store)
}
