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
    /// When the bytes are not a component; they may come from anyone.
    pub fn of_component(bytes: &[u8]) -> Result<Self, DecodeError> {
        contain::decode(bytes, |bytes| {
            packages::check_component(bytes)?;
            match decode(bytes).map_err(|error| format!("{error:#}"))? {
                DecodedWasm::Component(resolve, world) => Ok(World::new(resolve, world)),
                DecodedWasm::WitPackage(..) => Err("it is a WIT package, which has no code".into()),
            }
        })
        .map_err(DecodeError)
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
