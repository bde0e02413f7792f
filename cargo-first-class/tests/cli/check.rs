//! `check`.

use crate::tool::{folder, guest, plain, root, tool};
use expect_test::expect;
use first_class_tests::component;

/// A world, and what it asks for.
const WORLD: &[u8] = b"package test:accumulator@0.1.0;

world accumulator {
    /// Takes a value in, and returns what has been accumulated.
    export add: func(value: s64) -> s64;
    /// Keeps this many bytes more.
    export hold: func(bytes: u32);
}
";

#[test]
fn a_plugin_that_fits_is_status_0() {
    let sum = component("accumulator", &[]);
    let here = folder(&[("sum.wasm", &sum), ("wit/world.wit", WORLD)]);
    let said = "`sum.wasm` fits `test:accumulator/accumulator@0.1.0`\n";
    let name = "test:accumulator/accumulator@0.1.0";
    let cases: [&[&str]; 4] = [
        &[],
        &["--world", "accumulator"],
        &["--wit", "wit/world.wit", "--world", name],
        &["--caller", &guest("test-console")],
    ];
    for arguments in cases {
        let arguments = [&["check", "sum.wasm"], arguments].concat();
        assert_eq!(tool(here.path(), &arguments).done(), said);
    }
    let json = tool(here.path(), &["check", "sum.wasm", "--format", "json"]).done();
    expect![[r#"
        {
          "world": "test:accumulator/accumulator@0.1.0",
          "fits": true,
          "differences": []
        }
    "#]]
    .assert_eq(&json);
}

#[test]
fn every_difference_is_shown_where_the_wit_expects_it_and_is_status_1() {
    let other = [
        (r#"(param "bytes" u32)"#, r#"(param "size" u32)"#),
        (r#"(func (export "add")"#, r#"(func (export "ad")"#),
    ];
    let sum = component("accumulator", &other);
    let here = folder(&[("sum.wasm", &sum), ("wit/world.wit", WORLD)]);
    let ran = tool(here.path(), &["check", "sum.wasm"]);
    assert_eq!((ran.status, &*ran.stdout), (Some(1), ""));
    expect![[r#"
          x `sum.wasm` does not fit the world `test:accumulator/accumulator@0.1.0`
          help: change the plugin, or check it against the world that it was made for

        Error:
          x add: not exported; the plugin has `ad`
           ,-[wit/world.wit:5:12]
         4 |     /// Takes a value in, and returns what has been accumulated.
         5 |     export add: func(value: s64) -> s64;
           :            ^|^
           :             `-- expected here
         6 |     /// Keeps this many bytes more.
           `----

        Error:
          x hold: parameter `bytes`: the plugin calls it `size`
           ,-[wit/world.wit:7:12]
         6 |     /// Keeps this many bytes more.
         7 |     export hold: func(bytes: u32);
           :            ^^|^
           :              `-- expected here
         8 | }
           `----

    "#]]
    .assert_eq(&plain(&ran.stderr));
    let ran = tool(here.path(), &["check", "sum.wasm", "--format", "json"]);
    assert_eq!((ran.status, &*ran.stderr), (Some(1), ""));
    expect![[r#"
        {
          "world": "test:accumulator/accumulator@0.1.0",
          "fits": false,
          "differences": [
            {
              "subject": "add",
              "kind": "not-exported",
              "message": "add: not exported; the plugin has `ad`"
            },
            {
              "subject": "hold",
              "kind": "renamed",
              "message": "hold: parameter `bytes`: the plugin calls it `size`"
            }
          ]
        }
    "#]]
    .assert_eq(&ran.stdout);
}

#[test]
fn imports_that_nobody_provides_are_status_1() {
    let component = r#"(component
        (import "test:other/clock" (instance (export "now" (func (result u64)))))
        (core module $code (func (export "run")))
        (core instance $code (instantiate $code))
        (func (export "run") (canon lift (core func $code "run"))))"#;
    let component = wat::parse_str(component).expect("valid WAT");
    let here = folder(&[
        ("it.wasm", &component),
        (
            "wit/it.wit",
            b"package t:t; world w { export run: func(); }",
        ),
    ]);
    let ran = tool(here.path(), &["check", "it.wasm"]);
    assert_eq!((ran.status, &*ran.stdout), (Some(1), ""));
    expect![[r#"
          x `it.wasm` does not fit the world `t:t/w`
          help: a plugin may import WASI, `first-class:worlds`, and what its world imports; all else its host has to provide

        Error:
          x test:other/clock: the plugin imports it, and nobody provides it

    "#]].assert_eq(&plain(&ran.stderr));
    let ran = tool(here.path(), &["check", "it.wasm", "--format", "json"]);
    assert!(
        ran.stdout.contains(r#""kind": "not-provided""#),
        "{}",
        ran.stdout
    );
}

#[test]
fn parts_of_the_wit_that_are_unstable_count_when_asked_for() {
    let wit = b"package t:t@0.1.0;
        world w {
            export add: func(value: s64) -> s64;
            @unstable(feature = more) export more: func();
        }";
    let sum = component("accumulator", &[]);
    let here = folder(&[("sum.wasm", &sum), ("wit/it.wit", wit)]);
    assert_eq!(tool(here.path(), &["check", "sum.wasm"]).status, Some(0));
    let ran = tool(here.path(), &["check", "sum.wasm", "--features", "more"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.stderr.contains("more: not exported"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_checked_says_why_and_is_status_101() {
    let sum = component("accumulator", &[]);
    let here = folder(&[
        ("sum.wasm", &sum),
        ("text.wasm", b"text"),
        ("wit/world.wit", WORLD),
        ("two/two.wit", b"package t:t; world one {} world two {}"),
        ("none/none.wit", b"package t:t; interface i {}"),
        (
            "broken/broken.wit",
            b"package t:t;\nworld w {\n    export f: fnc();\n}\n",
        ),
        ("empty/readme.txt", b""),
    ]);
    let mut said = String::new();
    let cases: [&[&str]; 12] = [
        &["missing.wasm"],
        &["text.wasm"],
        &["sum.wasm", "--wit", "nowhere"],
        &["sum.wasm", "--wit", "empty"],
        &["sum.wasm", "--wit", "none"],
        &["sum.wasm", "--wit", "two"],
        &["sum.wasm", "--wit", "two", "--world", "tow"],
        &[
            "sum.wasm",
            "--wit",
            "two",
            "--world",
            "something:else/entirely",
        ],
        &["sum.wasm", "--wit", "broken"],
        &["sum.wasm", "--caller", "text.wasm"],
        &["sum.wasm", "--caller", "sum.wasm"],
        &[
            "sum.wasm",
            "--caller",
            "console.wasm",
            "--world",
            "acumulator",
        ],
    ];
    std::fs::copy(guest("test-console"), here.path().join("console.wasm")).expect("is copied");
    for arguments in cases {
        said += &format!("$ check {}\n", arguments.join(" "));
        said += &tool(here.path(), &[&["check"], arguments].concat()).failed();
    }
    expect![[r#"
        $ check missing.wasm
          x cannot read `missing.wasm`: No such file or directory (os error 2)
          help: `cargo first-class build` builds components and says where they are

        $ check text.wasm
          x `text.wasm` is not a component: the file is text, not WebAssembly
          help: `cargo first-class build` builds components and says where they are

        $ check sum.wasm --wit nowhere
          x there is no `nowhere`
          help: `--wit` says where the WIT of the world is; without it, that is the folder `wit`

        $ check sum.wasm --wit empty
          x the WIT in `empty` cannot be used: no `package` header was found in any WIT file for this package
          help: the WIT has to be one package, with its dependencies in the folder `deps` of it

        $ check sum.wasm --wit none
          x the package has no world
          help: name a world of another package in full, such as `--world acme:lint/rule`

        $ check sum.wasm --wit two
          x the package has several worlds
          help: name one with `--world`: `one`, `two`

        $ check sum.wasm --wit two --world tow
          x there is no world `tow`
          help: did you mean `two`?

        $ check sum.wasm --wit two --world something:else/entirely
          x there is no world `something:else/entirely`
          help: there is: `one`, `two`

        $ check sum.wasm --wit broken
          x the WIT in `broken` cannot be used: expected ';', found '('
          |      --> broken/broken.wit:3:18
          |       |
          |     3 |     export f: fnc();
          |       |                  ^
          help: the WIT has to be one package, with its dependencies in the folder `deps` of it

        $ check sum.wasm --caller text.wasm
          x `text.wasm` is not a component: the file is text, not WebAssembly
          help: `cargo first-class build` builds components and says where they are

        $ check sum.wasm --caller sum.wasm
          x `sum.wasm` loads plugins of no world, not of one
          help: `cargo first-class inspect` lists the worlds of a caller; `--world` names one

        $ check sum.wasm --caller console.wasm --world acumulator
          x there is no world `acumulator`
          help: there is: `test:accumulator/accumulator@0.1.0`

    "#]].assert_eq(&said);
}

#[test]
fn the_examples_fit_their_worlds() {
    for (plugin, wit, world) in [
        ("notes", "lint", "rule"),
        ("cart", "carts", "cart"),
        ("till", "carts", "till"),
        ("squeeze", "pipeline", "stage"),
        ("post", "carriers", "carrier"),
    ] {
        let wit = format!("examples/wit/{wit}");
        let arguments = ["check", &guest(plugin), "--wit", &wit, "--world", world];
        tool(root(), &arguments).done();
    }
}
