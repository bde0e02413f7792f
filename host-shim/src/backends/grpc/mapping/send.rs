//! From values to messages.

use super::plan::{Alternative, Element, Field, Record, Records};
use first_class_abi::value::Value;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, MapKey, MessageDescriptor, OneofDescriptor, Value as Sent,
};
use std::collections::HashMap;

/// A value that is not of its type. The codec of the buffers gives none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {found} is no value of `{place}`")]
pub(crate) struct SendError {
    found: &'static str,
    place: String,
}

/// Nanoseconds in a second.
pub(super) const SECOND: u64 = 1_000_000_000;

/// Writes messages.
pub(super) struct Sender<'a>(pub(super) &'a Records);

impl Sender<'_> {
    /// The message of a record, or of parameters, by their values.
    pub(super) fn message(
        &self,
        record: &Record,
        values: &[Value],
    ) -> Result<DynamicMessage, SendError> {
        let mut message = DynamicMessage::new(record.message.clone());
        if values.len() != record.fields.len() {
            return Err(SendError {
                found: "number of values that differs",
                place: record.message.full_name().into(),
            });
        }
        for (field, value) in record.fields.iter().zip(values) {
            self.field(field, value, &mut message)?;
        }
        Ok(message)
    }

    fn field(
        &self,
        field: &Field,
        value: &Value,
        message: &mut DynamicMessage,
    ) -> Result<(), SendError> {
        match (field, value) {
            (Field::Always(field, element), value) => {
                message.set_field(field, self.element(field, element, value)?);
            }
            (Field::Maybe(_, _), Value::Option(None))
            | (Field::Presence(_), Value::Bool(false)) => {}
            (Field::Maybe(field, element), Value::Option(Some(value))) => {
                message.set_field(field, self.element(field, element, value)?);
            }
            (Field::Presence(field), Value::Bool(true)) => {
                message.set_field(field, field.kind().default_value());
            }
            (Field::Repeated(field, element), Value::List(values)) => {
                let values = values.iter();
                let values = values.map(|value| self.element(field, element, value));
                message.set_field(field, Sent::List(values.collect::<Result<_, _>>()?));
            }
            (Field::Entries { field, value, .. }, entries) => {
                let entries = self.entries(field, value, entries)?;
                message.set_field(field, Sent::Map(entries));
            }
            (Field::Oneof(..), Value::Option(None)) => {}
            (Field::Oneof(oneof, alternatives), Value::Option(Some(value))) => {
                self.alternative(oneof, alternatives, value, message)?;
            }
            (
                Field::Maybe(field, _) | Field::Presence(field) | Field::Repeated(field, _),
                value,
            ) => return Err(unfit(field, value)),
            (Field::Oneof(oneof, _), value) => return Err(no_case(oneof, value)),
        }
        Ok(())
    }

    fn alternative(
        &self,
        oneof: &OneofDescriptor,
        alternatives: &[Alternative],
        value: &Value,
        message: &mut DynamicMessage,
    ) -> Result<(), SendError> {
        let Value::Variant { case, payload } = value else {
            return Err(no_case(oneof, value));
        };
        let chosen = alternatives.get(*case as usize);
        let Alternative { field, element } = chosen.ok_or_else(|| no_case(oneof, value))?;
        let sent = match (element, payload) {
            (None, None) => field.kind().default_value(),
            (Some(element), Some(payload)) => self.element(field, element, payload)?,
            _ => return Err(unfit(field, value)),
        };
        message.set_field(field, sent);
        Ok(())
    }

    fn entries(
        &self,
        field: &FieldDescriptor,
        element: &Element,
        entries: &Value,
    ) -> Result<HashMap<MapKey, Sent>, SendError> {
        let entry = |key: &Value, value: &Value| {
            let sent = scalar(key).and_then(Sent::into_map_key);
            let key = sent.ok_or_else(|| unfit(field, key))?;
            Ok((key, self.element(field, element, value)?))
        };
        match entries {
            Value::Map(entries) => {
                let entries = entries.iter();
                entries.map(|(key, value)| entry(key, value)).collect()
            }
            Value::List(pairs) => {
                let pairs = pairs.iter().map(|pair| match pair {
                    Value::Tuple(parts) => match parts.as_slice() {
                        [key, value] => entry(key, value),
                        _ => Err(unfit(field, pair)),
                    },
                    other => Err(unfit(field, other)),
                });
                pairs.collect()
            }
            other => Err(unfit(field, other)),
        }
    }

    fn element(
        &self,
        field: &FieldDescriptor,
        element: &Element,
        value: &Value,
    ) -> Result<Sent, SendError> {
        let sent = match (element, value) {
            (Element::Scalar, value) => scalar(value),
            (Element::Enum(cases), Value::Enum(case)) => {
                let number = cases.numbers.get(*case as usize);
                number.copied().map(Sent::EnumNumber)
            }
            (Element::Number, Value::S32(number)) => Some(Sent::EnumNumber(*number)),
            (Element::Record(id), Value::Record(values)) => {
                Some(Sent::Message(self.message(self.0.get(*id), values)?))
            }
            (Element::Wrapped(message), value) => {
                scalar(value).map(|value| Sent::Message(with(message, [(1, value)])))
            }
            (Element::Nanoseconds(message), Value::U64(all)) => {
                // Both are small enough: 2^64 nanoseconds are 585 years.
                let (seconds, rest) = ((all / SECOND) as i64, (all % SECOND) as i32);
                let fields = [(1, Sent::I64(seconds)), (2, Sent::I32(rest))];
                Some(Sent::Message(with(message, fields)))
            }
            _ => None,
        };
        sent.ok_or_else(|| unfit(field, value))
    }
}

/// A message of one of protobuf's own types, by the numbers of its fields.
fn with<const N: usize>(message: &MessageDescriptor, fields: [(u32, Sent); N]) -> DynamicMessage {
    let mut message = DynamicMessage::new(message.clone());
    for (number, value) in fields {
        message.set_field_by_number(number, value);
    }
    message
}

fn scalar(value: &Value) -> Option<Sent> {
    Some(match value {
        Value::Bool(it) => Sent::Bool(*it),
        Value::S32(it) => Sent::I32(*it),
        Value::S64(it) => Sent::I64(*it),
        Value::U32(it) => Sent::U32(*it),
        Value::U64(it) => Sent::U64(*it),
        Value::F32(it) => Sent::F32(*it),
        Value::F64(it) => Sent::F64(*it),
        Value::String(it) => Sent::String(it.clone()),
        Value::Bytes(it) => Sent::Bytes(it.clone().into()),
        _ => return None,
    })
}

fn unfit(field: &FieldDescriptor, value: &Value) -> SendError {
    SendError {
        found: value.kind(),
        place: field.full_name().into(),
    }
}

fn no_case(oneof: &OneofDescriptor, value: &Value) -> SendError {
    SendError {
        found: value.kind(),
        place: oneof.full_name().into(),
    }
}
