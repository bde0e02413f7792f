//! From values to a buffer.

use super::data::Value;
use super::error::{EncodeValueError, Step, Unfit};
use super::extent::Form;
use crate::contract::ARENA_BASE;
use crate::fit::primitive;
use crate::layout::{Layout, Layouts, align_to};
use wit_parser::{Flags, Int, Record, Resolve, Type, TypeDefKind, TypeId, Variant};

/// A buffer while it is written. What is not written to is zero, so a buffer follows from its
/// values alone.
pub(super) struct Encoder<'a> {
    resolve: &'a Resolve,
    layouts: &'a Layouts,
    buffer: Vec<u8>,
}

/// Where a value goes. There is room for it in the buffer.
#[derive(Clone, Copy)]
struct Place {
    form: Form,
    offset: u32,
}

type Encoded = Result<(), EncodeValueError>;

impl<'a> Encoder<'a> {
    /// A buffer with room for slots or a record of this many bytes.
    pub(super) fn new(resolve: &'a Resolve, layouts: &'a Layouts, front: usize) -> Self {
        Encoder {
            resolve,
            layouts,
            buffer: vec![0; front],
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.buffer
    }

    /// Writes named values to the front.
    pub(super) fn front<'t>(
        &mut self,
        form: Form,
        types: impl ExactSizeIterator<Item = (&'t str, &'t Type)>,
        values: &[Value],
    ) -> Encoded {
        self.named(types, values, Place { form, offset: 0 })
    }

    /// Writes a nameless value to the front.
    pub(super) fn front_value(&mut self, form: Form, ty: &Type, value: &Value) -> Encoded {
        self.value(ty, value, Place { form, offset: 0 })
    }

    /// Writes the handle that a drop takes to the front.
    pub(super) fn front_handle(&mut self, value: &Value) -> Encoded {
        match value {
            Value::Handle(handle) => {
                self.put(
                    Place {
                        form: Form::Slots,
                        offset: 0,
                    },
                    &handle.to_le_bytes(),
                );
                Ok(())
            }
            _ => mismatch("handle", value),
        }
    }

    fn named<'t>(
        &mut self,
        types: impl ExactSizeIterator<Item = (&'t str, &'t Type)>,
        values: &[Value],
        place: Place,
    ) -> Encoded {
        count(types.len(), values.len())?;
        let mut fields = place.form.fields();
        for ((name, ty), value) in types.zip(values) {
            let field = place.plus(fields.next(self.layouts, ty));
            self.value(ty, value, field)
                .map_err(|error| error.under(Step::name(name)))?;
        }
        Ok(())
    }

    fn numbered<'t>(
        &mut self,
        types: impl ExactSizeIterator<Item = &'t Type>,
        values: &[Value],
        place: Place,
    ) -> Encoded {
        count(types.len(), values.len())?;
        let mut fields = place.form.fields();
        for (index, (ty, value)) in types.zip(values).enumerate() {
            let field = place.plus(fields.next(self.layouts, ty));
            self.value(ty, value, field)
                .map_err(|error| error.under(Step::index(index)))?;
        }
        Ok(())
    }

    fn value(&mut self, ty: &Type, value: &Value, place: Place) -> Encoded {
        match (ty, value) {
            (Type::Bool, Value::Bool(it)) => self.put(place, &[u8::from(*it)]),
            (Type::U8, Value::U8(it)) => self.put(place, &it.to_le_bytes()),
            (Type::S8, Value::S8(it)) => self.put(place, &it.to_le_bytes()),
            (Type::U16, Value::U16(it)) => self.put(place, &it.to_le_bytes()),
            (Type::S16, Value::S16(it)) => self.put(place, &it.to_le_bytes()),
            (Type::U32, Value::U32(it)) => self.put(place, &it.to_le_bytes()),
            (Type::S32, Value::S32(it)) => self.put(place, &it.to_le_bytes()),
            (Type::U64, Value::U64(it)) => self.put(place, &it.to_le_bytes()),
            (Type::S64, Value::S64(it)) => self.put(place, &it.to_le_bytes()),
            (Type::F32, Value::F32(it)) => self.put(place, &it.to_le_bytes()),
            (Type::F64, Value::F64(it)) => self.put(place, &it.to_le_bytes()),
            (Type::Char, Value::Char(it)) => self.put(place, &u32::from(*it).to_le_bytes()),
            (Type::String, Value::String(it)) => return self.bytes(it.as_bytes(), place),
            (Type::Id(id), value) => return self.defined(*id, value, place),
            (Type::ErrorContext, _) => return Err(Unfit::Unsupported("error-context").into()),
            (ty, value) => return mismatch_of(ty, value),
        }
        Ok(())
    }

    fn defined(&mut self, id: TypeId, value: &Value, place: Place) -> Encoded {
        let (resolve, layout) = (self.resolve, self.layouts.of(id));
        match (&resolve.types[id].kind, value) {
            (TypeDefKind::Type(ty), _) => self.value(ty, value, place),
            (TypeDefKind::Record(it), Value::Record(values)) => self.record(it, values, place),
            (TypeDefKind::Tuple(tuple), Value::Tuple(values)) => {
                self.numbered(tuple.types.iter(), values, place)
            }
            (TypeDefKind::List(element), Value::List(values)) => self.list(element, values, place),
            (TypeDefKind::List(element), Value::Bytes(bytes))
                if super::is_byte(resolve, element) =>
            {
                self.bytes(bytes, place)
            }
            (TypeDefKind::FixedLengthList(element, length), Value::FixedLengthList(values)) => {
                let elements = (0..*length as usize).map(|_| element);
                self.numbered(elements, values, place)
            }
            (TypeDefKind::Map(key, of), Value::Map(entries)) => self.map([key, of], entries, place),
            (TypeDefKind::Variant(it), Value::Variant { case, payload }) => {
                self.variant(it, *case, payload.as_deref(), layout, place)
            }
            (TypeDefKind::Enum(it), Value::Enum(case)) => {
                within(*case, it.cases.len())?;
                self.case((it.tag(), *case), ("", None), None, layout, place)
            }
            (TypeDefKind::Option(some), Value::Option(payload)) => {
                let some = payload.as_ref().map(|_| some);
                let number = u32::from(some.is_some());
                let payload = payload.as_deref();
                self.case((Int::U8, number), ("some", some), payload, layout, place)
            }
            (TypeDefKind::Result(it), Value::Result(value)) => {
                let (number, case, payload) = match value {
                    Ok(payload) => (0, ("ok", it.ok.as_ref()), payload.as_deref()),
                    Err(payload) => (1, ("err", it.err.as_ref()), payload.as_deref()),
                };
                self.case((Int::U8, number), case, payload, layout, place)
            }
            (TypeDefKind::Flags(flags), Value::Flags(bits)) => {
                self.flags(flags, *bits, layout, place)
            }
            (TypeDefKind::Handle(_), Value::Handle(handle)) => {
                self.put(place, &handle.to_le_bytes());
                Ok(())
            }
            (
                kind @ (TypeDefKind::Future(_)
                | TypeDefKind::Stream(_)
                | TypeDefKind::Resource
                | TypeDefKind::Unknown),
                _,
            ) => Err(Unfit::Unsupported(kind.as_str()).into()),
            (kind, value) => mismatch(kind.as_str(), value),
        }
    }

    fn record(&mut self, record: &Record, values: &[Value], place: Place) -> Encoded {
        let fields = record.fields.iter().map(|it| (it.name.as_str(), &it.ty));
        self.named(fields, values, place)
    }

    fn variant(
        &mut self,
        variant: &Variant,
        number: u32,
        payload: Option<&Value>,
        layout: Layout,
        place: Place,
    ) -> Encoded {
        within(number, variant.cases.len())?;
        let case = &variant.cases[number as usize];
        let case = (case.name.as_str(), case.ty.as_ref());
        self.case((variant.tag(), number), case, payload, layout, place)
    }

    fn case(
        &mut self,
        (tag, number): (Int, u32),
        (name, ty): (&str, Option<&Type>),
        payload: Option<&Value>,
        layout: Layout,
        place: Place,
    ) -> Encoded {
        let tag = place.form.tag_size(tag) as usize;
        self.put(place, &number.to_le_bytes()[..tag]);
        let written = match (ty, payload) {
            (None, None) => Ok(()),
            (Some(ty), Some(value)) => {
                self.value(ty, value, place.plus(place.form.payload(layout)))
            }
            (Some(_), None) => Err(Unfit::Missing.into()),
            (None, Some(_)) => Err(Unfit::Surplus.into()),
        };
        written.map_err(|error| error.under(Step::name(name)))
    }

    fn flags(&mut self, flags: &Flags, bits: u32, layout: Layout, place: Place) -> Encoded {
        let count = flags.flags.len();
        if count > 32 {
            return Err(Unfit::Unsupported("flags with more than 32 flags").into());
        }
        if u64::from(bits) >> count != 0 {
            return Err(Unfit::Flags { found: bits, count }.into());
        }
        self.put(place, &bits.to_le_bytes()[..layout.size as usize]);
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8], place: Place) -> Encoded {
        let start = self.allocate(bytes.len(), Layout::BYTE, place)?;
        self.put(
            Place {
                offset: start,
                ..place
            },
            bytes,
        );
        Ok(())
    }

    fn list(&mut self, element: &Type, values: &[Value], place: Place) -> Encoded {
        let layout = self.layouts.get(element);
        let mut at = self.allocate(values.len(), layout, place)?;
        for (index, value) in values.iter().enumerate() {
            self.value(element, value, Place::memory(at))
                .map_err(|error| error.under(Step::index(index)))?;
            at += layout.size;
        }
        Ok(())
    }

    fn map(
        &mut self,
        [key, value]: [&Type; 2],
        entries: &[(Value, Value)],
        place: Place,
    ) -> Encoded {
        let layout = super::entry(self.layouts, key, value).ok_or(Unfit::TooLarge)?;
        let mut at = self.allocate(entries.len(), layout, place)?;
        for (index, entry) in entries.iter().enumerate() {
            let mut fields = Form::Memory.fields();
            for (name, ty, part) in [("key", key, &entry.0), ("value", value, &entry.1)] {
                let field = Place::memory(at).plus(fields.next(self.layouts, ty));
                self.value(ty, part, field).map_err(|error| {
                    let entry = error.under(Step::name(name));
                    entry.under(Step::index(index))
                })?;
            }
            at += layout.size;
        }
        Ok(())
    }

    /// Makes room for elements at the end of the buffer, writes their address and number to
    /// `place`, and returns the offset of the first.
    fn allocate(
        &mut self,
        length: usize,
        element: Layout,
        place: Place,
    ) -> Result<u32, EncodeValueError> {
        let allocation = || {
            let start = align_to(u32::try_from(self.buffer.len()).ok()?, element.align)?;
            let length = u32::try_from(length).ok()?;
            let end = start.checked_add(length.checked_mul(element.size)?)?;
            end.checked_add(ARENA_BASE)?;
            Some((start, length, end))
        };
        let (start, length, end) = allocation().ok_or(Unfit::TooLarge)?;
        self.buffer.resize(end as usize, 0);
        let mut fields = place.form.fields();
        for word in [ARENA_BASE + start, length] {
            let field = place.plus(fields.next(self.layouts, &Type::U32));
            self.put(field, &word.to_le_bytes());
        }
        Ok(start)
    }

    fn put(&mut self, place: Place, bytes: &[u8]) {
        let start = place.offset as usize;
        self.buffer[start..start + bytes.len()].copy_from_slice(bytes);
    }
}

impl Place {
    fn memory(offset: u32) -> Self {
        Place {
            form: Form::Memory,
            offset,
        }
    }

    fn plus(self, offset: u32) -> Self {
        Place {
            offset: self.offset + offset,
            ..self
        }
    }
}

pub(super) fn count(expected: usize, found: usize) -> Encoded {
    if expected != found {
        return Err(Unfit::Count { expected, found }.into());
    }
    Ok(())
}

pub(super) fn within(case: u32, cases: usize) -> Encoded {
    if case as usize >= cases {
        return Err(Unfit::Case { found: case, cases }.into());
    }
    Ok(())
}

/// A value is not of a type that WIT has for itself.
pub(super) fn mismatch_of(ty: &Type, value: &Value) -> Encoded {
    mismatch(primitive(ty).unwrap_or("a defined type"), value)
}

pub(super) fn mismatch(expected: &'static str, value: &Value) -> Encoded {
    Err(Unfit::Kind {
        expected,
        found: value.kind(),
    }
    .into())
}
