//! `run -c first-class.toml`.

use crate::session::Session;
use crate::tool::{flush, folder, guest, tool};
use expect_test::expect;
use first_class_tests::component;

const FILE: &str = r#"
[sources."cart/*"]
file = "sum.wasm"
named = true

[sources."lint/*"]
directory = "plugins"

[callers.alice]
may-load = ["cart/alice", "lint/*"]

[callers.bob]
may-load = ["cart/bob"]
"#;

#[test]
fn sources_and_callers_are_those_of_the_file() {
    let sum = component("accumulator", &[]);
    let here = folder(&[
        ("config/first-class.toml", FILE.as_bytes()),
        ("config/sum.wasm", &sum),
        ("config/plugins/one.wasm", &sum),
    ]);
    let options = ["-c", "config/first-class.toml", "--as", "alice"];
    let mut session = Session::start(here.path(), &options);
    assert_eq!(session.ask("available"), "lint/one");
    assert_eq!(session.ask("load cart/alice"), "loaded cart/alice as 0");
    assert_eq!(session.ask("load cart/alice"), "loaded cart/alice as 1");
    assert_eq!(session.ask("add 0 3"), "3");
    assert_eq!(session.ask("add 1 4"), "7", "it is one instance");
    assert_eq!(
        session.ask("load cart/bob"),
        "there is no source `cart/bob` that this guest may load"
    );
    assert_eq!(session.close(), (Some(0), String::new()));
}

#[test]
fn who_is_not_in_the_file_is_nobody() {
    let sum = component("accumulator", &[]);
    let here = folder(&[
        ("first-class.toml", FILE.as_bytes()),
        ("sum.wasm", &sum),
        ("plugins/one.wasm", &sum),
    ]);
    let console = guest("test-console");
    let run = ["run", &*console, "-c", "first-class.toml"];
    expect![[r#"
          x the file says what each caller may load, and this one is nobody
          help: say as whom the caller runs, with `--as`: alice, bob

    "#]]
    .assert_eq(&flush(&tool(here.path(), &run).failed()));
    let run = [&run[..], &["--as", "alise"]].concat();
    expect![[r#"
          x there is no caller `alise`
          help: did you mean `alice`?

    "#]]
    .assert_eq(&flush(&tool(here.path(), &run).failed()));
}

#[test]
fn a_mistake_is_shown_in_its_line() {
    let text = "[limits]\ndeadline = \"1s\"\n\n[sources.notes]\nfile = \"notes.wasm\"\n";
    let here = folder(&[("first-class.toml", text.as_bytes())]);
    let console = guest("test-console");
    let run = ["run", &*console, "-c", "first-class.toml"];
    expect![[r#"
          x there is no file `notes.wasm`
           ,-[first-class.toml:5:8]
         4 | [sources.notes]
         5 | file = "notes.wasm"
           :        ^^^^^^^^^^^^
           `----
          help: paths are relative to the folder of this file

    "#]]
    .assert_eq(&flush(&tool(here.path(), &run).failed()));
    let run = ["run", &*console, "-c", "absent.toml"];
    expect![[r#"
          x absent.toml: it cannot be read: No such file or directory (os error 2)
          help: the page `first-class.toml` of the book says what belongs into such a file

    "#]]
    .assert_eq(&flush(&tool(here.path(), &run).failed()));
}

#[test]
fn a_secret_is_not_shown_with_a_mistake() {
    let text =
        "[nats]\nservers = []\npassword = \"hunter2\"\ntoken = { environment = \"NO_SUCH_ONE\" }\n";
    let here = folder(&[("first-class.toml", text.as_bytes())]);
    let serve = ["serve", "-c", "first-class.toml"];
    expect![[r#"
         x there is no server
          ,-[first-class.toml:2:11]
        1 | [nats]
        2 | servers = []
          :           ^^
        3 | password = *********
          `----
         help: give it an address such as `"nats://127.0.0.1:4222"`

    "#]]
    .assert_eq(&flush(&tool(here.path(), &serve).failed()));
    let text = text.replace("[]", "[\"nats://127.0.0.1:1\"]");
    let text = text.replace("password", "user = \"me\"\npassword");
    let text = text.replace(
        "token",
        "[sources.a.grpc]\nendpoint = \"http://h:1\"\nheaders.key",
    );
    std::fs::write(here.path().join("first-class.toml"), text).expect("is written");
    expect![[r#"
         x the environment has no variable `NO_SUCH_ONE`
          ,-[first-class.toml:7:9]
        6 | endpoint = "http://h:1"
        7 | headers.key = { environment = "NO_SUCH_ONE" }
          :         ^^^
          `----
         help: set it before this is started

    "#]]
    .assert_eq(&flush(&tool(here.path(), &serve).failed()));
}

#[test]
fn options_and_a_file_exclude_each_other() {
    let here = folder(&[("first-class.toml", b"")]);
    for option in [
        "--plugins=.",
        "--source=a=b",
        "--deadline=5",
        "--may-load=a",
    ] {
        let run = ["run", "caller.wasm", "-c", "first-class.toml", option];
        let ran = tool(here.path(), &run);
        assert_eq!(ran.status, Some(2), "{option}");
        assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
    }
}
