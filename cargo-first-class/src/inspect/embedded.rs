//! Worlds in the memory of a caller.
//!
//! The macro puts the encoding of a world into a constant, which the caller passes when it loads a
//! plugin. So it stands somewhere in the data of one of the caller's modules, without a mark and
//! without its length, and begins as every component does.

use first_class_abi::World;
use std::collections::BTreeMap;
use std::ops::Range;
use wasmparser::{BinaryReader, Data, DataKind, Operator, Parser, Payload};

/// How a component begins.
const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";

/// How many places that look like a world are looked at, and how many possible ends of each.
const MOST_PLACES: usize = 256;
const MOST_ENDS: usize = 8;

/// Up to how many bytes of zero a tool may have left out between two segments of data.
const LARGEST_GAP: usize = 64;

/// The largest number of a section of a component.
const LAST_SECTION: u8 = 11;

/// The worlds that a component can pass to its host, each once, sorted by their names.
pub(crate) fn worlds_in(component: &[u8]) -> Vec<World> {
    let mut worlds = BTreeMap::new();
    for run in runs(component) {
        let is_start = |at: &usize| run[*at..].starts_with(PREAMBLE);
        for start in (0..run.len()).filter(is_start).take(MOST_PLACES) {
            if let Some((world, range)) = world_at(&run, start) {
                worlds.insert((world.full_name(), run[range].to_vec()), world);
            }
        }
    }
    worlds.into_values().collect()
}

/// The world that begins somewhere, and where it lies.
fn world_at(run: &[u8], start: usize) -> Option<(World, Range<usize>)> {
    let ends = section_ends(&run[start..]);
    ends.iter().rev().take(MOST_ENDS).find_map(|end| {
        let range = start..start + end;
        Some((World::decode(&run[range.clone()]).ok()?, range))
    })
}

/// Where the sections end of what begins as a component.
fn section_ends(bytes: &[u8]) -> Vec<usize> {
    let mut reader = BinaryReader::new(bytes, 0);
    let mut ends = Vec::new();
    if reader.read_bytes(PREAMBLE.len()).is_err() {
        return ends;
    }
    let mut section = || {
        if reader.read_u8().ok()? > LAST_SECTION {
            return None;
        }
        let length = reader.read_var_u32().ok()?;
        reader.read_bytes(length as usize).ok()?;
        Some(reader.original_position() as usize)
    };
    while let Some(end) = section() {
        ends.push(end);
    }
    ends
}

/// The data of all modules in a component, those of one module that lie beside each other as one.
fn runs(component: &[u8]) -> Vec<Vec<u8>> {
    let mut runs = Vec::new();
    let mut placed = Vec::new();
    for payload in Parser::new(0).parse_all(component).map_while(Result::ok) {
        match payload {
            Payload::Version { .. } => runs.extend(join(std::mem::take(&mut placed))),
            Payload::DataSection(section) => {
                for data in section.into_iter().map_while(Result::ok) {
                    match address(&data) {
                        Some(address) => placed.push((address, data.data)),
                        None => runs.push(data.data.to_vec()),
                    }
                }
            }
            _ => {}
        }
    }
    runs.extend(join(placed));
    runs
}

/// Where in the memory the data will lie, if that is said by a constant.
fn address(data: &Data<'_>) -> Option<usize> {
    let DataKind::Active { offset_expr, .. } = &data.kind else {
        return None;
    };
    match offset_expr.get_operators_reader().read().ok()? {
        Operator::I32Const { value } => Some(value.cast_unsigned() as usize),
        Operator::I64Const { value } => usize::try_from(value).ok(),
        _ => None,
    }
}

fn join(mut placed: Vec<(usize, &[u8])>) -> Vec<Vec<u8>> {
    placed.sort_by_key(|(address, _)| *address);
    let mut runs: Vec<Vec<u8>> = Vec::new();
    let mut end = 0;
    for (address, data) in placed {
        match (runs.last_mut(), address.checked_sub(end)) {
            (Some(run), Some(gap)) if gap <= LARGEST_GAP => {
                run.resize(run.len() + gap, 0);
                run.extend(data);
            }
            _ => runs.push(data.to_vec()),
        }
        end = address.saturating_add(data.len());
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::{PREAMBLE, section_ends, worlds_in};
    use first_class_abi::World;
    use first_class_abi::wit_parser::Resolve;

    fn encoded(wit: &str) -> Vec<u8> {
        let mut resolve = Resolve::new();
        let package = resolve.push_source("t.wit", wit).expect("valid WIT");
        let world = resolve
            .select_world(&[package], None)
            .expect("there is one");
        let optional = ["f".to_owned()];
        World::new(resolve, world)
            .with_optional(optional)
            .encode()
            .expect("can be encoded")
    }

    /// A component with a module that has this data at some addresses.
    fn component(segments: &[(usize, &[u8])]) -> Vec<u8> {
        let data = segments.iter().map(|(address, bytes)| {
            let text: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
            format!("(data (i32.const {address}) \"{text}\")")
        });
        let data: String = data.collect();
        let text = format!("(component (core module (memory 1) {data}))");
        wat::parse_str(text).expect("valid WAT")
    }

    fn names(component: &[u8]) -> Vec<String> {
        let worlds = worlds_in(component);
        worlds
            .iter()
            .map(|world| format!("{} {:?}", world.full_name(), world.optional()))
            .collect()
    }

    #[test]
    fn worlds_are_found_among_other_data_each_once() {
        let a = encoded("package t:t; world a { export f: func(); }");
        let b = encoded("package t:t@1.2.0; world b { export f: func(); }");
        let bytes = [
            b"text",
            &*b,
            b"\0asm more text",
            &*a,
            &[0; 9],
            &*b,
            b"\0\0\x03",
        ]
        .concat();
        let expected = ["t:t/a [\"f\"]", "t:t/b@1.2.0 [\"f\"]"];
        assert_eq!(names(&component(&[(16, &bytes)])), expected);
    }

    #[test]
    fn a_world_in_several_segments_is_found() {
        let a = encoded("package t:t; world a { export f: func(); }");
        let zeros = a[9..]
            .iter()
            .position(|byte| *byte == 0)
            .map(|at| at + 9)
            .expect("has a 0");
        let segments = [(100 + zeros + 1, &a[zeros + 1..]), (100, &a[..zeros])];
        assert_eq!(names(&component(&segments)), ["t:t/a [\"f\"]"]);
    }

    #[test]
    fn what_only_begins_like_a_world_is_none() {
        let a = encoded("package t:t; world a { export f: func(); }");
        let many = PREAMBLE.repeat(1000);
        // In the section of the types, the second one.
        let cut = &a[..section_ends(&a)[0] + 20];
        let found = names(&component(&[(0, cut), (4000, &many), (20_000, b"\0asm")]));
        assert!(found.is_empty(), "{found:?}");
        assert!(names(b"no component").is_empty());
    }
}
