//! Differences in functions and the types they use.

use super::check_rules;
use expect_test::expect;

#[test]
fn parameters() {
    check_rules(
        "check: func(document: string, level: u8) -> u32;",
        "check: func(document: string, level: u8) -> u32; more: func();",
        expect![[""]],
    );
    check_rules(
        "check: func(document: string);",
        "check: func(doc: string);",
        expect!["acme:lint/rule@1.0.0#check: parameter `document`: the plugin calls it `doc`"],
    );
    check_rules(
        "check: func(document: string);",
        "check: func(doc: u32);",
        expect![[r#"
            acme:lint/rule@1.0.0#check: parameter `document`: expected `string`, found `u32`
            acme:lint/rule@1.0.0#check: parameter `document`: the plugin calls it `doc`"#]],
    );
    check_rules(
        "check: func(document: string);",
        "check: func(document: list<u8>);",
        expect![
            "acme:lint/rule@1.0.0#check: parameter `document`: expected `string`, found `list<u8>`"
        ],
    );
    check_rules(
        "check: func(a: string, b: u8);",
        "check: func(b: u8, a: string);",
        expect![
            "acme:lint/rule@1.0.0#check: parameters: expected in the order `a`, `b`, found `b`, `a`"
        ],
    );
    check_rules(
        "check: func(a: string, b: u8);",
        "check: func(a: u8, b: string);",
        expect![[r#"
            acme:lint/rule@1.0.0#check: parameter `a`: expected `string`, found `u8`
            acme:lint/rule@1.0.0#check: parameter `b`: expected `u8`, found `string`"#]],
    );
    check_rules(
        "check: func(a: string, b: u8);",
        "check: func(a: string);",
        expect!["acme:lint/rule@1.0.0#check: parameter `b`: missing"],
    );
    check_rules(
        "check: func(a: string);",
        "check: func(a: string, b: u8);",
        expect!["acme:lint/rule@1.0.0#check: parameter `b`: not expected"],
    );
}

#[test]
fn results() {
    check_rules(
        "check: func() -> u8;",
        "check: func();",
        expect!["acme:lint/rule@1.0.0#check: result: expected `u8`, found nothing"],
    );
    check_rules(
        "check: func();",
        "check: func() -> u8;",
        expect!["acme:lint/rule@1.0.0#check: result: expected nothing, found `u8`"],
    );
    check_rules(
        "check: func() -> u8;",
        "check: func() -> u16;",
        expect!["acme:lint/rule@1.0.0#check: result: expected `u8`, found `u16`"],
    );
    check_rules(
        "check: func() -> result<u8>;",
        "check: func() -> result<u8, string>;",
        expect![
            "acme:lint/rule@1.0.0#check: result: expected `result<u8>`, found `result<u8, string>`"
        ],
    );
    check_rules(
        "check: func() -> result<_, string>;",
        "check: func() -> result<string>;",
        expect![
            "acme:lint/rule@1.0.0#check: result: expected `result<_, string>`, found `result<string>`"
        ],
    );
}

#[test]
fn async_functions() {
    check_rules(
        "check: func(a: u8);",
        "check: async func(a: u8);",
        expect!["acme:lint/rule@1.0.0#check: expected `func`, found `async func`"],
    );
    check_rules(
        "check: async func(a: u8);",
        "check: func(a: s8);",
        expect![[r#"
            acme:lint/rule@1.0.0#check: expected `async func`, found `func`
            acme:lint/rule@1.0.0#check: parameter `a`: expected `u8`, found `s8`"#]],
    );
    check_rules(
        "check: async func(a: u8);",
        "check: async func(a: u8);",
        expect![[""]],
    );
}

#[test]
fn missing_functions() {
    check_rules(
        "check: func(); fix: func();",
        "chek: func();",
        expect![[r#"
            acme:lint/rule@1.0.0#check: not exported; the plugin has `chek`
            acme:lint/rule@1.0.0#fix: not exported"#]],
    );
}

#[test]
fn anonymous_types() {
    check_rules(
        "check: func(a: string);",
        "check: func(a: option<string>);",
        expect![
            "acme:lint/rule@1.0.0#check: parameter `a`: expected `string`, found `option<string>`"
        ],
    );
    check_rules(
        "check: func(a: option<list<tuple<u32, string>>>);",
        "check: func(a: option<list<tuple<u32, char>>>);",
        expect![
            "acme:lint/rule@1.0.0#check: parameter `a`: expected `option<list<tuple<u32, string>>>`, found `option<list<tuple<u32, char>>>`"
        ],
    );
    check_rules(
        "check: func(a: tuple<u32, u32>);",
        "check: func(a: tuple<u32>);",
        expect![
            "acme:lint/rule@1.0.0#check: parameter `a`: expected `tuple<u32, u32>`, found `tuple<u32>`"
        ],
    );
    check_rules(
        "check: func(a: list<u8>);",
        "check: func(a: list<u8, 4>);",
        expect![
            "acme:lint/rule@1.0.0#check: parameter `a`: expected `list<u8>`, found `list<u8, 4>`"
        ],
    );
    check_rules(
        "check: func(a: list<u8, 4>);",
        "check: func(a: list<u8, 5>);",
        expect![
            "acme:lint/rule@1.0.0#check: parameter `a`: expected `list<u8, 4>`, found `list<u8, 5>`"
        ],
    );
    check_rules(
        "check: func(a: list<u8, 4>);",
        "check: func(a: list<u8, 4>);",
        expect![[""]],
    );
    check_rules(
        "check: func(a: stream<u8>) -> future;",
        "check: func(a: stream<s8>) -> future<u8>;",
        expect![[r#"
            acme:lint/rule@1.0.0#check: parameter `a`: expected `stream<u8>`, found `stream<s8>`
            acme:lint/rule@1.0.0#check: result: expected `future`, found `future<u8>`"#]],
    );
    check_rules(
        "check: func(a: map<u8, string>);",
        "check: func(a: map<u16, string>);",
        expect![
            "acme:lint/rule@1.0.0#check: parameter `a`: expected `map<u8, string>`, found `map<u16, string>`"
        ],
    );
    check_rules(
        "check: func(a: map<u8, string>);",
        "check: func(a: list<tuple<u8, string>>);",
        expect![
            "acme:lint/rule@1.0.0#check: parameter `a`: expected `map<u8, string>`, found `list<tuple<u8, string>>`"
        ],
    );
}

#[test]
fn records() {
    const RECORD: &str = "record finding { line: u32, text: string } check: func() -> list<finding>; fix: func(f: finding);";
    check_rules(RECORD, RECORD, expect![[""]]);
    for record in ["record finding { row: u32, text: string }"] {
        let _ = record;
    }
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
