//! The world of a server: what [`Mapping`] compares, the other way round.

mod items;

use super::fits::Direction;
use super::names::kebab;
use super::schema::{Kind, Schema};
use super::{Mapping, Tool, object};
use crate::backends::wit::{self, documentation, escaped, parsed};
use items::{Items, singular};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How deep schemas may be nested to have a type.
const MOST_DEPTH: usize = 16;

/// How long the description of a tool may be, in characters.
const MOST_WORDS: usize = 2000;

/// A world that was written for a server.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Written {
    /// The WIT: a package with an interface `tools`, and a world that exports it.
    pub text: String,
    /// What of the server has no form in it, and why: tools, and properties that may be left out.
    pub left_out: Vec<String>,
}

/// No world can be written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WitError {
    /// The names of package and world make no WIT.
    #[error("`package {package}` with a `world {world}` is no WIT: {reason}")]
    Names {
        /// The name of the package, such as `acme:notes@1.0.0`.
        package: String,
        /// The name of the world.
        world: String,
        /// What is wrong.
        reason: String,
    },
    /// No tool has a form in WIT.
    #[error("the server has no tool that WIT has a form for: {}", .0.join("; "))]
    NoTools(Vec<String>),
}

/// Writes the world of a server with these tools, which [`Mcp`](crate::backends::mcp::Mcp) finds fit for
/// it: each tool is a function that returns a `result` with a `string` as its error.
///
/// # Errors
/// When the names are none of WIT, or no tool is left.
pub fn wit(package: &str, world: &str, tools: &[Tool]) -> Result<Written, WitError> {
    let mut left_out = Vec::new();
    let mut kept: BTreeMap<String, &Tool> = BTreeMap::new();
    for tool in tools {
        match kebab(&tool.name) {
            Some(name) if !kept.contains_key(&name) => drop(kept.insert(name, tool)),
            Some(_) => left_out.push(format!("`{}`: another has this name", tool.name)),
            None => left_out.push(format!("`{}`: its name has no letters", tool.name)),
        }
    }
    // A tool that does not fit its own function after all is left out, which changes no other.
    kept.retain(|name, tool| {
        let reason = match function(&mut Items::beside([name.clone()]), name, tool) {
            Ok(_) => unfit(name, tool),
            Err(reason) => Some(reason),
        };
        left_out.extend(reason.iter().map(|it| format!("`{}`: {it}", tool.name)));
        reason.is_none()
    });
    if kept.is_empty() {
        return Err(WitError::NoTools(left_out));
    }
    let text = text(package, world, &kept, &mut left_out);
    match parsed(&text) {
        Ok(_) => Ok(Written { text, left_out }),
        Err(reason) => Err(WitError::Names {
            package: package.into(),
            world: world.into(),
            reason,
        }),
    }
}

fn text(
    package: &str,
    world: &str,
    tools: &BTreeMap<String, &Tool>,
    left_out: &mut Vec<String>,
) -> String {
    let mut items = Items::beside(tools.keys().cloned());
    let functions = tools.iter().filter_map(|(name, tool)| {
        let (text, without) = function(&mut items, name, tool).ok()?;
        left_out.extend(without);
        Some(text)
    });
    let functions: Vec<String> = functions.collect();
    format!(
        "package {package};\n\ninterface tools {{\n{}{}}}\n\n{}",
        items.text(),
        functions.join("\n"),
        wit::exporting(&escaped(world), "tools"),
    )
}

/// Why a tool does not fit the function that was written for it, if so.
fn unfit(name: &str, tool: &Tool) -> Option<String> {
    let one = BTreeMap::from([(name.to_owned(), tool)]);
    let text = text("first-class:written", "server", &one, &mut Vec::new());
    let world = match parsed(&text) {
        Ok(world) => world,
        Err(reason) => return Some(reason),
    };
    let mapping = Mapping::new(&world, &[Arc::new(tool.clone())]);
    mapping.absent().err().map(|error| error.to_string())
}

/// A tool as a function, with its description; and what was left out.
fn function(items: &mut Items, name: &str, tool: &Tool) -> Result<(String, Vec<String>), String> {
    let mut without = Vec::new();
    let mut parameters = Vec::new();
    let arguments = Schema::new(&tool.input).alternatives();
    let object = object(&arguments).ok_or("its arguments are no object")?;
    let properties = object.properties().into_iter().flatten();
    let properties: Vec<_> = properties.collect();
    let required: Vec<_> = object.required().collect();
    let rank = |name: &str| required.iter().position(|it| *it == name);
    let mut sorted = properties;
    sorted.sort_by_key(|(name, _)| rank(name).unwrap_or(usize::MAX));
    for (property, schema) in sorted {
        let is_required = rank(property).is_some();
        let parameter = kebab(property).ok_or_else(|| "its name has no letters".to_owned());
        let written = parameter.and_then(|parameter| {
            let hint = singular(&parameter);
            let ty = items.ty(schema, Direction::In, &[name, &hint], MOST_DEPTH)?;
            Ok((parameter, ty))
        });
        match written {
            Ok((parameter, ty)) => {
                let ty = if is_required { ty } else { optional(ty) };
                parameters.push(format!("{}: {ty}", escaped(&parameter)));
            }
            Err(reason) if is_required => return Err(format!("property `{property}`: {reason}")),
            Err(reason) => {
                without.push(format!(
                    "property `{property}` of `{}`: {reason}",
                    tool.name
                ));
            }
        }
    }
    let output = tool.output.as_ref().map(Schema::new);
    let output = output.filter(|it| it.alternatives().has(Kind::Object));
    let result = output.and_then(|it| {
        items
            .ty(it, Direction::Out, &[name, "reply"], MOST_DEPTH)
            .ok()
    });
    let result = result.unwrap_or_else(|| "string".into());
    let mut text = documentation("    ", described(tool).iter().map(String::as_str));
    let parameters = parameters.join(", ");
    text += &wit::function(&escaped(name), &parameters, &result, "string");
    Ok((text, without))
}

/// The lines of a description, with nothing in them that WIT does not take.
fn described(tool: &Tool) -> Vec<String> {
    let description = tool.description.as_deref().unwrap_or_default();
    let description: String = description.chars().take(MOST_WORDS).collect();
    let lines = description.trim().lines();
    let is_plain =
        |letter: &char| !letter.is_control() && (letter.is_ascii() || letter.is_alphanumeric());
    lines
        .map(|line| line.chars().filter(is_plain).collect())
        .collect()
}

/// An option of a type, unless it is one.
fn optional(ty: String) -> String {
    match ty.starts_with("option<") {
        true => ty,
        false => format!("option<{ty}>"),
    }
}
