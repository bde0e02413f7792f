//! Walks over the types of a world.

use first_class_abi::World;
use first_class_abi::wit_parser::{
    Handle, LiveTypes, Resolve, Type, TypeDefKind, TypeId, WorldItem,
};

/// All types that the exports of a world mention, and all that it defines itself.
pub(crate) fn live_types(world: &World) -> LiveTypes {
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

/// The definition that a chain of `use`s and aliases ends at.
pub(crate) fn definition_of(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(target)) = resolve.types[id].kind {
        id = target;
    }
    id
}
