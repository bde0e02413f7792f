//! Differences in types that have a name.

use super::check_rules;
use expect_test::expect;

#[test]
fn records() {
    const RECORD: &str = "record finding { line: u32, text: string } check: func() -> list<finding>; fix: func(f: finding);";
    check_rules(RECORD, RECORD, expect![[""]]);
    let with =
        |record: &str| format!("{record} check: func() -> list<finding>; fix: func(f: finding);");
    check_rules(
        RECORD,
        &with("record finding { row: u32, text: string }"),
        expect!["type `finding` of acme:lint/rule@1.0.0: field `line`: the plugin calls it `row`"],
    );
    check_rules(
        RECORD,
        &with("record finding { line: u32, text: string, column: u32 }"),
        expect!["type `finding` of acme:lint/rule@1.0.0: field `column`: not expected"],
    );
    check_rules(
        RECORD,
        &with("record finding { line: u32 }"),
        expect!["type `finding` of acme:lint/rule@1.0.0: field `text`: missing"],
    );
    check_rules(
        RECORD,
        &with("record finding { text: string, line: u32 }"),
        expect![
            "type `finding` of acme:lint/rule@1.0.0: fields: expected in the order `line`, `text`, found `text`, `line`"
        ],
    );
    check_rules(
        RECORD,
        &with("record finding { text: list<string>, row: u32 }"),
        expect![[r#"
            type `finding` of acme:lint/rule@1.0.0: field `line`: missing
            type `finding` of acme:lint/rule@1.0.0: field `row`: not expected
            type `finding` of acme:lint/rule@1.0.0: field `text`: expected `string`, found `list<string>`"#]],
    );
    check_rules(
        RECORD,
        &with("type finding = tuple<u32, string>;"),
        expect![
            "type `finding` of acme:lint/rule@1.0.0: expected `record`, found `tuple<u32, string>`"
        ],
    );
    check_rules(
        RECORD,
        &with("variant finding { line(u32), text(string) }"),
        expect!["type `finding` of acme:lint/rule@1.0.0: expected `record`, found `variant`"],
    );
    check_rules(
        RECORD,
        "record issue { line: u32, text: string } check: func() -> list<issue>; fix: func(f: issue);",
        expect!["type `finding` of acme:lint/rule@1.0.0: not exported"],
    );
    check_rules(
        RECORD,
        "record issue { line: u32, text: string } type finding = issue; check: func() -> list<issue>; fix: func(f: issue);",
        expect![[""]],
    );
    check_rules(
        RECORD,
        "record issue { line: u32, text: char } type finding = issue; check: func() -> list<issue>; fix: func(f: issue);",
        expect![
            "type `finding` of acme:lint/rule@1.0.0: field `text`: expected `string`, found `char`"
        ],
    );
}

#[test]
fn variants_enums_flags() {
    check_rules(
        "variant v { a, b(u8) } check: func(v: v);",
        "variant v { a, b(u8) } check: func(v: v);",
        expect![[""]],
    );
    check_rules(
        "variant v { a, b(u8) } check: func(v: v);",
        "variant v { a(u8), b } check: func(v: v);",
        expect![[r#"
            type `v` of acme:lint/rule@1.0.0: case `a`: expected nothing, found `u8`
            type `v` of acme:lint/rule@1.0.0: case `b`: expected `u8`, found nothing"#]],
    );
    check_rules(
        "variant v { a, b(u8) } check: func(v: v);",
        "variant v { a, b(u8), c } check: func(v: v);",
        expect!["type `v` of acme:lint/rule@1.0.0: case `c`: not expected"],
    );
    check_rules(
        "enum e { a, b } check: func(e: e);",
        "enum e { a } check: func(e: e);",
        expect!["type `e` of acme:lint/rule@1.0.0: case `b`: missing"],
    );
    check_rules(
        "enum e { a, b } check: func(e: e);",
        "enum e { b, a } check: func(e: e);",
        expect![
            "type `e` of acme:lint/rule@1.0.0: cases: expected in the order `a`, `b`, found `b`, `a`"
        ],
    );
    check_rules(
        "enum e { a, b } check: func(e: e);",
        "enum e { a, b, c } check: func(e: e);",
        expect!["type `e` of acme:lint/rule@1.0.0: case `c`: not expected"],
    );
    check_rules(
        "enum e { a, b } check: func(e: e);",
        "flags e { a, b } check: func(e: e);",
        expect!["type `e` of acme:lint/rule@1.0.0: expected `enum`, found `flags`"],
    );
    check_rules(
        "flags f { a, b } check: func(f: f);",
        "flags f { a, c } check: func(f: f);",
        expect!["type `f` of acme:lint/rule@1.0.0: flag `b`: the plugin calls it `c`"],
    );
    check_rules(
        "flags f { a, b } check: func(f: f);",
        "flags f { a, b } check: func(f: f);",
        expect![[""]],
    );
}

#[test]
fn aliases() {
    check_rules(
        "type id = u32; check: func(id: id);",
        "type id = u32; check: func(id: id);",
        expect![[""]],
    );
    check_rules(
        "type id = u32; check: func(id: id);",
        "type other = u32; type id = other; check: func(id: u32);",
        expect![[""]],
    );
    check_rules(
        "type id = u32; check: func(id: id);",
        "check: func(id: u32);",
        expect!["type `id` of acme:lint/rule@1.0.0: not exported"],
    );
    check_rules(
        "check: func(id: u32);",
        "type id = u32; check: func(id: id);",
        expect![[""]],
    );
    check_rules(
        "type id = u32; check: func(id: id); fix: func(id: id);",
        "type id = u64; check: func(id: id); fix: func(id: id);",
        expect!["type `id` of acme:lint/rule@1.0.0: expected `u32`, found `u64`"],
    );
    check_rules(
        "type ids = list<u32>; check: func(id: ids);",
        "type ids = list<u64>; check: func(id: ids);",
        expect!["type `ids` of acme:lint/rule@1.0.0: expected `list<u32>`, found `list<u64>`"],
    );
    check_rules(
        "record unused { a: u8 } check: func();",
        "record unused { b: u8 } check: func();",
        expect![[""]],
    );
    check_rules(
        "record unused { a: u8 } check: func();",
        "check: func();",
        expect![[""]],
    );
}

#[test]
fn resources() {
    const CART: &str = "resource cart { constructor(); add: func(item: string); merge: static func(a: cart, b: borrow<cart>) -> cart; } total: func(all: list<cart>);";
    check_rules(CART, CART, expect![[""]]);
    check_rules(
        CART,
        "total: func(all: list<u8>);",
        expect![[r#"
        acme:lint/rule@1.0.0#total: parameter `all`: expected `list<cart>`, found `list<u8>`
        type `cart` of acme:lint/rule@1.0.0: not exported"#]],
    );
    check_rules(
        CART,
        "record cart { a: u8 } total: func(all: list<cart>);",
        expect!["type `cart` of acme:lint/rule@1.0.0: expected `resource`, found `record`"],
    );
    check_rules(
        CART,
        "resource cart { constructor(size: u8); ad: func(item: string); merge: static func(a: cart, b: cart) -> cart; } total: func(all: list<borrow<cart>>);",
        expect![[r#"
            acme:lint/rule@1.0.0#[constructor]cart: parameter `size`: not expected
            acme:lint/rule@1.0.0#[method]cart.add: not exported; the plugin has `[method]cart.ad`
            acme:lint/rule@1.0.0#[static]cart.merge: parameter `b`: expected `borrow<cart>`, found `cart`
            acme:lint/rule@1.0.0#total: parameter `all`: expected `list<cart>`, found `list<borrow<cart>>`"#]],
    );
    check_rules(
        "record cart { a: u8 } total: func(all: list<cart>);",
        "resource cart; total: func(all: list<cart>);",
        expect!["type `cart` of acme:lint/rule@1.0.0: expected `record`, found `resource`"],
    );
    check_rules(
        "resource a; resource b; f: func(a: a, b: b);",
        "resource a; resource b; f: func(a: b, b: a);",
        expect![[r#"
            acme:lint/rule@1.0.0#f: parameter `a`: expected `a`, found `b`
            acme:lint/rule@1.0.0#f: parameter `b`: expected `b`, found `a`"#]],
    );
    check_rules(
        "resource a; resource b; f: func(a: a, b: b);",
        "resource a; type b = a; f: func(a: a, b: b);",
        expect!["type `b` of acme:lint/rule@1.0.0: expected `b`, found `a`"],
    );
    check_rules(
        "resource a; type b = a; f: func(a: a, b: b);",
        "resource a; resource b; f: func(a: a, b: b);",
        expect!["type `b` of acme:lint/rule@1.0.0: expected `a`, found `b`"],
    );
    check_rules(
        "resource a; type b = a; f: func(a: a, b: b);",
        "resource a; type b = a; f: func(a: b, b: a);",
        expect![[""]],
    );
    check_rules("resource a;", "resource a;", expect![[""]]);
    check_rules(
        "resource a;",
        "f: func();",
        expect!["type `a` of acme:lint/rule@1.0.0: not exported"],
    );
}
