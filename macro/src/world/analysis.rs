//! What types contain. All that we use of `wit-bindgen-core`, whose API moves.

use super::types::{Side, any, exported_resources, holds_handle, served_resources};
use first_class_abi::World;
use first_class_abi::wit_parser::{Type, TypeDefKind, TypeId};
use std::collections::HashSet;
use wit_bindgen_core::{TypeInfo, Types};

/// The longest tuple that the standard library compares and prints.
const LONGEST_STD_TUPLE: usize = 12;

/// Facts about every type of a resolve.
pub(crate) struct Analysis {
    types: Types,
    /// The types that hold a tuple which Rust can neither compare nor print.
    with_long_tuples: HashSet<TypeId>,
    /// The types that hold a `borrow` of a resource of the plugin's.
    lending_theirs: HashSet<TypeId>,
    /// The types that hold a handle to a resource of this guest's, if an export mentions them.
    with_ours: HashSet<TypeId>,
    /// The types that hold a handle to a resource that is neither side's.
    with_strange: HashSet<TypeId>,
}

impl Analysis {
    pub(crate) fn new(world: &World) -> Self {
        let resolve = world.resolve();
        let mut types = Types::default();
        types.analyze(resolve);
        let is_long = |_, kind: &TypeDefKind| match kind {
            TypeDefKind::Tuple(tuple) => tuple.types.len() > LONGEST_STD_TUPLE,
            _ => false,
        };
        let exported = exported_resources(world);
        let served = served_resources(world);
        let all = || resolve.types.iter().map(|(id, _)| id);
        let holding = |test: &dyn Fn(TypeId, bool) -> bool| {
            let holding = all().filter(|id| holds_handle(resolve, *id, test));
            holding.collect()
        };
        Analysis {
            types,
            with_long_tuples: all().filter(|id| any(resolve, *id, &is_long)).collect(),
            lending_theirs: holding(&|id, lent| lent && exported.contains(&id)),
            with_ours: holding(&|id, _| served.contains(&id) && !exported.contains(&id)),
            with_strange: holding(&|id, _| !served.contains(&id) && !exported.contains(&id)),
        }
    }

    /// Whether Rust cannot compare and print values of the type.
    pub(crate) fn has_long_tuple(&self, id: TypeId) -> bool {
        self.with_long_tuples.contains(&id)
    }

    /// Whether the type is made of numbers alone, so that Rust can copy its values.
    pub(crate) fn is_copy(&self, ty: &Type) -> bool {
        match ty {
            Type::String => false,
            Type::Id(id) => self.types.get(*id).is_copy(),
            _ => true,
        }
    }

    /// Whether values of the type contain handles, which Rust can neither copy nor compare.
    pub(crate) fn has_handles(&self, ty: &Type) -> bool {
        self.info(ty).is_some_and(|info| info.has_resource)
    }

    /// Whether passing a value of the type gives something away.
    pub(crate) fn gives_away(&self, ty: &Type) -> bool {
        self.info(ty).is_some_and(|info| info.has_own_handle)
    }

    /// Whether values of the type refer to a handle of this guest's, which it lends to the plugin.
    /// Such values are only passed to the plugin.
    pub(crate) fn borrows(&self, id: TypeId, side: Side) -> bool {
        side == Side::Export && self.lending_theirs.contains(&id)
    }

    /// Whether an export that mentions the type takes or gives a resource of this guest's.
    pub(crate) fn has_ours(&self, ty: &Type) -> bool {
        matches!(ty, Type::Id(id) if self.with_ours.contains(id))
    }

    /// Whether the type holds handles to a resource that neither the plugin nor this guest
    /// implements.
    pub(crate) fn has_strange(&self, id: TypeId) -> bool {
        self.with_strange.contains(&id)
    }

    fn info(&self, ty: &Type) -> Option<TypeInfo> {
        match ty {
            Type::Id(id) => Some(self.types.get(*id)),
            _ => None,
        }
    }

    /// Whether the type is used as the error of a function.
    pub(crate) fn is_error(&self, id: TypeId) -> bool {
        self.types.get(id).error
    }
}
