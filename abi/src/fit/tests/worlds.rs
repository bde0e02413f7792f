//! Differences in what worlds export.

use super::check;
use expect_test::expect;

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
fn types_of_the_world() {
    let world = |exports: &str| format!("package acme:lint@1.0.0; world plugin {{ {exports} }}");
    check(
        &world("record r { a: u8 } export f: func();"),
        &world("record r { a: u8 } export f: func();"),
        expect![[""]],
    );
    check(
        &world("record r { a: u8 } export f: func();"),
        &world("record r { b: u8 } export f: func();"),
        expect!["type `r`: field `a`: the plugin calls it `b`"],
    );
    check(
        &world("record r { a: u8 } export f: func();"),
        &world("export f: func();"),
        expect![[""]],
    );
    check(
        &world("record r { a: u8 } export f: func();"),
        &world("import r: func(); export f: func();"),
        expect!["type `r`: expected `type`, found `func`"],
    );
    check(
        &world("record r { a: u8 } export f: func();"),
        &world("export r: func(); export f: func();"),
        expect!["type `r`: expected `type`, found `func`"],
    );
    check(
        &world("resource r; export f: func();"),
        &world("resource r; export f: func();"),
        expect![[""]],
    );
    check(
        &world("resource r; export f: func();"),
        &world("export f: func();"),
        expect![[""]],
    );
    check(
        &world("resource r; export f: func();"),
        &world("record r { a: u8 } export f: func();"),
        expect!["type `r`: expected `resource`, found `record`"],
    );
    check(
        &world("resource r; export f: func(r: r);"),
        &world("record r { a: u8 } export f: func(r: r);"),
        expect![[r#"
            type `r`: expected `resource`, found `record`
            type `r`: the world imports this resource, and the plugin does not"#]],
    );
}
