//! Differences between interfaces and worlds.

use super::check;
use expect_test::expect;

/// A world `plugin` of the package `acme:lint` and, before it, the package `acme:types`, which
/// has one interface of types and one with a resource.
fn with_types(world: &str) -> String {
    format!(
        "package acme:lint@1.0.0;
        package acme:types@1.0.0 {{
            interface types {{ record span {{ start: u32, end: u32 }} }}
            interface carts {{ resource cart {{ size: func() -> u32; }} }}
        }}
        {world}"
    )
}

#[test]
fn missing_interfaces() {
    let rule = "interface rule { check: func(); fix: func(); } interface other { f: func(); }";
    let world = |version: &str, exports: &str| {
        format!("package acme:lint{version}; {rule} world plugin {{ {exports} }}")
    };
    check(
        &world("@1.0.0", "export rule;"),
        &world("@1.0.0", "export rule; export other;"),
        expect![[""]],
    );
    check(
        &world("@1.0.0", "export rule;"),
        &world("@1.0.0", "export other;"),
        expect!["acme:lint/rule@1.0.0: not exported; the plugin has `acme:lint/other@1.0.0`"],
    );
    check(
        &world("@1.0.0", "export rule; export other;"),
        &world("@1.0.0", ""),
        expect![[r#"
        acme:lint/other@1.0.0: not exported
        acme:lint/rule@1.0.0: not exported"#]],
    );
    check(
        &world("@1.0.0", "export rule;"),
        &world("@1.2.3", "export rule;"),
        expect![[""]],
    );
    check(
        &world("@1.2.0", "export rule;"),
        &world("@1.0.0", "export rule;"),
        expect![[""]],
    );
    check(
        &world("@1.0.0", "export rule;"),
        &world("@2.0.0", "export rule;"),
        expect![
            "acme:lint/rule@1.0.0: not exported; the plugin has `acme:lint/rule@2.0.0`, which is not compatible"
        ],
    );
    check(
        &world("@0.1.0", "export rule;"),
        &world("@0.2.0", "export rule;"),
        expect![
            "acme:lint/rule@0.1.0: not exported; the plugin has `acme:lint/rule@0.2.0`, which is not compatible"
        ],
    );
    check(
        &world("@0.1.0", "export rule;"),
        &world("@0.1.7", "export rule;"),
        expect![[""]],
    );
    check(
        &world("@0.0.1", "export rule;"),
        &world("@0.0.2", "export rule;"),
        expect![
            "acme:lint/rule@0.0.1: not exported; the plugin has `acme:lint/rule@0.0.2`, which is not compatible"
        ],
    );
    check(
        &world("@1.0.0-rc.1", "export rule;"),
        &world("@1.0.0", "export rule;"),
        expect![
            "acme:lint/rule@1.0.0-rc.1: not exported; the plugin has `acme:lint/rule@1.0.0`, which is not compatible"
        ],
    );
    check(
        &world("", "export rule;"),
        &world("@1.0.0", "export rule;"),
        expect![
            "acme:lint/rule: not exported; the plugin has `acme:lint/rule@1.0.0`, which is not compatible"
        ],
    );
    check(
        &world("", "export rule;"),
        &world("", "export rule;"),
        expect![[""]],
    );
}

#[test]
fn functions_of_the_world() {
    let world = |exports: &str| format!("package acme:lint@1.0.0; world plugin {{ {exports} }}");
    check(
        &world("export run: func(a: u8);"),
        &world("export run: func(a: u8); export stop: func();"),
        expect![[""]],
    );
    check(
        &world("export run: func(a: u8);"),
        &world("export run: func(a: s8);"),
        expect!["run: parameter `a`: expected `u8`, found `s8`"],
    );
    check(
        &world("export run: func(a: u8);"),
        &world("export rum: func(a: u8);"),
        expect!["run: not exported; the plugin has `rum`"],
    );
    check(
        &world("export run: func(a: u8);"),
        &world("export run: interface { f: func(); }"),
        expect!["run: expected `func`, found `interface`"],
    );
    check(
        &world("export run: interface { f: func(); }"),
        &world("export run: func();"),
        expect!["run: expected `interface`, found `func`"],
    );
    check(
        &world("export run: interface { f: func(); }"),
        &world("export run: interface { f: func(); }"),
        expect![[""]],
    );
    check(
        &world("export run: interface { record r { a: u8 } f: func(r: r); }"),
        &world("export run: interface { record r { b: u8 } f: func(r: r); }"),
        expect!["type `r` of run: field `a`: the plugin calls it `b`"],
    );
    check(
        &world("record r { a: u8 } export f: func(r: r);"),
        &world("record r { a: u8 } export f: func(r: r);"),
        expect![[""]],
    );
    check(
        &world("record r { a: u8 } export f: func(r: r);"),
        &world("record r { b: u8 } export f: func(r: r);"),
        expect!["type `r`: field `a`: the plugin calls it `b`"],
    );
    check(
        &world("record r { a: u8 } export f: func(r: r);"),
        &world("record s { a: u8 } export f: func(r: s);"),
        expect![[""]],
    );
    check(
        &world("resource r; export f: func(r: r);"),
        &world("resource r; export f: func(r: r);"),
        expect![[""]],
    );
    check(
        &world("resource r; export f: func(r: r);"),
        &world("export f: func(r: u8);"),
        expect![[r#"
        f: parameter `r`: expected `r`, found `u8`
        type `r`: the world imports this resource, and the plugin does not"#]],
    );
    check(
        &world("resource r; resource s; export f: func(r: r, s: s);"),
        &world("resource r; resource s; export f: func(r: s, s: s);"),
        expect!["f: parameter `r`: expected `r`, found `s`"],
    );
}

#[test]
fn types_of_other_interfaces() {
    const USED: &str = "interface rule { use acme:types/types@1.0.0.{span}; check: func() -> span; fix: func(s: span); }";
    const INLINE: &str = "interface rule { record span { start: u32, end: u32 } check: func() -> span; fix: func(s: span); }";
    const OTHER: &str = "interface rule { record span { start: u32, end: u64 } check: func() -> span; fix: func(s: span); }";
    const RENAMED: &str = "interface rule { use acme:types/types@1.0.0.{span as place}; check: func() -> place; fix: func(s: place); }";
    const EXPORT: &str = "world plugin { export rule; }";
    const BOTH: &str = "world plugin { export acme:types/types@1.0.0; export rule; }";
    let world = |rule: &str, exports: &str| with_types(&format!("{rule} {exports}"));
    for exports in [EXPORT, BOTH] {
        for plugin_exports in [EXPORT, BOTH] {
            check(
                &world(USED, exports),
                &world(USED, plugin_exports),
                expect![[""]],
            );
            check(
                &world(USED, exports),
                &world(INLINE, plugin_exports),
                expect![[""]],
            );
            check(
                &world(INLINE, exports),
                &world(USED, plugin_exports),
                expect![[""]],
            );
        }
    }
    check(
        &world(USED, EXPORT),
        &world(OTHER, EXPORT),
        expect!["type `span` of acme:lint/rule@1.0.0: field `end`: expected `u32`, found `u64`"],
    );
    check(
        &world(USED, BOTH),
        &world(OTHER, BOTH),
        expect!["type `span` of acme:lint/rule@1.0.0: field `end`: expected `u32`, found `u64`"],
    );
    check(
        &world(USED, BOTH),
        &world(RENAMED, BOTH),
        expect!["type `span` of acme:lint/rule@1.0.0: not exported"],
    );
    check(&world(RENAMED, BOTH), &world(RENAMED, BOTH), expect![[""]]);
    check(
        &world(RENAMED, BOTH),
        &world(USED, BOTH),
        expect!["type `place` of acme:lint/rule@1.0.0: not exported"],
    );
    let wider = |wit: String| wit.replace("end: u32 } }", "end: u32, file: string } }");
    check(
        &world(USED, BOTH),
        &wider(world(USED, BOTH)),
        expect!["type `span` of acme:types/types@1.0.0: field `file`: not expected"],
    );
    check(
        &world(USED, EXPORT),
        &wider(world(USED, EXPORT)),
        expect!["type `span` of acme:types/types@1.0.0: field `file`: not expected"],
    );
    check(
        &world(USED, EXPORT),
        &wider(world(USED, BOTH)),
        expect!["type `span` of acme:types/types@1.0.0: field `file`: not expected"],
    );
    check(
        &world(USED, BOTH),
        &wider(world(USED, EXPORT)),
        expect!["type `span` of acme:types/types@1.0.0: field `file`: not expected"],
    );
}

#[test]
fn interfaces_of_types_alone() {
    let world = |types: &str, exports: &str| {
        format!(
            "package acme:lint@1.0.0;
        interface types {{ {types} }}
        interface rule {{ use types.{{a}}; f: func() -> a; }}
        interface free {{ f: func(); }}
        interface uses-b {{ use types.{{b}}; f: func() -> b; }}
        world plugin {{ {exports} }}"
        )
    };
    let types = "enum a { x, y } enum b { z }";
    check(
        &world(types, "export types;"),
        &world(types, ""),
        expect![[""]],
    );
    check(
        &world(types, "export types; export free;"),
        &world(types, "export free;"),
        expect![[""]],
    );
    check(
        &world(types, "export types; export rule;"),
        &world(types, "export rule;"),
        expect![[""]],
    );
    check(
        &world(types, "export rule;"),
        &world(types, "export rule; export types;"),
        expect![[""]],
    );
    let other = "enum a { x, y } enum b { w }";
    check(
        &world(types, "export types; export rule;"),
        &world(other, "export types; export rule;"),
        expect![[""]],
    );
    check(
        &world(types, "export types; export uses-b;"),
        &world(other, "export types; export uses-b;"),
        expect!["type `b` of acme:lint/types@1.0.0: case `z`: the plugin calls it `w`"],
    );
    let less = "enum a { x, y }";
    let less = world(less, "export types; export rule;")
        .replace("interface uses-b { use types.{b}; f: func() -> b; }", "");
    check(
        &world(types, "export types; export rule;"),
        &less,
        expect![[""]],
    );
    check(
        &world(types, "export types; export uses-b;"),
        &less,
        expect![[r#"
        acme:lint/uses-b@1.0.0: not exported; the plugin has `acme:lint/rule@1.0.0`
        type `b` of acme:lint/types@1.0.0: not exported"#]],
    );
    // The plugin has `a` of its own, and imports another `a` for something else.
    let plugin = "package acme:lint@1.0.0;
        interface types { enum a { v } }
        interface rule { enum a { x, y } f: func() -> a; }
        interface more { use types.{a}; f: func() -> a; }
        world plugin { export rule; export more; }";
    check(
        &world(types, "export rule;"),
        plugin,
        expect![[r#"
        type `a` of acme:lint/types@1.0.0: case `v`: not expected
        type `a` of acme:lint/types@1.0.0: case `x`: missing
        type `a` of acme:lint/types@1.0.0: case `y`: missing"#]],
    );
    check(
        &world(types, "export types; export rule;"),
        plugin,
        expect![[r#"
        type `a` of acme:lint/types@1.0.0: case `v`: not expected
        type `a` of acme:lint/types@1.0.0: case `x`: missing
        type `a` of acme:lint/types@1.0.0: case `y`: missing"#]],
    );
}

#[test]
fn resources_of_other_interfaces() {
    const USES: &str = "interface rule { use acme:types/carts@1.0.0.{cart}; check: func(c: borrow<cart>) -> cart; }";
    const OWN: &str = "interface rule { resource cart; check: func(c: borrow<cart>) -> cart; }";
    const EXPORT: &str = "world plugin { export rule; }";
    const BOTH: &str = "world plugin { export acme:types/carts@1.0.0; export rule; }";
    const IMPORT: &str = "world plugin { import acme:types/carts@1.0.0; export acme:types/carts@1.0.0; export rule; }";
    let world = |rule: &str, exports: &str| with_types(&format!("{rule} {exports}"));
    check(&world(USES, BOTH), &world(USES, BOTH), expect![[""]]);
    check(&world(USES, EXPORT), &world(USES, EXPORT), expect![[""]]);
    check(&world(USES, IMPORT), &world(USES, BOTH), expect![[""]]);
    check(&world(USES, BOTH), &world(USES, IMPORT), expect![[""]]);
    check(
        &world(USES, BOTH),
        &world(USES, EXPORT),
        expect!["acme:types/carts@1.0.0: not exported"],
    );
    check(
        &world(USES, EXPORT),
        &world(USES, BOTH),
        expect![
            "type `cart` of acme:types/carts@1.0.0: the world imports this resource, and the plugin does not"
        ],
    );
    check(
        &world(USES, BOTH),
        &world(OWN, BOTH),
        expect![
            "type `cart` of acme:lint/rule@1.0.0: expected `acme:types/carts@1.0.0.{cart}`, found `acme:lint/rule@1.0.0.{cart}`"
        ],
    );
    check(&world(OWN, BOTH), &world(USES, BOTH), expect![[""]]);
    check(
        &world(USES, EXPORT),
        &world(OWN, EXPORT),
        expect![
            "type `cart` of acme:types/carts@1.0.0: the world imports this resource, and the plugin does not"
        ],
    );
    check(&world(OWN, EXPORT), &world(USES, EXPORT), expect![[""]]);
}

#[test]
fn imports() {
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
