//! What a tool answers, as the result of a function.

use super::fits::{Checker, Direction, Finding};
use super::read::{Reader, Unreadable};
use super::schema::{Alternative, Kind, Schema};
use super::types::{Shape, is_option, is_string, shape};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use first_class_abi::value::Value;
use first_class_abi::wit_parser::{Field, Resolve, Type, TypeDefKind};
use serde_json::Value as Json;

/// What a tool answered.
#[derive(Clone, Debug, Default)]
pub(in crate::backends::mcp) struct Reply {
    pub(in crate::backends::mcp) is_error: bool,
    pub(in crate::backends::mcp) structured: Option<Json>,
    /// What of its content is text.
    pub(in crate::backends::mcp) texts: Vec<String>,
    /// What of it is images, sounds and files, in base64.
    pub(in crate::backends::mcp) blobs: Vec<String>,
}

/// An answer that is no result.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::backends::mcp) enum ReplyError {
    /// It is an error, and the function has none that could hold it.
    #[error("{0}")]
    Failed(String),
    #[error("{0}")]
    Malformed(String),
    #[error("it is too large")]
    TooLarge,
}

impl From<Unreadable> for ReplyError {
    fn from(error: Unreadable) -> Self {
        match error {
            Unreadable::Unfit(message) => ReplyError::Malformed(message),
            Unreadable::TooLarge => ReplyError::TooLarge,
        }
    }
}

impl Reply {
    /// An error with a text.
    pub(in crate::backends::mcp) fn error(text: String) -> Self {
        Reply {
            is_error: true,
            texts: vec![text],
            ..Reply::default()
        }
    }

    fn text(&self) -> String {
        match (&self.structured, self.texts.is_empty()) {
            (Some(structured), true) => match only_property(structured) {
                Some(Json::String(text)) => text.clone(),
                _ => structured.to_string(),
            },
            _ => self.texts.join("\n"),
        }
    }
}

/// Makes a result of an answer; nothing if the function has none.
pub(super) fn result(
    resolve: &Resolve,
    ty: Option<&Type>,
    reply: &Reply,
    most: u64,
) -> Result<Option<Value>, ReplyError> {
    let sides = ty.and_then(|ty| match shape(resolve, ty) {
        Shape::Defined(TypeDefKind::Result(sides)) => Some(sides),
        _ => None,
    });
    let read = Answer {
        resolve,
        reply,
        most,
    };
    Ok(match (sides, reply.is_error) {
        (Some(sides), true) => {
            let error = sides.err.as_ref().map(|ty| read.error(ty)).transpose()?;
            Some(Value::Result(Err(error.map(Box::new))))
        }
        (Some(sides), false) => {
            let value = sides.ok.as_ref().map(|ty| read.value(ty)).transpose()?;
            Some(Value::Result(Ok(value.map(Box::new))))
        }
        (None, true) => return Err(ReplyError::Failed(reply.text())),
        (None, false) => ty.map(|ty| read.value(ty)).transpose()?,
    })
}

/// What a function gives if its tool does not fail, if it gives anything.
pub(super) fn success<'a>(resolve: &'a Resolve, ty: &'a Type) -> Option<&'a Type> {
    match shape(resolve, ty) {
        Shape::Defined(TypeDefKind::Result(sides)) => sides.ok.as_ref(),
        _ => Some(ty),
    }
}

/// How a type and the schema of structured content differ.
pub(super) fn differences(
    resolve: &Resolve,
    ty: &Type,
    output: Schema<'_>,
    steps: &mut u32,
) -> Vec<Finding> {
    // A string is the text, and bytes may be an image.
    if is_string(resolve, ty) || matches!(shape(resolve, ty), Shape::Bytes) {
        return Vec::new();
    }
    let mut check = |schema| {
        let mut checker = Checker::new(resolve, Direction::Out, steps);
        checker.value(ty, schema);
        checker.finish()
    };
    let found = check(output);
    let alternatives = output.alternatives();
    let wrapped = match alternatives.of.as_slice() {
        [only] if !found.is_empty() && only.kind == Some(Kind::Object) => only_of(*only),
        _ => None,
    };
    let within = wrapped.map(check);
    match within {
        Some(within) if !is_object(resolve, ty) || within.is_empty() => within,
        _ => found,
    }
}

/// The only property that an object has.
fn only_of<'a>(object: Alternative<'a>) -> Option<Schema<'a>> {
    let mut properties = object.properties()?;
    let (_, schema) = properties.next()?;
    properties.next().is_none().then_some(schema)
}

fn only_property(structured: &Json) -> Option<&Json> {
    let object = structured.as_object().filter(|it| it.len() == 1)?;
    object.values().next()
}

/// Whether values of a type are objects themselves.
fn is_object(resolve: &Resolve, ty: &Type) -> bool {
    matches!(
        shape(resolve, ty),
        Shape::Defined(TypeDefKind::Record(_) | TypeDefKind::Map(..))
    )
}

struct Answer<'a> {
    resolve: &'a Resolve,
    reply: &'a Reply,
    most: u64,
}

impl Answer<'_> {
    fn value(&self, ty: &Type) -> Result<Value, ReplyError> {
        let reply = self.reply;
        match shape(self.resolve, ty) {
            Shape::Simple(Type::String) => return Ok(Value::String(reply.text())),
            Shape::Bytes if let Some(blob) = reply.blobs.first() => {
                let bytes = STANDARD.decode(blob);
                return bytes
                    .map(Value::Bytes)
                    .map_err(|_| ReplyError::Malformed("what is no text is not base64".into()));
            }
            Shape::Defined(TypeDefKind::Option(inner)) if is_string(self.resolve, inner) => {
                let is_there = reply.structured.is_some() || !reply.texts.is_empty();
                let text = is_there.then(|| Box::new(Value::String(reply.text())));
                return Ok(Value::Option(text));
            }
            _ => {}
        }
        match &reply.structured {
            Some(structured) => self.structured(ty, structured),
            None => self.text(ty),
        }
    }

    fn structured(&self, ty: &Type, structured: &Json) -> Result<Value, ReplyError> {
        let error = match self.read(ty, structured) {
            Err(Unreadable::Unfit(error)) => error,
            read => return Ok(read?),
        };
        let inner = only_property(structured).map(|inner| self.read(ty, inner));
        match inner {
            Some(Err(Unreadable::Unfit(_))) if is_object(self.resolve, ty) => {
                Err(ReplyError::Malformed(error))
            }
            Some(read) => Ok(read?),
            None => Err(ReplyError::Malformed(error)),
        }
    }

    fn text(&self, ty: &Type) -> Result<Value, ReplyError> {
        let text = self.reply.texts.join("\n");
        let json = serde_json::from_str(&text).map_err(|error| {
            let beginning: String = text.chars().take(60).collect();
            let message = format!("its text `{beginning}` is not JSON: {error}");
            ReplyError::Malformed(message)
        })?;
        Ok(self.read(ty, &json)?)
    }

    fn read(&self, ty: &Type, json: &Json) -> Result<Value, Unreadable> {
        Reader::new(self.resolve, self.most).value(ty, json)
    }

    /// The text of an error, as or within the function's error.
    fn error(&self, ty: &Type) -> Result<Value, ReplyError> {
        let structured = self.reply.structured.as_ref();
        if let Some(value) = structured.and_then(|json| self.read(ty, json).ok()) {
            return Ok(value);
        }
        let text = self.reply.text();
        let holding = match shape(self.resolve, ty) {
            Shape::Simple(Type::String) => Some(Value::String(text.clone())),
            Shape::Defined(TypeDefKind::Variant(variant)) => {
                let mut cases = (0..).zip(&variant.cases);
                let is_text = |ty: &Type| is_string(self.resolve, ty);
                let case = cases.find(|(_, case)| case.ty.as_ref().is_some_and(is_text));
                case.map(|(case, _)| Value::Variant {
                    case,
                    payload: Some(Box::new(Value::String(text.clone()))),
                })
            }
            Shape::Defined(TypeDefKind::Record(record)) => self.in_record(&record.fields, &text),
            _ => None,
        };
        holding.ok_or(ReplyError::Failed(text))
    }

    /// A record with the text in its only field that is no option.
    fn in_record(&self, fields: &[Field], text: &str) -> Option<Value> {
        let mut needed = fields.iter().filter(|it| !is_option(self.resolve, &it.ty));
        let only = needed.next().filter(|it| is_string(self.resolve, &it.ty))?;
        if needed.next().is_some() {
            return None;
        }
        let values = fields.iter().map(|field| match field.name == only.name {
            true => Value::String(text.to_owned()),
            false => Value::Option(None),
        });
        Some(Value::Record(values.collect()))
    }
}
