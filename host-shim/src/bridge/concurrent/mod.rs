//! The core module of a concurrent bridge: for worlds with `async` functions, streams or futures.
//!
//! It runs as one task, which takes commands from the host and tells it what has ended. It is written
//! as text, because most of it is the same for all worlds (`runtime.wat`); what depends on the
//! world are the calls of its functions ([`calls`]), its kinds of streams ([`kinds`]), and how
//! values are moved ([`walks`]).

mod calls;
mod kinds;
mod walks;

use super::BridgeError;
use super::arena::{MAX_PAGES, pages};
use calls::Call;
use first_class_abi::layout::Layouts;
use first_class_abi::{CallShape, Transmits, World};
use kinds::{KIND_SIZE, Kind};
use std::fmt::Write;
use walks::Walks;

const RUNTIME: &str = include_str!("runtime.wat");

/// Where the kinds of streams are described in memory.
const KINDS: u32 = 1024;

/// What the module is made of, in the order that the text format asks for.
#[derive(Default)]
struct Text {
    imports: String,
    functions: String,
}

/// Generates the module for the functions that a plugin has, but for those of the numbers in
/// `lacks`; `entry` is the interface by which the host enters it, and `host` that of the
/// host.
pub(super) fn generate(
    world: &World,
    shapes: &[CallShape],
    transmits: &Transmits,
    lacks: &[u32],
    entry: &str,
    host: &str,
) -> Result<Vec<u8>, BridgeError> {
    let layouts = Layouts::new(world.resolve()).map_err(BridgeError::tooling)?;
    let mut walks = Walks::new(world.resolve(), &layouts);
    let mut text = Text::default();
    let calls = Call::of_world(world, shapes, lacks, &layouts)?;
    for call in calls.iter().flatten() {
        call.write(&mut walks, &mut text);
    }
    let kinds = Kind::of_world(world, transmits, lacks);
    for kind in kinds.iter().flatten() {
        kind.write(&mut text);
    }
    let descriptions = kinds::descriptions(transmits, &layouts, &mut walks);
    let (functions, fixes) = walks.finish();
    let wat = [
        "(module\n",
        TYPES,
        &fixed_imports(host),
        &text.imports,
        &memory(&descriptions),
        &calls::tables(&calls),
        &kinds::tables(&kinds),
        &table("fixes", (0..fixes).map(|fix| Some(format!("$fix-{fix}")))),
        RUNTIME,
        &text.functions,
        &functions,
        &exports(entry),
        ")",
    ]
    .concat();
    wat::parse_str(wat).map_err(|error| BridgeError::Tooling(error.to_string()))
}

/// The types of what is called through tables.
const TYPES: &str = "
(type $begin (func (param i32 i32)))
(type $result (func (param i32)))
(type $fix (func (param i32)))
(type $make (func (result i64)))
(type $transfer (func (param i32 i32 i32) (result i32)))
(type $exchange (func (param i32) (result i32)))
(type $drop (func (param i32)))
";

fn fixed_imports(host: &str) -> String {
    format!(
        r#"
(import "$root" "[async-lower][subtask-cancel]" (func $subtask-cancel (type $exchange)))
(import "$root" "[subtask-drop]" (func $subtask-drop (type $drop)))
(import "$root" "[waitable-set-new]" (func $waitable-set-new (result i32)))
(import "$root" "[waitable-join]" (func $waitable-join (param i32 i32)))
(import "{host}" "[async-lower]next" (func $next-command (param i32) (result i32)))
(import "{host}" "ended" (func $ended (param i32 i32 i32 i32)))
"#
    )
}

fn exports(entry: &str) -> String {
    format!(
        "(export \"[async-lift]{entry}#run\" (func $run))
        (export \"[callback][async-lift]{entry}#run\" (func $happened))\n"
    )
}

/// The memory, with the descriptions of kinds, and where the heap begins in it.
fn memory(descriptions: &[u8]) -> String {
    let heap = KINDS as usize + descriptions.len().next_multiple_of(KIND_SIZE);
    let mut data = String::with_capacity(descriptions.len() * 3);
    for byte in descriptions {
        // Writing to a string does not fail.
        let _ = write!(data, "\\{byte:02x}");
    }
    format!(
        "(memory (export \"memory\") {} {MAX_PAGES})
        (data (i32.const {KINDS}) \"{data}\")
        (global $top (mut i32) (i32.const {heap}))\n",
        pages(heap)
    )
}

/// A table of functions, some of which are lacking.
fn table(name: &str, functions: impl ExactSizeIterator<Item = Option<String>>) -> String {
    let size = functions.len();
    let items = functions.map(|function| match function {
        Some(function) => format!("(item ref.func {function})"),
        None => "(item ref.null func)".to_owned(),
    });
    format!(
        "(table ${name} {size} {size} funcref)
        (elem (table ${name}) (i32.const 0) funcref {})\n",
        items.collect::<Vec<_>>().join(" ")
    )
}

/// The two names of an import, in quotes. The names of a world need no escapes, but the text must
/// stay what it is whatever they are.
fn import(module: &str, name: &str) -> String {
    let quote = |text: &str| {
        let escaped = text.bytes().map(|byte| match byte {
            b'"' | b'\\' | 0..32 | 127.. => format!("\\{byte:02x}"),
            byte => char::from(byte).to_string(),
        });
        format!("\"{}\"", escaped.collect::<String>())
    };
    format!("{} {}", quote(module), quote(name))
}
