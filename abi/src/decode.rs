//! Decoding of worlds from bytes that may come from anyone.

use crate::world::World;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wit_parser::decoding::{DecodedWasm, decode, decode_world};

/// The largest encoding of a world that is read, in bytes. Worlds that people write take some
/// kilobytes; names in them are copied for each function.
const MAX_WORLD: usize = 1 << 20;

/// Bytes that are not the encoding of a world, or not a component.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(String);

impl DecodeError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        DecodeError(message.into())
    }
}

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
        let (resolve, id) = contained(|| decode_world(bytes))?;
        let optional = crate::optional::read(bytes).map_err(DecodeError)?;
        Ok(World::new(resolve, id).with_optional(optional))
    }

    /// The world that a component implements by its type.
    ///
    /// # Errors
    /// When the bytes are not a component; they may come from anyone.
    pub fn of_component(bytes: &[u8]) -> Result<Self, DecodeError> {
        match contained(|| decode(bytes))? {
            DecodedWasm::Component(resolve, world) => Ok(World::new(resolve, world)),
            DecodedWasm::WitPackage(..) => {
                Err(DecodeError::new("it is a WIT package, which has no code"))
            }
        }
    }
}

/// Runs a decoder of `wit-parser`. It validates its input, but some valid components that no
/// toolchain writes trip over an assertion in it, and a stranger's bytes must not end the host.
fn contained<T>(decode: impl FnOnce() -> anyhow::Result<T>) -> Result<T, DecodeError> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(result) => result.map_err(|error| DecodeError(format!("{error:#}"))),
        Err(_) => Err(DecodeError::new("its type has a shape that cannot be read")),
    }
}
