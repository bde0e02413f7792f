//! From packed bytes to values. No byte is trusted.

use super::{flags_size, unsupported};
use crate::layout::{Layout, Layouts};
use crate::value::Value;
use crate::value::error::{DecodeValueError, Malformed, Step};
use crate::value::is_byte;
use wit_parser::{Flags, Resolve, Type, TypeDefKind, TypeId};

/// What a reader of packed bytes knows, and how much the values may still take.
///
/// Recursion follows the type, whose depth [`Layouts`] bounds. Memory for the elements of a list is
/// taken after their size in the canonical ABI was paid for, and not before there is a byte for each
/// of them.
pub(super) struct Reader<'a> {
    resolve: &'a Resolve,
    layouts: &'a Layouts,
    bytes: &'a [u8],
    at: usize,
    most: u64,
    budget: u64,
}

type Read<T> = Result<T, DecodeValueError>;

impl<'a> Reader<'a> {
    pub(super) fn new(
        resolve: &'a Resolve,
        layouts: &'a Layouts,
        bytes: &'a [u8],
        most: u64,
    ) -> Self {
        Reader {
            resolve,
            layouts,
            bytes,
            at: 0,
            most,
            budget: most,
        }
    }

    /// Checks that there is nothing left.
    pub(super) fn finish(self) -> Read<()> {
        match self.left() {
            0 => Ok(()),
            left => Err(Malformed::LeftOver(left).into()),
        }
    }

    /// Reads named values, one after the other.
    pub(super) fn named<'t>(
        &mut self,
        types: impl ExactSizeIterator<Item = (&'t str, &'t Type)>,
    ) -> Read<Vec<Value>> {
        let mut values = Vec::with_capacity(types.len());
        for (name, ty) in types {
            let value = self.value(ty);
            values.push(value.map_err(|error| error.under(Step::name(name)))?);
        }
        Ok(values)
    }

    pub(super) fn value(&mut self, ty: &Type) -> Read<Value> {
        Ok(match ty {
            Type::Bool => Value::Bool(self.truth()?),
            Type::U8 => Value::U8(u8::from_le_bytes(self.array()?)),
            Type::S8 => Value::S8(i8::from_le_bytes(self.array()?)),
            Type::U16 => Value::U16(self.unsigned::<16>()? as u16),
            Type::S16 => Value::S16(self.signed::<16>()? as i16),
            Type::U32 => Value::U32(self.unsigned::<32>()? as u32),
            Type::S32 => Value::S32(self.signed::<32>()? as i32),
            Type::U64 => Value::U64(self.unsigned::<64>()?),
            Type::S64 => Value::S64(self.signed::<64>()?),
            Type::F32 => Value::F32(f32::from_le_bytes(self.array()?)),
            Type::F64 => Value::F64(f64::from_le_bytes(self.array()?)),
            Type::Char => Value::Char(self.character()?),
            Type::String => {
                let bytes = self.run()?;
                let text = std::str::from_utf8(bytes).map_err(|_| Malformed::Utf8)?;
                Value::String(text.to_owned())
            }
            Type::ErrorContext => {
                return Err(Malformed::Unsupported(unsupported(self.resolve, ty)).into());
            }
            Type::Id(id) => return self.defined(*id),
        })
    }

    fn defined(&mut self, id: TypeId) -> Read<Value> {
        let resolve = self.resolve;
        Ok(match &resolve.types[id].kind {
            TypeDefKind::Type(ty) => self.value(ty)?,
            TypeDefKind::Record(it) => {
                let fields = it.fields.iter().map(|it| (it.name.as_str(), &it.ty));
                Value::Record(self.named(fields)?)
            }
            TypeDefKind::Tuple(it) => Value::Tuple(self.each(it.types.iter())?),
            TypeDefKind::List(element) if is_byte(resolve, element) => {
                Value::Bytes(self.run()?.to_vec())
            }
            TypeDefKind::List(element) => self.list(element)?,
            TypeDefKind::Variant(it) => {
                let case = self.case(it.cases.len())?;
                let of = &it.cases[case as usize];
                let payload = self.payload(&of.name, of.ty.as_ref())?;
                Value::Variant { case, payload }
            }
            TypeDefKind::Enum(it) => Value::Enum(self.case(it.cases.len())?),
            TypeDefKind::Option(some) => {
                let some = self.truth()?.then_some(some);
                Value::Option(self.payload("some", some)?)
            }
            TypeDefKind::Result(it) => Value::Result(match self.truth()? {
                false => Ok(self.payload("ok", it.ok.as_ref())?),
                true => Err(self.payload("err", it.err.as_ref())?),
            }),
            TypeDefKind::Flags(flags) => Value::Flags(self.flags(flags)?),
            TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Handle(_)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Resource
            | TypeDefKind::Unknown => {
                let ty = Type::Id(id);
                return Err(Malformed::Unsupported(unsupported(resolve, &ty)).into());
            }
        })
    }

    fn list(&mut self, element: &Type) -> Read<Value> {
        let length = self.unsigned::<32>()?;
        let layout = self.layouts.get(element);
        self.pay(length, layout)?;
        let length = length as usize;
        if layout.size > 0 {
            // Each takes a byte at least.
            self.need(length)?;
        }
        Ok(Value::List(self.each((0..length).map(|_| element))?))
    }

    fn each<'t>(&mut self, types: impl ExactSizeIterator<Item = &'t Type>) -> Read<Vec<Value>> {
        let mut values = Vec::with_capacity(types.len());
        for (index, ty) in types.enumerate() {
            let value = self.value(ty);
            values.push(value.map_err(|error| error.under(Step::index(index)))?);
        }
        Ok(values)
    }

    fn payload(&mut self, name: &str, ty: Option<&Type>) -> Read<Option<Box<Value>>> {
        let Some(ty) = ty else {
            return Ok(None);
        };
        let value = self.value(ty);
        let value = value.map_err(|error| error.under(Step::name(name)))?;
        Ok(Some(Box::new(value)))
    }

    /// The number of a case, of which there are so many.
    fn case(&mut self, cases: usize) -> Read<u32> {
        let found = self.unsigned::<32>()? as u32;
        match (found as usize) < cases {
            true => Ok(found),
            false => Err(Malformed::Discriminant { found, cases }.into()),
        }
    }

    fn truth(&mut self) -> Read<bool> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            [found] => Err(Malformed::Discriminant {
                found: found.into(),
                cases: 2,
            }
            .into()),
        }
    }

    fn character(&mut self) -> Read<char> {
        let [first] = self.array()?;
        let more = match first {
            ..=0x7f => 0,
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf7 => 3,
            _ => return Err(Malformed::Utf8.into()),
        };
        let start = self.at - 1;
        self.take(more)?;
        let text = std::str::from_utf8(&self.bytes[start..self.at]);
        let character = text.map_err(|_| Malformed::Utf8)?.chars().next();
        Ok(character.ok_or(Malformed::Utf8)?)
    }

    fn flags(&mut self, flags: &Flags) -> Read<u32> {
        let count = flags.flags.len();
        if count > 32 {
            return Err(Malformed::Unsupported("more than 32 flags").into());
        }
        let mut word = [0; 4];
        let bytes = self.take(flags_size(count))?;
        word[..bytes.len()].copy_from_slice(bytes);
        let bits = u32::from_le_bytes(word);
        match u64::from(bits) >> count {
            0 => Ok(bits),
            _ => Err(Malformed::Flags { found: bits, count }.into()),
        }
    }

    /// The bytes of a string or of a list of bytes.
    fn run(&mut self) -> Read<&'a [u8]> {
        let length = self.unsigned::<32>()?;
        self.pay(length, Layout::BYTE)?;
        self.take(length as usize)
    }

    fn unsigned<const BITS: u32>(&mut self) -> Read<u64> {
        let number = leb128fmt::decode_uint_slice::<u64, BITS>(self.bytes, &mut self.at);
        number.map_err(|error| wrong_number(&error, BITS))
    }

    fn signed<const BITS: u32>(&mut self) -> Read<i64> {
        let number = leb128fmt::decode_sint_slice::<i64, BITS>(self.bytes, &mut self.at);
        number.map_err(|error| wrong_number(&error, BITS))
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        self.need(N)?;
        let array = self.bytes[self.at..].first_chunk().copied();
        self.at += N;
        Ok(array.unwrap_or([0; N]))
    }

    fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        self.need(count)?;
        let start = self.at;
        self.at += count;
        Ok(&self.bytes[start..self.at])
    }

    fn need(&self, count: usize) -> Read<()> {
        match count.checked_sub(self.left()) {
            None | Some(0) => Ok(()),
            Some(missing) => Err(Malformed::Truncated { missing }.into()),
        }
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Takes what these elements cost from the budget; an element without size costs, too.
    fn pay(&mut self, length: u64, element: Layout) -> Read<()> {
        let cost = length * u64::from(element.size.max(1));
        let left = self.budget.checked_sub(cost);
        self.budget = left.ok_or(Malformed::TooLarge { most: self.most })?;
        Ok(())
    }
}

fn wrong_number(error: &leb128fmt::Error, bits: u32) -> DecodeValueError {
    match error.is_more_bytes_needed() {
        true => Malformed::Truncated { missing: 1 }.into(),
        false => Malformed::Number { bits }.into(),
    }
}
