//! What the caller serves of the world's imports, in Rust's names: a trait for each interface, and
//! one for the world.

use super::method::Method;
use super::names::{Scope, camel};
use super::type_names::interface_names;
use super::types::definition_of;
use first_class_abi::wit_parser::{
    Docs, Function, FunctionKind, InterfaceId, LiveTypes, Resolve, TypeId, WorldItem, WorldKey,
};
use first_class_abi::{Callee, World};
use proc_macro2::Ident;
use std::collections::HashMap;

/// The imports that a caller serves.
pub(crate) struct Imports {
    /// The interfaces, in the order in which the world imports them.
    pub(crate) interfaces: Vec<ImportTrait>,
    /// All of them, with the functions of the world itself.
    pub(crate) world: ImportTrait,
    /// The struct that calls the traits by the numbers of their functions.
    pub(crate) dispatcher: Ident,
    /// The functions that drop a resource.
    pub(crate) drops: Vec<u32>,
    /// The resources that the interfaces define.
    pub(crate) resources: HashMap<TypeId, Associated>,
}

/// A trait with functions that the caller serves.
pub(crate) struct ImportTrait {
    pub(crate) name: Ident,
    /// The name of the interface in WIT; empty for the world itself.
    pub(crate) interface: String,
    pub(crate) docs: Docs,
    /// The resources of the interface.
    pub(crate) resources: Vec<TypeId>,
    /// The traits whose resources its functions mention.
    pub(crate) supertraits: Vec<Ident>,
    pub(crate) methods: Vec<Method>,
}

/// The type that implements a resource: an associated type of a trait.
pub(crate) struct Associated {
    pub(crate) name: Ident,
    pub(crate) of_trait: Ident,
    /// Whether another trait has a type of the same name.
    pub(crate) is_ambiguous: bool,
}

impl Imports {
    /// The imports of a world, if there are any that a caller serves.
    pub(crate) fn new(world: &World, items: &mut Scope) -> Option<Self> {
        if world.callbacks().is_empty() {
            return None;
        }
        let definition = &world.resolve().worlds[world.id()];
        let whole = ImportTrait {
            name: items.camel(&format!("{}-imports", definition.name)),
            interface: String::new(),
            docs: Docs::default(),
            resources: Vec::new(),
            supertraits: Vec::new(),
            methods: methods(world, ""),
        };
        let interfaces = definition
            .imports
            .iter()
            .filter_map(|(key, item)| match item {
                WorldItem::Interface { id, docs, .. } => interface(world, items, key, *id, docs),
                _ => None,
            });
        let mut imports = Imports {
            interfaces: interfaces.collect(),
            world: whole,
            dispatcher: items.camel("served"),
            drops: drops(world).map(|(number, ..)| number).collect(),
            resources: HashMap::new(),
        };
        imports.name_resources(world.resolve());
        imports.find_supertraits(world.resolve());
        Some(imports)
    }

    fn name_resources(&mut self, resolve: &Resolve) {
        for import in &self.interfaces {
            let mut names = Scope::default();
            for id in &import.resources {
                let associated = Associated {
                    name: names.camel(resolve.types[*id].name.as_deref().unwrap_or_default()),
                    of_trait: import.name.clone(),
                    is_ambiguous: false,
                };
                self.resources.entry(*id).or_insert(associated);
            }
        }
        let mut counts: HashMap<Ident, usize> = HashMap::new();
        for resource in self.resources.values() {
            *counts.entry(resource.name.clone()).or_default() += 1;
        }
        for resource in self.resources.values_mut() {
            resource.is_ambiguous = counts[&resource.name] > 1;
        }
    }

    fn find_supertraits(&mut self, resolve: &Resolve) {
        for import in &mut self.interfaces {
            let mut live = LiveTypes::default();
            for method in &import.methods {
                live.add_func(resolve, &method.function);
            }
            let others = live
                .iter()
                .filter_map(|id| self.resources.get(&definition_of(resolve, id)))
                .map(|resource| &resource.of_trait);
            for other in others.filter(|other| **other != import.name) {
                if !import.supertraits.contains(other) {
                    import.supertraits.push(other.clone());
                }
            }
        }
        let all = self.interfaces.iter().map(|import| import.name.clone());
        self.world.supertraits = all.collect();
    }
}

fn interface(
    world: &World,
    items: &mut Scope,
    key: &WorldKey,
    id: InterfaceId,
    docs: &Docs,
) -> Option<ImportTrait> {
    let name = world.resolve().name_world_key(key);
    let mut callbacks = world.callbacks().iter();
    callbacks.find(|callback| callback.interface == name)?;
    let names = interface_names(world, key, id);
    let of_interface = &world.resolve().interfaces[id].docs;
    Some(ImportTrait {
        name: items.pick(names.iter().map(|name| camel(&format!("{name}-imports")))),
        docs: match of_interface.contents {
            Some(_) => of_interface.clone(),
            None => docs.clone(),
        },
        resources: drops(world)
            .filter(|(_, interface, _)| *interface == name)
            .map(|(.., id)| id)
            .collect(),
        supertraits: Vec::new(),
        methods: methods(world, &name),
        interface: name,
    })
}

/// The functions of an interface, or of the world itself. Those of resources are named after them,
/// and take what names the others leave.
fn methods(world: &World, interface: &str) -> Vec<Method> {
    let mut scope = Scope::default();
    let functions = || {
        let callbacks = (0..).zip(world.callbacks());
        callbacks.filter_map(|(number, callback)| match &callback.callee {
            Callee::Function(function) if callback.interface == interface => {
                Some((number, &**function))
            }
            _ => None,
        })
    };
    let free = functions().filter(|(_, function)| function.kind.resource().is_none());
    let of_resources = functions().filter(|(_, function)| function.kind.resource().is_some());
    free.chain(of_resources)
        .map(|(number, function)| {
            let name = scope.snake(&function_name(world.resolve(), function));
            Method::plain(name, number, function)
        })
        .collect()
}

/// The name of a function where those of all resources of an interface stand together.
pub(crate) fn function_name(resolve: &Resolve, function: &Function) -> String {
    let resource = function.kind.resource();
    let resource = resource.and_then(|id| resolve.types[id].name.as_deref());
    match (&function.kind, resource) {
        (FunctionKind::Constructor(_), Some(resource)) => format!("new-{resource}"),
        (_, Some(resource)) => format!("{resource}-{}", function.item_name()),
        (_, None) => function.item_name().to_owned(),
    }
}

/// The functions that drop a resource, each with its number and the name of its interface.
fn drops(world: &World) -> impl Iterator<Item = (u32, &str, TypeId)> {
    let callbacks = (0..).zip(world.callbacks());
    callbacks.filter_map(|(number, callback)| match callback.callee {
        Callee::Drop(id) => Some((number, callback.interface.as_str(), id)),
        Callee::Function(_) => None,
    })
}
