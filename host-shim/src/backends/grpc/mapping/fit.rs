//! Which message a record is, which field a type: what calls will follow, or everything that stands
//! in the way.

use super::fields::{endless, is_empty, is_optional, plain, wrapped};
use super::names::{normal, numbers};
use super::plan::{Alternative, Cases, Element, Field, Record, RecordId, Records};
use super::spelled::{expected, list, proto};
use super::types::{Shape, Types};
use first_class_abi::fit::similar;
use first_class_abi::wit_parser::{self as wit, Type};
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor};
use std::collections::HashMap;
use std::sync::Arc;

/// Which way values go. What a peer may send has to have a place; what it may be sent need not be all.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    Out,
    Back,
}

/// Fits types to messages. Nothing is given for what does not fit, after it was noted why.
pub(super) struct Fitter<'a> {
    pub(super) types: Types<'a>,
    pub(super) records: Records,
    /// What was fitted, also without success.
    known: HashMap<(wit::TypeId, String, Way), Option<RecordId>>,
    /// Why something does not fit.
    reasons: Vec<String>,
}

/// A part of a message by its name.
enum Part {
    Field(FieldDescriptor),
    Oneof(OneofDescriptor),
}

impl<'a> Fitter<'a> {
    pub(super) fn new(types: Types<'a>) -> Self {
        Fitter {
            types,
            records: Records::default(),
            known: HashMap::new(),
            reasons: Vec::new(),
        }
    }

    /// Notes why something does not fit, once.
    pub(super) fn refuse<T>(&mut self, reason: String) -> Option<T> {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
        None
    }

    /// Why what was fitted since the last time does not fit.
    pub(super) fn reasons(&mut self) -> Vec<String> {
        std::mem::take(&mut self.reasons)
    }

    /// Named types as the fields of a message.
    pub(super) fn fields<'t>(
        &mut self,
        message: &MessageDescriptor,
        named: impl Iterator<Item = (&'t str, Type)>,
        way: Way,
    ) -> Option<Record> {
        let fields: Vec<_> = named
            .map(|(name, ty)| self.named(message, name, ty, way))
            .collect();
        Some(Record {
            message: message.clone(),
            fields: fields.into_iter().collect::<Option<_>>()?,
        })
    }

    fn named(
        &mut self,
        message: &MessageDescriptor,
        name: &str,
        ty: Type,
        way: Way,
    ) -> Option<Field> {
        let of = message.full_name();
        match parts(message, name).as_slice() {
            [Part::Field(field)] => self.field(field, ty, way),
            [Part::Oneof(oneof)] => self.oneof(oneof, ty, way),
            [] => {
                let names: Vec<_> = message
                    .fields()
                    .map(|field| field.name().to_owned())
                    .collect();
                let names = names.iter().map(String::as_str);
                let hint = match similar(name, names.clone()) {
                    Some(similar) => format!("; did you mean `{similar}`?"),
                    None if names.len() == 0 => ", as it has none at all".to_owned(),
                    None => format!("; it has {}", list(names)),
                };
                self.refuse(format!("`{of}` has no field `{name}`{hint}"))
            }
            _ => self.refuse(format!("`{of}` has several fields that `{name}` may be")),
        }
    }

    /// A type as that of a field.
    pub(super) fn field(&mut self, field: &FieldDescriptor, ty: Type, way: Way) -> Option<Field> {
        if let Some(oneof) = field
            .containing_oneof()
            .filter(|oneof| !oneof.is_synthetic())
        {
            return self.refuse(format!(
                "`{}` is one of several: `{}` is an option of a variant",
                field.full_name(),
                oneof.name()
            ));
        }
        if field.is_map() {
            return self.entries(field, ty, way);
        }
        let shape = self.types.shape(ty);
        if field.is_list() {
            let Shape::List(element) = shape else {
                return self.unlike(field, ty);
            };
            let element = self.element(field, element, ty, way)?;
            return Some(Field::Repeated(field.clone(), element));
        }
        if is_empty(field) && matches!(shape, Shape::Plain(Type::Bool)) {
            return Some(Field::Presence(field.clone()));
        }
        if !is_optional(field) {
            let element = self.element(field, ty, ty, way)?;
            return Some(Field::Always(field.clone(), element));
        }
        let Shape::Option(some) = shape else {
            return self.unlike(field, ty);
        };
        let element = self.element(field, some, ty, way)?;
        Some(Field::Maybe(field.clone(), element))
    }

    fn entries(&mut self, field: &FieldDescriptor, ty: Type, way: Way) -> Option<Field> {
        let (key, value, is_map) = match self.types.shape(ty) {
            Shape::Map(key, value) => (key, value, true),
            Shape::List(pair) => match self.types.shape(pair) {
                Shape::Tuple([key, value]) => (*key, *value, false),
                _ => return self.unlike(field, ty),
            },
            _ => return self.unlike(field, ty),
        };
        let entry = field.kind();
        let entry = entry.as_message()?;
        let key = self.element(&entry.map_entry_key_field(), key, key, way);
        let value = self.element(&entry.map_entry_value_field(), value, value, way)?;
        key.map(|_| Field::Entries {
            field: field.clone(),
            value,
            is_map,
        })
    }

    fn oneof(&mut self, oneof: &OneofDescriptor, ty: Type, way: Way) -> Option<Field> {
        let cases = match self.types.shape(ty) {
            Shape::Option(some) => match self.types.shape(some) {
                Shape::Variant(variant) => &variant.cases,
                _ => return self.no_variant(oneof, ty),
            },
            _ => return self.no_variant(oneof, ty),
        };
        let mut left: Vec<_> = oneof.fields().collect();
        let mut alternatives = Vec::with_capacity(cases.len());
        for case in cases {
            let name = normal(&case.name);
            let found = left.iter().position(|field| normal(field.name()) == name);
            let alternative = match found {
                Some(found) => self.alternative(left.swap_remove(found), case.ty, way),
                None => {
                    let name = format!("`{}` has no field `{}`", oneof.full_name(), case.name);
                    self.refuse(name)
                }
            };
            alternatives.push(alternative);
        }
        if way == Way::Back && !left.is_empty() {
            let endless = endless(left.iter().cloned());
            left.retain(|field| !endless.contains(&field.number()));
        }
        if way == Way::Back && !left.is_empty() {
            let names = left.iter().map(FieldDescriptor::name);
            let (of, names) = (oneof.full_name(), list(names));
            return self.refuse(format!("`{of}` may be {names}, which the variant lacks"));
        }
        let alternatives = alternatives.into_iter().collect::<Option<_>>()?;
        Some(Field::Oneof(oneof.clone(), alternatives))
    }

    fn alternative(
        &mut self,
        field: FieldDescriptor,
        ty: Option<Type>,
        way: Way,
    ) -> Option<Alternative> {
        let element = match ty {
            Some(ty) => Some(self.element(&field, ty, ty, way)?),
            None if is_empty(&field) => None,
            None => {
                let (name, expected) = (field.full_name(), proto(&field));
                return self.refuse(format!(
                    "`{name}` is `{expected}`, and the case has no value"
                ));
            }
        };
        Some(Alternative { field, element })
    }

    fn no_variant<T>(&mut self, oneof: &OneofDescriptor, ty: Type) -> Option<T> {
        let found = self.types.spelled(ty);
        self.refuse(format!(
            "`{}` is a oneof, which is an option of a variant and not `{found}`",
            oneof.full_name()
        ))
    }

    /// A type as that of a field's values, whether there is one or several.
    /// `all` is what is said to be unlike if it is: the type, with the list or the option around it.
    fn element(
        &mut self,
        field: &FieldDescriptor,
        ty: Type,
        all: Type,
        way: Way,
    ) -> Option<Element> {
        match (field.kind(), &self.types.shape(ty)) {
            (Kind::Message(message), _) => match self.whole(&message, ty, way) {
                Some(element) => element,
                None => self.unlike(field, all),
            },
            (Kind::Enum(_), Shape::Plain(Type::S32)) => Some(Element::Number),
            (Kind::Enum(of), Shape::Enum(cases)) => {
                let cases = self.cases(&of, cases, way)?;
                Some(Element::Enum(Arc::new(cases)))
            }
            (kind, shape) if is_scalar(&kind, shape, &self.types) => Some(Element::Scalar),
            _ => self.unlike(field, all),
        }
    }

    /// A type as a whole message. `None` if it is another kind of type; `Some(None)` if it is a record
    /// that does not fit, after it was noted why.
    pub(super) fn whole(
        &mut self,
        message: &MessageDescriptor,
        ty: Type,
        way: Way,
    ) -> Option<Option<Element>> {
        match (self.types.shape(ty), message.full_name()) {
            (Shape::Record(id, record), _) => {
                let id = self.record(message, id, record, way);
                Some(id.map(Element::Record))
            }
            (Shape::Plain(Type::U64), "google.protobuf.Timestamp" | "google.protobuf.Duration") => {
                Some(Some(Element::Nanoseconds(message.clone())))
            }
            (shape, _) => {
                let value = wrapped(message)?;
                let fits = is_scalar(&value.kind(), &shape, &self.types);
                fits.then(|| Some(Element::Wrapped(message.clone())))
            }
        }
    }

    fn record(
        &mut self,
        message: &MessageDescriptor,
        id: wit::TypeId,
        record: &wit::Record,
        way: Way,
    ) -> Option<RecordId> {
        let key = (id, message.full_name().to_owned(), way);
        if let Some(known) = self.known.get(&key) {
            return match known {
                Some(record) => Some(*record),
                None => self.refuse(format!("`{}` does not fit", message.full_name())),
            };
        }
        let named = record.fields.iter();
        let named = named.map(|field| (field.name.as_str(), field.ty));
        let record = self.fields(message, named, way);
        let record = record.map(|record| self.records.add(record));
        self.known.insert(key, record);
        record
    }

    fn cases(&mut self, of: &EnumDescriptor, found: &wit::Enum, way: Way) -> Option<Cases> {
        let numbers = numbers(of);
        let mut sent = Vec::with_capacity(found.cases.len());
        let mut cases = HashMap::new();
        let mut unknown = Vec::new();
        for (case, found) in (0..).zip(&found.cases) {
            match numbers.get(&normal(&found.name)) {
                Some(number) => {
                    sent.push(*number);
                    cases.entry(*number).or_insert(case);
                }
                None => unknown.push(found.name.as_str()),
            }
        }
        if !unknown.is_empty() {
            let values: Vec<_> = of.values().map(|value| value.name().to_owned()).collect();
            let values = list(values.iter().map(String::as_str));
            let (of, unknown) = (of.full_name(), list(unknown.into_iter()));
            return self.refuse(format!("`{of}` has no {unknown}; it has {values}"));
        }
        let lacks =
            |value: &prost_reflect::EnumValueDescriptor| !cases.contains_key(&value.number());
        let missing: Vec<_> = of.values().filter(lacks).collect();
        if way == Way::Back && !missing.is_empty() {
            let missing = list(missing.iter().map(|value| value.name()));
            let of = of.full_name();
            return self.refuse(format!("`{of}` may be {missing}, which the enum lacks"));
        }
        Some(Cases {
            of: of.clone(),
            numbers: sent,
            cases,
        })
    }

    fn unlike<T>(&mut self, field: &FieldDescriptor, ty: Type) -> Option<T> {
        let (name, proto, expected) = (field.full_name(), proto(field), expected(field));
        let found = self.types.spelled(ty);
        self.refuse(format!(
            "`{name}` is `{proto}`, which is {expected} and not `{found}`"
        ))
    }
}

/// What of a message a name may be: a field, or a oneof.
fn parts(message: &MessageDescriptor, name: &str) -> Vec<Part> {
    let name = normal(name);
    let fields = message
        .fields()
        .filter(|field| normal(field.name()) == name);
    let oneofs = message.oneofs();
    let oneofs = oneofs.filter(|oneof| !oneof.is_synthetic() && normal(oneof.name()) == name);
    let fields = fields.map(Part::Field);
    fields.chain(oneofs.map(Part::Oneof)).collect()
}

fn is_scalar(kind: &Kind, shape: &Shape<'_>, types: &Types<'_>) -> bool {
    match (kind, shape) {
        (Kind::Bytes, Shape::List(element)) => {
            matches!(types.shape(*element), Shape::Plain(Type::U8))
        }
        (kind, Shape::Plain(ty)) => plain(kind).is_some_and(|plain| plain == *ty),
        _ => false,
    }
}
