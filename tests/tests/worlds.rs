//! When worlds are expanded anew. That each of the corpus works is shown by `test-worlds`, which is
//! built natively and to a component, and by the tests of the macro.

mod compiler;

use compiler::{compiler, library};
use std::fs;
use std::path::Path;

/// Cargo builds again when a file changes, or goes, that the compiler says it has read.
#[test]
fn the_compiler_reads_each_file_of_the_wit() {
    let worlds = Path::new(env!("CARGO_MANIFEST_DIR")).join("worlds");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = folder.join("with_deps.rs");
    let text =
        "first_class::first_class_world!({ world: \"with-deps\", path: \"packages/with-deps\" });";
    fs::write(&source, text).expect("the folder can be written");
    let status = compiler(&worlds, &library())
        .args(["--crate-type", "lib", "--emit", "dep-info"])
        .arg(&source)
        .status();
    assert!(status.is_ok_and(|status| status.success()));
    let read = fs::read_to_string(folder.join("with_deps.d")).expect("the compiler wrote it");
    let files = [
        "main.wit",
        "more.wit",
        "deps/single.wit",
        "deps/folder/api.wit",
        "deps/folder/types.wit",
    ];
    for file in files {
        let file = format!("packages/with-deps/{file}");
        assert!(read.contains(&file), "{file} is not in\n{read}");
    }
}
