//! Worlds as guests pass them, and the types of components.

use crate::Seed;
use first_class_abi::value::Codec;
use first_class_abi::wit_parser::Resolve;
use first_class_abi::{CallShape, World, differences, provider};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest seed. Worlds that are large are large in the same way over and over.
const LARGEST_SEED: usize = 1200;

/// Decodes the bytes, as a world and as a component. What they decode to can be used in all the
/// ways in which a shim uses it, and is the same after it was encoded again.
///
/// # Panics
/// When it cannot, or is not.
pub fn run(data: &[u8]) {
    if let Ok(world) = World::decode(data) {
        let encoded = world.encode().expect("what was decoded can be encoded");
        let again = World::decode(&encoded).expect("what was encoded can be decoded");
        assert_eq!(description(&again), description(&world));
        assert_eq!(CallShape::of_world(&again), CallShape::of_world(&world));
        fits(&world, &again);
        fits(&again, &world);
        fits(&world, &world);
        Codec::new(Arc::new(world)).expect("types of a decoded world are not too large");
    }
    if let Ok(component) = World::of_component(data) {
        description(&component);
        fits(&component, &component);
    }
}

fn fits(expected: &World, plugin: &World) {
    if !has_substitute(expected) {
        let differences = differences(expected, plugin);
        assert!(differences.is_empty(), "{differences:?}");
    }
}

/// Whether the world imports an interface and exports another version of it, which composition
/// takes for what is imported. Such a world need not fit itself.
fn has_substitute(world: &World) -> bool {
    let (imports, exports) = (world.import_names(), world.export_names());
    imports.iter().any(|import| {
        let found = provider(import, exports.iter().map(String::as_str));
        found.is_some_and(|export| export != import)
    })
}

/// All that has a name in a world.
fn description(world: &World) -> [Vec<String>; 5] {
    let callables = world.callables().iter();
    [
        vec![world.full_name()],
        world.export_names(),
        world.import_names(),
        callables.map(|callable| callable.display_name()).collect(),
        world.optional().to_vec(),
    ]
}

/// The encodings of small worlds that the other tests use, too, and one with optional exports.
pub fn seeds() -> Vec<Seed> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../worlds");
    let mut seeds = Vec::new();
    for path in files(Path::new(folder)) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut resolve = Resolve::new();
        resolve.all_features = true;
        let Ok((package, _)) = resolve.push_path(&path) else {
            continue;
        };
        for (world, &id) in &resolve.packages[package].worlds {
            let Ok(data) = World::new(resolve.clone(), id).encode() else {
                continue;
            };
            let name = format!("{name}-{world}");
            seeds.push(Seed { name, data });
        }
    }
    seeds.retain(|seed| seed.data.len() <= LARGEST_SEED);
    seeds
}

/// The files in the folders of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        match path.is_dir() {
            true => files.extend(self::files(&path)),
            false if path.extension().is_some_and(|end| end == "wit") => files.push(path),
            false => {}
        }
    }
    files.sort();
    files
}
