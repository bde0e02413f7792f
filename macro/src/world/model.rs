//! The world in Rust's names: what the expansion writes, decided before it writes anything.

use super::analysis::Analysis;
use super::load::Loaded;
use super::names::{Scope, camel, snake};
use first_class_abi::wit_parser::{
    Docs, Function, FunctionKind, Interface, InterfaceId, LiveTypes, Resolve, TypeId, TypeOwner,
    WorldItem, WorldKey,
};
use first_class_abi::{Callee, World};
use proc_macro2::Ident;
use quote::format_ident;
use std::collections::HashMap;
use std::path::PathBuf;

/// The methods that a handle has of its own.
const HANDLE_METHODS: &[&str] = &["available", "load"];

/// A world as it will stand in Rust.
pub(crate) struct Model {
    pub(crate) world: World,
    pub(crate) encoded: Vec<u8>,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) analysis: Analysis,
    /// The module that holds everything.
    pub(crate) module: Ident,
    /// The struct that stands for an instance.
    pub(crate) handle: Ident,
    /// The functions of the world itself.
    pub(crate) functions: Vec<Method>,
    /// The interfaces that the world exports.
    pub(crate) views: Vec<View>,
    /// The types of the world itself.
    pub(crate) types: Vec<TypeId>,
    /// The resources that the world exports.
    pub(crate) resources: HashMap<TypeId, Resource>,
    /// The interfaces that define types of the world.
    pub(crate) modules: Vec<TypeModule>,
    /// The name of each type that gets a definition.
    pub(crate) type_names: HashMap<TypeId, Ident>,
}

/// A method that calls a function.
pub(crate) struct Method {
    pub(crate) name: Ident,
    pub(crate) number: u32,
    pub(crate) function: Function,
}

/// An exported interface: a method of the handle, and what it returns.
pub(crate) struct View {
    pub(crate) id: InterfaceId,
    pub(crate) method: Ident,
    pub(crate) name: Ident,
    /// The name in WIT.
    pub(crate) interface: String,
    pub(crate) docs: Docs,
    pub(crate) methods: Vec<Method>,
}

/// A resource: its methods, constructor among them, and the function that drops it.
pub(crate) struct Resource {
    pub(crate) drop_number: u32,
    pub(crate) methods: Vec<Method>,
}

/// The types of one interface.
pub(crate) struct TypeModule {
    pub(crate) id: InterfaceId,
    pub(crate) name: Ident,
    pub(crate) types: Vec<TypeId>,
}

/// The name of the handle of a world, given by its short or its full name.
pub(crate) fn handle_name(world: &str) -> Ident {
    format_ident!("{}Instance", camel(short_name(world)))
}

fn short_name(world: &str) -> &str {
    let name = world.rsplit('/').next().unwrap_or(world);
    name.split('@').next().unwrap_or(name)
}

impl Model {
    pub(crate) fn new(loaded: Loaded) -> syn::Result<Self> {
        let Loaded { world, files } = loaded;
        let encoded = world
            .encode()
            .map_err(|error| syn::Error::new(proc_macro2::Span::call_site(), error))?;
        let resolve = world.resolve();
        let name = &resolve.worlds[world.id()].name;
        let handle = handle_name(name);
        let mut root = Scope::with(&[&handle.to_string()]);
        let types = Types::new(&world, &mut root);
        Ok(Model {
            analysis: Analysis::new(resolve),
            module: Scope::default().snake(name),
            functions: methods(&world, "", HANDLE_METHODS),
            views: views(&world, &mut root),
            types: types.of_world,
            resources: resources(&world),
            modules: types.modules,
            type_names: types.names,
            handle,
            encoded,
            files,
            world,
        })
    }

    pub(crate) fn resolve(&self) -> &Resolve {
        self.world.resolve()
    }

    /// The view of the interface that a resource is exported by.
    pub(crate) fn view_of(&self, resource: TypeId) -> Option<&View> {
        let TypeOwner::Interface(interface) = self.resolve().types[resource].owner else {
            return None;
        };
        self.views.iter().find(|view| view.id == interface)
    }

    /// The module of an interface's types.
    pub(crate) fn module_of(&self, id: InterfaceId) -> Option<&Ident> {
        let module = self.modules.iter().find(|module| module.id == id);
        module.map(|module| &module.name)
    }
}

/// The definitions that the world needs, by where they stand.
struct Types {
    names: HashMap<TypeId, Ident>,
    of_world: Vec<TypeId>,
    modules: Vec<TypeModule>,
}

impl Types {
    fn new(world: &World, root: &mut Scope) -> Self {
        let resolve = world.resolve();
        let mut types = Types {
            names: HashMap::new(),
            of_world: Vec::new(),
            modules: Vec::new(),
        };
        let mut scopes: Vec<Scope> = Vec::new();
        for id in live_types(world).iter() {
            let definition = &resolve.types[id];
            let Some(name) = &definition.name else {
                continue;
            };
            let scope = match definition.owner {
                TypeOwner::World(_) => {
                    types.of_world.push(id);
                    &mut *root
                }
                TypeOwner::Interface(interface) => {
                    let index = types.module(world, interface, root);
                    scopes.resize_with(types.modules.len(), Scope::default);
                    types.modules[index].types.push(id);
                    &mut scopes[index]
                }
                TypeOwner::None => continue,
            };
            types.names.insert(id, scope.camel(name));
        }
        types
    }

    fn module(&mut self, world: &World, id: InterfaceId, root: &mut Scope) -> usize {
        if let Some(index) = self.modules.iter().position(|module| module.id == id) {
            return index;
        }
        let name = root.pick(interface_names(world, id).map(|name| snake(&name)));
        self.modules.push(TypeModule {
            id,
            name,
            types: Vec::new(),
        });
        self.modules.len() - 1
    }
}

/// All types that the exports of a world mention, and all that it defines itself.
fn live_types(world: &World) -> LiveTypes {
    let resolve = world.resolve();
    let definition = &resolve.worlds[world.id()];
    let mut live = LiveTypes::default();
    for item in definition.exports.values() {
        live.add_world_item(resolve, item);
    }
    for item in definition.imports.values() {
        if let WorldItem::Type { id, .. } = item {
            live.add_type_id(resolve, *id);
        }
    }
    live
}

fn views(world: &World, root: &mut Scope) -> Vec<View> {
    let resolve = world.resolve();
    let functions = methods(world, "", HANDLE_METHODS);
    let mut taken: Vec<String> = functions
        .iter()
        .map(|method| method.name.to_string())
        .collect();
    taken.extend(HANDLE_METHODS.iter().map(|name| name.to_string()));
    let mut scope = Scope::with(&taken.iter().map(String::as_str).collect::<Vec<_>>());
    let exports = resolve.worlds[world.id()].exports.iter();
    let interfaces = exports.filter_map(|(key, item)| match item {
        WorldItem::Interface { id, .. } => Some((key, *id)),
        _ => None,
    });
    interfaces
        .filter(|(_, id)| !resolve.interfaces[*id].functions.is_empty())
        .map(|(key, id)| {
            let interface = resolve.name_world_key(key);
            let names = interface_names(world, id);
            let methods = methods(world, &interface, &[]);
            View {
                id,
                method: scope.pick(names.clone().map(|name| snake(&name))),
                name: root.pick(names.map(|name| camel(&format!("{name}-view")))),
                docs: resolve.interfaces[id].docs.clone(),
                interface,
                methods,
            }
        })
        .collect()
}

/// The names that an interface may go by, the shortest first.
fn interface_names(world: &World, id: InterfaceId) -> impl Iterator<Item = String> + Clone {
    let resolve = world.resolve();
    let interface = &resolve.interfaces[id];
    let short = interface.name.clone().or_else(|| inline_name(world, id));
    let short = short.unwrap_or_else(|| "interface".into());
    let [qualified, versioned] = qualified_names(resolve, interface, &short);
    [short, qualified, versioned].into_iter()
}

fn qualified_names(resolve: &Resolve, interface: &Interface, short: &str) -> [String; 2] {
    let Some(package) = interface.package else {
        return [short.to_owned(), short.to_owned()];
    };
    let package = &resolve.packages[package].name;
    let qualified = format!("{}-{}-{short}", package.namespace, package.name);
    let version = package.version.as_ref();
    let version = version.map_or(String::new(), |version| format!("-{version}"));
    let versioned = format!("{qualified}{version}");
    [qualified, versioned]
}

/// The name under which a world exports an interface that it defines in place.
fn inline_name(world: &World, id: InterfaceId) -> Option<String> {
    let definition = &world.resolve().worlds[world.id()];
    let mut items = definition.exports.iter().chain(&definition.imports);
    items.find_map(|(key, item)| match (key, item) {
        (WorldKey::Name(name), WorldItem::Interface { id: found, .. }) if *found == id => {
            Some(name.clone())
        }
        _ => None,
    })
}

/// The functions of an interface, or of the world itself, in the order of their numbers.
fn methods(world: &World, interface: &str, taken: &[&str]) -> Vec<Method> {
    let mut scope = Scope::with(taken);
    let functions = functions(world)
        .filter(|(_, home, function)| *home == interface && function.kind.resource().is_none());
    functions
        .map(|(number, _, function)| Method {
            name: scope.snake(function.item_name()),
            number,
            function: function.clone(),
        })
        .collect()
}

/// The resources that a world exports.
fn resources(world: &World) -> HashMap<TypeId, Resource> {
    let callables = (0..).zip(world.callables());
    let drops = callables.filter_map(|(number, callable)| match callable.callee {
        Callee::Drop(id) => Some((number, id)),
        Callee::Function(_) => None,
    });
    drops
        .map(|(drop_number, id)| {
            let resource = Resource {
                drop_number,
                methods: resource_methods(world, id),
            };
            (id, resource)
        })
        .collect()
}

fn resource_methods(world: &World, id: TypeId) -> Vec<Method> {
    let mut scope = Scope::default();
    let functions =
        functions(world).filter(|(_, _, function)| function.kind.resource() == Some(id));
    functions
        .map(|(number, _, function)| Method {
            name: match function.kind {
                FunctionKind::Constructor(_) => scope.snake("new"),
                _ => scope.snake(function.item_name()),
            },
            number,
            function: function.clone(),
        })
        .collect()
}

/// All functions, each with its number and the name of its interface.
fn functions(world: &World) -> impl Iterator<Item = (u32, &str, &Function)> {
    let callables = (0..).zip(world.callables());
    callables.filter_map(|(number, callable)| match &callable.callee {
        Callee::Function(function) => Some((number, callable.interface.as_str(), &**function)),
        Callee::Drop(_) => None,
    })
}
