//! Functions that move one large thing: a string or a list of numbers, there, back, or both.

use crate::contract::{ARENA_BASE, SLOT_SIZE};
use wit_parser::{Function, FunctionKind, Resolve, Type, TypeDefKind};

/// What a function moves that takes nothing else and gives nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// The type of what it moves.
    pub ty: BulkType,
    /// Whether it takes one.
    pub takes: bool,
    /// Whether it gives one.
    pub gives: bool,
}

/// The type of what is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkType {
    /// A `string`.
    Text,
    /// A `list` of numbers.
    Numbers(Number),
}

/// The type of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the types of WIT, by their names")]
pub enum Number {
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
}

impl Number {
    fn of(ty: &Type) -> Option<Self> {
        Some(match ty {
            Type::U8 => Number::U8,
            Type::S8 => Number::S8,
            Type::U16 => Number::U16,
            Type::S16 => Number::S16,
            Type::U32 => Number::U32,
            Type::S32 => Number::S32,
            Type::U64 => Number::U64,
            Type::S64 => Number::S64,
            Type::F32 => Number::F32,
            Type::F64 => Number::F64,
            _ => return None,
        })
    }

    /// How many bytes one takes.
    pub fn size(self) -> usize {
        match self {
            Number::U8 | Number::S8 => 1,
            Number::U16 | Number::S16 => 2,
            Number::U32 | Number::S32 | Number::F32 => 4,
            Number::U64 | Number::S64 | Number::F64 => 8,
        }
    }
}

impl BulkType {
    fn of(resolve: &Resolve, ty: &Type) -> Option<Self> {
        match resolved(resolve, ty) {
            Ok(Type::String) => Some(BulkType::Text),
            Ok(_) => None,
            Err(TypeDefKind::List(element)) => {
                let element = resolved(resolve, element).ok()?;
                Number::of(&element).map(BulkType::Numbers)
            }
            Err(_) => None,
        }
    }

    /// How many bytes an element takes.
    pub fn element_size(self) -> usize {
        match self {
            BulkType::Text => 1,
            BulkType::Numbers(number) => number.size(),
        }
    }
}

impl Bulk {
    /// What a function moves, if it is such a one.
    pub fn of(resolve: &Resolve, function: &Function) -> Option<Self> {
        if function.kind != FunctionKind::Freestanding {
            return None;
        }
        let argument = match function.params.as_slice() {
            [] => None,
            [param] => Some(BulkType::of(resolve, &param.ty)?),
            _ => return None,
        };
        let result = match &function.result {
            None => None,
            Some(ty) => Some(BulkType::of(resolve, ty)?),
        };
        if let (Some(argument), Some(result)) = (argument, result)
            && argument != result
        {
            return None;
        }
        Some(Bulk {
            ty: argument.or(result)?,
            takes: argument.is_some(),
            gives: result.is_some(),
        })
    }
}

/// The slots of an address and a length.
const FRONT: usize = 2 * SLOT_SIZE;

/// What is moved, in the form of buffers.
impl Bulk {
    /// How many bytes a result has before its content: the record of an address and a length.
    pub const RESULT_FRONT: usize = 8;

    /// How many bytes the buffer of arguments has that holds some content of so many bytes.
    pub fn arguments_size(&self, content: usize) -> usize {
        match self.takes {
            true => FRONT + content,
            false => 0,
        }
    }

    /// How many bytes the buffer of a result has at least that holds some content of so many bytes.
    pub fn result_size(&self, content: usize) -> usize {
        match self.gives {
            true => Self::RESULT_FRONT + content,
            false => 0,
        }
    }

    /// The buffer of arguments that holds some content, the bytes of all elements.
    pub fn arguments(&self, content: &[u8]) -> Vec<u8> {
        if !self.takes {
            return Vec::new();
        }
        let mut buffer = Vec::with_capacity(self.arguments_size(content.len()));
        let address = u64::from(ARENA_BASE) + FRONT as u64;
        buffer.extend(address.to_le_bytes());
        buffer.extend(((content.len() / self.ty.element_size()) as u64).to_le_bytes());
        buffer.extend(content);
        buffer
    }

    /// The content of a buffer of a result; nothing if that is malformed.
    pub fn content<'a>(&self, result: &'a [u8]) -> Option<&'a [u8]> {
        if !self.gives {
            return Some(&[]);
        }
        let word = |offset: usize| {
            let bytes = result.get(offset..)?.first_chunk()?;
            Some(u32::from_le_bytes(*bytes))
        };
        let (address, length) = (word(0)?, word(4)?);
        if length == 0 {
            return Some(&[]);
        }
        let start = address.checked_sub(ARENA_BASE)? as usize;
        let size = (length as usize).checked_mul(self.ty.element_size())?;
        result.get(start..start.checked_add(size)?)
    }
}

/// A type behind its aliases: one that has no definition, or the definition.
fn resolved<'a>(resolve: &'a Resolve, ty: &Type) -> Result<Type, &'a TypeDefKind> {
    let mut ty = *ty;
    while let Type::Id(id) = ty {
        match &resolve.types[id].kind {
            TypeDefKind::Type(aliased) => ty = *aliased,
            kind => return Err(kind),
        }
    }
    Ok(ty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::world;
    use crate::{CallShape, Callable};

    #[test]
    fn content_is_found_in_buffers_and_nowhere_else() {
        let bulk = Bulk {
            ty: BulkType::Numbers(Number::U16),
            takes: true,
            gives: true,
        };
        let arguments = bulk.arguments(&[1, 0, 2, 0]);
        assert_eq!(arguments.len(), 20);
        assert_eq!(arguments[8], 2);
        let result = |address: u32, length: u32| {
            let words = [address, length].map(u32::to_le_bytes).concat();
            [words, vec![7, 7, 7, 7]].concat()
        };
        let all = result(ARENA_BASE + 8, 2);
        assert_eq!(bulk.content(&all), Some([7; 4].as_slice()));
        assert_eq!(bulk.content(&result(0, 0)), Some([].as_slice()));
        for (address, length) in [
            (0, 1),
            (ARENA_BASE + 10, 2),
            (u32::MAX, 1),
            (1032, u32::MAX),
        ] {
            assert_eq!(
                bulk.content(&result(address, length)),
                None,
                "{address} {length}"
            );
        }
        assert_eq!(bulk.content(&[0; 7]), None);
    }

    #[test]
    fn functions_that_move_one_thing_are_told_from_others() {
        let world = world(
            "package t:t; world w {
                type page = string;
                type samples = list<f64>;
                export a-echo: func(text: page) -> string;
                export b-mix: func(samples: samples) -> list<f64>;
                export c-put: func(bytes: list<u8>);
                export d-get: func() -> list<s16>;
                export e-two: func(text: string, more: string) -> string;
                export f-other: func(text: string) -> list<u8>;
                export g-bools: func(bools: list<bool>);
                export h-scalar: func(text: string) -> u32;
                export i-waits: async func(text: string) -> string;
                export j-nothing: func();
            }",
        );
        let shapes = CallShape::of_world(&world);
        let bulk = |name: &str| {
            let named = |callable: &Callable| callable.name.ends_with(name);
            let number = world.callables().iter().position(named).expect("is there");
            shapes[number].bulk
        };
        let moves = |ty, takes, gives| Some(Bulk { ty, takes, gives });
        let numbers = BulkType::Numbers;
        assert_eq!(bulk("a-echo"), moves(BulkType::Text, true, true));
        assert_eq!(bulk("b-mix"), moves(numbers(Number::F64), true, true));
        assert_eq!(bulk("c-put"), moves(numbers(Number::U8), true, false));
        assert_eq!(bulk("d-get"), moves(numbers(Number::S16), false, true));
        for name in ["two", "other", "bools", "scalar", "waits", "nothing"] {
            assert_eq!(bulk(name), None, "{name}");
        }
    }
}
