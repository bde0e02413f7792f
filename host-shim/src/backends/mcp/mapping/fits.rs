//! Whether values of a WIT type are what a schema asks for, and the other way round.

use super::names::is_same;
use super::schema::{Additional, Alternative, Alternatives, Kind, Schema, spelled};
use super::types::{MOST_DEPTH, Shape, cases, is_option, is_string, name, shape};
use first_class_abi::wit_parser::{Resolve, Type, TypeDefKind};
use std::fmt;

/// How many pairs of a type and a schema may be compared for a world.
pub(super) const MOST_STEPS: u32 = 200_000;

/// How many differences of a function are named.
const MOST_FINDINGS: usize = 20;

/// Which way values go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    /// To the server: each value of the type has to be allowed by the schema.
    In,
    /// From the server: what the schema allows has to be a value of the type.
    Out,
}

/// A difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Finding {
    /// Where it is, such as `entities[].name`; empty for the whole.
    pub(super) path: String,
    pub(super) expected: String,
    pub(super) found: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "property `{}`: ", self.path)?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

/// Compares types and schemas.
pub(super) struct Checker<'a> {
    resolve: &'a Resolve,
    direction: Direction,
    /// How many more may be compared.
    steps: &'a mut u32,
    depth: usize,
    path: Vec<String>,
    found: Vec<Finding>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(resolve: &'a Resolve, direction: Direction, steps: &'a mut u32) -> Self {
        Checker {
            resolve,
            direction,
            steps,
            depth: MOST_DEPTH,
            path: Vec::new(),
            found: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        self.found
    }

    /// A type as such.
    pub(super) fn value(&mut self, ty: &Type, schema: Schema<'_>) {
        if !self.steps(1) {
            return;
        }
        let alternatives = schema.alternatives();
        let is_option = is_option(self.resolve, ty);
        let is_anything = alternatives.is_anything();
        match self.direction {
            Direction::In if is_option && !alternatives.is_nullable && !is_anything => {
                self.find("a value, not an option", spelled(&alternatives));
            }
            Direction::Out if !is_option && alternatives.is_nullable && !is_anything => {
                self.find(self.name(ty), "what may be null".into());
            }
            _ => self.behind_option(ty, &alternatives),
        }
    }

    /// Fields of a record, or parameters, and the properties of an object.
    pub(super) fn fields<'f>(
        &mut self,
        fields: impl Iterator<Item = (&'f str, &'f Type)> + Clone,
        object: Alternative<'_>,
    ) {
        for (field, ty) in fields.clone() {
            if !self.steps(1) {
                return;
            }
            self.path.push(match object.property(field) {
                Some((name, _)) => name.to_owned(),
                None => field.to_owned(),
            });
            self.field(field, ty, object);
            self.path.pop();
        }
        if self.direction == Direction::In {
            for required in object.required() {
                if fields.clone().all(|(field, _)| !is_same(field, required)) {
                    self.path.push(required.to_owned());
                    self.find("a field", "none for a required property".into());
                    self.path.pop();
                }
            }
        }
    }

    fn field(&mut self, field: &str, ty: &Type, object: Alternative<'_>) {
        let is_option = is_option(self.resolve, ty);
        let Some((property, schema)) = object.property(field) else {
            return match (object.additional(), object.properties().is_some()) {
                (Additional::Of(schema), _) => self.value(ty, schema),
                (Additional::Anything, false) => {}
                // What is never there is none.
                _ if self.direction == Direction::Out && is_option => {}
                _ => self.find(self.name(ty), "no such property".into()),
            };
        };
        let is_required = object.required().any(|name| name == property);
        let alternatives = schema.alternatives();
        match self.direction {
            Direction::In if is_option && is_required && !alternatives.is_nullable => {
                self.find("a required property", "an option".into());
            }
            Direction::Out if !is_option && !is_required => {
                self.find(self.name(ty), "a property that may be left out".into());
            }
            Direction::Out if !is_option => self.value(ty, schema),
            _ => self.behind_option(ty, &alternatives),
        }
    }

    /// A type, or what it is an option of, and what a value may be beside null.
    fn behind_option(&mut self, ty: &Type, alternatives: &Alternatives<'_>) {
        let ty = match shape(self.resolve, ty) {
            Shape::Defined(TypeDefKind::Option(inner)) => inner,
            _ => ty,
        };
        if self.depth == 0 {
            return self.find("a simpler type", "one that is nested too deep".into());
        }
        if !self.steps(1) {
            return;
        }
        self.depth -= 1;
        match shape(self.resolve, ty) {
            // Whatever comes is judged when it comes.
            _ if alternatives.is_anything() => {}
            Shape::Defined(kind) if let Some(cases) = cases(kind) => {
                self.cases(&cases, alternatives);
            }
            ty if self.direction == Direction::In => self.any(ty, alternatives),
            ty => {
                for alternative in &alternatives.of {
                    if !self.steps(1) {
                        break;
                    }
                    if !self.alternative(ty, *alternative) {
                        self.find(name(ty), alternative.name().into());
                    }
                }
            }
        }
        self.depth += 1;
    }

    /// One of them has to do.
    fn any(&mut self, ty: Shape<'_>, alternatives: &Alternatives<'_>) {
        let mut closest: Option<Vec<Finding>> = None;
        for alternative in &alternatives.of {
            if !self.steps(1) {
                return;
            }
            let before = std::mem::take(&mut self.found);
            let is_of_kind = self.alternative(ty, *alternative);
            let found = std::mem::replace(&mut self.found, before);
            if is_of_kind && found.is_empty() {
                return;
            }
            if is_of_kind {
                closest = closest.or(Some(found));
            }
        }
        match closest {
            Some(found) => self.found.extend(found),
            None => self.find(name(ty), spelled(alternatives)),
        }
    }

    /// Whether they are of one kind. If so, what differs within is found.
    fn alternative(&mut self, ty: Shape<'_>, to: Alternative<'_>) -> bool {
        match (ty, to.kind) {
            (_, None) | (Shape::Bytes, Some(Kind::String)) => true,
            (Shape::Simple(ty), Some(kind)) => is_simple(ty, kind, self.direction),
            (Shape::Bytes, Some(Kind::Array)) => self.item(&Type::U8, to),
            (Shape::Bytes, Some(_)) => false,
            (Shape::Defined(defined), Some(kind)) => self.defined(defined, kind, to),
        }
    }

    fn defined(&mut self, defined: &TypeDefKind, kind: Kind, to: Alternative<'_>) -> bool {
        match (defined, kind) {
            (TypeDefKind::Record(record), Kind::Object) => {
                let fields = record.fields.iter();
                self.fields(fields.map(|field| (field.name.as_str(), &field.ty)), to);
                true
            }
            (TypeDefKind::List(item) | TypeDefKind::FixedLengthList(item, _), Kind::Array) => {
                self.item(item, to)
            }
            (TypeDefKind::Tuple(tuple), Kind::Array) => self.tuple(&tuple.types, to),
            (TypeDefKind::Map(key, value), Kind::Object) => self.map(key, value, to),
            (TypeDefKind::Map(key, _), Kind::Array) => !self.is_string(key),
            (TypeDefKind::Enum(it), Kind::String) => {
                let names: Vec<_> = it.cases.iter().map(|case| case.name.as_str()).collect();
                self.names(&names, to);
                true
            }
            (TypeDefKind::Flags(flags), Kind::Array) => {
                let names: Vec<_> = flags.flags.iter().map(|flag| flag.name.as_str()).collect();
                self.flags(&names, to);
                true
            }
            _ => false,
        }
    }

    fn item(&mut self, item: &Type, to: Alternative<'_>) -> bool {
        if let Some(schema) = to.item(0) {
            self.path.push("[]".into());
            self.value(item, schema);
            self.path.pop();
        }
        true
    }

    fn tuple(&mut self, types: &[Type], to: Alternative<'_>) -> bool {
        for (index, ty) in types.iter().enumerate() {
            if let Some(schema) = to.item(index) {
                self.path.push(format!("[{index}]"));
                self.value(ty, schema);
                self.path.pop();
            }
        }
        true
    }

    fn map(&mut self, key: &Type, value: &Type, to: Alternative<'_>) -> bool {
        self.path.push("*".into());
        match to.additional() {
            Additional::Of(schema) => self.value(value, schema),
            Additional::Anything if to.required().next().is_none() => {}
            _ => self.find("any property", "only some".into()),
        }
        self.path.pop();
        self.is_string(key)
    }

    fn flags(&mut self, names: &[&str], to: Alternative<'_>) {
        let items = to.item(0).map(Schema::alternatives);
        for item in items.iter().flat_map(|it| &it.of) {
            match item.kind {
                Some(Kind::String) => self.names(names, *item),
                Some(kind) => self.find("flags as strings", kind.name().into()),
                None => {}
            }
        }
    }

    /// Names of an enum, or of flags, and the strings that there may be.
    fn names(&mut self, names: &[&str], to: Alternative<'_>) {
        let Some(strings) = to.strings() else { return };
        if !self.steps(names.len()) {
            return;
        }
        match self.direction {
            Direction::In => {
                let unknown = names.iter().find(|it| !has(&strings, it));
                if let Some(unknown) = unknown {
                    self.find(quoted(&strings), format!("the case `{unknown}`"));
                }
            }
            Direction::Out => {
                let unknown = strings.iter().find(|it| !has(names, it));
                if let Some(unknown) = unknown {
                    self.find(quoted(names), format!("the string `{unknown}`"));
                }
            }
        }
    }

    /// The cases of a variant: those without a value are strings, others objects with one property.
    fn cases(&mut self, cases: &[(&str, Option<Type>)], alternatives: &Alternatives<'_>) {
        if !self.steps(cases.len().saturating_mul(alternatives.of.len())) {
            return;
        }
        if self.direction == Direction::Out {
            let unknown = alternatives.of.iter().find(|it| !is_of_cases(cases, **it));
            if let Some(unknown) = unknown {
                self.find(
                    "an object with one case of a variant",
                    unknown.name().into(),
                );
            }
        }
        for (case, payload) in cases {
            self.path.push((*case).to_owned());
            match payload {
                None => {
                    let is_there = alternatives.of.iter().any(|it| is_constant(*it, case));
                    if !is_there && self.direction == Direction::In {
                        self.find("a string for the case", spelled(alternatives));
                    }
                }
                Some(payload) => match alternatives.property(case) {
                    Some((_, schema)) => self.value(payload, schema),
                    None if self.direction == Direction::In => {
                        self.find("an object for the case", spelled(alternatives));
                    }
                    None => {}
                },
            }
            self.path.pop();
        }
    }

    /// Whether so many steps are left, which are taken. In each a name may be compared with all that a schema lists.
    fn steps(&mut self, count: usize) -> bool {
        let left = self
            .steps
            .checked_sub(u32::try_from(count).unwrap_or(u32::MAX));
        if left.is_none() {
            self.find(
                "a simpler world",
                "one that is too large to be compared".into(),
            );
        }
        // Nothing is compared any more, however little is left.
        *self.steps = left.unwrap_or_default();
        left.is_some()
    }

    fn is_string(&self, ty: &Type) -> bool {
        is_string(self.resolve, ty)
    }

    fn name(&self, ty: &Type) -> &'static str {
        name(shape(self.resolve, ty))
    }

    fn find(&mut self, expected: impl Into<String>, found: String) {
        if self.found.len() < MOST_FINDINGS {
            self.found.push(Finding {
                path: joined(&self.path),
                expected: expected.into(),
                found,
            });
        }
    }
}

pub(super) fn joined(path: &[String]) -> String {
    let mut joined = String::new();
    for step in path {
        if !joined.is_empty() && !step.starts_with('[') {
            joined.push('.');
        }
        joined.push_str(step);
    }
    joined
}

fn is_simple(ty: Type, kind: Kind, direction: Direction) -> bool {
    match ty {
        Type::Bool => kind == Kind::Boolean,
        Type::F32 | Type::F64 => {
            kind == Kind::Number || kind == Kind::Integer && direction == Direction::Out
        }
        Type::Char | Type::String => kind == Kind::String,
        Type::ErrorContext | Type::Id(_) => false,
        // Many servers have no other word for an integer than `number`.
        _ => matches!(kind, Kind::Integer | Kind::Number),
    }
}

/// Whether what an alternative allows is one of the cases.
fn is_of_cases(cases: &[(&str, Option<Type>)], it: Alternative<'_>) -> bool {
    let has = |name: &str, carries| {
        let mut named = cases.iter().filter(|(case, _)| is_same(case, name));
        named.any(|(_, payload)| payload.is_some() == carries)
    };
    match it.kind {
        Some(Kind::String) => {
            let strings = it.strings();
            strings.is_some_and(|strings| strings.iter().all(|name| has(name, false)))
        }
        Some(Kind::Object) => {
            let mut required = it.required();
            match (required.next(), required.next()) {
                (Some(name), None) => has(name, true),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether an alternative allows a case's name as a string.
fn is_constant(it: Alternative<'_>, case: &str) -> bool {
    it.kind == Some(Kind::String) && it.strings().is_none_or(|strings| has(&strings, case))
}

fn has(names: &[&str], name: &str) -> bool {
    names.iter().any(|it| is_same(it, name))
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<_> = names
        .iter()
        .take(10)
        .map(|name| format!("`{name}`"))
        .collect();
    format!("one of {}", names.join(", "))
}
