//! What of a world and of a server's schemas fits, and how the rest is named.

use crate::host;
use crate::stub::stub;
use first_class_host::LoadError;
use serde_json::{Value as Json, json};

first_class::first_class_world!({
    world: "one",
    inline: "package test:one;
        world one {
            record item { name: string, %list: list<u8>, size: option<u32> }
            enum color { light-blue, red }
            flags rights { read, write }
            variant choice { none, some-of(list<string>), all }
            export one: func(item: item, color: color, rights: rights, choice: choice, pair: tuple<u8, bool>,
                words: map<string, f64>, maybe: option<char>) -> item;
        }",
});

/// Schemas of arguments that fit.
fn properties() -> Json {
    json!({
        "item": {"$ref": "#/$defs/Item"},
        "color": {"enum": ["LIGHT_BLUE", "red", "green"]},
        "rights": {"type": "array", "items": {"type": "string", "enum": ["read", "write"]}},
        "choice": {"oneOf": [
            {"const": "none"}, {"const": "all"},
            {"type": "object", "properties": {"someOf": {"type": "array", "items": {}}}, "required": ["someOf"]},
        ]},
        "pair": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}]},
        "words": {"type": "object", "additionalProperties": {"type": "number"}},
        "maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    })
}

fn item() -> Json {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "list": {"type": "string", "contentEncoding": "base64"},
            "size": {"type": ["integer", "null"]},
            "more": {"type": "number"},
        },
        "required": ["name", "list"],
    })
}

/// What stands in the way of a server with these schemas, if the stub can be run.
fn misfits(properties: Json, required: Json, output: Option<Json>) -> Option<Vec<String>> {
    let mut tool = json!({"name": "one", "inputSchema": {
        "type": "object", "properties": properties, "required": required, "$defs": {"Item": item()},
    }});
    if let Some(output) = output {
        tool["outputSchema"] = output;
    }
    let shim = host([("one", stub("", &[tool], None)?)]);
    Some(match shim.caller().load("one", one::WORLD) {
        Ok(_) => Vec::new(),
        Err(LoadError::Misfit { misfits, .. }) => misfits
            .iter()
            .map(|it| it.reason.replace("tool `one`, ", ""))
            .collect(),
        Err(other) => panic!("{other}"),
    })
}

#[test]
fn what_fits_is_loaded() {
    let required = json!(["item", "color", "maybe"]);
    let Some(found) = misfits(properties(), required.clone(), Some(item())) else {
        return;
    };
    assert_eq!(found, [""; 0]);
    // What is in an only property is taken from it, and what cannot be judged is judged when it comes.
    let wrapped =
        json!({"type": "object", "properties": {"result": item()}, "required": ["result"]});
    assert_eq!(
        misfits(properties(), required.clone(), Some(wrapped)),
        Some(Vec::new())
    );
    assert_eq!(
        misfits(properties(), required, Some(json!({"type": "object"}))),
        Some(Vec::new())
    );
    let free = json!({"name": "one", "inputSchema": {"type": "object"}});
    let shim = host([("one", stub("", &[free], None).expect("runs"))]);
    shim.caller().load("one", one::WORLD).expect("loads");
}

/// The properties with one changed.
fn but(name: &str, schema: Json) -> Json {
    let mut properties = properties();
    properties[name] = schema;
    properties
}

#[test]
fn what_differs_is_named_with_what_was_expected_and_found() {
    for (name, schema, expected) in [
        (
            "item",
            json!({"type": "string"}),
            "property `item`: expected record, found string",
        ),
        (
            "color",
            json!({"enum": ["red"]}),
            "property `color`: expected one of `red`, found the case `light-blue`",
        ),
        (
            "color",
            json!({"type": "integer"}),
            "property `color`: expected enum, found integer",
        ),
        (
            "rights",
            json!({"type": "array", "items": {"type": "integer"}}),
            "property `rights`: expected flags as strings, found integer",
        ),
        (
            "choice",
            json!({"enum": ["none", "all"]}),
            "property `choice.some-of`: expected an object for the case, found string",
        ),
        (
            "pair",
            json!({"type": "array", "items": [{"type": "integer"}, {"type": "string"}]}),
            "property `pair[1]`: expected bool, found string",
        ),
        (
            "words",
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            "property `words.*`: expected f64, found integer",
        ),
        (
            "maybe",
            json!({"type": ["array", "boolean"]}),
            "property `maybe`: expected char, found array or boolean",
        ),
        (
            "words",
            json!(false),
            "property `words`: expected map, found nothing",
        ),
    ] {
        let Some(found) = misfits(but(name, schema), json!([]), None) else {
            return;
        };
        assert_eq!(found, [expected]);
    }
}

#[test]
fn what_is_required_must_be_there_on_both_sides() {
    let Some(found) = misfits(but("other", json!({})), json!(["other"]), None) else {
        return;
    };
    assert_eq!(
        found,
        ["property `other`: expected a field, found none for a required property"]
    );
    let found = misfits(
        but("maybe", json!({"type": "string"})),
        json!(["maybe"]),
        None,
    );
    let expected = "property `maybe`: expected a required property, found an option";
    assert_eq!(found, Some(vec![expected.into()]));
    let mut fewer = properties();
    fewer.as_object_mut().expect("is one").remove("pair");
    let expected = "property `pair`: expected tuple, found no such property";
    assert_eq!(misfits(fewer, json!([]), None), Some(vec![expected.into()]));

    let mut output = item();
    output["required"] = json!(["list"]);
    let found = misfits(properties(), json!([]), Some(output));
    let expected =
        "property `(result).name`: expected string, found a property that may be left out";
    assert_eq!(found, Some(vec![expected.into()]));
    let mut output = item();
    output["properties"]["name"] = json!({"type": ["string", "null"]});
    let found = misfits(properties(), json!([]), Some(output));
    let expected = "property `(result).name`: expected string, found what may be null";
    assert_eq!(found, Some(vec![expected.into()]));
}

#[test]
fn schemas_without_end_are_compared_in_time() {
    // Each choice has two more, and refers to itself.
    let wide = json!({"anyOf": [{"$ref": "#/properties/item"}, {"$ref": "#/properties/item"}]});
    let Some(found) = misfits(but("item", wide), json!([]), None) else {
        return;
    };
    assert_eq!(found, [""; 0]);
    let mut deep = json!({"type": "string"});
    for _ in 0..60 {
        deep = json!({"type": "object", "properties": {"name": deep}, "required": ["name"]});
    }
    let found = misfits(but("item", deep), json!([]), None).expect("runs");
    assert!(found[0].contains("item.name"), "{found:?}");
}

mod nested {
    first_class::first_class_world!({
        world: "nested",
        inline: "package test:nested;
            world nested {
                export one: func(value: list<option<option<u8>>>, bytes: stream<u8>);
            }",
    });
}

#[test]
fn what_has_no_form_in_json_is_named() {
    let Some(mcp) = stub("", &[], None) else {
        return;
    };
    let shim = host([("one", mcp)]);
    let error = shim
        .caller()
        .load("one", nested::nested::WORLD)
        .expect_err("has none")
        .to_string();
    assert!(
        error.contains("`one`: an option of an option cannot be carried"),
        "{error}"
    );
    assert!(
        error.contains("`one`: a stream cannot be carried"),
        "{error}"
    );
    let error = shim
        .caller()
        .load("one", one::WORLD)
        .expect_err("has no tool")
        .to_string();
    assert!(error.contains("`one`: the server has no tools"), "{error}");
}
