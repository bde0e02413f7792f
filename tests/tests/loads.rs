//! Sources of every kind, loaded as a world that they may or may not be of.

use expect_test::expect;
use first_class_abi::World;
use first_class_host::{LoadError, Shim};
use first_class_tests::{Caller, component, guest, patient};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// The change that makes of `accumulator` a component of nearly the same world.
const OTHER_SHAPE: (&str, &str) = (r#"(param "bytes" u32)"#, r#"(param "size" u32)"#);

/// A directory in which a test puts sources.
struct Sources(TempDir);

impl Sources {
    fn new() -> Self {
        Sources(TempDir::new().expect("a temporary directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name).with_extension("wasm")
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("writes");
    }

    fn shim(&self) -> Shim {
        let builder = patient().directory(self.0.path());
        builder.build().expect("builds")
    }
}

#[test]
fn what_cannot_be_loaded_says_why_and_the_caller_goes_on() {
    let sources = Sources::new();
    let good = component("accumulator", &[]);
    sources.put("changed", component("accumulator", &[OTHER_SHAPE]));
    sources.put("empty", "");
    sources.put("good", &good);
    sources.put(
        "module",
        wat::parse_str("(module)").expect("is WebAssembly"),
    );
    sources.put("text", "I am a text.");
    sources.put("truncated", &good[..good.len() / 2]);
    // What is offered by name may be anywhere, and may be gone by the time it is asked for.
    let elsewhere = Sources::new();
    elsewhere.put("vanished", &good);
    let shim = patient()
        .directory(sources.0.path())
        .file("stranger", guest("test-faulty"))
        .file("vanished", elsewhere.path("vanished"));
    let shim = shim.build().expect("builds");
    fs::remove_file(elsewhere.path("vanished")).expect("was there");

    let asked = [
        "changed",
        "empty",
        "module",
        "stranger",
        "text",
        "truncated",
        "unknown",
        "../unknown",
        "vanished",
        "good",
    ];
    let said = Caller::run("test-loads", &shim, &asked).expect_success();
    expect![[r#"
        available: ["changed", "empty", "good", "module", "text", "truncated", "vanished"]
        Incompatible: `changed` does not implement `test:accumulator/accumulator@0.1.0`: hold: parameter `bytes`: the plugin calls it `size`
        NotAComponent: `empty` is not a component: the file is empty
        NotAComponent: `module` is not a component: it is a core module; build it for `wasm32-wasip2`, or make it a component with `wasm-tools component new`
        Incompatible: `stranger` does not implement `test:accumulator/accumulator@0.1.0`: add: not exported; hold: not exported
        NotAComponent: `text` is not a component: the file is text, not WebAssembly
        NotAComponent: `truncated` is not a component: the file is truncated or damaged: unexpected end-of-file (at offset 0x5a)
        NotFound: there is no source `unknown` that this guest may load
        NotFound: there is no source `../unknown` that this guest may load
        Unreadable: `vanished` cannot be read: No such file or directory (os error 2)
        good is loaded
        - it adds 1, which makes 1
        - it adds 2, which makes 3
    "#]].assert_eq(&said);
}

#[test]
fn a_source_that_is_added_removed_or_replaced_is_seen_as_it_is_now() {
    let sources = Sources::new();
    let shim = sources.shim();
    let run = |asked: &[&str]| Caller::run("test-loads", &shim, asked).expect_success();
    expect![[r#"
        available: []
        NotFound: there is no source `sum` that this guest may load
    "#]]
    .assert_eq(&run(&["sum"]));

    sources.put("sum", component("accumulator", &[]));
    expect![[r#"
        available: ["sum"]
        sum is loaded
        - it adds 1, which makes 1
        - it adds 2, which makes 3
    "#]]
    .assert_eq(&run(&["sum"]));

    // Exactly as long as the version before.
    sources.put("sum", component("accumulator", &[("i64.add", "i64.sub")]));
    expect![[r#"
        available: ["sum"]
        sum is loaded
        - it adds 1, which makes -1
        - it adds 2, which makes -3
    "#]]
    .assert_eq(&run(&["sum"]));

    sources.put("sum", "broken");
    expect![[r#"
        available: ["sum"]
        NotAComponent: `sum` is not a component: the file is text, not WebAssembly
    "#]]
    .assert_eq(&run(&["sum"]));

    fs::remove_file(sources.path("sum")).expect("was there");
    expect![[r#"
        available: []
        NotFound: there is no source `sum` that this guest may load
    "#]]
    .assert_eq(&run(&["sum"]));
}

#[test]
fn what_is_only_checked_fails_as_its_load_would() {
    let of = |component: &[u8]| World::of_component(component).expect("is a component");
    let good = component("accumulator", &[]);
    let world = of(&good).encode().expect("can be encoded");
    let check = |component: &[u8]| first_class_host::check("it", component, &world);
    check(&good).expect("fits");
    let other = check(&component("accumulator", &[OTHER_SHAPE])).expect_err("does not fit");
    assert!(matches!(other, LoadError::Incompatible { .. }), "{other}");
    let text = check(b"I am a text.").expect_err("is no component");
    assert!(matches!(text, LoadError::NotAComponent { .. }), "{text}");
    let no_world = first_class_host::check("it", &good, b"no world").expect_err("is no world");
    assert!(matches!(no_world, LoadError::World(_)), "{no_world}");
    // Imports of the world are for whoever loads it to serve; others nobody provides.
    let asker = fs::read(guest("test-asker")).expect("is built");
    let own = of(&asker).encode().expect("can be encoded");
    first_class_host::check("it", &asker, &own).expect("fits");
}
