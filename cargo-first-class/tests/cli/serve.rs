//! `serve`, with another process as its client.

use crate::session::Session;
use crate::tool::{flush, folder, root, tool};
use expect_test::expect;
use first_class_tests::component;
use std::fs;

/// Two sources at addresses of their own, as the type of a component and as a world of WIT.
fn served() -> String {
    let wit = root().join("tests/wit/accumulator");
    format!(
        r#"
        sources."cart/*" = {{ file = "sum.wasm", named = true }}
        sources.sum = {{ file = "sum.wasm" }}

        [[serve]]
        wrpc = {{ tcp = "127.0.0.1:0" }}
        sources."cart/alice" = {{ wit = {wit:?}, world = "accumulator" }}

        [[serve]]
        wrpc = {{ unix = "sum.sock" }}
        sources.sum = {{ component = "sum.wasm" }}
        "#
    )
}

#[test]
fn another_process_calls_what_is_served() {
    let sum = component("accumulator", &[]);
    let here = folder(&[
        ("server/first-class.toml", served().as_bytes()),
        ("server/sum.wasm", &sum),
    ]);
    let server = Session::of(here.path(), &["serve", "-c", "server/first-class.toml"]);
    let said = server.answer();
    let address = said
        .strip_prefix("wRPC at ")
        .and_then(|it| it.strip_suffix(": cart/alice"));
    let address = address.unwrap_or_else(|| panic!("{said}"));
    assert_eq!(server.answer(), "wRPC at server/sum.sock: sum");
    let client = format!(
        "sources.alice.wrpc = {{ tcp = \"{address}\" }}\n\
         sources.sum.wrpc = {{ unix = \"server/sum.sock\" }}\n"
    );
    fs::write(here.path().join("client.toml"), client).expect("is written");
    for totals in [["1", "3"], ["4", "6"]] {
        let mut client = Session::start(here.path(), &["-c", "client.toml"]);
        assert_eq!(client.ask("available"), "alice sum");
        assert_eq!(client.ask("load alice"), "loaded alice as 0");
        assert_eq!(
            [client.ask("add 0 1"), client.ask("add 0 2")],
            totals,
            "named"
        );
        assert_eq!(client.ask("load sum"), "loaded sum as 1");
        assert_eq!(
            [client.ask("add 1 5"), client.ask("add 1 5")],
            ["5", "5"],
            "fresh"
        );
        assert_eq!(client.close(), (Some(0), String::new()));
    }
    server.interrupt();
    assert_eq!(server.end(), (Some(130), String::new()));
    assert!(
        !here.path().join("server/sum.sock").exists(),
        "it is removed"
    );
}

#[test]
fn what_cannot_be_served_is_said() {
    let sum = component("accumulator", &[]);
    let here = folder(&[
        ("empty.toml", b""),
        ("absent.toml", b"[[serve]]\nwrpc = { tcp = \"127.0.0.1:0\" }\nsources.a = { component = \"sum.wasm\" }"),
        ("taken.toml", b"sources.a = { file = \"sum.wasm\" }\n[[serve]]\nwrpc = { unix = \"sum.wasm\" }\nsources.a = { component = \"sum.wasm\" }"),
        ("sum.wasm", &sum),
    ]);
    let failed = |file| flush(&tool(here.path(), &["serve", "-c", file]).failed());
    expect![[r#"
          x `empty.toml` says nothing of what is to be served
          help: add a table `[[serve]]`; the page `first-class.toml` of the book says how

    "#]]
    .assert_eq(&failed("empty.toml"));
    expect![[r#"
          x there is no source `a` that this caller may load
          help: a table `[sources.NAME]` says what it is; if the file has callers, `as` of the table `[[serve]]` names one that may load it

    "#]]
    .assert_eq(&failed("absent.toml"));
    expect![[r#"
          x nobody can listen at sum.wasm: Address already in use (os error 98)
          help: give another address or path, or end what has this one

    "#]]
    .assert_eq(&failed("taken.toml"));
}
