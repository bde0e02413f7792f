//! `run --watch`.

use crate::session::Session;
use crate::tool::folder;
use first_class_tests::component;
use std::fs;
use std::path::Path;

/// Puts a file in the place of another at once, so that there is no state between them to be seen.
fn replace(path: &Path, content: &[u8]) {
    let new = path.with_extension("new");
    fs::write(&new, content).expect("is written");
    fs::rename(new, path).expect("is moved");
}

#[test]
fn what_is_loaded_after_a_file_changed_is_new_and_what_was_loaded_stays() {
    let sum = component("accumulator", &[]);
    let difference = component("accumulator", &[("i64.add", "i64.sub")]);
    let here = folder(&[("plugins/it.wasm", &sum), ("shared.wasm", &sum)]);
    let path = |name| here.path().join(name);
    let options = [
        "--watch",
        "--plugins",
        "plugins",
        "--named",
        "cart/*=shared.wasm",
    ];
    let mut session = Session::start(here.path(), &options);
    assert_eq!(session.note(), "    Watching the files of plugins");
    assert_eq!(session.ask("load it"), "loaded it as 0");
    assert_eq!(session.ask("load cart/a"), "loaded cart/a as 1");
    assert_eq!(
        (session.ask("add 0 5"), session.ask("add 1 5")),
        ("5".into(), "5".into())
    );

    replace(&path("plugins/it.wasm"), &difference);
    assert_eq!(
        session.note(),
        "   Reloading it; what is loaded from now on is new"
    );
    assert_eq!(session.ask("load it"), "loaded it as 2");
    assert_eq!(
        (session.ask("add 0 1"), session.ask("add 2 1")),
        ("6".into(), "-1".into())
    );

    replace(&path("shared.wasm"), &difference);
    assert_eq!(
        session.note(),
        "   Reloading shared; what is loaded from now on is new"
    );
    assert_eq!(
        session.note(),
        "        Lost the state of cart/a, once nobody holds it any more"
    );
    assert_eq!(session.ask("load cart/a"), "loaded cart/a as 3");
    assert_eq!(
        (session.ask("add 1 1"), session.ask("add 3 1")),
        ("6".into(), "-1".into())
    );

    replace(&path("plugins/added.wasm"), &sum);
    assert_eq!(
        session.note(),
        "   Reloading added; what is loaded from now on is new"
    );
    assert_eq!(session.ask("load added"), "loaded added as 4");
    fs::remove_file(path("plugins/it.wasm")).expect("is removed");
    assert_eq!(
        session.note(),
        "        Gone it; it cannot be loaded any more"
    );
    assert_eq!(
        session.ask("load it"),
        "there is no source `it` that this guest may load"
    );
    assert_eq!(session.close(), (Some(0), String::new()));
}

#[test]
fn a_file_that_is_no_plugin_is_not_noticed() {
    let sum = component("accumulator", &[]);
    let here = folder(&[("sum.wasm", &sum)]);
    let mut session = Session::start(here.path(), &["--watch", "--source", "it=sum.wasm"]);
    session.note();
    for name in ["other.wasm", "sum.txt"] {
        fs::write(here.path().join(name), b"x").expect("is written");
    }
    replace(&here.path().join("sum.wasm"), b"no component");
    assert_eq!(
        session.note(),
        "   Reloading sum; what is loaded from now on is new"
    );
    let said = session.ask("load it");
    assert!(said.contains("is text, not WebAssembly"), "{said}");
    assert_eq!(session.close(), (Some(0), String::new()));
}
