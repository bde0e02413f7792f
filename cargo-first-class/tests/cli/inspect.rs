//! `inspect`.

use crate::tool::{folder, guest, root, tool};
use expect_test::expect;
use first_class_tests::component;
use serde_json::Value;
use std::process::Stdio;

#[test]
fn a_plugin_is_shown_with_the_types_of_its_functions() {
    let sum = component("accumulator", &[]);
    let here = folder(&[("sum.wasm", &sum)]);
    let size = format!("{} B", sum.len());
    let text = tool(here.path(), &["inspect", "sum.wasm"]).done();
    expect![[r#"
        sum.wasm: a component of SIZE

        exports
          add: func(value: s64) -> s64
          hold: func(bytes: u32)

        imports
          nothing
    "#]]
    .assert_eq(&text.replace(&size, "SIZE"));
    let json = tool(here.path(), &["inspect", "sum.wasm", "--format", "json"]).done();
    expect![[r#"
        {
          "file": "sum.wasm",
          "bytes": SIZE,
          "exports": [
            {
              "kind": "function",
              "name": "add",
              "type": "func(value: s64) -> s64"
            },
            {
              "kind": "function",
              "name": "hold",
              "type": "func(bytes: u32)"
            }
          ],
          "imports": [],
          "worlds": []
        }
    "#]]
    .assert_eq(&json.replace(&sum.len().to_string(), "SIZE"));
    let wit = tool(here.path(), &["inspect", "sum.wasm", "--wit"]).done();
    expect![[r#"
        package root:component;

        world root {
          export add: func(value: s64) -> s64;
          export hold: func(bytes: u32);
        }
    "#]]
    .assert_eq(&wit);
}

#[test]
fn every_kind_of_type_is_spelled() {
    let here = folder(&[]);
    let text = tool(here.path(), &["inspect", &guest("test-shop")]).done();
    let (exports, _) = text.split_once("\n\nimports").expect("has imports");
    let (_, exports) = exports.split_once("\n\n").expect("has exports");
    expect![[r#"
        exports
          test:shop/carts@0.1.0
            [constructor]cart: func(owner: string) -> cart
            [static]cart.open: func(owner: string) -> result<cart, string>
            [method]cart.add: func(self: borrow<cart>, item: string, price: f64) -> u32
            [method]cart.total: func(self: borrow<cart>) -> f64
            [method]cart.owner: func(self: borrow<cart>) -> string
            [method]cart.absorb: func(self: borrow<cart>, other: cart)
            [method]cart.is-smaller: func(self: borrow<cart>, other: borrow<cart>) -> bool
            [method]cart.copy: func(self: borrow<cart>) -> cart
            [static]cart.merge: func(carts: list<cart>) -> cart
            live: func() -> u32
            split: func(cart: cart, parts: u32) -> list<cart>
            pick: func(cart: option<cart>) -> option<cart>
            choose: func(order: result<order, string>) -> result<order, string>
            pack: func(basket: basket) -> basket
            largest: func(carts: list<borrow<cart>>) -> option<u32>
            describe: func(views: list<view>) -> list<string>
            same: func(a: borrow<cart>, b: borrow<cart>) -> bool
          test:shop/checkout@0.1.0
            [method]receipt.amount: func(self: borrow<receipt>) -> f64
            pay: func(cart: cart) -> receipt
            preview: func(cart: borrow<cart>) -> f64"#]]
    .assert_eq(exports);
}

#[test]
fn a_caller_shows_the_worlds_that_it_loads() {
    let here = folder(&[]);
    let worlds = |package: &str| {
        let json = tool(
            here.path(),
            &["inspect", &guest(package), "--format", "json"],
        )
        .done();
        let report: Value = serde_json::from_str(&json).expect("is JSON");
        report["worlds"].clone()
    };
    expect![[r#"
        [
          {
            "exports": [
              {
                "kind": "function",
                "name": "describe",
                "type": "func() -> description"
              },
              {
                "kind": "function",
                "name": "check",
                "type": "func(document: document) -> list<finding>"
              }
            ],
            "imports": [
              {
                "functions": [],
                "kind": "interface",
                "name": "acme:lint/types@1.0.0"
              },
              {
                "kind": "type",
                "name": "document"
              },
              {
                "kind": "type",
                "name": "position"
              },
              {
                "kind": "type",
                "name": "range"
              },
              {
                "kind": "type",
                "name": "severity"
              },
              {
                "kind": "type",
                "name": "fix"
              },
              {
                "kind": "type",
                "name": "finding"
              },
              {
                "kind": "type",
                "name": "description"
              }
            ],
            "name": "acme:lint/rule@1.0.0",
            "optional": []
          }
        ]"#]]
    .assert_eq(&format!("{:#}", worlds("lint")));
    let names = |package: &str| {
        let worlds = worlds(package);
        let names = worlds.as_array().expect("is a list").iter();
        names
            .map(|world| world["name"].to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        names("carts"),
        r#""acme:carts/cart@1.0.0" "acme:carts/till@1.0.0""#
    );
    // A plugin that holds others is a caller, too.
    assert_eq!(names("till"), r#""acme:carts/cart@1.0.0""#);
    assert_eq!(names("notes"), "");

    let text = tool(here.path(), &["inspect", &guest("lint")]).done();
    assert!(
        text.ends_with("\n\nloads plugins of the world acme:lint/rule@1.0.0\n"),
        "{text}"
    );
}

#[test]
fn what_cannot_be_inspected_says_why() {
    let here = folder(&[("text.wasm", b"text"), ("module.wasm", b"\0asm\x01\0\0\0")]);
    let mut said = String::new();
    for file in ["text.wasm", "module.wasm", "missing.wasm"] {
        said += &format!("$ inspect {file}\n");
        said += &tool(here.path(), &["inspect", file]).failed();
    }
    expect![[r#"
        $ inspect text.wasm
          x `text.wasm` is not a component: the file is text, not WebAssembly
          help: `cargo first-class build` builds components and says where they are

        $ inspect module.wasm
          x `module.wasm` is not a component: it is a core module; build it for `wasm32-wasip2`, or make it a component with `wasm-tools component new`
          help: `cargo first-class build` builds components and says where they are

        $ inspect missing.wasm
          x cannot read `missing.wasm`: No such file or directory (os error 2)
          help: `cargo first-class build` builds components and says where they are

    "#]].assert_eq(&said);
}

#[test]
fn who_reads_the_output_may_stop() {
    let lint = guest("lint");
    let mut inspect = crate::tool::command(root(), &["inspect", &lint, "--wit"]);
    let mut inspect = inspect
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    drop(inspect.stdout.take());
    let output = inspect.wait_with_output().expect("ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), &*said), (Some(0), ""));
}
