//! A world's types, seen through their aliases.

use first_class_abi::World;
use first_class_abi::fit::Signatures;
use first_class_abi::wit_parser::{self as wit, Resolve, Type, TypeDefKind};

/// A world's types.
pub(super) struct Types<'a> {
    resolve: &'a Resolve,
    signatures: Signatures<'a>,
}

/// What a type is behind its aliases.
pub(super) enum Shape<'a> {
    Plain(Type),
    Record(wit::TypeId, &'a wit::Record),
    Variant(&'a wit::Variant),
    Enum(&'a wit::Enum),
    Tuple(&'a [Type]),
    Option(Type),
    List(Type),
    Map(Type, Type),
    Result(Option<Type>, Option<Type>),
    /// Nothing that a message could be.
    Other,
}

impl<'a> Types<'a> {
    pub(super) fn of(world: &'a World) -> Self {
        Types {
            resolve: world.resolve(),
            signatures: Signatures::new(world),
        }
    }

    pub(super) fn shape(&self, ty: Type) -> Shape<'a> {
        let mut ty = ty;
        loop {
            let Type::Id(id) = ty else {
                return Shape::Plain(ty);
            };
            return match &self.resolve.types[id].kind {
                TypeDefKind::Type(of) => {
                    ty = *of;
                    continue;
                }
                TypeDefKind::Record(record) => Shape::Record(id, record),
                TypeDefKind::Variant(variant) => Shape::Variant(variant),
                TypeDefKind::Enum(cases) => Shape::Enum(cases),
                TypeDefKind::Tuple(tuple) => Shape::Tuple(&tuple.types),
                TypeDefKind::Option(some) => Shape::Option(*some),
                TypeDefKind::List(element) => Shape::List(*element),
                TypeDefKind::Map(key, value) => Shape::Map(*key, *value),
                TypeDefKind::Result(result) => Shape::Result(result.ok, result.err),
                _ => Shape::Other,
            };
        }
    }

    /// A type as WIT spells it.
    pub(super) fn spelled(&self, ty: Type) -> String {
        self.signatures.spelled(ty)
    }
}
