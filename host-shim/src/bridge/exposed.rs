//! Resources that a caller implements, in what a plugin exports.
//!
//! The lower bridge defines such a resource, and the caller knows it by a number of its own. For a
//! call that passes one the upper bridge needs a handle: the two bridges are joined by an interface
//! with a function that makes a handle of a number, and one that takes the number out of a handle.

use super::served::is_of;
use first_class_abi::wit_parser::abi::WasmType;
use first_class_abi::wit_parser::{
    Handle, LiveTypes, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem,
};
use first_class_abi::{CallShape, Callee, World};
use std::fmt::Write;

/// The interface that joins the bridges.
pub(super) const EXCHANGES: &str = "first-class:exchanges/exchanges@0.1.0";

/// How many functions there are for each resource: those that make, take and drop a handle.
pub(crate) const PER_RESOURCE: u32 = 3;

/// A function that the upper bridge has for a resource of the caller's.
pub(super) struct Exchange {
    pub(super) module: String,
    pub(super) name: String,
    pub(super) shape: CallShape,
}

/// The resources among those of a caller that what a world exports takes or gives. Not those of an
/// interface that is exported, too, whose resources are the plugin's there.
pub(crate) fn exposed_resources(world: &World, served: &[TypeId]) -> Vec<TypeId> {
    let resolve = world.resolve();
    let mut live = LiveTypes::default();
    for callable in world.callables() {
        if let Callee::Function(function) = &callable.callee {
            live.add_func(resolve, function);
        }
    }
    let mentioned: Vec<_> = live
        .iter()
        .filter_map(|id| match resolve.types[id].kind {
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => {
                Some(definition(resolve, id))
            }
            _ => None,
        })
        .collect();
    let exposed = served
        .iter()
        .filter(|id| mentioned.contains(id) && !is_exported(world, **id));
    exposed.copied().collect()
}

fn is_exported(world: &World, resource: TypeId) -> bool {
    let resolve = world.resolve();
    let owner = resolve.types[resource].owner;
    let mut exports = resolve.worlds[world.id()].exports.values();
    exports.any(|item| match item {
        WorldItem::Interface { id, .. } => owner == TypeOwner::Interface(*id),
        _ => false,
    })
}

fn definition(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(target)) = resolve.types[id].kind {
        id = target;
    }
    id
}

/// Drops the types of a world that none of these imports mentions. They are for its exports, and a
/// lower bridge that had them would import the resources that it defines.
pub(super) fn drop_uses(resolve: &mut Resolve, world: WorldId, imports: &[String]) {
    let mut items = std::mem::take(&mut resolve.worlds[world].imports);
    let mut live = LiveTypes::default();
    for (key, item) in &items {
        if matches!(item, WorldItem::Function(_)) && imports.contains(&resolve.name_world_key(key))
        {
            live.add_world_item(resolve, item);
        }
    }
    items.retain(|_, item| match item {
        WorldItem::Type { id, .. } if !live.contains(*id) => {
            resolve.types[*id].owner = TypeOwner::None;
            false
        }
        _ => true,
    });
    resolve.worlds[world].imports = items;
}

/// A function of the world itself that has resources. WIT has its types imported by whoever exports
/// it, so no lower bridge can define them.
pub(super) fn with_resources<'a>(world: &'a World, imports: &[String]) -> Option<&'a str> {
    let mut served = world.callbacks().iter().filter(|it| is_of(it, imports));
    let found = served.find(|it| match &it.callee {
        Callee::Function(function) if it.interface.is_empty() => {
            let mut types = function.parameter_and_result_types();
            types.any(|ty| holds_resource(world.resolve(), &ty))
        }
        _ => false,
    });
    found.map(|callable| callable.name.as_str())
}

fn holds_resource(resolve: &Resolve, ty: &Type) -> bool {
    let mut live = LiveTypes::default();
    live.add_type(resolve, ty);
    let mut kinds = live.iter().map(|id| &resolve.types[id].kind);
    kinds.any(|kind| matches!(kind, TypeDefKind::Resource))
}

/// What the upper bridge imports for these resources.
pub(super) fn exchanges(world: &World, exposed: &[TypeId]) -> Vec<Exchange> {
    let all = exposed.iter().enumerate().flat_map(|(place, id)| {
        let (interface, resource) = spelt(world, *id);
        [
            (EXCHANGES.to_owned(), format!("make-{place}"), true),
            (EXCHANGES.to_owned(), format!("take-{place}"), true),
            (interface, format!("[resource-drop]{resource}"), false),
        ]
    });
    let all = all.map(|(module, name, gives)| Exchange {
        module,
        name,
        shape: CallShape::of_handle(gives.then_some(WasmType::I32)),
    });
    all.collect()
}

/// The names of the interface and of the resource.
fn spelt(world: &World, resource: TypeId) -> (String, String) {
    let resolve = world.resolve();
    let mut callbacks = world.callbacks().iter();
    let drop = callbacks.find(|it| matches!(it.callee, Callee::Drop(id) if id == resource));
    let interface = drop.map(|drop| drop.interface.clone());
    let name = resolve.types[resource].name.clone();
    (interface.unwrap_or_default(), name.unwrap_or_default())
}

/// The interface that joins the bridges, in WIT; nothing for a resource of an interface without a
/// name, which no other can use.
pub(super) fn wit(world: &World, exposed: &[TypeId]) -> Option<String> {
    let resolve = world.resolve();
    let mut text = String::from("package first-class:exchanges@0.1.0; interface exchanges {");
    for (place, id) in exposed.iter().enumerate() {
        let definition = &resolve.types[*id];
        let TypeOwner::Interface(owner) = definition.owner else {
            return None;
        };
        let interface = &resolve.interfaces[owner];
        let package = &resolve.packages[interface.package?].name;
        let version = package.version.as_ref();
        let version = version.map_or(String::new(), |version| format!("@{version}"));
        write!(
            text,
            "use %{}:%{}/%{}{version}.{{%{} as r{place}}};
             make-{place}: func(number: u32) -> r{place};
             take-{place}: func(handle: r{place}) -> u32;",
            package.namespace,
            package.name,
            interface.name.as_ref()?,
            definition.name.as_ref()?,
        )
        .ok()?;
    }
    text += "} world upper { import exchanges; } world lower { export exchanges; }";
    Some(text)
}
