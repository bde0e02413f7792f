//! The types of an interface that is being written.

use super::super::fits::Direction;
use super::super::names::kebab;
use super::super::schema::{Additional, Alternative, Alternatives, Kind, Schema};
use super::optional;
use crate::backends::wit::{self, documentation, escaped};
use std::collections::{BTreeMap, BTreeSet};

/// How many cases an enum may have.
const MOST_CASES: usize = 256;

/// A name for one of many.
pub(super) fn singular(name: &str) -> String {
    let stem = name.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let plain = name.strip_suffix('s').filter(|stem| !stem.ends_with('s'));
    stem.or(plain.map(str::to_owned))
        .filter(|stem| stem.len() > 1)
        .unwrap_or_else(|| name.to_owned())
}

/// How many types may be written.
const MOST_TYPES: u32 = 10_000;

/// Definitions by their names.
pub(super) struct Items {
    defined: BTreeMap<String, Definition>,
    /// The names of functions, which share a space with those of types.
    taken: BTreeSet<String>,
    left: u32,
}

#[derive(PartialEq, Eq)]
struct Definition {
    keyword: &'static str,
    body: String,
}

impl Items {
    /// None yet, beside functions of these names.
    pub(super) fn beside(functions: impl IntoIterator<Item = String>) -> Self {
        Items {
            defined: BTreeMap::new(),
            taken: functions.into_iter().collect(),
            left: MOST_TYPES,
        }
    }

    /// All definitions, as WIT.
    pub(super) fn text(&self) -> String {
        let defined = self.defined.iter();
        defined
            .map(|(name, it)| wit::definition(it.keyword, &escaped(name), &it.body))
            .collect()
    }

    /// A type for a schema: one whose values it allows, on the way to a server, and one that has all values
    /// that it allows, on the way back.
    pub(super) fn ty(
        &mut self,
        schema: Schema<'_>,
        way: Direction,
        names: &[&str],
        depth: usize,
    ) -> Result<String, String> {
        if depth == 0 {
            return Err("it is nested too deep, or within itself".into());
        }
        self.left = self.left.checked_sub(1).ok_or("it has too many types")?;
        let alternatives = schema.alternatives();
        let ty = self.behind_null(&alternatives, way, names, depth - 1)?;
        Ok(match alternatives.is_nullable {
            true => optional(ty),
            false => ty,
        })
    }

    fn behind_null(
        &mut self,
        alternatives: &Alternatives<'_>,
        way: Direction,
        names: &[&str],
        depth: usize,
    ) -> Result<String, String> {
        match (alternatives.of.as_slice(), way) {
            ([only], _) => self.one(*only, way, names, depth),
            (several, Direction::In) => {
                let mut first = None;
                for alternative in several {
                    match self.one(*alternative, way, names, depth) {
                        Ok(ty) => return Ok(ty),
                        Err(error) => first = first.or(Some(error)),
                    }
                }
                Err(first.unwrap_or_else(|| "there is no value for it".into()))
            }
            ([], Direction::Out) => Err("there is no value for it".into()),
            (_, Direction::Out) => Err("it may be of several types".into()),
        }
    }

    fn one(
        &mut self,
        it: Alternative<'_>,
        way: Direction,
        names: &[&str],
        depth: usize,
    ) -> Result<String, String> {
        Ok(match it.kind {
            None if way == Direction::In => "string".into(),
            None => return Err("it may be of any type".into()),
            Some(Kind::Boolean) => "bool".into(),
            Some(Kind::Integer) => "s64".into(),
            Some(Kind::Number) => "f64".into(),
            Some(Kind::String) => self.string(it, names),
            Some(Kind::Array) => match (it.item(0), way) {
                (Some(item), _) => format!("list<{}>", self.ty(item, way, names, depth)?),
                (None, Direction::In) => "list<string>".into(),
                (None, Direction::Out) => return Err("its items may be of any type".into()),
            },
            Some(Kind::Object) => self.object(it, way, names, depth)?,
        })
    }

    fn string(&mut self, it: Alternative<'_>, names: &[&str]) -> String {
        let strings = it.strings().filter(|it| it.len() <= MOST_CASES);
        let cases = strings.and_then(|it| it.into_iter().map(kebab).collect::<Option<Vec<_>>>());
        let cases = cases.filter(|cases| {
            let mut sorted = cases.clone();
            sorted.sort();
            sorted.dedup();
            sorted.len() == cases.len()
        });
        match cases {
            Some(cases) => {
                let cases = cases.iter().map(|case| wit::case(&escaped(case)));
                self.define("enum", cases.collect(), names)
            }
            None => "string".into(),
        }
    }

    fn object(
        &mut self,
        it: Alternative<'_>,
        way: Direction,
        names: &[&str],
        depth: usize,
    ) -> Result<String, String> {
        let properties: Vec<_> = it.properties().into_iter().flatten().collect();
        if properties.is_empty() {
            return match (it.additional(), way) {
                (Additional::Of(schema), way) => Ok(format!(
                    "map<string, {}>",
                    self.ty(schema, way, names, depth)?
                )),
                (Additional::Anything, Direction::In) => Ok("map<string, string>".into()),
                _ => Err("it has no properties".into()),
            };
        }
        let mut body = String::new();
        for (property, schema) in properties {
            let is_required = it.required().any(|name| name == property);
            let field = kebab(property).ok_or("the name of a property has no letters");
            let hint = field.as_deref().map(singular).unwrap_or_default();
            let ty = self.ty(schema, way, &[names[0], &hint], depth);
            let (field, ty) = match (field, ty) {
                (Ok(field), Ok(ty)) => (field, ty),
                // What may be left out, and what nobody asks for.
                (_, _) if !is_required || way == Direction::Out => continue,
                (Err(error), _) => return Err(error.into()),
                (_, Err(error)) => return Err(format!("`{property}`: {error}")),
            };
            let ty = if is_required { ty } else { optional(ty) };
            let description = schema.description().filter(|it| it.is_ascii());
            if let Some(line) = description.and_then(|it| it.lines().next()) {
                let line: String = line.chars().filter(|it| !it.is_control()).collect();
                body += &documentation("        ", [line.as_str()].into_iter());
            }
            body += &wit::field(&escaped(&field), &ty);
        }
        match body.is_empty() {
            true => Err("none of its properties has a type".into()),
            false => Ok(self.define("record", body, names)),
        }
    }

    /// Defines a type under the last of some names if that is free, or has this definition; else under
    /// all of them.
    fn define(&mut self, keyword: &'static str, body: String, names: &[&str]) -> String {
        let definition = Definition { keyword, body };
        let short = names.last().copied().unwrap_or_default().to_owned();
        let long = names.join("-");
        let numbered = (2..).map(|number| format!("{long}{number}"));
        let mut candidates = [short, long.clone()].into_iter().chain(numbered);
        let is_free = |name: &String| {
            let is_same = self.defined.get(name).is_none_or(|it| *it == definition);
            is_same && !self.taken.contains(name)
        };
        let name = candidates.find(is_free).unwrap_or(long);
        self.defined.insert(name.clone(), definition);
        escaped(&name)
    }
}
