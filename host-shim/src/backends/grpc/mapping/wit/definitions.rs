//! The types of a service as WIT.

use super::super::fields::{endless, is_empty, is_optional, scalar, wrapped};
use super::super::names::{cases, kebab, normal, numbers, short};
use super::docs::Docs;
use crate::backends::wit::{self, escaped};
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor};
use std::collections::{BTreeSet, HashMap, HashSet};

/// How deep messages may lie in each other: no deeper than they can be read.
const DEPTH: usize = 90;

/// A type's name and its text, once they are known.
pub(super) struct Definitions {
    /// What was defined, each after what it is made of.
    pub(super) text: String,
    pub(super) docs: Docs,
    /// What has no form in WIT.
    pub(super) omitted: Vec<String>,
    /// Names that are given.
    taken: BTreeSet<String>,
    /// The names of what was defined, by full names; nothing for what has no form.
    known: HashMap<String, Option<String>>,
    /// What is being defined: WIT has no types that are made of themselves.
    open: Vec<String>,
}

/// A field of a record, a parameter or a case of a variant.
pub(super) struct Member {
    /// As it stands in WIT.
    pub(super) name: String,
    pub(super) ty: String,
    /// What is said of it.
    docs: String,
}

/// What has no form in WIT, and why.
type Formless = String;

impl Definitions {
    pub(super) fn new(taken: BTreeSet<String>, docs: Docs) -> Self {
        Definitions {
            text: String::new(),
            docs,
            omitted: Vec::new(),
            taken,
            known: HashMap::new(),
            open: Vec::new(),
        }
    }

    /// The first of some names that is free, which is taken then; or else the last with a number.
    pub(super) fn free<const N: usize>(&mut self, names: [&str; N]) -> String {
        let last = names.last().copied().unwrap_or("type");
        let numbered = (2_u32..).map(|number| format!("{last}{number}"));
        let mut names = names.iter().map(|name| (*name).to_owned()).chain(numbered);
        let free = names.find(|name| !self.taken.contains(name));
        let free = free.expect("there is always another number");
        self.taken.insert(free.clone());
        free
    }

    /// Notes what has no form.
    pub(super) fn omit(&mut self, mut what: Formless) {
        // A stranger may have named it, and it becomes a comment of one line.
        what.retain(|letter| !letter.is_control());
        if !self.omitted.contains(&what) {
            self.omitted.push(what);
        }
    }

    /// The record of a message by its name, if any of its fields has a form.
    pub(super) fn record(&mut self, message: &MessageDescriptor) -> Option<String> {
        let full_name = message.full_name().to_owned();
        if let Some(known) = self.known.get(&full_name) {
            return known.clone();
        }
        let fields = self.fields(message);
        let name = (!fields.is_empty()).then(|| {
            let name = self.name(&full_name, message.package_name());
            let fields = fields.iter();
            let lines = fields.map(|it| it.docs.clone() + &wit::field(&it.name, &it.ty));
            let lines: String = lines.collect();
            let (file, path) = (message.parent_file(), message.path());
            self.text += &self.docs.of("    ", &file, path);
            self.text += &wit::definition("record", &name, &lines);
            name
        });
        self.known.insert(full_name, name.clone());
        name
    }

    /// The fields of a message, but for those that have no form.
    pub(super) fn fields(&mut self, message: &MessageDescriptor) -> Vec<Member> {
        self.open.push(message.full_name().to_owned());
        let members = self.members(message);
        self.open.pop();
        members
    }

    fn members(&mut self, message: &MessageDescriptor) -> Vec<Member> {
        let mut seen = HashSet::new();
        let oneofs = message.oneofs().filter(|oneof| !oneof.is_synthetic());
        let names = oneofs.map(|oneof| oneof.name().to_owned());
        let names = names.chain(message.fields().map(|field| field.name().to_owned()));
        let twice = names
            .map(|name| normal(&name))
            .filter(|name| !seen.insert(name.clone()));
        let twice: HashSet<_> = twice.collect();
        let mut written = HashSet::new();
        let mut members = Vec::new();
        for field in message.fields() {
            let oneof = field
                .containing_oneof()
                .filter(|oneof| !oneof.is_synthetic());
            let member = match oneof {
                Some(oneof) if !written.insert(oneof.full_name().to_owned()) => continue,
                Some(oneof) => self.oneof(&oneof, &twice),
                None => self.field(&field, &twice),
            };
            match member {
                Ok(member) => members.push(member),
                Err(what) => self.omit(what),
            }
        }
        members
    }

    fn field(
        &mut self,
        field: &FieldDescriptor,
        twice: &HashSet<String>,
    ) -> Result<Member, Formless> {
        let name = member_name(field.name(), field.full_name(), twice)?;
        let ty = self.field_type(field)?;
        let docs = self.docs.of("        ", &field.parent_file(), field.path());
        Ok(Member { name, ty, docs })
    }

    fn oneof(
        &mut self,
        oneof: &OneofDescriptor,
        twice: &HashSet<String>,
    ) -> Result<Member, Formless> {
        let full_name = oneof.full_name();
        let name = member_name(oneof.name(), full_name, twice)?;
        let docs = self.docs.of("        ", &oneof.parent_file(), oneof.path());
        if let Some(Some(variant)) = self.known.get(full_name) {
            let ty = format!("option<{variant}>");
            return Ok(Member { name, ty, docs });
        }
        let mut cases = String::new();
        let endless = endless(oneof.fields());
        for field in oneof.fields() {
            let case = member_name(field.name(), field.full_name(), twice)?;
            let payload = match is_empty(&field) {
                true => String::new(),
                false => match self.element(&field) {
                    Ok(ty) => format!("({ty})"),
                    Err(what) if endless.contains(&field.number()) => {
                        self.omit(what);
                        continue;
                    }
                    Err(what) => return Err(what),
                },
            };
            let (file, path) = (field.parent_file(), field.path());
            cases += &self.docs.of("        ", &file, path);
            cases += &wit::case(&format!("{case}{payload}"));
        }
        if cases.is_empty() {
            return Err(format!(
                "`{full_name}` has no cases that have a form in WIT"
            ));
        }
        let variant = self.name(full_name, oneof.parent_message().package_name());
        self.text += &wit::definition("variant", &variant, &cases);
        self.known
            .insert(full_name.to_owned(), Some(variant.clone()));
        let ty = format!("option<{variant}>");
        Ok(Member { name, ty, docs })
    }

    fn field_type(&mut self, field: &FieldDescriptor) -> Result<String, Formless> {
        let kind = field.kind();
        if let (true, Some(entry)) = (field.is_map(), kind.as_message()) {
            let key = self.element(&entry.map_entry_key_field())?;
            let value = self.element(&entry.map_entry_value_field())?;
            return Ok(format!("list<tuple<{key}, {value}>>"));
        }
        if is_empty(field) && !field.is_list() {
            return Ok("bool".into());
        }
        let element = self.element(field)?;
        Ok(match (field.is_list(), is_optional(field)) {
            (true, _) => format!("list<{element}>"),
            (false, true) => format!("option<{element}>"),
            (false, false) => element,
        })
    }

    fn element(&mut self, field: &FieldDescriptor) -> Result<String, Formless> {
        let name = field.full_name();
        match field.kind() {
            Kind::Enum(of) => Ok(self.cases(&of)),
            Kind::Message(message) => {
                if let Some(value) = wrapped(&message) {
                    return Ok(scalar(&value.kind()).unwrap_or_default().to_owned());
                }
                if self.open.iter().any(|open| open == message.full_name()) {
                    return Err(format!("`{name}` is within what it is made of"));
                }
                if self.open.len() > DEPTH {
                    return Err(format!("`{name}` lies too deep"));
                }
                let record = self.record(&message);
                record.ok_or_else(|| format!("`{name}` has no fields that have a form in WIT"))
            }
            kind => Ok(scalar(&kind).unwrap_or_default().to_owned()),
        }
    }

    /// The enum by its name, or a number if names of its values have no form.
    fn cases(&mut self, of: &EnumDescriptor) -> String {
        let full_name = of.full_name();
        if let Some(known) = self.known.get(full_name) {
            return known.clone().unwrap_or_else(|| "s32".into());
        }
        let cases = distinct(of);
        let name = cases.map(|cases| {
            let name = self.name(full_name, of.package_name());
            let cases = cases.iter().map(|case| wit::case(&escaped(case)));
            let cases: String = cases.collect();
            self.text += &self.docs.of("    ", &of.parent_file(), of.path());
            self.text += &wit::definition("enum", &name, &cases);
            name
        });
        self.known.insert(full_name.to_owned(), name.clone());
        name.unwrap_or_else(|| "s32".into())
    }

    /// A name for a type: its own, or that with what it lies in.
    fn name(&mut self, full_name: &str, package: &str) -> String {
        let within = full_name.strip_prefix(package).unwrap_or(full_name);
        let names = [short(full_name), within, full_name];
        let names = names.map(|name| kebab(name).unwrap_or_else(|| "type".into()));
        let [short, within, full] = &names;
        escaped(&self.free([short, within, full]))
    }
}

/// The names of an enum's values, one for each number, if each finds its own again.
fn distinct(of: &EnumDescriptor) -> Option<Vec<String>> {
    let numbers = numbers(of);
    let mut seen = HashSet::new();
    let mut names = HashSet::new();
    let mut distinct = Vec::new();
    for (name, number) in cases(of) {
        if !seen.insert(number) {
            continue;
        }
        let value = of.get_value(number);
        let full = value.and_then(|value| kebab(value.name()));
        let finds = |name: &String| numbers.get(&normal(name)) == Some(&number);
        let name = [name, full].into_iter().flatten().find(finds)?;
        if !names.insert(name.clone()) {
            return None;
        }
        distinct.push(name);
    }
    Some(distinct)
}

fn member_name(name: &str, full_name: &str, twice: &HashSet<String>) -> Result<String, Formless> {
    if twice.contains(&normal(name)) {
        return Err(format!("`{full_name}` is called like another"));
    }
    let name = kebab(name).ok_or_else(|| format!("`{full_name}` has no name in WIT"))?;
    Ok(escaped(&name))
}
