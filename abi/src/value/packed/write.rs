//! From values to packed bytes.

use super::{flags_size, unsupported};
use crate::value::Value;
use crate::value::encode::{count, mismatch, mismatch_of, within};
use crate::value::error::{EncodeValueError, Step, Unfit};
use crate::value::is_byte;
use wit_parser::{Flags, Resolve, Type, TypeDefKind, TypeId};

/// Packed bytes while they are written.
pub(super) struct Writer<'a> {
    resolve: &'a Resolve,
    bytes: Vec<u8>,
}

type Written = Result<(), EncodeValueError>;

/// The longest LEB128 of 64 bits, in bytes.
const LONGEST: usize = leb128fmt::max_len::<64>();

impl<'a> Writer<'a> {
    pub(super) fn new(resolve: &'a Resolve) -> Self {
        let bytes = Vec::new();
        Writer { resolve, bytes }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// Writes named values, one after the other.
    pub(super) fn named<'t>(
        &mut self,
        types: impl ExactSizeIterator<Item = (&'t str, &'t Type)>,
        values: &[Value],
    ) -> Written {
        count(types.len(), values.len())?;
        for ((name, ty), value) in types.zip(values) {
            self.value(ty, value)
                .map_err(|error| error.under(Step::name(name)))?;
        }
        Ok(())
    }

    pub(super) fn value(&mut self, ty: &Type, value: &Value) -> Written {
        match (ty, value) {
            (Type::Bool, Value::Bool(it)) => self.put(&[u8::from(*it)]),
            (Type::U8, Value::U8(it)) => self.put(&[*it]),
            (Type::S8, Value::S8(it)) => self.put(&it.to_le_bytes()),
            (Type::U16, Value::U16(it)) => self.unsigned((*it).into()),
            (Type::S16, Value::S16(it)) => self.signed((*it).into()),
            (Type::U32, Value::U32(it)) => self.unsigned((*it).into()),
            (Type::S32, Value::S32(it)) => self.signed((*it).into()),
            (Type::U64, Value::U64(it)) => self.unsigned(*it),
            (Type::S64, Value::S64(it)) => self.signed(*it),
            (Type::F32, Value::F32(it)) => self.put(&it.to_le_bytes()),
            (Type::F64, Value::F64(it)) => self.put(&it.to_le_bytes()),
            (Type::Char, Value::Char(it)) => self.put(it.encode_utf8(&mut [0; 4]).as_bytes()),
            (Type::String, Value::String(it)) => return self.run(it.as_bytes()),
            (Type::Id(id), value) => return self.defined(*id, value),
            (Type::ErrorContext, _) => {
                return Err(Unfit::Unsupported(unsupported(self.resolve, ty)).into());
            }
            (ty, value) => return mismatch_of(ty, value),
        }
        Ok(())
    }

    fn defined(&mut self, id: TypeId, value: &Value) -> Written {
        let resolve = self.resolve;
        match (&resolve.types[id].kind, value) {
            (TypeDefKind::Type(ty), _) => self.value(ty, value),
            (TypeDefKind::Record(it), Value::Record(values)) => {
                let fields = it.fields.iter().map(|it| (it.name.as_str(), &it.ty));
                self.named(fields, values)
            }
            (TypeDefKind::Tuple(it), Value::Tuple(values)) => {
                count(it.types.len(), values.len())?;
                self.each(it.types.iter().zip(values))
            }
            (TypeDefKind::List(element), Value::List(values)) => {
                self.length(values.len())?;
                self.each(values.iter().map(|value| (element, value)))
            }
            (TypeDefKind::List(element), Value::Bytes(bytes)) if is_byte(resolve, element) => {
                self.run(bytes)
            }
            (TypeDefKind::Variant(it), Value::Variant { case, payload }) => {
                within(*case, it.cases.len())?;
                let of = &it.cases[*case as usize];
                self.unsigned((*case).into());
                self.payload(&of.name, of.ty.as_ref(), payload.as_deref())
            }
            (TypeDefKind::Enum(it), Value::Enum(case)) => {
                within(*case, it.cases.len())?;
                self.unsigned((*case).into());
                Ok(())
            }
            (TypeDefKind::Option(some), Value::Option(payload)) => {
                self.put(&[u8::from(payload.is_some())]);
                let some = payload.as_ref().map(|_| some);
                self.payload("some", some, payload.as_deref())
            }
            (TypeDefKind::Result(it), Value::Result(value)) => {
                self.put(&[u8::from(value.is_err())]);
                match value {
                    Ok(payload) => self.payload("ok", it.ok.as_ref(), payload.as_deref()),
                    Err(payload) => self.payload("err", it.err.as_ref(), payload.as_deref()),
                }
            }
            (TypeDefKind::Flags(flags), Value::Flags(bits)) => self.flags(flags, *bits),
            (
                TypeDefKind::Map(..)
                | TypeDefKind::FixedLengthList(..)
                | TypeDefKind::Handle(_)
                | TypeDefKind::Future(_)
                | TypeDefKind::Stream(_)
                | TypeDefKind::Resource
                | TypeDefKind::Unknown,
                _,
            ) => Err(Unfit::Unsupported(unsupported(resolve, &Type::Id(id))).into()),
            (kind, value) => mismatch(kind.as_str(), value),
        }
    }

    fn each<'v>(&mut self, values: impl Iterator<Item = (&'v Type, &'v Value)>) -> Written {
        for (index, (ty, value)) in values.enumerate() {
            self.value(ty, value)
                .map_err(|error| error.under(Step::index(index)))?;
        }
        Ok(())
    }

    fn payload(&mut self, name: &str, ty: Option<&Type>, payload: Option<&Value>) -> Written {
        let written = match (ty, payload) {
            (None, None) => Ok(()),
            (Some(ty), Some(value)) => self.value(ty, value),
            (Some(_), None) => Err(Unfit::Missing.into()),
            (None, Some(_)) => Err(Unfit::Surplus.into()),
        };
        written.map_err(|error| error.under(Step::name(name)))
    }

    fn flags(&mut self, flags: &Flags, bits: u32) -> Written {
        let count = flags.flags.len();
        if count > 32 {
            return Err(Unfit::Unsupported("more than 32 flags").into());
        }
        if u64::from(bits) >> count != 0 {
            return Err(Unfit::Flags { found: bits, count }.into());
        }
        self.put(&bits.to_le_bytes()[..flags_size(count)]);
        Ok(())
    }

    fn run(&mut self, bytes: &[u8]) -> Written {
        self.length(bytes.len())?;
        self.put(bytes);
        Ok(())
    }

    fn length(&mut self, length: usize) -> Written {
        let length = u32::try_from(length).map_err(|_| Unfit::TooLarge)?;
        self.unsigned(length.into());
        Ok(())
    }

    fn unsigned(&mut self, number: u64) {
        let (mut room, mut end) = ([0; LONGEST], 0);
        leb128fmt::encode_uint_slice::<_, 64>(number, &mut room, &mut end);
        self.put(&room[..end]);
    }

    fn signed(&mut self, number: i64) {
        let (mut room, mut end) = ([0; LONGEST], 0);
        leb128fmt::encode_sint_slice::<_, 64>(number, &mut room, &mut end);
        self.put(&room[..end]);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}
