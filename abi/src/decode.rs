//! Decoding of worlds from bytes that may come from anyone.

use crate::contain;
use crate::layout::Layouts;
use crate::optional;
use crate::order;
use crate::packages;
use crate::world::World;
use wasmparser::{Validator, WasmFeatures};
use wit_parser::decoding::{DecodedWasm, decode, decode_world};

/// The largest encoding of a world that is read, in bytes. Worlds that people write take some
/// kilobytes; names in them are copied for each function.
const MAX_WORLD: usize = 1 << 20;

/// Bytes that are not the encoding of a world, or not a component.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(String);

impl World {
    /// Reads what [`World::encode`] wrote.
    ///
    /// # Errors
    /// When the bytes are anything else; they may come from an untrusted guest.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_WORLD {
            return Err(DecodeError(format!(
                "an encoded world has at most {MAX_WORLD} bytes, this one has {}",
                bytes.len()
            )));
        }
        contain::decode(bytes, |bytes| {
            packages::check_world(bytes)?;
            let (resolve, id) = decode_world(bytes).map_err(|error| format!("{error:#}"))?;
            order::check(&resolve)?;
            Layouts::new(&resolve).map_err(|error| error.to_string())?;
            let world = World::new(resolve, id);
            check_encoding(&world)?;
            Ok(world.with_optional(optional::read(bytes)?))
        })
        .map_err(DecodeError)
    }

    /// The world that a component implements by its type.
    ///
    /// # Errors
    /// When the bytes are not a component; they may come from anyone. The error says what they are
    /// instead, and what to do.
    pub fn of_component(bytes: &[u8]) -> Result<Self, DecodeError> {
        check_kind(bytes).map_err(|found| DecodeError(found.into()))?;
        contain::decode(bytes, |bytes| {
            packages::check_component(bytes)?;
            match decode(bytes).map_err(|error| format!("{error:#}"))? {
                DecodedWasm::Component(resolve, world) => Ok(World::new(resolve, world)),
                DecodedWasm::WitPackage(..) => Err("it is a WIT package, which has no code".into()),
            }
        })
        .map_err(|error| DecodeError(format!("the file is truncated or damaged: {error}")))
    }
}

/// Checks that the bytes begin as a component does.
fn check_kind(bytes: &[u8]) -> Result<(), &'static str> {
    const MAGIC: &[u8] = b"\0asm";
    const CORE_VERSION: &[u8] = &[1, 0, 0, 0];
    if bytes.is_empty() {
        return Err("the file is empty");
    }
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(match std::str::from_utf8(bytes) {
            Ok(_) => "the file is text, not WebAssembly",
            Err(_) => "the file is not WebAssembly",
        });
    };
    match rest.starts_with(CORE_VERSION) {
        true => Err(
            "it is a core module; build it for `wasm32-wasip2`, or make it a component with \
             `wasm-tools component new`",
        ),
        false => Ok(()),
    }
}

/// Checks that the world can be encoded again, as it will be to make components for it. Of what is
/// imported and what is exported by one name, decoding makes one interface, which may be none.
fn check_encoding(world: &World) -> Result<(), String> {
    let encoded = world.encode().map_err(|error| error.to_string())?;
    Validator::new_with_features(WasmFeatures::all())
        .validate_all(&encoded)
        .map_err(|error| format!("its parts do not go together: {error}"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::World;

    #[test]
    fn anything_but_a_component_is_named_for_what_it_is() {
        let component = wat::parse_str("(component (import \"f\" (func)))").expect("valid WAT");
        let module = wat::parse_str("(module)").expect("valid WAT");
        let cases: [(&[u8], &str); 6] = [
            (b"", "empty"),
            (b"#!/bin/sh", "text"),
            (&[0xff, 0xfe, 0, 1], "not WebAssembly"),
            (b"\0asm", "truncated"),
            (&module, "core module"),
            (&component[..component.len() - 3], "truncated"),
        ];
        for (bytes, expected) in cases {
            let error = World::of_component(bytes).expect_err("no component");
            assert!(error.to_string().contains(expected), "{error}");
        }
        assert!(World::of_component(&component).is_ok());
    }

    /// It passes on an instance that it imports, with a resource in it, which no toolchain writes.
    #[test]
    fn a_component_that_wit_parser_panics_on_is_refused() {
        let component = wat::parse_str(
            r#"(component
                (import "a:b/c" (instance $i (export "t" (type (sub resource)))))
                (export "a:b/c" (instance $i)))"#,
        );
        let error = World::of_component(&component.expect("valid WAT"));
        let error = error.expect_err("cannot be read").to_string();
        assert!(error.contains("is not what"), "{error}");
    }
}
