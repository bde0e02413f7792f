//! Decoding with tools that trust their input.
//!
//! The crates that read the binary format validate it, but two things are left to whoever hands
//! them a stranger's bytes. They descend into nested types by recursion before they look how deep
//! it is, so a few thousand bytes overflow the stack, which no process survives. And what is valid
//! but is not what `wit-component` writes meets assertions. Both stay in here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmparser::{Parser, Payload};

/// How many nested types may be opened on the stack of the caller.
const SHALLOW: usize = 32;

/// How many may be opened at all. Each interface of a world is such a type.
const DEEP: usize = 4096;

/// How much stack the tools take for each, several times what was measured without optimisation.
const STACK_EACH: usize = 16 << 10;

/// The stack of everything else.
const STACK_BASE: usize = 2 << 20;

/// The decoder's answer about these bytes, or why it had none.
pub(crate) fn decode<T: Send>(
    bytes: &[u8],
    decode: impl FnOnce(&[u8]) -> Result<T, String> + Send,
) -> Result<T, String> {
    let openings = openings(bytes);
    if openings > DEEP {
        return Err(format!(
            "it has more than {DEEP} types of interfaces and components"
        ));
    }
    let guarded = || {
        // The decoder's own state is dropped with the panic.
        catch_unwind(AssertUnwindSafe(|| decode(bytes)))
            .unwrap_or_else(|_| Err("it is not what an encoder of worlds writes".into()))
    };
    if openings <= SHALLOW {
        return guarded();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("first-class-decode".into())
            .stack_size(STACK_BASE + openings * STACK_EACH)
            .spawn_scoped(scope, guarded);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(decoded)) => decoded,
            Ok(Err(_)) => Err("it could not be decoded".into()),
            Err(error) => Err(format!("no thread could be started: {error}")),
        }
    })
}

/// At most how deep component and instance types are nested: in a section of types, one inside of
/// another is declared by the bytes `01 41` or `01 42`. Other things may look the same, which does
/// no harm there; in code it would, of which a component may have megabytes.
fn openings(bytes: &[u8]) -> usize {
    let payloads = Parser::new(0).parse_all(bytes).map_while(Result::ok);
    let sections = payloads.filter_map(|payload| match payload {
        Payload::ComponentTypeSection(section) => {
            let range = section.range();
            bytes.get(range.start as usize..range.end as usize)
        }
        _ => None,
    });
    let pairs = sections.flat_map(|section| section.windows(2));
    pairs
        .filter(|pair| matches!(pair, [0x01, 0x41 | 0x42]))
        .count()
}
