//! Differences in types that an interface has from another one.

use super::{check, check_stricter};
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
    // Composition would connect the plugin's own resource where the caller's belongs.
    check_stricter(
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
