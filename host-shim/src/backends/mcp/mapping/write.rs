//! Values as JSON.

use super::known::{Known, Schemas};
use super::names::unguided;
use super::schema::{Kind, Schema};
use super::types::{Shape, cases, shape};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use first_class_abi::value::Value;
use first_class_abi::wit_parser::{Resolve, Type, TypeDefKind};
use serde_json::{Map, Number, Value as Json};

/// Roughly how many bytes each value takes beside its text.
const BYTES_OF_ONE: usize = 8;

/// A value that cannot be said in JSON.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(in crate::backends::mcp) enum Unwritable {
    #[error("{0} is no number of JSON")]
    Number(f64),
    #[error("two keys of a map are `{0}`")]
    Repeated(String),
    #[error("they take more than {0} bytes as JSON")]
    TooLarge(usize),
    #[error("they do not fit their types")]
    Unfit,
}

/// Writes values, in the names that a schema has for them.
pub(super) struct Writer<'a> {
    resolve: &'a Resolve,
    most: usize,
    left: usize,
    schemas: Schemas<'a>,
}

impl<'a> Writer<'a> {
    /// One for as many bytes of JSON as there may be.
    pub(super) fn new(resolve: &'a Resolve, most: usize) -> Self {
        Writer {
            resolve,
            most,
            left: most,
            schemas: Schemas::default(),
        }
    }

    /// The arguments of a tool.
    pub(super) fn arguments<'f>(
        &mut self,
        fields: impl Iterator<Item = (&'f str, &'f Type)>,
        values: &[Value],
        schema: Schema<'a>,
    ) -> Result<Map<String, Json>, Unwritable> {
        let known = self.schemas.of(Some(schema));
        self.fields(fields, values, &known)
    }

    /// Fields of a record, or parameters; those that are `none` are left out.
    fn fields<'f>(
        &mut self,
        fields: impl Iterator<Item = (&'f str, &'f Type)>,
        values: &[Value],
        schema: &Known<'a>,
    ) -> Result<Map<String, Json>, Unwritable> {
        let mut object = Map::new();
        for ((name, ty), value) in fields.zip(values) {
            if matches!(value, Value::Option(None)) {
                continue;
            }
            let (name, schema) = match schema.property(name) {
                Some((name, schema)) => (name.to_owned(), Some(schema)),
                None => (unguided(name), schema.alternatives.additional()),
            };
            self.pay(name.len())?;
            let value = self.value(ty, value, schema)?;
            if object.insert(name.clone(), value).is_some() {
                return Err(Unwritable::Repeated(name));
            }
        }
        Ok(object)
    }

    fn value(
        &mut self,
        ty: &Type,
        value: &Value,
        schema: Option<Schema<'a>>,
    ) -> Result<Json, Unwritable> {
        let known = self.schemas.of(schema);
        self.pay(BYTES_OF_ONE)?;
        match (shape(self.resolve, ty), value) {
            (Shape::Bytes, Value::Bytes(bytes)) => self.bytes(bytes, &known),
            (Shape::Defined(kind), value) => self.defined(kind, value, schema, &known),
            (Shape::Simple(_), value) => self.simple(value),
            _ => Err(Unwritable::Unfit),
        }
    }

    fn simple(&mut self, value: &Value) -> Result<Json, Unwritable> {
        Ok(match value {
            Value::Bool(it) => Json::Bool(*it),
            Value::U8(it) => (*it).into(),
            Value::U16(it) => (*it).into(),
            Value::U32(it) => (*it).into(),
            Value::U64(it) => (*it).into(),
            Value::S8(it) => (*it).into(),
            Value::S16(it) => (*it).into(),
            Value::S32(it) => (*it).into(),
            Value::S64(it) => (*it).into(),
            Value::F32(it) => number((*it).into())?,
            Value::F64(it) => number(*it)?,
            Value::Char(it) => Json::String(it.to_string()),
            Value::String(it) => {
                self.pay(it.len())?;
                Json::String(it.clone())
            }
            _ => return Err(Unwritable::Unfit),
        })
    }

    fn bytes(&mut self, bytes: &[u8], schema: &Known<'a>) -> Result<Json, Unwritable> {
        let of = &schema.alternatives;
        let is_array = of.has(Kind::Array) && !of.has(Kind::String);
        self.pay(bytes.len().saturating_mul(if is_array { 4 } else { 2 }))?;
        Ok(match is_array {
            true => bytes.iter().map(|byte| Json::from(*byte)).collect(),
            false => Json::String(STANDARD.encode(bytes)),
        })
    }

    fn defined(
        &mut self,
        kind: &TypeDefKind,
        value: &Value,
        schema: Option<Schema<'a>>,
        known: &Known<'a>,
    ) -> Result<Json, Unwritable> {
        let alternatives = &known.alternatives;
        match (kind, value) {
            (TypeDefKind::Option(_), Value::Option(None)) => Ok(Json::Null),
            (TypeDefKind::Option(ty), Value::Option(Some(value))) => self.value(ty, value, schema),
            (TypeDefKind::Record(record), Value::Record(values)) => {
                let fields = record.fields.iter();
                let fields = fields.map(|field| (field.name.as_str(), &field.ty));
                Ok(Json::Object(self.fields(fields, values, known)?))
            }
            (TypeDefKind::Tuple(tuple), Value::Tuple(values)) => {
                let types = tuple.types.iter().zip(values).enumerate();
                types
                    .map(|(index, (ty, value))| self.value(ty, value, alternatives.item(index)))
                    .collect()
            }
            (TypeDefKind::List(ty), Value::List(values))
            | (TypeDefKind::FixedLengthList(ty, _), Value::FixedLengthList(values)) => {
                let item = alternatives.item(0);
                values
                    .iter()
                    .map(|value| self.value(ty, value, item))
                    .collect()
            }
            (TypeDefKind::Map(key, ty), Value::Map(entries)) => self.map((key, ty), entries, known),
            (TypeDefKind::Enum(it), Value::Enum(case)) => {
                let name = it.cases.get(*case as usize).ok_or(Unwritable::Unfit)?;
                self.name(&name.name, known)
            }
            (TypeDefKind::Flags(flags), Value::Flags(set)) => {
                let items = self.schemas.of(alternatives.item(0));
                let bits = flags.flags.iter().take(32).enumerate();
                bits.filter(|(bit, _)| set >> bit & 1 == 1)
                    .map(|(_, flag)| self.name(&flag.name, &items))
                    .collect()
            }
            (kind, value) => self.case(kind, value, known),
        }
    }

    fn map(
        &mut self,
        (key, ty): (&Type, &Type),
        entries: &[(Value, Value)],
        schema: &Known<'a>,
    ) -> Result<Json, Unwritable> {
        let mut object = Map::new();
        let mut pairs = Vec::new();
        for (name, value) in entries {
            let value = self.value(ty, value, schema.alternatives.additional())?;
            match name {
                Value::String(name) => {
                    self.pay(name.len())?;
                    if object.insert(name.clone(), value).is_some() {
                        return Err(Unwritable::Repeated(name.clone()));
                    }
                }
                name => pairs.push(Json::Array(vec![self.value(key, name, None)?, value])),
            }
        }
        let is_by_name = matches!(shape(self.resolve, key), Shape::Simple(Type::String));
        Ok(match is_by_name {
            true => Json::Object(object),
            false => Json::Array(pairs),
        })
    }

    /// A case of a variant: its name, or an object with its name and value.
    fn case(
        &mut self,
        kind: &TypeDefKind,
        value: &Value,
        schema: &Known<'a>,
    ) -> Result<Json, Unwritable> {
        let (case, payload) = match value {
            Value::Variant { case, payload } => (*case as usize, payload),
            Value::Result(Ok(payload)) => (0, payload),
            Value::Result(Err(payload)) => (1, payload),
            _ => return Err(Unwritable::Unfit),
        };
        let cases = cases(kind).ok_or(Unwritable::Unfit)?;
        let (name, ty) = cases.get(case).ok_or(Unwritable::Unfit)?;
        match (ty, payload) {
            (None, None) => self.name(name, schema),
            (Some(ty), Some(value)) => {
                let (name, schema) = match schema.property(name) {
                    Some((name, schema)) => (name, Some(schema)),
                    None => (*name, None),
                };
                self.pay(name.len())?;
                let value = self.value(ty, value, schema)?;
                Ok(Json::Object(Map::from_iter([(name.to_owned(), value)])))
            }
            _ => Err(Unwritable::Unfit),
        }
    }

    /// A name of ours, as the server spells it if it says so.
    fn name(&mut self, name: &str, schema: &Known<'a>) -> Result<Json, Unwritable> {
        let name = schema.constant(name).unwrap_or(name);
        self.pay(name.len())?;
        Ok(Json::String(name.to_owned()))
    }

    fn pay(&mut self, bytes: usize) -> Result<(), Unwritable> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or(Unwritable::TooLarge(self.most))?;
        Ok(())
    }
}

fn number(number: f64) -> Result<Json, Unwritable> {
    let found = Number::from_f64(number).map(Json::Number);
    found.ok_or(Unwritable::Number(number))
}
