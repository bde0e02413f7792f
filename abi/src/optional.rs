//! The exports that a plugin may lack, as a section of the encoded world.

use wasm_encoder::{ComponentSection, CustomSection};
use wasmparser::{Parser, Payload};

/// The name of the custom section; its content is one name a line.
const SECTION: &str = "first-class:optional";

/// Appends the section to an encoded world.
pub(crate) fn append(names: &[String], encoded: &mut Vec<u8>) {
    if names.is_empty() {
        return;
    }
    let section = CustomSection {
        name: SECTION.into(),
        data: names.join("\n").into_bytes().into(),
    };
    section.append_to_component(encoded);
}

/// Reads the section of an encoded world; without one, nothing is optional.
pub(crate) fn read(encoded: &[u8]) -> Result<Vec<String>, String> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(encoded) {
        match payload.map_err(|error| error.to_string())? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if depth == 0 && section.name() == SECTION => {
                let names = std::str::from_utf8(section.data())
                    .map_err(|_| format!("the section `{SECTION}` is not UTF-8"))?;
                return Ok(names.lines().map(String::from).collect());
            }
            _ => {}
        }
    }
    Ok(Vec::new())
}
