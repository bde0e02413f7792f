//! What types contain. All that we use of `wit-bindgen-core`, whose API moves.

use super::types::any;
use first_class_abi::wit_parser::{Resolve, Type, TypeDefKind, TypeId};
use std::collections::HashSet;
use wit_bindgen_core::{TypeInfo, Types};

/// The longest tuple that the standard library compares and prints.
const LONGEST_STD_TUPLE: usize = 12;

/// Facts about every type of a resolve.
pub(crate) struct Analysis {
    types: Types,
    /// The types that hold a tuple which Rust can neither compare nor print.
    with_long_tuples: HashSet<TypeId>,
}

impl Analysis {
    pub(crate) fn new(resolve: &Resolve) -> Self {
        let mut types = Types::default();
        types.analyze(resolve);
        let is_long = |_, kind: &TypeDefKind| match kind {
            TypeDefKind::Tuple(tuple) => tuple.types.len() > LONGEST_STD_TUPLE,
            _ => false,
        };
        let all = resolve.types.iter().map(|(id, _)| id);
        Analysis {
            types,
            with_long_tuples: all.filter(|id| any(resolve, *id, &is_long)).collect(),
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

    /// Whether values of the type refer to a resource of the caller's.
    pub(crate) fn borrows(&self, ty: &Type) -> bool {
        self.info(ty).is_some_and(|info| info.has_borrow_handle)
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
