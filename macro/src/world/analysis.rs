//! What types contain. All that we use of `wit-bindgen-core`, whose API moves.

use first_class_abi::wit_parser::{Resolve, Type, TypeId};
use wit_bindgen_core::{TypeInfo, Types};

/// Facts about every type of a resolve.
pub(crate) struct Analysis {
    types: Types,
}

impl Analysis {
    pub(crate) fn new(resolve: &Resolve) -> Self {
        let mut types = Types::default();
        types.analyze(resolve);
        Analysis { types }
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
