//! What a JSON schema says of a value.

use super::names::find;
use serde_json::{Map, Value as Json};
use std::iter;

/// How many schemas may be gone through for the alternatives of one value, and how many alternatives there may be.
/// What is more than that cannot be judged.
const MOST_PARTS: usize = 256;

/// How many values may be listed. More cannot be judged.
const MOST_LISTED: usize = 500;

/// How many of these are as much to go through as a schema.
const LISTED_OF_ONE: usize = 16;

/// How long a reference may be, in bytes, that is followed.
const LONGEST: usize = 1024;

/// How deep these may refer to each other.
const MOST_DEPTH: usize = 32;

/// How many properties of an object are looked at.
const MOST_PROPERTIES: usize = 500;

/// A schema, within the document that it refers to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema<'a> {
    root: &'a Json,
    node: &'a Json,
}

/// A kind of JSON value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// What a value may be.
#[derive(Clone, Debug, Default)]
pub(super) struct Alternatives<'a> {
    /// Whether it may be `null`.
    pub(super) is_nullable: bool,
    /// What it may be beside that.
    pub(super) of: Vec<Alternative<'a>>,
}

/// One of several kinds that a value may be of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alternative<'a> {
    schema: Schema<'a>,
    /// Nothing if it may be anything, or cannot be judged.
    pub(super) kind: Option<Kind>,
}

/// What else an object may have.
pub(super) enum Additional<'a> {
    Anything,
    Nothing,
    Of(Schema<'a>),
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Kind::Boolean,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "string" => Kind::String,
            "array" => Kind::Array,
            "object" => Kind::Object,
            _ => return None,
        })
    }

    fn of(value: &Json) -> Option<Self> {
        Some(match value {
            Json::Null => return None,
            Json::Bool(_) => Kind::Boolean,
            Json::Number(number) if number.is_f64() => Kind::Number,
            Json::Number(_) => Kind::Integer,
            Json::String(_) => Kind::String,
            Json::Array(_) => Kind::Array,
            Json::Object(_) => Kind::Object,
        })
    }

    /// As schemas name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Array => "array",
            Kind::Object => "object",
        }
    }
}

impl<'a> Schema<'a> {
    /// A whole document.
    pub(super) fn new(root: &'a Json) -> Self {
        Schema { root, node: root }
    }

    fn at(self, node: &'a Json) -> Self {
        Schema { node, ..self }
    }

    /// What a value may be. What refers to nothing that is known may be anything.
    pub(super) fn alternatives(self) -> Alternatives<'a> {
        let mut found = Alternatives::default();
        let mut left = MOST_PARTS;
        found.gather(self, MOST_DEPTH, &mut left);
        found
    }

    /// Where it stands, which tells it apart from all others in its document.
    pub(super) fn place(self) -> *const Json {
        self.node
    }

    /// What is said of it in words.
    pub(super) fn description(self) -> Option<&'a str> {
        self.node.get("description")?.as_str()
    }
}

impl<'a> Alternatives<'a> {
    /// Whether it may be anything, or cannot be judged.
    pub(super) fn is_anything(&self) -> bool {
        self.of.iter().any(|it| it.kind.is_none())
    }

    fn gather(&mut self, schema: Schema<'a>, depth: usize, left: &mut usize) {
        if depth == 0 || *left == 0 {
            return self.add(schema, None);
        }
        *left -= 1;
        let node = match schema.node {
            Json::Object(node) => node,
            Json::Bool(false) => return,
            _ => return self.add(schema, None),
        };
        let is_plain = ["properties", "items", "prefixItems"].map(|key| node.contains_key(key));
        let is_plain = is_plain.contains(&true);
        self.is_nullable |= node.get("nullable") == Some(&Json::Bool(true));
        if let Some(reference) = node.get("$ref") {
            let target = reference.as_str().filter(|it| it.len() <= LONGEST);
            let target = target.and_then(|it| it.strip_prefix('#'));
            return match target.and_then(|pointer| schema.root.pointer(pointer)) {
                Some(target) => self.gather(schema.at(target), depth - 1, left),
                None => self.add(schema, None),
            };
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            let Some(Json::Array(parts)) = node.get(key).filter(|_| !is_plain) else {
                continue;
            };
            if key == "allOf" && parts.len() != 1 {
                return self.add(schema, None);
            }
            for part in parts {
                if self.of.len() == MOST_PARTS {
                    break;
                }
                self.gather(schema.at(part), depth - 1, left);
            }
            return;
        }
        match node.get("type") {
            Some(Json::String(name)) => self.add_named(schema, name),
            Some(Json::Array(names)) if names.len() > MOST_PARTS => self.add(schema, None),
            Some(Json::Array(names)) => {
                for name in names.iter().filter_map(Json::as_str) {
                    self.add_named(schema, name);
                }
            }
            _ => self.gather_untyped(schema, node, left),
        }
    }

    fn gather_untyped(
        &mut self,
        schema: Schema<'a>,
        node: &'a Map<String, Json>,
        left: &mut usize,
    ) {
        match listed(node) {
            Listed::TooMany => self.add(schema, None),
            Listed::Values(values) if !values.is_empty() => {
                *left = left.saturating_sub(values.len() / LISTED_OF_ONE);
                self.is_nullable |= values.contains(&&Json::Null);
                let mut kinds = Vec::new();
                for kind in values.into_iter().filter_map(Kind::of) {
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                        self.add(schema, Some(kind));
                    }
                }
            }
            Listed::Values(_) if node.contains_key("properties") => {
                self.add(schema, Some(Kind::Object))
            }
            Listed::Values(_) if node.contains_key("items") => self.add(schema, Some(Kind::Array)),
            Listed::Values(_) => self.add(schema, None),
        }
    }

    fn add_named(&mut self, schema: Schema<'a>, name: &str) {
        match name {
            "null" => self.is_nullable = true,
            name => self.add(schema, Kind::named(name)),
        }
    }

    fn add(&mut self, schema: Schema<'a>, kind: Option<Kind>) {
        match MOST_PARTS - self.of.len() {
            0 => {}
            1 => self.of.push(Alternative { schema, kind: None }),
            _ => self.of.push(Alternative { schema, kind }),
        }
    }

    /// What an array has at a position, in the first alternative that says so.
    pub(super) fn item(&self, index: usize) -> Option<Schema<'a>> {
        let mut arrays = self.of.iter().filter(|it| it.kind == Some(Kind::Array));
        arrays.find_map(|it| it.item(index))
    }

    /// What a property is called, and may be, in the first object that has it.
    pub(super) fn property(&self, name: &str) -> Option<(&'a str, Schema<'a>)> {
        self.of.iter().find_map(|it| it.property(name))
    }

    /// What the values of an object may be that it has no properties for.
    pub(super) fn additional(&self) -> Option<Schema<'a>> {
        self.of.iter().find_map(|it| match it.additional() {
            Additional::Of(schema) => Some(schema),
            Additional::Anything | Additional::Nothing => None,
        })
    }

    /// Whether it may be of a kind.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.of.iter().any(|it| it.kind == Some(kind))
    }

    /// The string that is meant by a name, of those that are listed.
    pub(super) fn constant(&self, name: &str) -> Option<&'a str> {
        let strings = self.of.iter().find_map(|it| it.strings())?;
        find(strings.into_iter().map(|it| (it, ())), name).map(|(it, ())| it)
    }
}

impl<'a> Alternative<'a> {
    fn get(self, key: &str) -> Option<&'a Json> {
        self.schema.node.get(key)
    }

    /// Its properties, if it says what they are.
    pub(super) fn properties(self) -> Option<impl Iterator<Item = (&'a str, Schema<'a>)> + Clone> {
        let properties = self.get("properties")?.as_object()?;
        let schema = self.schema;
        let properties = properties.iter().take(MOST_PROPERTIES);
        Some(properties.map(move |(name, node)| (name.as_str(), schema.at(node))))
    }

    /// The property that is meant by a name.
    pub(super) fn property(self, name: &str) -> Option<(&'a str, Schema<'a>)> {
        find(self.properties()?, name)
    }

    /// The properties that an object must have.
    pub(super) fn required(self) -> impl Iterator<Item = &'a str> + Clone {
        let names = self.get("required").and_then(Json::as_array);
        let names = names.into_iter().flatten().take(MOST_PROPERTIES);
        names.filter_map(Json::as_str)
    }

    /// What an object may have beside its properties.
    pub(super) fn additional(self) -> Additional<'a> {
        match self.get("additionalProperties") {
            Some(Json::Bool(false)) => Additional::Nothing,
            Some(node @ Json::Object(_)) => Additional::Of(self.schema.at(node)),
            _ => Additional::Anything,
        }
    }

    /// What an array has at a position; nothing if that may be anything.
    pub(super) fn item(self, index: usize) -> Option<Schema<'a>> {
        let in_order = ["prefixItems", "items"].into_iter().find_map(|key| {
            let items = self.get(key)?.as_array()?;
            items.get(index)
        });
        let any = self.get("items").filter(|it| it.is_object());
        in_order.or(any).map(|node| self.schema.at(node))
    }

    /// The only strings that it may be, if these are listed and can be judged.
    pub(super) fn strings(self) -> Option<Vec<&'a str>> {
        let Listed::Values(all) = listed(self.schema.node.as_object()?) else {
            return None;
        };
        let strings: Vec<&str> = all.iter().filter_map(|it| it.as_str()).collect();
        (!strings.is_empty()).then_some(strings)
    }

    /// What it is, in words.
    pub(super) fn name(self) -> &'static str {
        self.kind.map_or("anything", Kind::name)
    }
}

/// The values that a schema lists.
enum Listed<'a> {
    Values(Vec<&'a Json>),
    TooMany,
}

fn listed(node: &Map<String, Json>) -> Listed<'_> {
    let values = node.get("enum").and_then(Json::as_array);
    let values = values.map(Vec::as_slice).unwrap_or_default();
    match values.len() > MOST_LISTED {
        true => Listed::TooMany,
        false => Listed::Values(node.get("const").into_iter().chain(values).collect()),
    }
}

/// What a value may be, in words.
pub(super) fn spelled(alternatives: &Alternatives<'_>) -> String {
    let mut names: Vec<_> = alternatives.of.iter().map(|it| it.name()).collect();
    names.extend(iter::once("null").filter(|_| alternatives.is_nullable));
    names.dedup();
    match names.is_empty() {
        true => "nothing".into(),
        false => names.join(" or "),
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_PARTS, Schema, spelled};
    use serde_json::{Value as Json, json};

    fn says(schema: &Json) -> String {
        spelled(&Schema::new(schema).alternatives())
    }

    #[test]
    fn alternatives_are_found_wherever_they_stand() {
        assert_eq!(says(&json!({"type": "integer"})), "integer");
        assert_eq!(says(&json!({"type": ["string", "null"]})), "string or null");
        let any =
            json!({"anyOf": [{"type": "number"}, {"oneOf": [{"type": "null"}, {"const": "x"}]}]});
        assert_eq!(says(&any), "number or string or null");
        assert_eq!(says(&json!({"enum": ["a", null]})), "string or null");
        assert_eq!(says(&json!({"properties": {}})), "object");
        assert_eq!(says(&json!({})), "anything");
        assert_eq!(says(&json!(true)), "anything");
        assert_eq!(says(&json!(false)), "nothing");
        assert_eq!(
            says(&json!({"type": "boolean", "nullable": true})),
            "boolean or null"
        );
    }

    #[test]
    fn what_is_more_than_can_be_gone_through_is_anything() {
        let many = |what: &'static str| vec![what; 20_000];
        let names = json!({"type": many("string")});
        let parts = json!({"anyOf": vec![json!({"type": "string"}); 20_000]});
        let values = json!({"enum": many("a")});
        for schema in [&names, &parts, &values] {
            let alternatives = Schema::new(schema).alternatives();
            assert!(alternatives.is_anything());
            assert!(alternatives.of.len() <= MOST_PARTS);
        }
        // What a string may be is not judged, either.
        let strings = json!({"type": "string", "enum": many("a")});
        let alternatives = Schema::new(&strings).alternatives();
        assert_eq!(spelled(&alternatives), "string");
        assert!(alternatives.of.iter().all(|it| it.strings().is_none()));
        let mixed: Vec<Json> = (0..200).flat_map(|it| [json!(it), json!("a")]).collect();
        let mixed = json!({"enum": mixed});
        assert_eq!(says(&mixed), "integer or string");
    }

    #[test]
    fn references_are_followed_and_circles_end() {
        let schema = json!({"$ref": "#/$defs/a", "$defs": {
            "a": {"allOf": [{"$ref": "#/$defs/b"}]},
            "b": {"type": "array", "items": {"$ref": "#"}},
        }});
        assert_eq!(says(&schema), "array");
        let items = Schema::new(&schema)
            .alternatives()
            .item(3)
            .expect("are described");
        assert_eq!(spelled(&items.alternatives()), "array");
        assert_eq!(says(&json!({"$ref": "#"})), "anything");
        let wide = json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}]});
        assert_eq!(says(&wide), "anything");
        assert_eq!(
            says(&json!({"$ref": "https://example.org/schema"})),
            "anything"
        );
    }
}
