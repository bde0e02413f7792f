//! A plugin whose file is replaced in the middle of a call.

use crate::LONG;
use first_class_host::Shim;
use first_class_tests::component;
use std::fs;
use std::path::{Path, PathBuf};

first_class::first_class_world!({
    world: "asks-once",
    inline: "package test:asks-once;
        world asks-once {
            import next: func(n: u32) -> u32;
            export run: func(n: u32) -> u32;
        }",
});

/// Puts another plugin in the place of the one that asks, and says what that one does.
struct Replaces {
    path: PathBuf,
}

/// Answers without doing anything.
struct Answers;

impl AsksOnceImports for Answers {
    fn next(&mut self, n: u32) -> u32 {
        n
    }
}

impl AsksOnceImports for Replaces {
    fn next(&mut self, n: u32) -> u32 {
        put(&self.path, "100");
        let new = AsksOnceInstance::load_with("plugin", Answers).expect("loads");
        assert_eq!(new.run(n), Ok(n + 100));
        n
    }
}

/// Writes a plugin that adds so much.
fn put(path: &Path, addend: &str) {
    let addend = format!("i32.const {addend}");
    let plugin = component("asks-once", &[("i32.const 1", &addend)]);
    let new = path.with_extension("new");
    fs::write(&new, plugin).expect("is written");
    fs::rename(new, path).expect("is moved");
}

#[test]
fn a_call_ends_on_the_instance_that_it_began_on() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("plugin.wasm");
    put(&path, "1");
    let shim = Shim::builder().directory(folder.path()).deadline(LONG);
    first_class_native::host_with(&shim.build().expect("builds"));
    let old = AsksOnceInstance::load_with("plugin", Replaces { path }).expect("loads");
    assert_eq!(old.run(7), Ok(8));
    // It lives on, too.
    assert_eq!(old.run(8), Ok(9));
}
