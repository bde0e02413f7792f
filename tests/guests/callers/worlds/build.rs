//! Writes a module for each world of `tests/worlds` that is expected to work.

use std::path::Path;
use std::{env, fs};

#[path = "../../../worlds/corpus.rs"]
mod corpus;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../worlds");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut modules = String::new();
    for world in corpus::worlds(&folder) {
        if world.errors().exists() {
            continue;
        }
        let module = world.name.replace(['/', '-'], "_");
        let (name, options) = (&world.name, &world.options);
        let path = world.path.display().to_string();
        modules += &format!(
            "/// `{name}`\n\
             pub mod {module} {{\n    \
             ::first_class::first_class_world!({{ path: {path:?}, {options} }});\n}}\n"
        );
    }
    let out = env::var_os("OUT_DIR").expect("cargo names a folder for what is written");
    fs::write(Path::new(&out).join("worlds.rs"), modules).expect("the folder can be written");
}
