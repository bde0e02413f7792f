//! JSON as values.

use super::names::{find, is_same};
use super::types::{MOST_DEPTH, Shape, cases, is_option, name, shape};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use first_class_abi::value::Value;
use first_class_abi::wit_parser::{Field, Resolve, Type, TypeDefKind};
use serde_json::{Map, Value as Json};

/// The largest integer up to which a float has them all.
const MOST_EXACT: f64 = (1_u64 << 53) as f64;

/// How many properties may be looked through for the price of a value.
const CHEAP_PROPERTIES: u64 = 16;

/// JSON that is no value of a type.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    /// What is wrong, and where.
    #[error("{0}")]
    Unfit(String),
    /// The values are more than there may be.
    #[error("there are too many values")]
    TooLarge,
}

/// Reads values.
pub(super) struct Reader<'a> {
    resolve: &'a Resolve,
    /// How many more there may be: what a peer leaves out costs it nothing.
    left: u64,
    depth: usize,
    path: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(resolve: &'a Resolve, most: u64) -> Self {
        Reader {
            resolve,
            left: most,
            depth: MOST_DEPTH,
            path: Vec::new(),
        }
    }

    pub(super) fn value(&mut self, ty: &Type, json: &Json) -> Result<Value, Unreadable> {
        self.left = self.left.checked_sub(1).ok_or(Unreadable::TooLarge)?;
        if self.depth == 0 {
            return Err(self.unfit("it is nested too deep"));
        }
        self.depth -= 1;
        let value = match shape(self.resolve, ty) {
            Shape::Simple(ty) => simple(ty, json),
            Shape::Bytes => self.bytes(json)?,
            Shape::Defined(kind) => Some(self.defined(kind, json)?),
        };
        self.depth += 1;
        value.ok_or_else(|| self.other(shape(self.resolve, ty), json))
    }

    fn bytes(&mut self, json: &Json) -> Result<Option<Value>, Unreadable> {
        let bytes = match json {
            Json::String(text) => STANDARD.decode(text).ok(),
            Json::Array(items) => items.iter().map(byte).collect(),
            _ => None,
        };
        let length = bytes.as_ref().map_or(0, Vec::len) as u64;
        self.left = self.left.checked_sub(length).ok_or(Unreadable::TooLarge)?;
        Ok(bytes.map(Value::Bytes))
    }

    fn defined(&mut self, kind: &TypeDefKind, json: &Json) -> Result<Value, Unreadable> {
        match (kind, json) {
            (TypeDefKind::Option(_), Json::Null) => Ok(Value::Option(None)),
            (TypeDefKind::Option(ty), json) => {
                Ok(Value::Option(Some(Box::new(self.value(ty, json)?))))
            }
            (TypeDefKind::Record(record), Json::Object(object)) => {
                self.record(&record.fields, object)
            }
            (TypeDefKind::Tuple(tuple), Json::Array(items)) => {
                self.is_long(tuple.types.len(), items)?;
                let parts = tuple.types.iter().zip(items).enumerate();
                let parts = parts.map(|(index, (ty, json))| self.within(index, ty, json));
                Ok(Value::Tuple(parts.collect::<Result<_, _>>()?))
            }
            (TypeDefKind::List(ty), Json::Array(items)) => Ok(Value::List(self.list(ty, items)?)),
            (TypeDefKind::FixedLengthList(ty, length), Json::Array(items)) => {
                self.is_long(*length as usize, items)?;
                Ok(Value::FixedLengthList(self.list(ty, items)?))
            }
            (TypeDefKind::Map(key, ty), json) => self.map(key, ty, json),
            (TypeDefKind::Enum(it), Json::String(text)) => {
                let names = it.cases.iter().map(|case| case.name.as_str());
                Ok(Value::Enum(self.position(names, text)?))
            }
            (TypeDefKind::Flags(flags), Json::Array(items)) => {
                let mut set = 0;
                for item in items {
                    let names = flags.flags.iter().map(|flag| flag.name.as_str());
                    let name = item
                        .as_str()
                        .ok_or_else(|| self.unfit("a flag is a string"))?;
                    let bit = self.position(names, name)?;
                    set |= 1_u32.checked_shl(bit).unwrap_or_default();
                }
                Ok(Value::Flags(set))
            }
            (kind, json) => self.case(kind, json),
        }
    }

    fn record(
        &mut self,
        fields: &[Field],
        object: &Map<String, Json>,
    ) -> Result<Value, Unreadable> {
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let value = match self.property(object, &field.name)? {
                Some((_, Json::Null)) | None if is_option(self.resolve, &field.ty) => {
                    self.left = self.left.checked_sub(1).ok_or(Unreadable::TooLarge)?;
                    Value::Option(None)
                }
                Some((name, json)) => {
                    self.path.push(name.to_owned());
                    let value = self.value(&field.ty, json)?;
                    self.path.pop();
                    value
                }
                None => {
                    return Err(self.unfit(&format!("the property `{}` is missing", field.name)));
                }
            };
            values.push(value);
        }
        Ok(Value::Record(values))
    }

    /// The property that is meant by a name. To look through very many has its price, too.
    fn property<'j>(
        &mut self,
        object: &'j Map<String, Json>,
        name: &str,
    ) -> Result<Option<(&'j str, &'j Json)>, Unreadable> {
        if let Some((name, json)) = object.get_key_value(name) {
            return Ok(Some((name, json)));
        }
        let all = object.len() as u64 / CHEAP_PROPERTIES;
        self.left = self.left.checked_sub(all).ok_or(Unreadable::TooLarge)?;
        let properties = object.iter().map(|(name, json)| (name.as_str(), json));
        Ok(find(properties, name))
    }

    fn list(&mut self, ty: &Type, items: &[Json]) -> Result<Vec<Value>, Unreadable> {
        let items = items.iter().enumerate();
        items
            .map(|(index, json)| self.within(index, ty, json))
            .collect()
    }

    fn within(&mut self, index: usize, ty: &Type, json: &Json) -> Result<Value, Unreadable> {
        self.path.push(format!("[{index}]"));
        let value = self.value(ty, json)?;
        self.path.pop();
        Ok(value)
    }

    fn map(&mut self, key: &Type, ty: &Type, json: &Json) -> Result<Value, Unreadable> {
        let is_by_name = matches!(shape(self.resolve, key), Shape::Simple(Type::String));
        let entries: Result<_, _> = match json {
            Json::Object(object) if is_by_name => object
                .iter()
                .map(|(name, json)| {
                    self.path.push(name.clone());
                    let value = self.value(ty, json)?;
                    self.path.pop();
                    Ok((Value::String(name.clone()), value))
                })
                .collect(),
            Json::Array(items) if !is_by_name => items
                .iter()
                .map(|item| match item.as_array().map(Vec::as_slice) {
                    Some([name, json]) => Ok((self.value(key, name)?, self.value(ty, json)?)),
                    _ => Err(self.unfit("an entry of a map is a key and a value")),
                })
                .collect(),
            json => Err(self.unfit(&format!("expected map, found {}", kind(json)))),
        };
        Ok(Value::Map(entries?))
    }

    fn case(&mut self, defined: &TypeDefKind, json: &Json) -> Result<Value, Unreadable> {
        let Some(cases) = cases(defined) else {
            return Err(self.other(Shape::Defined(defined), json));
        };
        let names = cases.iter().map(|(name, _)| *name);
        let (case, payload) = match json {
            Json::String(text) => (self.position(names, text)?, &Json::Null),
            Json::Object(object) if object.len() == 1 => match object.iter().next() {
                Some((name, json)) => (self.position(names, name)?, json),
                None => return Err(self.other(Shape::Defined(defined), json)),
            },
            json => return Err(self.other(Shape::Defined(defined), json)),
        };
        let (name, ty) = cases[case as usize];
        let payload = match ty {
            Some(ty) => {
                self.path.push(name.to_owned());
                let value = self.value(&ty, payload)?;
                self.path.pop();
                Some(Box::new(value))
            }
            None => None,
        };
        Ok(match (defined, case) {
            (TypeDefKind::Result(_), 0) => Value::Result(Ok(payload)),
            (TypeDefKind::Result(_), _) => Value::Result(Err(payload)),
            _ => Value::Variant { case, payload },
        })
    }

    /// Which of several names is meant.
    fn position<'n>(
        &self,
        names: impl Iterator<Item = &'n str> + Clone,
        name: &str,
    ) -> Result<u32, Unreadable> {
        let exact = names.clone().position(|it| it == name);
        let found = exact.or_else(|| names.clone().position(|it| is_same(it, name)));
        found.map(|position| position as u32).ok_or_else(|| {
            let names: Vec<_> = names.take(10).collect();
            let name: String = name.chars().take(100).collect();
            self.unfit(&format!("`{name}` is none of {}", names.join(", ")))
        })
    }

    fn is_long(&self, expected: usize, items: &[Json]) -> Result<(), Unreadable> {
        match items.len() == expected {
            true => Ok(()),
            false => Err(self.unfit(&format!("expected {expected} items, found {}", items.len()))),
        }
    }

    fn other(&self, ty: Shape<'_>, json: &Json) -> Unreadable {
        self.unfit(&format!("expected {}, found {}", name(ty), kind(json)))
    }

    fn unfit(&self, what: &str) -> Unreadable {
        Unreadable::Unfit(match self.path.is_empty() {
            true => what.to_owned(),
            false => format!("`{}`: {what}", super::fits::joined(&self.path)),
        })
    }
}

fn simple(ty: Type, json: &Json) -> Option<Value> {
    Some(match ty {
        Type::Bool => Value::Bool(json.as_bool()?),
        Type::U8 => Value::U8(integer(json)?),
        Type::U16 => Value::U16(integer(json)?),
        Type::U32 => Value::U32(integer(json)?),
        Type::U64 => Value::U64(integer(json)?),
        Type::S8 => Value::S8(integer(json)?),
        Type::S16 => Value::S16(integer(json)?),
        Type::S32 => Value::S32(integer(json)?),
        Type::S64 => Value::S64(integer(json)?),
        Type::F32 => Value::F32(Some(json.as_f64()? as f32).filter(|it| it.is_finite())?),
        Type::F64 => Value::F64(json.as_f64()?),
        Type::Char => {
            let mut letters = json.as_str()?.chars();
            let letter = letters.next()?;
            letters.next().is_none().then_some(Value::Char(letter))?
        }
        Type::String => Value::String(json.as_str()?.to_owned()),
        Type::ErrorContext | Type::Id(_) => return None,
    })
}

/// A whole number, also if it was written as a float.
fn integer<T: TryFrom<i128>>(json: &Json) -> Option<T> {
    let number = json.as_number()?;
    let whole = number.as_i128();
    let float = number
        .as_f64()
        .filter(|it| it.fract() == 0.0 && it.abs() <= MOST_EXACT);
    let whole = whole.or_else(|| float.map(|it| it as i128))?;
    T::try_from(whole).ok()
}

fn byte(json: &Json) -> Option<u8> {
    integer(json)
}

/// What a JSON value is, in words.
fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}
