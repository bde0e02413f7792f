//! Walks over the types of a world.

use first_class_abi::wit_parser::{
    Handle, LiveTypes, Resolve, Type, TypeDefKind, TypeId, WorldItem,
};
use first_class_abi::{Callable, Callee, World};
use std::collections::HashSet;

/// The side of a plugin on which a type stands, and which says whose its resources are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Side {
    /// What the plugin exports: its resources live in the plugin.
    Export,
    /// What the plugin imports: its resources are this guest's.
    Import,
}

/// A type of WIT that gets a definition in Rust.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Definition {
    pub(crate) id: TypeId,
    pub(crate) side: Side,
}

/// All types that a world mentions where functions are called or served, and all that it defines
/// itself.
pub(crate) fn live_types(world: &World) -> LiveTypes {
    let mut live = live_exports(world);
    add_live_imports(world, &mut live);
    live
}

fn add_live_imports(world: &World, live: &mut LiveTypes) {
    for callable in world.callbacks() {
        match &callable.callee {
            Callee::Function(function) => live.add_func(world.resolve(), function),
            Callee::Drop(id) => live.add_type_id(world.resolve(), *id),
        }
    }
}

/// The named types that get a definition: one for each, but for those that hold handles to a
/// resource that is exported and imported, and that both sides mention.
pub(crate) fn definitions(world: &World) -> Vec<Definition> {
    let resolve = world.resolve();
    let exported = exported_resources(world);
    let (exports, mut imports) = (live_exports(world), LiveTypes::default());
    add_live_imports(world, &mut imports);
    let of_exports = exports.iter().filter(|id| {
        let id = definition_of(resolve, *id);
        !matches!(resolve.types[id].kind, TypeDefKind::Resource) || exported.contains(&id)
    });
    let of_imports = imports.iter().filter(|id| {
        let is_of_both = exports.contains(*id);
        let differs = || holds_handle(resolve, *id, &|id, _| exported.contains(&id));
        is_defined_for_imports(resolve, *id) && (!is_of_both || differs())
    });
    let of_exports = of_exports.map(|id| (id, Side::Export));
    let of_imports = of_imports.map(|id| (id, Side::Import));
    let all = of_exports.chain(of_imports);
    all.filter(|(id, _)| resolve.types[*id].name.is_some())
        .map(|(id, side)| Definition { id, side })
        .collect()
}

/// Whether a named type has a definition for imports: resources are types of whoever implements
/// them, and so are aliases that hold them.
pub(crate) fn is_defined_for_imports(resolve: &Resolve, id: TypeId) -> bool {
    match resolve.types[id].kind {
        TypeDefKind::Record(_) | TypeDefKind::Variant(_) => true,
        _ => !contains_resource(resolve, id),
    }
}

/// The resources that a world exports.
pub(crate) fn exported_resources(world: &World) -> HashSet<TypeId> {
    dropped(world.callables())
}

/// The resources of the interfaces that a caller serves.
pub(crate) fn served_resources(world: &World) -> HashSet<TypeId> {
    dropped(world.callbacks())
}

fn dropped(callables: &[Callable]) -> HashSet<TypeId> {
    let callees = callables.iter().map(|callable| &callable.callee);
    callees
        .filter_map(|callee| match callee {
            Callee::Drop(id) => Some(*id),
            Callee::Function(_) => None,
        })
        .collect()
}

/// All types that the exports of a world mention, and all that it defines itself.
fn live_exports(world: &World) -> LiveTypes {
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

/// The types that a type is made of.
pub(crate) fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty).collect(),
        TypeDefKind::Result(result) => [result.ok, result.err].into_iter().flatten().collect(),
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => vec![*ty],
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter().copied().collect(),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => vec![Type::Id(*id)],
        TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    }
}

/// Whether `test` holds for a type or for anything that it is made of.
pub(crate) fn any(
    resolve: &Resolve,
    id: TypeId,
    test: &dyn Fn(TypeId, &TypeDefKind) -> bool,
) -> bool {
    let mut live = LiveTypes::default();
    live.add_type_id(resolve, id);
    live.iter().any(|id| test(id, &resolve.types[id].kind))
}

/// Whether a type is a resource, or holds handles.
pub(crate) fn contains_resource(resolve: &Resolve, id: TypeId) -> bool {
    any(resolve, id, &|_, kind| {
        matches!(kind, TypeDefKind::Resource | TypeDefKind::Handle(_))
    })
}

/// Whether a type has a handle in it for whose resource `test` holds, told whether it is a `borrow`.
pub(crate) fn holds_handle(
    resolve: &Resolve,
    id: TypeId,
    test: &dyn Fn(TypeId, bool) -> bool,
) -> bool {
    any(resolve, id, &|_, kind| match kind {
        TypeDefKind::Handle(Handle::Own(id)) => test(definition_of(resolve, *id), false),
        TypeDefKind::Handle(Handle::Borrow(id)) => test(definition_of(resolve, *id), true),
        _ => false,
    })
}

/// The handle that a type is.
pub(crate) fn handle_of(resolve: &Resolve, ty: &Type) -> Option<Handle> {
    let Type::Id(id) = ty else {
        return None;
    };
    match resolve.types[definition_of(resolve, *id)].kind {
        TypeDefKind::Handle(handle) => Some(handle),
        _ => None,
    }
}

/// The resource that a type is a `borrow` of.
pub(crate) fn borrowed_resource(resolve: &Resolve, ty: &Type) -> Option<TypeId> {
    match handle_of(resolve, ty)? {
        Handle::Borrow(id) => Some(definition_of(resolve, id)),
        Handle::Own(_) => None,
    }
}

/// The definition that a chain of `use`s and aliases ends at.
pub(crate) fn definition_of(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(target)) = resolve.types[id].kind {
        id = target;
    }
    id
}

/// A type of WIT itself that a chain of `use`s and aliases ends at; else the type as it is.
pub(crate) fn primitive_of(resolve: &Resolve, ty: &Type) -> Type {
    match ty {
        Type::Id(id) => match resolve.types[definition_of(resolve, *id)].kind {
            TypeDefKind::Type(end) => end,
            _ => *ty,
        },
        ty => *ty,
    }
}
