//! How worlds and the tools of a server correspond: a function is a tool, a parameter is a property.
//!
//! | WIT | JSON |
//! |---|---|
//! | a function | the tool of that name, of whatever interface the function is |
//! | parameters, or the fields of a record that is the only one | properties of the arguments |
//! | `bool`, integers, floats | `true` and `false`, numbers; 64-bit integers are whole |
//! | `char`, `string` | strings |
//! | `list<u8>` | a string in base64; an array if the schema asks for one |
//! | `list`, also of fixed length, `tuple` | arrays |
//! | `map` | an object if its keys are strings, else an array of pairs |
//! | `record` | an object; `none` is left out, what is unknown in a reply is ignored |
//! | `option` | `null` for `none`, else the value; an option of an option has no form |
//! | `enum`, `flags` | a string, an array of strings |
//! | `variant`, `result` | the name of a case without a value, or `{"case": value}` |
//! | a function's result | the structured content; or its only property, if that is no record |
//! | the same, of a tool without structured content | its text, read as JSON unless it is a `string` |
//! | the error of a `result`, if it is or holds a `string` | the text of a reply with `isError`, or of an internal error |
//!
//! Names are the same if they differ only in what tells their words apart: `entity-type`, `entityType`
//! and `entity_type`.

mod fits;
mod known;
mod names;
mod read;
mod result;
mod schema;
mod types;
mod wit;
mod write;

pub(super) use result::{Reply, ReplyError};
pub use wit::{WitError, Written, wit};
pub(super) use write::Unwritable;

use crate::backends::{BackendError, Misfit, OpenError, misfits};
use first_class_abi::value::Value;
use first_class_abi::wit_parser::{Function, Resolve, Type, TypeDefKind};
use first_class_abi::{Callable, Callee, World};
use fits::{Checker, Direction, Finding, MOST_STEPS};
use schema::{Alternative, Alternatives, Kind, Schema, spelled};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use types::{Shape, is_option, shape};
use write::Writer;

/// A tool of a server.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Tool {
    /// The name by which it is called.
    pub name: String,
    /// What it does, if the server says so.
    pub description: Option<String>,
    /// The JSON schema of its arguments, which are an object.
    pub input: Json,
    /// The JSON schema of its structured content, if it has one.
    pub output: Option<Json>,
}

/// A world, and the tools that are its functions.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    functions: Vec<State>,
}

/// What became of a function.
#[derive(Clone, Debug)]
enum State {
    Mapped(Mapped),
    /// It is optional, and there is no tool for it.
    Absent,
    Unfit(Vec<Misfit>),
}

/// A function as a tool.
#[derive(Clone, Debug)]
struct Mapped {
    tool: Arc<Tool>,
    /// Whether its parameter is a record whose fields are the properties.
    is_spread: bool,
}

type Field<'a> = (&'a str, &'a Type);

impl Tool {
    /// A tool by its name and schemas.
    pub fn new(name: impl Into<String>, input: Json, output: Option<Json>) -> Self {
        Tool {
            name: name.into(),
            description: None,
            input,
            output,
        }
    }

    /// The same with a description.
    #[must_use]
    pub fn described(self, description: Option<String>) -> Self {
        Tool {
            description,
            ..self
        }
    }

    fn has_property(&self, name: &str) -> bool {
        let arguments = Schema::new(&self.input).alternatives();
        arguments.property(name).is_some()
    }
}

/// What of a world has no form in JSON, whatever the server.
pub(super) fn uncarried(world: &World) -> Vec<Misfit> {
    let resolve = world.resolve();
    misfits(world, |kind| match kind {
        TypeDefKind::Option(inner) if is_option(resolve, inner) => Some("an option of an option"),
        _ => None,
    })
}

impl Mapping {
    /// Finds the tool of each function and compares their types.
    pub(super) fn new(world: &World, tools: &[Arc<Tool>]) -> Self {
        let mut steps = MOST_STEPS;
        let callables = world.callables().iter();
        let functions = callables.map(|callable| match &callable.callee {
            Callee::Function(function) => State::of((world, callable, function), tools, &mut steps),
            Callee::Drop(_) => State::Absent,
        });
        Mapping {
            functions: functions.collect(),
        }
    }

    /// The numbers of functions that are optional, and that there are no tools for.
    ///
    /// # Errors
    /// With all that does not fit.
    pub(super) fn absent(&self) -> Result<Vec<u32>, OpenError> {
        let (mut absent, mut misfits) = (Vec::new(), Vec::new());
        for (number, state) in (0..).zip(&self.functions) {
            match state {
                State::Mapped(_) => {}
                State::Absent => absent.push(number),
                State::Unfit(found) => misfits.extend(found.iter().cloned()),
            }
        }
        OpenError::check(misfits)?;
        Ok(absent)
    }

    /// The tool that a function is.
    ///
    /// # Errors
    /// When there is none, or it does not fit any more.
    pub(super) fn tool(&self, function: u32) -> Result<&Tool, BackendError> {
        match self.functions.get(function as usize) {
            Some(State::Mapped(mapped)) => Ok(&mapped.tool),
            Some(State::Unfit(misfits)) => {
                let misfits: Vec<_> = misfits.iter().map(Misfit::to_string).collect();
                let message = format!("its tools have changed: {}", misfits.join("; "));
                Err(BackendError::Failed { message })
            }
            Some(State::Absent) | None => Err(BackendError::Unsupported),
        }
    }

    /// The arguments of a tool, of at most so many bytes.
    pub(super) fn arguments(
        &self,
        world: &World,
        number: u32,
        values: &[Value],
        most: usize,
    ) -> Result<Map<String, Json>, Unwritable> {
        let (mapped, function) = self.function(world, number).ok_or(Unwritable::Unfit)?;
        let fields = mapped.fields(world.resolve(), function);
        let values = match values {
            [Value::Record(values)] if mapped.is_spread => values,
            values => values,
        };
        let schema = Schema::new(&mapped.tool.input);
        Writer::new(world.resolve(), most).arguments(fields.into_iter(), values, schema)
    }

    /// The result of a function, of at most so many values.
    pub(super) fn result(
        &self,
        world: &World,
        number: u32,
        reply: &Reply,
        most: u64,
    ) -> Result<Option<Value>, ReplyError> {
        let function = self.function(world, number);
        let ty = function.and_then(|(_, function)| function.result.as_ref());
        result::result(world.resolve(), ty, reply, most)
    }

    fn function<'a>(&'a self, world: &'a World, number: u32) -> Option<(&'a Mapped, &'a Function)> {
        let State::Mapped(mapped) = self.functions.get(number as usize)? else {
            return None;
        };
        match &world.callables().get(number as usize)?.callee {
            Callee::Function(function) => Some((mapped, function)),
            Callee::Drop(_) => None,
        }
    }
}

impl State {
    fn of(
        (world, callable, function): (&World, &Callable, &Function),
        tools: &[Arc<Tool>],
        steps: &mut u32,
    ) -> Self {
        let named = tools.iter().map(|tool| (tool.name.as_str(), tool));
        let Some((_, tool)) = names::find(named, &callable.name) else {
            return match world.is_optional(&callable.interface, &callable.name) {
                true => State::Absent,
                false => State::Unfit(vec![missing(callable, tools)]),
            };
        };
        let mapped = Mapped::new(world.resolve(), function, tool.clone());
        let findings = mapped.findings(world.resolve(), function, steps);
        let misfits = findings.into_iter().map(|finding| Misfit {
            subject: callable.display_name(),
            reason: format!("tool `{}`, {finding}", tool.name),
        });
        let misfits: Vec<Misfit> = misfits.collect();
        match misfits.is_empty() {
            true => State::Mapped(mapped),
            false => State::Unfit(misfits),
        }
    }
}

impl Mapped {
    fn new(resolve: &Resolve, function: &Function, tool: Arc<Tool>) -> Self {
        let is_spread = match function.params.as_slice() {
            [only] => {
                let is_record = matches!(
                    shape(resolve, &only.ty),
                    Shape::Defined(TypeDefKind::Record(_))
                );
                is_record && !tool.has_property(&only.name)
            }
            _ => false,
        };
        Mapped { tool, is_spread }
    }

    /// What the properties of the arguments are.
    fn fields<'a>(&self, resolve: &'a Resolve, function: &'a Function) -> Vec<Field<'a>> {
        let only = function.params.first().filter(|_| self.is_spread);
        match only.map(|only| shape(resolve, &only.ty)) {
            Some(Shape::Defined(TypeDefKind::Record(record))) => {
                let fields = record.fields.iter();
                fields
                    .map(|field| (field.name.as_str(), &field.ty))
                    .collect()
            }
            _ => {
                let parameters = function.params.iter();
                parameters.map(|it| (it.name.as_str(), &it.ty)).collect()
            }
        }
    }

    /// How the function and the tool differ.
    fn findings(&self, resolve: &Resolve, function: &Function, steps: &mut u32) -> Vec<Finding> {
        let arguments = Schema::new(&self.tool.input).alternatives();
        let mut found = match object(&arguments) {
            Some(object) => {
                let mut checker = Checker::new(resolve, Direction::In, steps);
                checker.fields(self.fields(resolve, function).into_iter(), object);
                checker.finish()
            }
            None => vec![Finding {
                path: String::new(),
                expected: "an object of arguments".into(),
                found: spelled(&arguments),
            }],
        };
        let result = function.result.as_ref();
        if let Some(ty) = result.and_then(|ty| result::success(resolve, ty))
            && let Some(output) = &self.tool.output
        {
            let in_result = |finding: Finding| Finding {
                path: match finding.path.is_empty() {
                    true => "(result)".into(),
                    false => format!("(result).{}", finding.path),
                },
                ..finding
            };
            let differences = result::differences(resolve, ty, Schema::new(output), steps);
            found.extend(differences.into_iter().map(in_result));
        }
        found
    }
}

fn object<'a>(alternatives: &Alternatives<'a>) -> Option<Alternative<'a>> {
    let mut alternatives = alternatives.of.iter();
    let found = alternatives.find(|it| it.kind.is_none_or(|kind| kind == Kind::Object));
    found.copied()
}

fn missing(callable: &Callable, tools: &[Arc<Tool>]) -> Misfit {
    /// How many of a server's tools are named.
    const NAMED: usize = 20;
    let names: Vec<_> = tools
        .iter()
        .take(NAMED)
        .map(|it| it.name.as_str())
        .collect();
    let more = if tools.len() > NAMED { ", …" } else { "" };
    Misfit {
        subject: callable.display_name(),
        reason: match names.is_empty() {
            true => "the server has no tools".into(),
            false => format!(
                "the server has no such tool; it has {}{more}",
                names.join(", ")
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Mapping, Tool};
    use crate::backends::OpenError;
    use first_class_abi::World;
    use first_class_abi::wit_parser::Resolve;
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn to_compare_names_takes_steps() {
        let cases: Vec<_> = (0..300).map(|it| format!("case{it}")).collect();
        let text = format!(
            "package test:cases;
             interface types {{ enum one {{ {} }} }}
             world cases {{ use types.{{one}}; export pick: func(a: one, b: one, c: one); }}",
            cases.join(", ")
        );
        let mut resolve = Resolve::new();
        let package = resolve.push_source("cases.wit", &text).expect("is WIT");
        let world = resolve.select_world(&[package], None).expect("is one");
        let world = World::new(resolve, world);
        let reasons = |names: usize, strings: Vec<String>| {
            let property = json!({"type": vec!["string"; names], "enum": strings});
            let properties = json!({"a": property, "b": property, "c": property});
            let input = json!({"type": "object", "properties": properties});
            let tool = Arc::new(Tool::new("pick", input, None));
            match Mapping::new(&world, &[tool]).absent() {
                Ok(_) => String::new(),
                Err(OpenError::Misfits(misfits)) => format!("{misfits:?}"),
                Err(error) => error.to_string(),
            }
        };
        assert_eq!(reasons(1, cases.clone()), "");
        let others: Vec<_> = (0..500).map(|it| format!("other{it}")).collect();
        let found = reasons(1, others.clone());
        assert!(found.contains("the case `case0`"), "{found}");
        // Of each name with each string, as often as the schema says that it is a string.
        let found = reasons(250, others);
        assert!(found.contains("too large to be compared"), "{found}");
        // More than that is not even looked at.
        assert_eq!(reasons(20_000, vec![String::new(); 20_000]), "");
    }
}
