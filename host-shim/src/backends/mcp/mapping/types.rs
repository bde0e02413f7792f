//! WIT types, as far as JSON tells them apart.

use first_class_abi::fit::primitive;
use first_class_abi::wit_parser::{Resolve, Type, TypeDefKind};

/// How deep types may be nested.
pub(super) const MOST_DEPTH: usize = 100;

/// A type without its names.
#[derive(Clone, Copy)]
pub(super) enum Shape<'a> {
    /// A number, a `bool`, a `char` or a `string`.
    Simple(Type),
    Bytes,
    Defined(&'a TypeDefKind),
}

/// What a type is, behind all names for it.
pub(super) fn shape<'a>(resolve: &'a Resolve, ty: &Type) -> Shape<'a> {
    let mut ty = *ty;
    // An alias refers to what is defined before it, so this ends.
    while let Type::Id(id) = ty {
        match &resolve.types[id].kind {
            TypeDefKind::Type(aliased) => ty = *aliased,
            TypeDefKind::List(item) if is_byte(resolve, item) => return Shape::Bytes,
            kind => return Shape::Defined(kind),
        }
    }
    Shape::Simple(ty)
}

fn is_byte(resolve: &Resolve, ty: &Type) -> bool {
    matches!(shape(resolve, ty), Shape::Simple(Type::U8))
}

/// Whether a type is an option, behind all names for it.
pub(super) fn is_option(resolve: &Resolve, ty: &Type) -> bool {
    matches!(shape(resolve, ty), Shape::Defined(TypeDefKind::Option(_)))
}

/// Whether a type is a string.
pub(super) fn is_string(resolve: &Resolve, ty: &Type) -> bool {
    matches!(shape(resolve, ty), Shape::Simple(Type::String))
}

/// The cases of a variant, or of a result, which is one.
pub(super) fn cases(kind: &TypeDefKind) -> Option<Vec<(&str, Option<Type>)>> {
    match kind {
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter();
            Some(cases.map(|case| (case.name.as_str(), case.ty)).collect())
        }
        TypeDefKind::Result(result) => Some(vec![("ok", result.ok), ("err", result.err)]),
        _ => None,
    }
}

/// What a type is called in WIT, without its parts.
pub(super) fn name(shape: Shape<'_>) -> &'static str {
    match shape {
        Shape::Bytes => "list<u8>",
        Shape::Simple(Type::ErrorContext) => "a type without values",
        Shape::Simple(ty) => primitive(&ty).unwrap_or("a type without values"),
        Shape::Defined(kind) => match kind {
            TypeDefKind::Record(_) => "record",
            TypeDefKind::Flags(_) => "flags",
            TypeDefKind::Tuple(_) => "tuple",
            TypeDefKind::Variant(_) => "variant",
            TypeDefKind::Enum(_) => "enum",
            TypeDefKind::Option(_) => "option",
            TypeDefKind::Result(_) => "result",
            TypeDefKind::List(_) => "list",
            TypeDefKind::FixedLengthList(..) => "list of fixed length",
            TypeDefKind::Map(..) => "map",
            _ => "a type without values",
        },
    }
}
