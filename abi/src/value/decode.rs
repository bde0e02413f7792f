//! From a buffer to values. No byte of the buffer is trusted.

use super::data::Value;
use super::error::{At, DecodeValueError, Malformed, Step};
use super::extent::Form;
use super::make::{Cases, Make, Parts};
use crate::contract::ARENA_BASE;
use crate::layout::{Layout, Layouts};
use wit_parser::{Flags, Handle, Int, Resolve, Type, TypeDefKind, TypeId};

/// How often the bytes of a buffer may be read, on average. Nobody's encoder lets strings and
/// lists overlap, but the canonical ABI allows it; without a bound, a list of lists of lists
/// would stand for more values than any memory holds.
const MOST_READS: u64 = 4;

/// How much may be read even of the smallest buffer, in bytes.
const LEAST_BUDGET: u64 = 64 << 10;

/// What a reader of a buffer knows, and what it may still read.
///
/// Recursion follows the type, whose depth [`Layouts`] bounds. Loops over elements are paid for
/// from the budget, before memory is taken for them; all else in a type lies in it at least once,
/// as bytes in the buffer.
pub(super) struct Decoder<'a, M> {
    resolve: &'a Resolve,
    layouts: &'a Layouts,
    buffer: &'a [u8],
    budget: u64,
    pub(super) make: M,
}

/// Where a value lies: these bytes, or the first of them.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    form: Form,
    bytes: &'a [u8],
}

type Decoded<T> = Result<T, DecodeValueError>;

impl<'a, M: Make> Decoder<'a, M> {
    pub(super) fn new(
        resolve: &'a Resolve,
        layouts: &'a Layouts,
        buffer: &'a [u8],
        make: M,
    ) -> Self {
        Decoder {
            resolve,
            layouts,
            buffer,
            budget: LEAST_BUDGET + MOST_READS * buffer.len() as u64,
            make,
        }
    }

    /// The values at the front of the buffer.
    pub(super) fn front(&self, form: Form, size: usize) -> Decoded<Origin<'a>> {
        let bytes = self.buffer.get(..size).ok_or(Malformed::TooShort {
            needed: size,
            found: self.buffer.len(),
        })?;
        Ok(Origin { form, bytes })
    }

    /// Named values, one after the other: the parameters of a function or the fields of a record.
    pub(super) fn named<'t>(
        &mut self,
        values: impl ExactSizeIterator<Item = (&'t str, &'t Type)>,
        origin: Origin<'a>,
    ) -> Decoded<Vec<M::Product>> {
        let mut fields = origin.form.fields();
        let mut products = Vec::with_capacity(values.len());
        for (name, ty) in values {
            let field = origin.from(fields.next(self.layouts, ty))?;
            let product = self.value(ty, field);
            products.push(product.map_err(|error| error.under(Step::name(name)))?);
        }
        Ok(products)
    }

    fn numbered<'t>(
        &mut self,
        types: impl ExactSizeIterator<Item = &'t Type>,
        origin: Origin<'a>,
    ) -> Decoded<Vec<M::Product>> {
        let mut fields = origin.form.fields();
        let mut products = Vec::with_capacity(types.len());
        for (index, ty) in types.enumerate() {
            let field = origin.from(fields.next(self.layouts, ty))?;
            let product = self.value(ty, field);
            products.push(product.map_err(|error| error.under(Step::index(index)))?);
        }
        Ok(products)
    }

    pub(super) fn value(&mut self, ty: &Type, origin: Origin<'a>) -> Decoded<M::Product> {
        let value = match ty {
            Type::Bool => Value::Bool(origin.boolean()?),
            Type::U8 => Value::U8(u8::from_le_bytes(origin.get()?)),
            Type::S8 => Value::S8(i8::from_le_bytes(origin.get()?)),
            Type::U16 => Value::U16(u16::from_le_bytes(origin.get()?)),
            Type::S16 => Value::S16(i16::from_le_bytes(origin.get()?)),
            Type::U32 => Value::U32(origin.word()?),
            Type::S32 => Value::S32(i32::from_le_bytes(origin.get()?)),
            Type::U64 => Value::U64(u64::from_le_bytes(origin.get()?)),
            Type::S64 => Value::S64(i64::from_le_bytes(origin.get()?)),
            Type::F32 => Value::F32(f32::from_le_bytes(origin.get()?)),
            Type::F64 => Value::F64(f64::from_le_bytes(origin.get()?)),
            Type::Char => {
                let number = origin.word()?;
                Value::Char(char::from_u32(number).ok_or(Malformed::Char(number))?)
            }
            Type::String => return self.string(origin),
            Type::ErrorContext => return Err(Malformed::Unsupported("error-context").into()),
            Type::Id(id) => return self.defined(*id, origin),
        };
        Ok(self.make.scalar(value))
    }

    fn defined(&mut self, id: TypeId, origin: Origin<'a>) -> Decoded<M::Product> {
        let (resolve, layout) = (self.resolve, self.layouts.of(id));
        match &resolve.types[id].kind {
            TypeDefKind::Type(ty) => self.value(ty, origin),
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter().map(|it| (it.name.as_str(), &it.ty));
                let parts = self.named(fields, origin)?;
                Ok(self.make.parts(Parts::Record, parts))
            }
            TypeDefKind::Tuple(tuple) => {
                let parts = self.numbered(tuple.types.iter(), origin)?;
                Ok(self.make.parts(Parts::Tuple, parts))
            }
            TypeDefKind::List(element) => self.list(element, origin),
            TypeDefKind::FixedLengthList(element, length) => {
                self.pay(*length, self.layouts.get(element))?;
                let elements = (0..*length as usize).map(|_| element);
                let parts = self.numbered(elements, origin)?;
                Ok(self.make.parts(Parts::FixedLengthList, parts))
            }
            TypeDefKind::Map(key, value) => self.map(key, value, origin),
            TypeDefKind::Variant(variant) => {
                let cases = &variant.cases;
                let case = |number: usize| (cases[number].name.as_str(), cases[number].ty.as_ref());
                let among = Among(Cases::Variant, variant.tag(), cases.len());
                self.case(among, layout, case, origin)
            }
            TypeDefKind::Enum(it) => {
                let among = Among(Cases::Enum, it.tag(), it.cases.len());
                self.case(among, layout, |_| ("", None), origin)
            }
            TypeDefKind::Option(some) => {
                let case = |number| ("some", (number == 1).then_some(some));
                self.case(Among(Cases::Option, Int::U8, 2), layout, case, origin)
            }
            TypeDefKind::Result(it) => {
                let case = |number| match number {
                    0 => ("ok", it.ok.as_ref()),
                    _ => ("err", it.err.as_ref()),
                };
                self.case(Among(Cases::Result, Int::U8, 2), layout, case, origin)
            }
            TypeDefKind::Flags(flags) => {
                let flags = origin.flags(flags, layout)?;
                Ok(self.make.scalar(Value::Flags(flags)))
            }
            TypeDefKind::Handle(handle) => self.handle(handle, origin),
            kind @ (TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Resource
            | TypeDefKind::Unknown) => Err(Malformed::Unsupported(kind.as_str()).into()),
        }
    }

    pub(super) fn handle(&mut self, ty: &Handle, origin: Origin<'a>) -> Decoded<M::Product> {
        let handle = origin.word()?;
        let ty = match *ty {
            Handle::Own(id) => Handle::Own(definition(self.resolve, id)),
            Handle::Borrow(id) => Handle::Borrow(definition(self.resolve, id)),
        };
        // All origins lie in the buffer.
        let offset = origin.bytes.as_ptr().addr() - self.buffer.as_ptr().addr();
        Ok(self.make.handle(&ty, handle, offset))
    }

    fn case<'t>(
        &mut self,
        Among(kind, tag, count): Among,
        layout: Layout,
        case: impl FnOnce(usize) -> (&'t str, Option<&'t Type>),
        origin: Origin<'a>,
    ) -> Decoded<M::Product> {
        let number = origin.number(origin.form.tag_size(tag))?;
        if number as usize >= count {
            return Err(Malformed::Discriminant {
                found: number,
                cases: count,
            }
            .into());
        }
        let (name, ty) = case(number as usize);
        let payload = match ty {
            None => None,
            Some(ty) => {
                let payload = origin.from(origin.form.payload(layout))?;
                let payload = self.value(ty, payload);
                Some(payload.map_err(|error| error.under(Step::name(name)))?)
            }
        };
        Ok(self.make.case(kind, number, payload))
    }

    fn string(&mut self, origin: Origin<'a>) -> Decoded<M::Product> {
        let (_, bytes) = self.block(origin, Layout::BYTE)?;
        let string = std::str::from_utf8(bytes).map_err(|_| Malformed::Utf8)?;
        Ok(self.make.string(string))
    }

    fn list(&mut self, element: &Type, origin: Origin<'a>) -> Decoded<M::Product> {
        let layout = self.layouts.get(element);
        let (length, bytes) = self.block(origin, layout)?;
        if super::is_byte(self.resolve, element) {
            return Ok(self.make.bytes(bytes));
        }
        let mut parts = Vec::with_capacity(length);
        for index in 0..length {
            let element = self.value(element, memory(bytes, index, layout));
            parts.push(element.map_err(|error| error.under(Step::index(index)))?);
        }
        Ok(self.make.parts(Parts::List, parts))
    }

    fn map(&mut self, key: &Type, value: &Type, origin: Origin<'a>) -> Decoded<M::Product> {
        let layout = super::entry(self.layouts, key, value).ok_or(Malformed::Overlapping)?;
        let (length, bytes) = self.block(origin, layout)?;
        let mut entries = Vec::with_capacity(length);
        for index in 0..length {
            let entry = memory(bytes, index, layout);
            entries.push(
                self.entry(key, value, entry)
                    .map_err(|error| error.under(Step::index(index)))?,
            );
        }
        Ok(self.make.map(entries))
    }

    fn entry(
        &mut self,
        key: &Type,
        value: &Type,
        origin: Origin<'a>,
    ) -> Decoded<(M::Product, M::Product)> {
        let mut fields = origin.form.fields();
        let mut field = |name: &str, ty| {
            let field = origin.from(fields.next(self.layouts, ty))?;
            let product = self.value(ty, field);
            product.map_err(|error| error.under(Step::name(name)))
        };
        Ok((field("key", key)?, field("value", value)?))
    }

    /// The elements that an address and a length at the origin stand for: how many, and the bytes
    /// in which they lie.
    fn block(&mut self, origin: Origin<'a>, element: Layout) -> Decoded<(usize, &'a [u8])> {
        let mut fields = origin.form.fields();
        let mut word = || origin.from(fields.next(self.layouts, &Type::U32))?.word();
        let (address, length) = (word()?, word()?);
        if !address.is_multiple_of(element.align) {
            return Err(Malformed::Misaligned {
                address,
                align: element.align,
            }
            .into());
        }
        let bytes = u64::from(length) * u64::from(element.size);
        let block = self.slice(address, bytes);
        let block = block.ok_or(Malformed::OutOfBounds { address, bytes })?;
        self.pay(length, element)?;
        Ok((length as usize, block))
    }

    /// Bytes by their address. No bytes may also lie below the buffer, where the memory has some.
    fn slice(&self, address: u32, bytes: u64) -> Option<&'a [u8]> {
        if bytes == 0 && address < ARENA_BASE {
            return Some(&[]);
        }
        let start = address.checked_sub(ARENA_BASE)? as usize;
        let end = start.checked_add(usize::try_from(bytes).ok()?)?;
        self.buffer.get(start..end)
    }

    /// Takes what these elements cost from the budget; an element without size costs, too.
    fn pay(&mut self, length: u32, element: Layout) -> Decoded<()> {
        let cost = u64::from(length) * u64::from(element.size.max(1));
        let left = self.budget.checked_sub(cost);
        self.budget = left.ok_or(Malformed::Overlapping)?;
        Ok(())
    }
}

/// What has cases, the size of its discriminant, and how many there are.
struct Among(Cases, Int, usize);

impl<'a> Origin<'a> {
    /// What lies at an offset.
    fn from(self, offset: u32) -> Decoded<Origin<'a>> {
        let bytes = self.bytes.get(offset as usize..);
        let bytes = bytes.ok_or_else(|| self.too_short(offset as usize))?;
        Ok(Origin { bytes, ..self })
    }

    /// The first bytes. They are always there, since whoever made the origin has checked the size
    /// of the whole; the error stands for a mistake of ours, in place of a panic.
    fn get<const N: usize>(self) -> Decoded<[u8; N]> {
        let bytes = self.bytes.first_chunk().copied();
        bytes.ok_or_else(|| self.too_short(N))
    }

    fn too_short(self, needed: usize) -> DecodeValueError {
        At::from(Malformed::TooShort {
            needed,
            found: self.bytes.len(),
        })
    }

    fn word(self) -> Decoded<u32> {
        Ok(u32::from_le_bytes(self.get()?))
    }

    /// An unsigned number of so many bytes.
    fn number(self, size: u32) -> Decoded<u32> {
        Ok(match size {
            1 => u8::from_le_bytes(self.get()?).into(),
            2 => u16::from_le_bytes(self.get()?).into(),
            _ => self.word()?,
        })
    }

    fn boolean(self) -> Decoded<bool> {
        let size = match self.form {
            Form::Slots => 4,
            Form::Memory => 1,
        };
        Ok(self.number(size)? != 0)
    }

    /// The flags that the type has; the bits above them are ignored.
    fn flags(self, flags: &Flags, layout: Layout) -> Decoded<u32> {
        match flags.flags.len() {
            0 => Ok(0),
            count @ 1..=32 => Ok(self.number(layout.size)? & (u32::MAX >> (32 - count))),
            _ => Err(Malformed::Unsupported("flags with more than 32 flags").into()),
        }
    }
}

fn memory(bytes: &[u8], index: usize, element: Layout) -> Origin<'_> {
    Origin {
        form: Form::Memory,
        bytes: &bytes[index * element.size as usize..],
    }
}

/// The resource behind names that `use` and `type` have given it.
fn definition(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    id
}
