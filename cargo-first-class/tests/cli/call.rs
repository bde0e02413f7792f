//! `call`.

use crate::tool::{Ran, folder, guest, plain, tool};
use expect_test::expect;

fn call(package: &str, arguments: &[&str]) -> Ran {
    let here = folder(&[]);
    tool(
        here.path(),
        &[&["call", &*guest(package)], arguments].concat(),
    )
}

#[test]
fn values_of_every_type_go_there_and_back() {
    for value in [
        "bool(true)",
        "u8(255)",
        "s8(-128)",
        "u16(65535)",
        "s16(-1)",
        "u32(4294967295)",
        "s32(-5)",
        "u64(18446744073709551615)",
        "s64(-9223372036854775808)",
        "f32(1.5)",
        "f64(-inf)",
        "f64(nan)",
        "char('é')",
    ] {
        let (_, expected) = value[..value.len() - 1].split_once('(').expect("is a call");
        let printed = call("test-echo", &[&format!("scalars.echo-{value}")]).done();
        assert_eq!(printed, format!("{expected}\n"));
    }
    for value in [
        r#"string("a \"quoted\" text")"#,
        "bytes([1, 255])",
        "numbers([0.5, -1])",
        r#"names(["a", "b"])"#,
        r#"nested([[some("x"), none], []])"#,
        r#"entry({id: 5, name: "a", at: some({x: 1, y: -2}), tags: ["x"], score: 1.5})"#,
        "level(middle)",
        "permissions({read, execute})",
        "permissions({})",
        "many-flags({f0, f31})",
        r#"shape(labelled(("x", high)))"#,
        "shape(empty)",
        "shapes([wide(7), polygon([{x: 1, y: 2}])])",
        r#"tuple((1, "b", 2.5))"#,
        "options(some(none))",
        "result(ok(3))",
        "outcome(ok)",
        "half(ok)",
    ] {
        let (_, expected) = value[..value.len() - 1].split_once('(').expect("is a call");
        let printed = call("test-echo", &[&format!("compounds.echo-{value}")]).done();
        assert_eq!(printed, format!("{expected}\n"));
    }
    assert_eq!(call("test-echo", &["nothing()"]).done(), "");
}

#[test]
fn a_function_is_found_by_each_of_its_names() {
    for name in [
        "scalars.echo-u8",
        "test:values/scalars.echo-u8",
        "test:values/scalars.echo-u8@0.1.0",
    ] {
        assert_eq!(call("test-echo", &[&format!("{name}(7)")]).done(), "7\n");
    }
    // One that is `async`, and one beside functions that cannot be called.
    assert_eq!(
        call("test-timer", &["clocks.double(\"x\", 2)"]).done(),
        "\"xx\"\n"
    );
    assert_eq!(call("test-shop", &["carts.live()"]).done(), "0\n");
}

#[test]
fn a_plugin_may_have_any_file_name() {
    let sum = std::fs::read(first_class_tests::guest("test-sum")).expect("is built");
    for file in ["a [1].wasm", "***.wasm", "noextension", ".wasm", "é.b.c"] {
        let here = folder(&[(file, &sum)]);
        assert_eq!(tool(here.path(), &["call", file, "add(2)"]).done(), "2\n");
    }
}

#[test]
fn an_err_is_printed_and_is_status_1() {
    for (expression, printed) in [
        (r#"compounds.find("x")"#, "err(missing(\"x\"))\n"),
        ("compounds.echo-outcome(err)", "err\n"),
    ] {
        let ran = call("test-echo", &[expression]);
        assert_eq!(
            (ran.status, &*ran.stdout, &*ran.stderr),
            (Some(1), printed, "")
        );
    }
}

#[test]
fn calls_that_cannot_be_understood_say_what_and_where() {
    let mut said = String::new();
    for expression in [
        "",
        "add",
        "add(1",
        "add(1)",
        "add(1, 2, 3)",
        "add(1, -2)",
        "add(1, 2)x",
        "aad(1, 2)",
        "echo-level(low)",
        "scalar.echo-u8(1)",
        "other:pack/scalars.echo-u8(1)",
        "compounds.echo-level(lo)",
        "compounds.echo-point({x: 1})",
        "frobnicate(1)",
    ] {
        said += &format!(
            "$ {expression}\n{}",
            call("test-echo", &[expression]).failed()
        );
    }
    for (package, expression) in [
        ("test-shop", "carts.split(1, 2)"),
        ("test-shop", "cart.add(1, 2)"),
        ("test-flows", "streams.count(3)"),
    ] {
        said += &format!("$ {expression}\n{}", call(package, &[expression]).failed());
    }
    expect![[r#"
        $
          x the call cannot be understood: unexpected end of input
          help: a call is written as `function(arguments)` or `interface.function(arguments)`, with arguments such as 12, "text", [1, 2], {name: "x"} or some(1)

        $ add
          x the call cannot be understood: unexpected end of input
          help: a call is written as `function(arguments)` or `interface.function(arguments)`, with arguments such as 12, "text", [1, 2], {name: "x"} or some(1)

        $ add(1
          x the call cannot be understood: unexpected end of input
          help: a call is written as `function(arguments)` or `interface.function(arguments)`, with arguments such as 12, "text", [1, 2], {name: "x"} or some(1)

        $ add(1)
          x the call cannot be understood: missing required param(s)
           ,----
         1 | add(1)
           :      |
           :      `-- here
           `----
          help: the function is `add: func(a: u32, b: u32) -> u32`; `inspect --wit` shows its types

        $ add(1, 2, 3)
          x the call cannot be understood: more param(s) than expected
           ,----
         1 | add(1, 2, 3)
           :           |
           :           `-- here
           `----
          help: the function is `add: func(a: u32, b: u32) -> u32`; `inspect --wit` shows its types

        $ add(1, -2)
          x the call cannot be understood: invalid value
           ,----
         1 | add(1, -2)
           :        ^|
           :         `-- here
           `----
          help: the function is `add: func(a: u32, b: u32) -> u32`; `inspect --wit` shows its types

        $ add(1, 2)x
          x the call cannot be understood: trailing characters after value
           ,----
         1 | add(1, 2)x
           :          |
           :          `-- here
           `----
          help: a call is written as `function(arguments)` or `interface.function(arguments)`, with arguments such as 12, "text", [1, 2], {name: "x"} or some(1)

        $ aad(1, 2)
          x there is no function `aad`
          help: did you mean `add`?

        $ echo-level(low)
          x there is no function `echo-level`
          help: did you mean `compounds.echo-level`?

        $ scalar.echo-u8(1)
          x there is no function `scalar.echo-u8`
          help: did you mean `scalars.echo-u8`?

        $ other:pack/scalars.echo-u8(1)
          x there is no function `other:pack/scalars.echo-u8`
          help: did you mean `scalars.echo-u8`?

        $ compounds.echo-level(lo)
          x the call cannot be understood: unknown case "lo"
           ,----
         1 | compounds.echo-level(lo)
           :                      ^|
           :                       `-- here
           `----
          help: the function is `echo-level: func(value: level) -> level`; `inspect --wit` shows its types

        $ compounds.echo-point({x: 1})
          x the call cannot be understood: missing field "y"
           ,----
         1 | compounds.echo-point({x: 1})
           :                      ^^^|^^
           :                         `-- here
           `----
          help: the function is `echo-point: func(value: point) -> point`; `inspect --wit` shows its types

        $ frobnicate(1)
          x there is no function `frobnicate`
          help: there is: `add`, `nothing`, `sixteen`, `twenty`, `compounds.echo-bytes`, `compounds.echo-entries`, `compounds.echo-entry`, `compounds.echo-half`, `compounds.echo-level`, `compounds.echo-many-flags`, and 26 more

        $ carts.split(1, 2)
          x `split` takes or gives a resource, which WAVE has no text for
          help: call it from a caller, in Rust

        $ cart.add(1, 2)
          x `[method]cart.add` takes or gives a resource, which WAVE has no text for
          help: call it from a caller, in Rust

        $ streams.count(3)
          x `count` takes or gives a stream, which WAVE has no text for
          help: call it from a caller, in Rust

    "#]].assert_eq(&plain(&said));
}

#[test]
fn a_plugin_that_breaks_is_an_error_and_says_how() {
    let trapped = call("test-faulty", &["panic()"]).failed();
    assert!(trapped.contains("[test_faulty] told to\n"), "{trapped}");
    assert!(
        trapped.contains("x `test_faulty` trapped in `panic`: wasm trap"),
        "{trapped}"
    );
    assert!(trapped.contains("std::process::abort"), "{trapped}");

    let late = call("test-faulty", &["spin()", "--deadline", "500"]).failed();
    assert!(
        late.contains("did not finish `spin` within 500 ms"),
        "{late}"
    );
    assert!(
        late.contains("help: `--deadline` gives it more time"),
        "{late}"
    );

    let large = call("test-faulty", &["exhaust-memory()", "--memory", "8"]).failed();
    assert!(
        large.contains("ran out of memory in `exhaust-memory`"),
        "{large}"
    );
    assert!(
        large.contains("help: `--memory` gives it more memory"),
        "{large}"
    );

    let unserved = call("test-asker", &["ask(1)"]).failed();
    assert!(
        unserved.contains("imports tick, test:asker/desk"),
        "{unserved}"
    );
    assert!(
        unserved.contains("help: here is no caller to serve"),
        "{unserved}"
    );
}

#[test]
fn what_a_plugin_prints_stands_behind_its_name() {
    let ran = call("test-system", &["print(\"one\\ntwo \\u{1b}[2J\")"]);
    assert_eq!(
        ran.stderr,
        "[test_system] one\n[test_system] two \\u{1b}[2J\n"
    );
    assert_eq!(ran.done(), "");
    assert_eq!(
        call("test-system", &["print(\"one\")", "--quiet"]).stderr,
        ""
    );
    let verbose = call("test-system", &["die(\"\")", "-v"]).failed();
    assert!(verbose.contains("WARN an instance died"), "{verbose}");
}

#[test]
fn a_plugin_is_granted_nothing() {
    assert_eq!(call("test-system", &["arguments()"]).done(), "[]\n");
    assert_eq!(
        call("test-system", &["variable(\"PATH\")"]).done(),
        "none\n"
    );
    assert_eq!(
        call("test-system", &["read-file(\"/etc/hostname\")"]).status,
        Some(1)
    );
}

#[test]
fn files_that_are_no_components_are_named_for_what_they_are() {
    let here = folder(&[("text.wasm", b"text"), ("empty.wasm", b"")]);
    let mut said = String::new();
    for file in ["text.wasm", "empty.wasm", "missing.wasm", "."] {
        said += &format!("$ call {file}\n");
        said += &tool(here.path(), &["call", file, "f()"]).failed();
    }
    expect![[r#"
        $ call text.wasm
          x `text.wasm` is not a component: the file is text, not WebAssembly
          help: `cargo first-class build` builds components and says where they are

        $ call empty.wasm
          x `empty.wasm` is not a component: the file is empty
          help: `cargo first-class build` builds components and says where they are

        $ call missing.wasm
          x cannot read `missing.wasm`: No such file or directory (os error 2)
          help: `cargo first-class build` builds components and says where they are

        $ call .
          x cannot read `.`: Is a directory (os error 21)
          help: give the `.wasm` file in it

    "#]]
    .assert_eq(&said);
}
