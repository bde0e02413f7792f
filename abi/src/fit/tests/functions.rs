//! Differences in functions.

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
