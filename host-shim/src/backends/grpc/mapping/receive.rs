//! From messages to values.

use super::plan::{Alternative, Element, Field, Record, Records};
use super::send::SECOND;
use first_class_abi::value::Value;
use prost_reflect::{DynamicMessage, FieldDescriptor, MapKey, OneofDescriptor, Value as Received};
use std::collections::HashMap;

/// A message that is no value of its type.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReceiveError {
    /// A field that has to be there is not.
    #[error("`{0}` is required, and missing")]
    Missing(String),
    /// A number that names no case.
    #[error("`{name}` has no value {number} here")]
    Number {
        /// The full name of the enum.
        name: String,
        /// What came.
        number: i32,
    },
    /// One of several fields that the variant has no case for.
    #[error("`{0}` comes, which the variant lacks")]
    Case(String),
    /// A time that does not fit into 64 bits of nanoseconds.
    #[error("{seconds} s and {nanos} ns are no `{name}` in nanoseconds of 64 bits")]
    Time {
        /// The full name of the message.
        name: String,
        /// Its seconds.
        seconds: i64,
        /// Its nanoseconds.
        nanos: i32,
    },
    /// Something that the descriptors do not allow.
    #[error("`{0}` is of another type than was described")]
    Kind(String),
    /// The values take more than they may.
    #[error("the values are too large")]
    TooLarge,
}

/// Reads messages.
pub(super) struct Receiver<'a> {
    records: &'a Records,
    /// How many bytes the values may still take. What is counted is at most what they take in the
    /// form of the canonical ABI, so that no value is refused that fits.
    left: u64,
}

impl<'a> Receiver<'a> {
    pub(super) fn new(records: &'a Records, most: u64) -> Self {
        Receiver {
            records,
            left: most,
        }
    }

    /// The record of a message.
    pub(super) fn record(
        &mut self,
        record: &Record,
        mut message: DynamicMessage,
    ) -> Result<Value, ReceiveError> {
        let fields = record.fields.iter();
        let values = fields.map(|field| self.field(field, &mut message));
        values.collect::<Result<_, _>>().map(Value::Record)
    }

    /// The value of a field, which is taken out of its message.
    pub(super) fn field(
        &mut self,
        field: &Field,
        message: &mut DynamicMessage,
    ) -> Result<Value, ReceiveError> {
        match field {
            Field::Always(field, element) => {
                let value = match message.take_field(field) {
                    Some(value) => value,
                    None if field.is_required() => {
                        return Err(ReceiveError::Missing(field.full_name().into()));
                    }
                    None => field.default_value(),
                };
                self.element(field, element, value)
            }
            Field::Maybe(field, element) => {
                self.spend(1)?;
                let value = message.take_field(field);
                let value = value.map(|value| self.element(field, element, value));
                Ok(Value::Option(value.transpose()?.map(Box::new)))
            }
            Field::Presence(field) => {
                self.spend(1)?;
                Ok(Value::Bool(message.take_field(field).is_some()))
            }
            Field::Repeated(field, element) => {
                self.spend(8)?;
                let values = match message.take_field(field) {
                    None => Vec::new(),
                    Some(Received::List(values)) => values,
                    Some(_) => return Err(kind(field)),
                };
                let values = values.into_iter();
                let values = values.map(|value| self.element(field, element, value));
                Ok(Value::List(values.collect::<Result<_, _>>()?))
            }
            Field::Entries {
                field,
                value,
                is_map,
            } => self.entries(field, value, *is_map, message),
            Field::Oneof(oneof, alternatives) => self.alternative(oneof, alternatives, message),
        }
    }

    fn entries(
        &mut self,
        field: &FieldDescriptor,
        element: &Element,
        is_map: bool,
        message: &mut DynamicMessage,
    ) -> Result<Value, ReceiveError> {
        self.spend(8)?;
        let entries = match message.take_field(field) {
            None => HashMap::new(),
            Some(Received::Map(entries)) => entries,
            Some(_) => return Err(kind(field)),
        };
        // Their order on the wire means nothing.
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let entries = entries.into_iter().map(|(key, value)| {
            let key = self.scalar(key_value(key)).ok_or_else(|| kind(field))??;
            Ok((key, self.element(field, element, value)?))
        });
        let entries: Vec<_> = entries.collect::<Result<_, _>>()?;
        Ok(match is_map {
            true => Value::Map(entries),
            false => {
                let pairs = entries.into_iter();
                let pairs = pairs.map(|(key, value)| Value::Tuple(vec![key, value]));
                Value::List(pairs.collect())
            }
        })
    }

    fn alternative(
        &mut self,
        oneof: &OneofDescriptor,
        alternatives: &[Alternative],
        message: &mut DynamicMessage,
    ) -> Result<Value, ReceiveError> {
        self.spend(2)?;
        for (case, Alternative { field, element }) in (0..).zip(alternatives) {
            if !message.has_field(field) {
                continue;
            }
            let value = message.take_field(field).ok_or_else(|| kind(field))?;
            let payload = element.as_ref();
            let payload = payload.map(|element| self.element(field, element, value));
            let payload = payload.transpose()?.map(Box::new);
            return Ok(Value::Option(Some(Box::new(Value::Variant {
                case,
                payload,
            }))));
        }
        match oneof.fields().find(|field| message.has_field(field)) {
            Some(field) => Err(ReceiveError::Case(field.full_name().into())),
            None => Ok(Value::Option(None)),
        }
    }

    fn element(
        &mut self,
        field: &FieldDescriptor,
        element: &Element,
        value: Received,
    ) -> Result<Value, ReceiveError> {
        match (element, value) {
            (Element::Scalar, value) => self.scalar(value).ok_or_else(|| kind(field))?,
            (Element::Enum(cases), Received::EnumNumber(number)) => {
                self.spend(1)?;
                let case = cases.cases.get(&number);
                let case = case.copied().ok_or_else(|| ReceiveError::Number {
                    name: cases.of.full_name().into(),
                    number,
                });
                Ok(Value::Enum(case?))
            }
            (Element::Number, Received::EnumNumber(number)) => {
                self.spend(4)?;
                Ok(Value::S32(number))
            }
            (element, Received::Message(message)) => self.message(element, message),
            _ => Err(kind(field)),
        }
    }

    /// The value that stands for a message as a whole.
    pub(super) fn message(
        &mut self,
        element: &Element,
        mut message: DynamicMessage,
    ) -> Result<Value, ReceiveError> {
        match element {
            Element::Record(id) => {
                let records = self.records;
                self.record(records.get(*id), message)
            }
            Element::Wrapped(of) => {
                let value = message
                    .get_field_by_number(1)
                    .map(|value| value.into_owned());
                let value = value.and_then(|value| self.scalar(value));
                value.unwrap_or_else(|| Err(ReceiveError::Kind(of.full_name().into())))
            }
            Element::Nanoseconds(of) => {
                self.spend(8)?;
                let mut part = |number| {
                    let value = message.get_field_by_number_mut(number);
                    value.and_then(|value| value.as_i64().or(value.as_i32().map(i64::from)))
                };
                let (seconds, nanos) = (part(1).unwrap_or(0), part(2).unwrap_or(0));
                let all = i128::from(seconds) * i128::from(SECOND) + i128::from(nanos);
                let all = u64::try_from(all).map_err(|_| ReceiveError::Time {
                    name: of.full_name().into(),
                    seconds,
                    nanos: nanos as i32,
                });
                Ok(Value::U64(all?))
            }
            Element::Scalar | Element::Enum(_) | Element::Number => {
                Err(ReceiveError::Kind(message_name(&message)))
            }
        }
    }

    /// The same scalar, if it is one.
    fn scalar(&mut self, value: Received) -> Option<Result<Value, ReceiveError>> {
        let (size, value) = match value {
            Received::Bool(it) => (1, Value::Bool(it)),
            Received::I32(it) => (4, Value::S32(it)),
            Received::I64(it) => (8, Value::S64(it)),
            Received::U32(it) => (4, Value::U32(it)),
            Received::U64(it) => (8, Value::U64(it)),
            Received::F32(it) => (4, Value::F32(it)),
            Received::F64(it) => (8, Value::F64(it)),
            Received::String(it) => (8 + it.len() as u64, Value::String(it)),
            Received::Bytes(it) => (8 + it.len() as u64, Value::Bytes(it.into())),
            _ => return None,
        };
        Some(self.spend(size).map(|()| value))
    }

    fn spend(&mut self, bytes: u64) -> Result<(), ReceiveError> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or(ReceiveError::TooLarge)?;
        Ok(())
    }
}

fn key_value(key: MapKey) -> Received {
    match key {
        MapKey::Bool(it) => Received::Bool(it),
        MapKey::I32(it) => Received::I32(it),
        MapKey::I64(it) => Received::I64(it),
        MapKey::U32(it) => Received::U32(it),
        MapKey::U64(it) => Received::U64(it),
        MapKey::String(it) => Received::String(it),
    }
}

fn kind(field: &FieldDescriptor) -> ReceiveError {
    ReceiveError::Kind(field.full_name().into())
}

fn message_name(message: &DynamicMessage) -> String {
    use prost_reflect::ReflectMessage;
    message.descriptor().full_name().to_owned()
}
