//! What there is to say about a component.

use super::embedded::worlds_in;
use first_class_abi::World;
use first_class_abi::fit::Signatures;
use first_class_abi::wit_parser::{Function, IndexMap, WorldItem, WorldKey};
use indicatif::BinaryBytes;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// What there is to say about a component. Fields may be added, but not taken away.
#[derive(Serialize)]
pub(super) struct Report {
    file: String,
    bytes: usize,
    exports: Vec<Item>,
    imports: Vec<Item>,
    worlds: Vec<Loaded>,
}

/// Something that is exported or imported.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Item {
    Interface {
        name: String,
        functions: Vec<Signature>,
    },
    Function(Signature),
    Type {
        name: String,
    },
}

/// A function, with its type in WIT.
#[derive(Serialize)]
struct Signature {
    name: String,
    #[serde(rename = "type")]
    ty: String,
}

/// A world of which plugins are loaded.
#[derive(Serialize)]
struct Loaded {
    name: String,
    exports: Vec<Item>,
    imports: Vec<Item>,
    optional: Vec<String>,
}

impl Report {
    pub(super) fn new(file: &Path, bytes: &[u8], world: &World) -> Self {
        let worlds = worlds_in(bytes);
        Report {
            file: file.display().to_string(),
            bytes: bytes.len(),
            exports: exports(world),
            imports: imports(world),
            worlds: worlds.iter().map(Loaded::new).collect(),
        }
    }
}

impl Loaded {
    fn new(world: &World) -> Self {
        Loaded {
            name: world.full_name(),
            exports: exports(world),
            imports: imports(world),
            optional: world.optional().to_vec(),
        }
    }
}

fn exports(world: &World) -> Vec<Item> {
    items(world, &world.resolve().worlds[world.id()].exports)
}

fn imports(world: &World) -> Vec<Item> {
    items(world, &world.resolve().worlds[world.id()].imports)
}

fn items(world: &World, items: &IndexMap<WorldKey, WorldItem>) -> Vec<Item> {
    let resolve = world.resolve();
    let signatures = Signatures::new(world);
    let items = items.iter().map(|(key, item)| {
        let name = resolve.name_world_key(key);
        match item {
            WorldItem::Interface { id, .. } => {
                let functions = resolve.interfaces[*id].functions.values();
                let functions = functions.map(|function| Signature::new(&signatures, function));
                Item::Interface {
                    name,
                    functions: functions.collect(),
                }
            }
            WorldItem::Function(function) => Item::Function(Signature::new(&signatures, function)),
            WorldItem::Type { .. } => Item::Type { name },
        }
    });
    items.collect()
}

impl Signature {
    fn new(signatures: &Signatures<'_>, function: &Function) -> Self {
        Signature {
            name: function.name.clone(),
            ty: signatures.of(function),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: a component of {}",
            self.file,
            BinaryBytes(self.bytes as u64)
        )?;
        write_items(f, "exports", &self.exports, true)?;
        write_items(f, "imports", &self.imports, false)?;
        for world in &self.worlds {
            write!(f, "\n\nloads plugins of the world {}", world.name)?;
            if !world.optional.is_empty() {
                write!(f, "\n  which may lack {}", world.optional.join(", "))?;
            }
        }
        Ok(())
    }
}

fn write_items(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    items: &[Item],
    with_functions: bool,
) -> fmt::Result {
    write!(f, "\n\n{title}")?;
    for item in items {
        match item {
            Item::Interface { name, functions } => {
                write!(f, "\n  {name}")?;
                for Signature { name, ty } in functions.iter().filter(|_| with_functions) {
                    write!(f, "\n    {name}: {ty}")?;
                }
            }
            Item::Function(Signature { name, ty }) => write!(f, "\n  {name}: {ty}")?,
            Item::Type { name } => write!(f, "\n  {name} (type)")?,
        }
    }
    match items {
        [] => f.write_str("\n  nothing"),
        _ => Ok(()),
    }
}
