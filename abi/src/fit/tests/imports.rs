//! Differences in what worlds import.

use super::check;
use expect_test::expect;

#[test]
fn callbacks() {
    let world = |host: &str, body: &str| {
        format!(
            "package acme:lint@1.0.0;
        interface host {{ {host} }}
        interface host2 {{ log: func(); }}
        interface rule {{ check: func(); }}
        world plugin {{ {body} export rule; }}"
        )
    };
    let host = "record line { a: u8 } log: func(line: line); flush: func();";
    check(
        &world(host, "import host;"),
        &world(host, "import host;"),
        expect![[""]],
    );
    check(
        &world(host, "import host;"),
        &world(host, ""),
        expect![[""]],
    );
    check(
        &world(host, "import host;"),
        &world("flush: func();", "import host;"),
        expect![[""]],
    );
    check(
        &world(host, "import host;"),
        &world("flush: func() -> u8; logs: func();", "import host;"),
        expect![[r#"
        acme:lint/host@1.0.0#flush: result: expected nothing, found `u8`
        acme:lint/host@1.0.0#logs: the plugin imports it, and the world has no such import; it has `log`"#]],
    );
    check(
        &world(host, "import host;"),
        &world(
            "record line { a: u8, b: u8 } log: func(line: line);",
            "import host;",
        ),
        expect!["type `line` of acme:lint/host@1.0.0: field `b`: not expected"],
    );
    check(
        &world(host, "import host;"),
        &world(
            "record lines { a: u8 } log: func(line: lines);",
            "import host;",
        ),
        expect![
            "type `lines` of acme:lint/host@1.0.0: the plugin imports it, and the world has no such import; it has `line`"
        ],
    );
    check(
        &world("resource r { f: func(); } g: func(r: r);", "import host;"),
        &world("resource r { f: func(); } g: func(r: r);", "import host;"),
        expect![[""]],
    );
    check(
        &world("resource r { f: func(); } g: func(r: r);", "import host;"),
        &world(
            "resource r { h: func(); } g: func(r: borrow<r>);",
            "import host;",
        ),
        expect![[r#"
        acme:lint/host@1.0.0#[method]r.h: the plugin imports it, and the world has no such import; it has `[method]r.f`
        acme:lint/host@1.0.0#g: parameter `r`: expected `r`, found `borrow<r>`"#]],
    );
    check(
        &world("resource r { f: func(); } g: func(r: r);", "import host;"),
        &world("resource s; g: func(r: s);", "import host;"),
        expect![
            "type `s` of acme:lint/host@1.0.0: the plugin imports it, and the world has no such import"
        ],
    );
    check(
        &world(host, "import log: func(line: string);"),
        &world(host, "import log: func(line: u8);"),
        expect!["log: parameter `line`: expected `string`, found `u8`"],
    );
    // Whether a plugin may import more than the world does is not for the world to say.
    check(
        &world(host, "import host;"),
        &world(host, "import host2;"),
        expect![[""]],
    );
}

/// A world with a function that takes a stream of a version of WASI.
fn with_wasi(version: &str, functions: &str, world: &str) -> String {
    format!(
        "package acme:lint@1.0.0;
        package wasi:io@{version} {{
            interface streams {{ resource input-stream {{ read: func(); {functions} }} }}
        }}
        interface rule {{
            use wasi:io/streams@{version}.{{input-stream}};
            check: func(source: input-stream);
        }}
        world plugin {{ {world} }}"
    )
}

#[test]
fn wasi() {
    let expected = with_wasi("0.2.0", "", "export rule;");
    check(
        &expected,
        &with_wasi("0.2.0", "", "export rule;"),
        expect![[""]],
    );
    check(
        &expected,
        &with_wasi("0.2.6", "skip: func();", "export rule;"),
        expect![[""]],
    );
    check(
        &expected,
        &with_wasi("0.3.0", "", "export rule;"),
        expect![
            "type `input-stream` of wasi:io/streams@0.2.0: the world imports this resource, and the plugin does not"
        ],
    );
    check(
        &expected.replace(
            "world plugin {",
            "world plugin { import wasi:io/streams@0.2.0;",
        ),
        &with_wasi(
            "0.2.6",
            "skip: func();",
            "import wasi:io/streams@0.2.6; export rule;",
        ),
        expect![[""]],
    );
}
