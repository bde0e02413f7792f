//! What the fields of messages are to WIT.

use first_class_abi::fit::primitive;
use first_class_abi::wit_parser::Type;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use std::collections::{HashMap, HashSet};

/// Whether a field by itself may be missing.
pub(super) fn is_optional(field: &FieldDescriptor) -> bool {
    let oneof = field.containing_oneof();
    let is_alternative = oneof.is_some_and(|oneof| !oneof.is_synthetic());
    field.supports_presence() && !field.is_required() && !is_alternative
}

/// Whether a field is a message that has no fields.
pub(super) fn is_empty(field: &FieldDescriptor) -> bool {
    let kind = field.kind();
    let message = kind.as_message();
    message.is_some_and(|message| message.fields().len() == 0)
}

/// The numbers of those of a message's fields that are messages that may contain it: WIT has no type for such
/// messages, so nothing could take the fields.
pub(super) fn endless(fields: impl Iterator<Item = FieldDescriptor>) -> HashSet<u32> {
    let of_message = |field: &FieldDescriptor| match field.kind() {
        Kind::Message(message) => Some(message),
        _ => None,
    };
    let fields: Vec<_> = fields.collect();
    let mut open: Vec<_> = fields.iter().filter_map(of_message).collect();
    // Which messages have fields of a message, for all that can be reached.
    let mut holders: HashMap<String, Vec<String>> = HashMap::new();
    let mut seen = HashSet::new();
    while let Some(message) = open.pop() {
        if !seen.insert(message.full_name().to_owned()) {
            continue;
        }
        for part in message.fields().filter_map(|field| of_message(&field)) {
            let of_part = holders.entry(part.full_name().to_owned()).or_default();
            of_part.push(message.full_name().to_owned());
            open.push(part);
        }
    }
    // From the message itself, back to all that may contain it.
    let mut containing = HashSet::new();
    let parent = fields.first().map(FieldDescriptor::parent_message);
    let mut open: Vec<_> = parent.iter().map(|it| it.full_name().to_owned()).collect();
    while let Some(name) = open.pop() {
        if containing.insert(name.clone()) {
            open.extend(holders.remove(&name).unwrap_or_default());
        }
    }
    let is_endless = |field: &FieldDescriptor| {
        of_message(field).is_some_and(|message| containing.contains(message.full_name()))
    };
    let endless = fields.into_iter().filter(is_endless);
    endless.map(|field| field.number()).collect()
}

/// The only field of a message that wraps a scalar.
pub(super) fn wrapped(message: &MessageDescriptor) -> Option<FieldDescriptor> {
    let name = message.full_name().strip_prefix("google.protobuf.")?;
    let is_wrapper = matches!(
        name,
        "DoubleValue"
            | "FloatValue"
            | "Int64Value"
            | "UInt64Value"
            | "Int32Value"
            | "UInt32Value"
            | "BoolValue"
            | "StringValue"
            | "BytesValue"
    );
    // A peer may call its own messages like this.
    let value = message.get_field(1)?;
    (is_wrapper && !value.is_list() && scalar(&value.kind()).is_some()).then_some(value)
}

/// The type of a scalar, but for bytes, which are a list.
pub(super) fn plain(kind: &Kind) -> Option<Type> {
    Some(match kind {
        Kind::Double => Type::F64,
        Kind::Float => Type::F32,
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Type::S32,
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Type::S64,
        Kind::Uint32 | Kind::Fixed32 => Type::U32,
        Kind::Uint64 | Kind::Fixed64 => Type::U64,
        Kind::Bool => Type::Bool,
        Kind::String => Type::String,
        Kind::Bytes | Kind::Message(_) | Kind::Enum(_) => return None,
    })
}

/// A scalar as WIT has it.
pub(super) fn scalar(kind: &Kind) -> Option<&'static str> {
    match (plain(kind), kind) {
        (Some(ty), _) => primitive(&ty).ok(),
        (None, Kind::Bytes) => Some("list<u8>"),
        (None, _) => None,
    }
}
