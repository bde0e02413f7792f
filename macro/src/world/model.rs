//! The world in Rust's names: what the expansion writes, decided before it writes anything.

use super::analysis::Analysis;
use super::choices::Choices;
use super::imports::{Imports, function_name};
use super::load::Loaded;
use super::method::Method;
use super::names::{Scope, camel, snake};
use super::options::Options;
use super::type_names::{TypeModule, TypeNames, interface_names};
use super::types::{Definition, Side, any};
use crate::errors::Errors;
use first_class_abi::wit_parser::{
    Docs, Function, FunctionKind, InterfaceId, Resolve, SizeAlign, TypeId, TypeOwner, WorldItem,
};
use first_class_abi::{Callee, Transmits, World};
use proc_macro2::Ident;
use quote::format_ident;
use std::collections::HashMap;
use std::path::PathBuf;

/// The methods that a handle has of its own.
const HANDLE_METHODS: [&str; 11] = [
    "available",
    "load",
    "load_bytes",
    "load_with",
    "load_bytes_with",
    "is_alive",
    "respawn",
    "start",
    "batch",
    "stream",
    "future",
];

/// The methods that a resource has of its own.
const RESOURCE_METHODS: [&str; 1] = ["start"];

/// A world as it will stand in Rust.
pub(crate) struct Model {
    pub(crate) world: World,
    pub(crate) encoded: Vec<u8>,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) analysis: Analysis,
    /// The streams and futures of the exports.
    pub(crate) transmits: Transmits,
    pub(crate) choices: Choices,
    pub(crate) sizes: SizeAlign,
    /// The module that holds everything.
    pub(crate) module: Ident,
    /// The struct that stands for an instance.
    pub(crate) handle: Ident,
    /// The names that the module of the world has.
    pub(crate) scope: Scope,
    /// The functions of the world itself.
    pub(crate) functions: Vec<Method>,
    /// The interfaces that the world exports.
    pub(crate) views: Vec<View>,
    /// The struct whose methods start calls, if there is anything to call.
    pub(crate) start: Option<Ident>,
    /// The struct whose methods add calls to a batch, and the one that makes them, if there is anything
    /// to call.
    pub(crate) batch: Option<(Ident, Ident)>,
    /// What the caller serves, if there is anything to serve.
    pub(crate) imports: Option<Imports>,
    /// The types of the world itself.
    pub(crate) types: Vec<Definition>,
    /// The resources that the world exports.
    pub(crate) resources: HashMap<TypeId, Resource>,
    /// The interfaces that define types of the world.
    pub(crate) modules: Vec<TypeModule>,
    /// The name of each type that gets a definition.
    pub(crate) type_names: HashMap<Definition, Ident>,
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
    /// The struct whose methods start calls.
    pub(crate) start: Ident,
    /// The struct whose methods add calls to a batch.
    pub(crate) batch: Ident,
    /// Constructors and static functions of resources, as methods of these structs.
    pub(crate) statics: Vec<Method>,
    /// Methods of resources, as methods of the struct for batches.
    pub(crate) members: Vec<Method>,
    /// If a plugin may lack the interface: the method that says whether it has it, and a function
    /// of the interface.
    pub(crate) supports: Option<(Ident, u32)>,
}

/// A resource: its methods, constructor among them, and the function that drops it.
pub(crate) struct Resource {
    pub(crate) drop_number: u32,
    pub(crate) methods: Vec<Method>,
    /// The struct whose methods start calls, if the resource has methods that take it.
    pub(crate) start: Option<Ident>,
}

impl Method {
    /// A method without others beside it.
    pub(crate) fn plain(name: Ident, number: u32, function: &Function) -> Self {
        Method {
            name,
            number,
            function: function.clone(),
            asynchronous: None,
            supports: None,
        }
    }

    /// Whether it is a method of a resource in WIT, too.
    pub(crate) fn takes_resource(&self) -> bool {
        takes_resource(&self.function)
    }
}

/// Whether a function is a method of a resource, and not a static function or a constructor.
fn takes_resource(function: &Function) -> bool {
    matches!(
        function.kind,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
    )
}

/// The name of the handle of a world, given by its short or its full name.
pub(crate) fn handle_name(world: &str) -> String {
    format!("{}Instance", camel(short_name(world)))
}

/// The module of a world, given by its short or its full name.
pub(crate) fn module_name(world: &str) -> Ident {
    Scope::of_items().snake(short_name(world))
}

fn short_name(world: &str) -> &str {
    let name = world.rsplit('/').next().unwrap_or(world);
    name.split('@').next().unwrap_or(name)
}

impl Model {
    pub(crate) fn new(
        loaded: Loaded,
        choices: Choices,
        options: &Options,
        errors: &mut Errors,
    ) -> Self {
        let Loaded { world, files } = loaded;
        let world = world.with_optional(choices.optional.iter().cloned());
        let encoded = encode(&world, options, errors);
        let transmits = transmits(&world, options, errors);
        let resolve = world.resolve();
        let name = &resolve.worlds[world.id()].name;
        let handle = format_ident!("{}", handle_name(name));
        let mut scope = Scope::of_items();
        scope.reserve([handle.to_string()]);
        let mut types = TypeNames::new(&world, &mut scope);
        let mut methods_of_handle = Scope::with(&HANDLE_METHODS);
        let functions = methods(&world, "", &mut methods_of_handle);
        let views = views(&world, &mut scope, &mut methods_of_handle);
        let is_called = !functions.is_empty() || !views.is_empty();
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve);
        Model {
            analysis: Analysis::new(&world),
            transmits,
            sizes,
            module: module_name(name),
            functions,
            start: is_called.then(|| scope.camel(&format!("{name}-start"))),
            batch: is_called.then(|| {
                let run = ["run", "run_batch"].map(String::from);
                let batch = scope.camel(&format!("{name}-batch"));
                (batch, methods_of_handle.pick(run))
            }),
            imports: Imports::new(&world, &mut scope),
            views,
            types: types.of_world,
            resources: resources(&world, &mut types.modules),
            modules: types.modules,
            type_names: types.names,
            choices,
            handle,
            scope,
            encoded,
            files,
            world,
        }
    }

    pub(crate) fn resolve(&self) -> &Resolve {
        self.world.resolve()
    }

    /// The name of a type for a side; both sides share it if there is no need for two.
    pub(crate) fn type_name(&self, id: TypeId, side: Side) -> Option<&Ident> {
        let name = |side| self.type_names.get(&Definition { id, side });
        match side {
            Side::Export => name(Side::Export).or_else(|| name(Side::Import)),
            Side::Import => name(Side::Import).or_else(|| name(Side::Export)),
        }
    }

    /// Whether a type is made of one that the user has in its place.
    pub(crate) fn holds_replaced(&self, id: TypeId) -> bool {
        let resolve = self.resolve();
        any(resolve, id, &|id, _| {
            let module = match resolve.types[id].owner {
                TypeOwner::Interface(interface) => self.choices.modules.get(&interface),
                _ => None,
            };
            module.is_some() || self.choices.types.contains_key(&id)
        })
    }

    /// The view of the interface that a resource is exported by.
    pub(crate) fn view_of(&self, resource: TypeId) -> Option<&View> {
        let TypeOwner::Interface(interface) = self.resolve().types[resource].owner else {
            return None;
        };
        self.views.iter().find(|view| view.id == interface)
    }

    /// The module of an interface's types.
    pub(crate) fn module_of(&self, id: InterfaceId) -> Option<&TypeModule> {
        self.modules.iter().find(|module| module.id == id)
    }
}

/// The world as it travels. What the check refused may have no encoding; then there is a mistake
/// already, and nothing will travel.
fn encode(world: &World, options: &Options, errors: &mut Errors) -> Vec<u8> {
    match world.encode() {
        Ok(encoded) => encoded,
        Err(error) => {
            if errors.is_empty() {
                errors.at(options.world.span(), error);
            }
            Vec::new()
        }
    }
}

/// The streams and futures of a world; what is wrong with its types may have been told already.
fn transmits(world: &World, options: &Options, errors: &mut Errors) -> Transmits {
    match Transmits::of_world(world) {
        Ok(transmits) => transmits,
        Err(error) => {
            if errors.is_empty() {
                let remedy = "let the streams have functions with smaller types";
                errors.at(options.world.span(), format!("{error}; {remedy}"));
            }
            Transmits::default()
        }
    }
}

fn views(world: &World, items: &mut Scope, methods_of_handle: &mut Scope) -> Vec<View> {
    let resolve = world.resolve();
    let exports = resolve.worlds[world.id()].exports.iter();
    let interfaces = exports.filter_map(|(key, item)| match item {
        WorldItem::Interface { id, docs, .. } => Some((key, *id, docs)),
        _ => None,
    });
    interfaces
        .filter(|(_, id, _)| !resolve.interfaces[*id].functions.is_empty())
        .map(|(key, id, docs)| {
            let interface = resolve.name_world_key(key);
            let names = interface_names(world, key, id);
            let method = methods_of_handle.pick(names.iter().map(|name| snake(name)));
            let first = functions(world).find(|(_, home, _)| *home == interface);
            let is_optional = world.optional().contains(&interface);
            let supports = first.filter(|_| is_optional).map(|(number, ..)| {
                let name = methods_of_handle.snake(&format!("supports-{method}"));
                (name, number)
            });
            let of_interface = &resolve.interfaces[id].docs;
            let mut scope = Scope::default();
            View {
                id,
                method,
                name: items.pick(names.iter().map(|name| camel(&format!("{name}-view")))),
                docs: match of_interface.contents {
                    Some(_) => of_interface.clone(),
                    None => docs.clone(),
                },
                methods: methods(world, &interface, &mut scope),
                start: items.pick(names.iter().map(|name| camel(&format!("{name}-start")))),
                batch: items.pick(names.iter().map(|name| camel(&format!("{name}-batch")))),
                statics: of_resources(world, &interface, false, &mut scope),
                members: of_resources(world, &interface, true, &mut scope),
                interface,
                supports,
            }
        })
        .collect()
}

/// The functions of an interface, or of the world itself, in the order of their numbers.
fn methods(world: &World, interface: &str, scope: &mut Scope) -> Vec<Method> {
    let functions = functions(world)
        .filter(|(_, home, function)| *home == interface && function.kind.resource().is_none());
    let mut methods: Vec<_> = functions
        .map(|(number, _, function)| {
            Method::plain(scope.snake(function.item_name()), number, function)
        })
        .collect();
    for method in &mut methods {
        let name = world.callables()[method.number as usize].display_name();
        if world.optional().contains(&name) {
            method.supports = Some(scope.snake(&format!("supports-{}", method.name)));
        }
    }
    name_asynchronous(&mut methods, scope);
    methods
}

/// Names the methods beside others, which take what names the functions of the WIT leave.
fn name_asynchronous(methods: &mut [Method], scope: &mut Scope) {
    for method in methods {
        method.asynchronous = Some(scope.snake(&format!("{}-async", method.name)));
    }
}

/// The functions of an interface's resources: its methods, or those that take no resource.
fn of_resources(
    world: &World,
    interface: &str,
    are_methods: bool,
    scope: &mut Scope,
) -> Vec<Method> {
    let of_resources = functions(world)
        .filter(|(_, home, function)| *home == interface && function.kind.resource().is_some());
    of_resources
        .filter(|(.., function)| takes_resource(function) == are_methods)
        .map(|(number, _, function)| {
            let name = scope.snake(&function_name(world.resolve(), function));
            Method::plain(name, number, function)
        })
        .collect()
}

/// The resources that a world exports.
fn resources(world: &World, modules: &mut [TypeModule]) -> HashMap<TypeId, Resource> {
    let callables = (0..).zip(world.callables());
    let drops = callables.filter_map(|(number, callable)| match callable.callee {
        Callee::Drop(id) => Some((number, id)),
        Callee::Function(_) => None,
    });
    drops
        .map(|(drop_number, id)| {
            let methods = resource_methods(world, id);
            let resource = Resource {
                drop_number,
                start: start_of(world, id, &methods, modules),
                methods,
            };
            (id, resource)
        })
        .collect()
}

fn resource_methods(world: &World, id: TypeId) -> Vec<Method> {
    let mut scope = Scope::with(&RESOURCE_METHODS);
    let functions =
        functions(world).filter(|(_, _, function)| function.kind.resource() == Some(id));
    let mut methods: Vec<_> = functions
        .map(|(number, _, function)| {
            let name = match function.kind {
                FunctionKind::Constructor(_) => scope.snake("new"),
                _ => scope.snake(function.item_name()),
            };
            Method::plain(name, number, function)
        })
        .collect();
    name_asynchronous(&mut methods, &mut scope);
    methods
}

/// Names the struct that starts calls of a resource's methods, if it has any.
fn start_of(
    world: &World,
    id: TypeId,
    methods: &[Method],
    modules: &mut [TypeModule],
) -> Option<Ident> {
    methods.iter().find(|method| method.takes_resource())?;
    let resource = &world.resolve().types[id];
    let mut modules = modules.iter_mut();
    let module = modules.find(|module| resource.owner == TypeOwner::Interface(module.id))?;
    let name = resource.name.as_deref().unwrap_or_default();
    Some(module.scope.camel(&format!("{name}-start")))
}

/// All functions, each with its number and the name of its interface.
fn functions(world: &World) -> impl Iterator<Item = (u32, &str, &Function)> {
    let callables = (0..).zip(world.callables());
    callables.filter_map(|(number, callable)| match &callable.callee {
        Callee::Function(function) => Some((number, callable.interface.as_str(), &**function)),
        Callee::Drop(_) => None,
    })
}
