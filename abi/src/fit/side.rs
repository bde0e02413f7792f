//! One of the two worlds of a comparison, and its types seen through their aliases.

use super::difference::Member;
use crate::world::World;
use std::collections::{HashMap, HashSet};
use std::mem::Discriminant;
use wit_parser::{
    Function, Handle, IndexMap, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner,
    WorldItem, WorldKey,
};

/// A world, with what many comparisons look up.
pub(super) struct Side<'a> {
    pub(super) resolve: &'a Resolve,
    world: &'a wit_parser::World,
    /// What each type is behind its aliases, by its index. Chains of aliases can be long enough
    /// for walking them each time to matter.
    definitions: Vec<Type>,
    interface_names: HashMap<InterfaceId, String>,
}

/// Items of a world by their names as the binary format spells them.
pub(super) type Items<'a> = IndexMap<String, &'a WorldItem>;

/// Names with types: the members of a type, or the parameters of a function.
pub(super) type Parts<'a> = Vec<(&'a str, Option<Type>)>;

/// What a type consists of: types are the same if their structures and all their parts are.
pub(super) struct Structure<'a> {
    pub(super) constructor: Discriminant<TypeDefKind>,
    /// What the constructor has besides parts: the length of a list, or whether a handle is owned.
    extra: u32,
    /// What the parts are called where they have names, as those of a tuple do not.
    pub(super) members: Option<Member>,
    pub(super) parts: Parts<'a>,
}

impl<'a> Side<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        let resolve = world.resolve();
        let world = &resolve.worlds[world.id()];
        Side {
            resolve,
            world,
            definitions: definitions(resolve),
            interface_names: interface_names(resolve, world),
        }
    }

    pub(super) fn exports(&self) -> Items<'a> {
        self.items(&self.world.exports)
    }

    pub(super) fn imports(&self) -> Items<'a> {
        self.items(&self.world.imports)
    }

    fn items(&self, items: &'a IndexMap<WorldKey, WorldItem>) -> Items<'a> {
        let items = items.iter();
        items
            .map(|(key, item)| (self.resolve.name_world_key(key), item))
            .collect()
    }

    /// A type that the world itself names; such types count as imports.
    pub(super) fn world_type(&self, name: &str) -> Option<TypeId> {
        match self.world.imports.get(&WorldKey::Name(name.to_owned()))? {
            WorldItem::Type { id, .. } => Some(*id),
            _ => None,
        }
    }

    pub(super) fn kind(&self, id: TypeId) -> &'a TypeDefKind {
        &self.resolve.types[id].kind
    }

    pub(super) fn name(&self, id: TypeId) -> Option<&'a str> {
        self.resolve.types[id].name.as_deref()
    }

    /// The interface that defines the type.
    pub(super) fn owner(&self, id: TypeId) -> Option<InterfaceId> {
        match self.resolve.types[id].owner {
            TypeOwner::Interface(interface) => Some(interface),
            TypeOwner::World(_) | TypeOwner::None => None,
        }
    }

    /// The name of an interface as the world has it. An interface that the world neither
    /// exports nor imports has its own name, if it has one at all.
    pub(super) fn interface_name(&self, interface: InterfaceId) -> Option<String> {
        let name = self.interface_names.get(&interface).cloned();
        name.or_else(|| self.resolve.id_of(interface))
    }

    /// The type itself, behind all aliases.
    pub(super) fn peel(&self, ty: Type) -> Type {
        match ty {
            Type::Id(id) => self.definitions[id.index()],
            primitive => primitive,
        }
    }

    /// The named type that `id` is one alias away from.
    pub(super) fn aliased_name(&self, id: TypeId) -> Option<TypeId> {
        match self.kind(id) {
            TypeDefKind::Type(Type::Id(aliased)) if self.name(*aliased).is_some() => Some(*aliased),
            _ => None,
        }
    }

    /// The resource to which `id` is an owned handle without a name of its own; WIT writes the
    /// handle as the resource.
    pub(super) fn owned(&self, id: TypeId) -> Option<TypeId> {
        match self.kind(id) {
            TypeDefKind::Handle(Handle::Own(resource)) if self.name(id).is_none() => {
                Some(*resource)
            }
            _ => None,
        }
    }

    /// The structure of a type that is no alias.
    pub(super) fn structure(&self, id: TypeId) -> Structure<'a> {
        let kind = self.kind(id);
        let (members, parts) = match named_parts(kind) {
            Some((member, parts)) => (Some(member), parts),
            None => (
                None,
                arguments(kind).into_iter().map(|ty| ("", ty)).collect(),
            ),
        };
        let extra = match kind {
            TypeDefKind::FixedLengthList(_, length) => *length,
            TypeDefKind::Handle(Handle::Own(_)) => 1,
            _ => 0,
        };
        Structure {
            constructor: std::mem::discriminant(kind),
            extra,
            members,
            parts,
        }
    }

    /// The resources that the interface itself defines.
    pub(super) fn resources(&self, interface: InterfaceId) -> impl Iterator<Item = TypeId> + '_ {
        let types = self.resolve.interfaces[interface].types.values().copied();
        types.filter(|id| matches!(self.kind(*id), TypeDefKind::Resource))
    }

    /// Whether the item is an interface that leaves nothing for a plugin to implement.
    pub(super) fn is_only_types(&self, item: &WorldItem) -> bool {
        match item {
            WorldItem::Interface { id, .. } => {
                let functions = &self.resolve.interfaces[*id].functions;
                functions.is_empty() && self.resources(*id).next().is_none()
            }
            WorldItem::Function(_) | WorldItem::Type { .. } => false,
        }
    }

    /// All types that the functions need, through aliases and whatever else.
    ///
    /// The walk does not recurse: a chain of aliases may be as long as a stranger likes.
    pub(super) fn live_types(
        &self,
        functions: &[&Function],
        resources: impl IntoIterator<Item = TypeId>,
    ) -> HashSet<TypeId> {
        let mut todo: Vec<Type> = resources.into_iter().map(Type::Id).collect();
        for function in functions {
            todo.extend(function.params.iter().map(|param| param.ty));
            todo.extend(function.result);
            todo.extend(function.kind.resource().map(Type::Id));
        }
        let mut live = HashSet::new();
        while let Some(ty) = todo.pop() {
            if let Type::Id(id) = ty
                && live.insert(id)
            {
                let parts = self.structure(id).parts;
                todo.extend(parts.into_iter().filter_map(|(_, ty)| ty));
            }
        }
        live
    }
}

fn definitions(resolve: &Resolve) -> Vec<Type> {
    let mut definitions = Vec::with_capacity(resolve.types.len());
    for (id, definition) in resolve.types.iter() {
        definitions.push(match definition.kind {
            // A type comes after those that it refers to.
            TypeDefKind::Type(Type::Id(aliased)) => definitions[aliased.index()],
            TypeDefKind::Type(primitive) => primitive,
            _ => Type::Id(id),
        });
    }
    definitions
}

fn interface_names(resolve: &Resolve, world: &wit_parser::World) -> HashMap<InterfaceId, String> {
    let mut names = HashMap::new();
    for (key, item) in world.exports.iter().chain(&world.imports) {
        if let WorldItem::Interface { id, .. } = item {
            let name = names.entry(*id);
            name.or_insert_with(|| resolve.name_world_key(key));
        }
    }
    names
}

fn named_parts(kind: &TypeDefKind) -> Option<(Member, Parts<'_>)> {
    match kind {
        TypeDefKind::Record(ty) => {
            let fields = ty.fields.iter().map(|f| (f.name.as_str(), Some(f.ty)));
            Some((Member::Field, fields.collect()))
        }
        TypeDefKind::Variant(ty) => {
            let cases = ty.cases.iter().map(|case| (case.name.as_str(), case.ty));
            Some((Member::Case, cases.collect()))
        }
        TypeDefKind::Enum(ty) => {
            let cases = ty.cases.iter().map(|case| (case.name.as_str(), None));
            Some((Member::Case, cases.collect()))
        }
        TypeDefKind::Flags(ty) => {
            let flags = ty.flags.iter().map(|flag| (flag.name.as_str(), None));
            Some((Member::Flag, flags.collect()))
        }
        _ => None,
    }
}

fn arguments(kind: &TypeDefKind) -> Vec<Option<Type>> {
    match kind {
        TypeDefKind::Tuple(ty) => ty.types.iter().copied().map(Some).collect(),
        TypeDefKind::Result(ty) => vec![ty.ok, ty.err],
        TypeDefKind::Map(key, value) => vec![Some(*key), Some(*value)],
        TypeDefKind::Future(payload) | TypeDefKind::Stream(payload) => vec![*payload],
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => vec![Some(*ty)],
        TypeDefKind::Handle(Handle::Own(resource) | Handle::Borrow(resource)) => {
            vec![Some(Type::Id(*resource))]
        }
        TypeDefKind::Record(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => Vec::new(),
    }
}

impl Structure<'_> {
    /// Whether the two differ in the types of their parts at most.
    pub(super) fn same_outline(&self, other: &Structure<'_>) -> bool {
        self.constructor == other.constructor
            && self.extra == other.extra
            && self.parts.len() == other.parts.len()
            && (self.parts.iter().zip(&other.parts)).all(|((a, _), (b, _))| a == b)
    }
}
