//! How values of a world become messages and back, as data: what fitting finds, and what calls
//! follow.

use prost_reflect::{EnumDescriptor, FieldDescriptor, MessageDescriptor, OneofDescriptor};
use std::collections::HashMap;
use std::sync::Arc;

/// All records of a world's functions that are messages. Each is there once, whoever uses it: written
/// out, types can be exponentially larger than they are.
#[derive(Debug, Default)]
pub(super) struct Records(Vec<Record>);

/// The number of a record among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RecordId(usize);

/// A record, or the parameters of a function, that is a message. What the message has besides is not
/// sent, and not looked at when it comes.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) message: MessageDescriptor,
    /// In the order of the record's own fields.
    pub(super) fields: Vec<Field>,
}

/// A field of a record.
#[derive(Debug)]
pub(super) enum Field {
    /// It is always there: what is not sent is the default, or missing if it is required.
    Always(FieldDescriptor, Element),
    /// It may be missing: an option.
    Maybe(FieldDescriptor, Element),
    /// A message without fields: a `bool` that says whether it is there.
    Presence(FieldDescriptor),
    /// A list.
    Repeated(FieldDescriptor, Element),
    /// A map, or a list of pairs.
    Entries {
        field: FieldDescriptor,
        value: Element,
        is_map: bool,
    },
    /// An option of a variant, with a field for each of its cases.
    Oneof(OneofDescriptor, Vec<Alternative>),
}

/// A case of a variant.
#[derive(Debug)]
pub(super) struct Alternative {
    pub(super) field: FieldDescriptor,
    /// What it carries; nothing if it is a message without fields.
    pub(super) element: Option<Element>,
}

/// A value by itself: of a field, of a list or in a map, or a message as a whole.
#[derive(Clone, Debug)]
pub(super) enum Element {
    /// A number, a string, a `bool` or bytes: the same on both sides.
    Scalar,
    /// An enum by the names of its values.
    Enum(Arc<Cases>),
    /// An enum as the number that is sent.
    Number,
    /// A record.
    Record(RecordId),
    /// A message that carries one value in the field `value`, which stands for it.
    Wrapped(MessageDescriptor),
    /// A time or a duration in nanoseconds.
    Nanoseconds(MessageDescriptor),
}

/// An enum of both sides.
#[derive(Debug)]
pub(super) struct Cases {
    pub(super) of: EnumDescriptor,
    /// What is sent for each case.
    pub(super) numbers: Vec<i32>,
    /// The case of each number.
    pub(super) cases: HashMap<i32, u32>,
}

impl Records {
    pub(super) fn add(&mut self, record: Record) -> RecordId {
        self.0.push(record);
        RecordId(self.0.len() - 1)
    }

    /// One that was [added](Records::add).
    pub(super) fn get(&self, id: RecordId) -> &Record {
        &self.0[id.0]
    }
}
