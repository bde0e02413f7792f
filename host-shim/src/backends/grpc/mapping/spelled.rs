//! How fields and names are spelled to who reads why something does not fit.

use super::fields::{is_empty, is_optional, scalar, wrapped};
use prost_reflect::{FieldDescriptor, Kind};

/// A field's type as a `.proto` file has it.
pub(super) fn proto(field: &FieldDescriptor) -> String {
    let entry = field.kind();
    let kind = |field: &FieldDescriptor| format!("{:?}", field.kind());
    match (field.is_map(), entry.as_message()) {
        (true, Some(entry)) => {
            let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
            format!("map<{}, {}>", kind(&key), kind(&value))
        }
        _ if field.is_list() => format!("repeated {}", kind(field)),
        _ => kind(field),
    }
}

/// A field's type as WIT has it, in words.
pub(super) fn expected(field: &FieldDescriptor) -> String {
    if field.is_map() {
        return "a list of tuples of two, or a map,".to_owned();
    }
    let one = match (scalar(&field.kind()), field.kind()) {
        (Some(scalar), _) => format!("`{scalar}`"),
        (None, Kind::Message(message)) => match wrapped(&message).map(|it| it.kind()) {
            Some(kind) => format!("`{}` or a record", scalar(&kind).unwrap_or_default()),
            None => match message.full_name() {
                "google.protobuf.Timestamp" | "google.protobuf.Duration" => {
                    "a record or `u64` of nanoseconds".to_owned()
                }
                _ if is_empty(field) && !field.is_list() => return "`bool`".to_owned(),
                _ => "a record".to_owned(),
            },
        },
        // What is neither a scalar nor a message.
        (None, _) => "an enum or `s32`".to_owned(),
    };
    match (field.is_list(), is_optional(field)) {
        (true, _) => format!("a list of {one}"),
        (false, true) => format!("an option of {one}"),
        (false, false) => one,
    }
}

/// Names in a row, but no more of them than somebody reads.
pub(super) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    /// How many names are listed.
    const MOST: usize = 12;
    let mut names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}
