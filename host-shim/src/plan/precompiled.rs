//! Plugins that were compiled ahead of time.
//!
//! An artifact is, after a mark: how the plugin is entered, whether it waits in the host, and whether
//! it holds instances (a byte each), the encoding of the world, the numbers that it lacks, and the names of the imports that its
//! caller serves, one in a line (each of the three with its length in 4 bytes, little-endian), and
//! the code as wasmtime serialises it.

use super::component::Traits;
use crate::engine::{Mode, PluginEngine};
use crate::error::LoadError;
use first_class_abi::World;
use wasmtime::component::Component;

const MARK: &[u8] = b"first-class-worlds compiled 3\n";

/// What is in an artifact.
pub(super) struct Artifact<'a> {
    pub(super) traits: Traits,
    pub(super) lacks: Vec<u32>,
    code: &'a [u8],
}

impl<'a> Artifact<'a> {
    /// Whether bytes claim to be an artifact.
    pub(super) fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(MARK)
    }

    pub(super) fn write(
        world: &World,
        traits: &Traits,
        lacks: &[u32],
        code: &[u8],
    ) -> Result<Vec<u8>, String> {
        let world = world.encode().map_err(|error| error.to_string())?;
        let mode = match traits.mode {
            Mode::Direct => 0,
            Mode::Waiting => 1,
            Mode::Concurrent => 2,
        };
        let mut artifact = [
            MARK,
            &[mode, u8::from(traits.waits), u8::from(traits.holds)],
        ]
        .concat();
        let lacks: Vec<u8> = lacks
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        let served = traits.served.join("\n").into_bytes();
        for part in [world, lacks, served] {
            let length = u32::try_from(part.len()).map_err(|_| "the world is too large")?;
            artifact.extend(length.to_le_bytes());
            artifact.extend(part);
        }
        artifact.extend(code);
        Ok(artifact)
    }

    /// Takes an artifact apart. It must have been made for this world.
    pub(super) fn read(
        bytes: &'a [u8],
        source_name: &str,
        world: &World,
    ) -> Result<Self, LoadError> {
        let failed = |message: &str| LoadError::Compile {
            source_name: source_name.into(),
            message: message.into(),
        };
        let (traits, compiled_for, lacks, code) =
            parts(bytes).ok_or_else(|| failed("the compiled file is damaged; compile it again"))?;
        match world.encode() {
            Ok(asked) if asked == compiled_for => Ok(Artifact {
                traits,
                lacks,
                code,
            }),
            _ => Err(failed(
                "it was compiled ahead of time for another world; compile it for this one",
            )),
        }
    }

    /// The component, ready to be instantiated.
    #[allow(
        unsafe_code,
        reason = "wasmtime trusts the machine code that it did not make in this process"
    )]
    pub(super) fn component(&self, engine: &PluginEngine) -> wasmtime::Result<Component> {
        // SAFETY: wasmtime asks that the bytes come from its own serialisation. They do unless
        // somebody else writes the files of a source that the embedder called trusted
        // (`Source::trust_precompiled`), and nothing else gets here.
        unsafe { Component::deserialize(engine.engine(self.traits.mode), self.code) }
    }
}

type Parts<'a> = (Traits, &'a [u8], Vec<u32>, &'a [u8]);

fn parts(bytes: &[u8]) -> Option<Parts<'_>> {
    let (&[mode, waits, holds], rest) = bytes.strip_prefix(MARK)?.split_first_chunk()?;
    let mode = match mode {
        0 => Mode::Direct,
        1 => Mode::Waiting,
        2 => Mode::Concurrent,
        _ => return None,
    };
    let (waits, holds) = (waits != 0, holds != 0);
    let (world, rest) = part(rest)?;
    let (lacks, rest) = part(rest)?;
    let (served, code) = part(rest)?;
    let served = std::str::from_utf8(served).ok()?.lines();
    let lacks = lacks
        .chunks_exact(4)
        .filter_map(|number| number.first_chunk());
    let lacks = lacks.copied().map(u32::from_le_bytes).collect();
    let traits = Traits {
        mode,
        waits,
        holds,
        served: served.map(str::to_owned).collect(),
    };
    Some((traits, world, lacks, code))
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}
