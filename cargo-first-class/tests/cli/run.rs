//! `run`.

use crate::session::Session;
use crate::tool::{folder, guest, tool};
use expect_test::expect;
use first_class_tests::component;
use std::fs;
use std::path::{Path, PathBuf};

/// A caller that does this in its `run`, which returns whether it failed.
fn caller(does: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            (core module $code (func (export "run") (result i32) {does}))
            (core instance $code (instantiate $code))
            (func $run (result (result)) (canon lift (core func $code "run")))
            (instance $run (export "run" (func $run)))
            (export "wasi:cli/run@0.2.0" (instance $run)))"#
    );
    wat::parse_str(text).expect("valid WAT")
}

#[test]
fn the_status_is_that_of_the_caller() {
    let here = folder(&[
        ("good.wasm", &caller("i32.const 0")),
        ("bad.wasm", &caller("i32.const 1")),
        ("trap.wasm", &caller("unreachable")),
    ]);
    assert_eq!(tool(here.path(), &["run", "good.wasm"]).done(), "");
    let bad = tool(here.path(), &["run", "bad.wasm"]);
    assert_eq!((bad.status, &*bad.stderr), (Some(1), ""));
    let trap = tool(here.path(), &["run", "trap.wasm"]);
    assert_eq!(trap.status, Some(134));
    assert!(
        trap.stderr
            .contains("the caller trapped: wasm trap: wasm `unreachable`"),
        "{}",
        trap.stderr
    );
    assert!(trap.stderr.contains("help: it was in"), "{}", trap.stderr);
    let mut session = Session::start(here.path(), &[]);
    session.tell("exit 42");
    assert_eq!(session.end(), (Some(42), String::new()));
}

#[test]
fn a_caller_has_its_streams_and_arguments_and_nothing_else() {
    let here = folder(&[("file", b"content")]);
    let mut session = Session::start(here.path(), &["--", "--one", "two"]);
    assert_eq!(session.ask("arguments"), "test-console --one two");
    assert_eq!(session.ask("variable PATH"), "not set");
    for command in ["read file", "read /etc/hostname", "connect 127.0.0.1:1"] {
        let said = session.ask(command);
        assert!(said.starts_with("error: "), "{command}: {said}");
    }
    assert_eq!(session.ask("available"), "");
    assert_eq!(session.close(), (Some(0), String::new()));
}

#[test]
fn what_is_granted_works() {
    let here = folder(&[("data/file", b"content"), ("other/file", b"other")]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("is bound");
    let options = [
        "--dir",
        "data",
        "--read-dir",
        "other::/mapped",
        "--env",
        "A=b=c",
        "--env",
        "CARGO_PKG_NAME",
        "--network",
    ];
    let mut session = Session::start(here.path(), &options);
    assert_eq!(session.ask("read data/file"), "content");
    assert_eq!(session.ask("write data/new text"), "written");
    assert_eq!(
        fs::read(here.path().join("data/new")).expect("is there"),
        b"text"
    );
    assert_eq!(session.ask("read /mapped/file"), "other");
    assert!(session.ask("write /mapped/new text").starts_with("error: "));
    assert!(session.ask("read other/file").starts_with("error: "));
    assert_eq!(session.ask("variable A"), "b=c");
    assert_eq!(session.ask("variable CARGO_PKG_NAME"), "cargo-first-class");
    assert_eq!(session.ask("variable PATH"), "not set");
    assert_eq!(session.ask(&format!("connect {address}")), "connected");
    assert_eq!(session.close(), (Some(0), String::new()));
}

#[test]
fn plugins_come_from_files_and_folders_under_their_names() {
    let sum = component("accumulator", &[]);
    let here = folder(&[
        ("a/one.wasm", &sum),
        ("b/two.wasm", &sum),
        ("three.wasm", &sum),
    ]);
    let options = [
        "--plugins",
        "a",
        "--source",
        "lint/*=b",
        "--source",
        "x=three.wasm",
    ];
    let mut session = Session::start(here.path(), &options);
    assert_eq!(session.ask("available"), "lint/two one x");
    for (index, name) in ["one", "lint/two", "x"].iter().enumerate() {
        assert_eq!(
            session.ask(&format!("load {name}")),
            format!("loaded {name} as {index}")
        );
        assert_eq!(session.ask(&format!("add {index} 7")), "7");
    }
    assert_eq!(
        session.ask("load two"),
        "there is no source `two` that this guest may load"
    );
    assert_eq!(session.close(), (Some(0), String::new()));
}

#[test]
fn callers_share_named_instances_as_far_as_they_may() {
    let sum = component("accumulator", &[]);
    let here = folder(&[("sum.wasm", &sum)]);
    let options = [
        "--named",
        "cart/*=sum.wasm",
        "--as",
        "alice",
        "--may-load",
        "cart/{caller}",
        "--may-load",
        "cart/family",
    ];
    let mut session = Session::start(here.path(), &options);
    assert_eq!(session.ask("arguments"), "test-console alice");
    assert_eq!(
        session.ask("load cart/bob"),
        "there is no source `cart/bob` that this guest may load"
    );
    assert_eq!(session.ask("load cart/alice"), "loaded cart/alice as 0");
    assert_eq!(session.ask("load cart/family"), "loaded cart/family as 1");
    assert_eq!(session.ask("load cart/family"), "loaded cart/family as 2");
    assert_eq!(
        (session.ask("add 1 3"), session.ask("add 2 4")),
        ("3".into(), "7".into())
    );
    assert_eq!(session.ask("add 0 1"), "1");
    assert_eq!(session.close(), (Some(0), String::new()));
}

#[test]
fn a_caller_runs_as_each_of_several_until_it_fails() {
    let here = folder(&[]);
    let options = [
        "--as",
        "alice",
        "--as",
        "bob",
        "--as",
        "carol",
        "--",
        "--announce",
    ];
    let mut session = Session::start(here.path(), &options);
    assert_eq!(session.answer(), "test-console alice --announce");
    session.tell("exit 0");
    assert_eq!(session.answer(), "test-console bob --announce");
    session.tell("exit 3");
    assert_eq!(session.end(), (Some(3), String::new()));
}

#[test]
fn compiled_code_is_kept_where_it_is_asked_for() {
    let adds = component("accumulator", &[]);
    let subtracts = component("accumulator", &[("i64.add", "i64.sub")]);
    let here = folder(&[("a/it.wasm", &adds), ("b/it.wasm", &subtracts)]);
    // What it answers to a 7, and the compiled code that is kept then.
    let run = |plugins: &str, cache: &str| {
        let options = ["--plugins", plugins, "--cache", cache];
        let mut session = Session::start(here.path(), &options);
        assert_eq!(session.ask("load it"), "loaded it as 0");
        let said = session.ask("add 0 7");
        assert_eq!(session.close(), (Some(0), String::new()));
        (said, code_in(&here.path().join(cache)))
    };
    let (seven, of_adds) = run("a", "one");
    let (minus_seven, of_subtracts) = run("b", "other");
    assert_eq!((&*seven, &*minus_seven), ("7", "-7"));

    // The one is put where the other is kept: a process that compiles again would not notice.
    let only = |these: &[PathBuf], others: &[PathBuf]| {
        let name = |path: &PathBuf| path.file_name().map(ToOwned::to_owned);
        let is_shared = |path: &&PathBuf| others.iter().any(|it| name(it) == name(path));
        let mut only = these.iter().filter(|path| !is_shared(path));
        let found = only.next().expect("the plugin was compiled").clone();
        assert_eq!(only.next(), None);
        found
    };
    let kept = only(&of_adds, &of_subtracts);
    fs::copy(only(&of_subtracts, &of_adds), kept).expect("copies");
    assert_eq!(run("a", "one"), ("-7".into(), of_adds));
}

/// The files of a cache in which compiled code is, and not what is noted about it.
fn code_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("is made");
    let paths = entries.map(|entry| entry.expect("is read").path());
    let mut found: Vec<_> = paths
        .flat_map(|path| match path.is_dir() {
            true => code_in(&path),
            false => vec![path],
        })
        .filter(|path| path.extension().is_none())
        .collect();
    found.sort();
    found
}

#[test]
fn what_cannot_be_run_says_why() {
    let needy = r#"(component (import "a:b/c" (instance (export "f" (func))))"#;
    let plugin = wat::parse_str(format!("{needy})"));
    let run = r#"(instance $run) (export "wasi:cli/run@0.2.0" (instance $run))"#;
    let stranger = wat::parse_str(format!("{needy} {run})"));
    let here = folder(&[
        ("needy.wasm", &plugin.expect("valid WAT")),
        ("caller.wasm", &caller("i32.const 0")),
        ("plugin.wasm", &component("accumulator", &[])),
        ("stranger.wasm", &stranger.expect("valid WAT")),
        ("text.wasm", b"text"),
        ("plugins/readme.txt", b""),
    ]);
    let mut said = String::new();
    let cases: [&[&str]; 16] = [
        &["missing.wasm"],
        &["text.wasm"],
        &["plugin.wasm"],
        &["needy.wasm"],
        &["stranger.wasm"],
        &["caller.wasm", "--plugins", "missing"],
        &["caller.wasm", "--source", "a=missing.wasm"],
        &["caller.wasm", "--source", "a=plugins"],
        &[
            "caller.wasm",
            "--source",
            "a=plugin.wasm",
            "--source",
            "a=text.wasm",
        ],
        &["caller.wasm", "--source", "a***=plugin.wasm"],
        &["caller.wasm", "--may-load", "a***"],
        &["caller.wasm", "--source", "a=plugin.wasm", "--holds", "b=a"],
        &["caller.wasm", "--plugins", "plugin.wasm"],
        &["caller.wasm", "--dir", "missing"],
        &["caller.wasm", "--env", "THIS_IS_NOT_SET"],
        &["caller.wasm", "--watch", "--plugins", "missing"],
    ];
    for arguments in cases {
        said += &format!("$ run {}\n", arguments.join(" "));
        said += &tool(here.path(), &[&["run"], arguments].concat()).failed();
    }
    expect![[r#"
        $ run missing.wasm
          x cannot read `missing.wasm`: No such file or directory (os error 2)
          help: `cargo first-class build` builds components and says where they are

        $ run text.wasm
          x `text.wasm` is not a component: the file is text, not WebAssembly
          help: `cargo first-class build` builds components and says where they are

        $ run plugin.wasm
          x `plugin.wasm` is no program: it does not export `wasi:cli/run`
          help: give the caller here, which has a `main`, and plugins with `--plugins` or `--source`; `cargo first-class call` calls a plugin

        $ run needy.wasm
          x `needy.wasm` is no program: it does not export `wasi:cli/run`
          help: give the caller here, which has a `main`, and plugins with `--plugins` or `--source`; `cargo first-class call` calls a plugin

        $ run stranger.wasm
          x `stranger.wasm` cannot be run: component imports instance `a:b/c`, but a matching implementation was not found in the linker: instance export `f` has the wrong type: function implementation is missing
          help: a caller may import WASI 0.2 and `first-class:worlds`

        $ run caller.wasm --plugins missing
          x --plugins: there is no folder `missing`
          help: `--source NAME=FILE` offers a single file

        $ run caller.wasm --source a=missing.wasm
          x the source `a` stands for missing.wasm, which does not exist
          help: `cargo first-class build` builds plugins and says where they are

        $ run caller.wasm --source a=plugins
          x the source `a` is a directory; its name has to end in the only `*`, such as `lint/*`
          help: `cargo first-class run --help` says how plugins are given

        $ run caller.wasm --source a=plugin.wasm --source a=text.wasm
          x two sources are named `a`; rename one of them
          help: each name stands for one plugin

        $ run caller.wasm --source a***=plugin.wasm
          x the pattern `a***` is malformed: Pattern syntax error near position 3: wildcards are either regular `*` or recursive `**`
          help: `*` stands for any characters but `/`, and `**` for any

        $ run caller.wasm --may-load a***
          x --may-load: the pattern `a***` is malformed: Pattern syntax error near position 3: wildcards are either regular `*` or recursive `**`
          help: `*` stands for any characters but `/`, and `**` for any

        $ run caller.wasm --source a=plugin.wasm --holds b=a
          x --holds: there is no source `b`
          help: name it as it stands in front of the `=` of `--source` or `--named`

        $ run caller.wasm --plugins plugin.wasm
          x --plugins: there is no folder `plugin.wasm`
          help: `--source NAME=FILE` offers a single file

        $ run caller.wasm --dir missing
          x the folder `missing` cannot be granted: No such file or directory (os error 2)
          help: give a folder that exists, with `--dir` or `--read-dir`

        $ run caller.wasm --env THIS_IS_NOT_SET
          x --env: there is no `THIS_IS_NOT_SET` to be passed on: environment variable not found
          help: `--env THIS_IS_NOT_SET=VALUE` gives it a value

        $ run caller.wasm --watch --plugins missing
          x --plugins: there is no folder `missing`
          help: `--source NAME=FILE` offers a single file

    "#]].assert_eq(&said);
}

#[test]
fn an_example_runs() {
    let here = folder(&[("a.txt", b"the the\n")]);
    let (notes, words) = (guest("notes"), guest("repeated-words"));
    let sources = [
        format!("--source=notes={notes}"),
        format!("--source=words={words}"),
    ];
    let lint = guest("lint");
    let arguments = [
        "run",
        &lint,
        &sources[0],
        &sources[1],
        "--read-dir",
        ".",
        "--",
        "a.txt",
    ];
    let printed = tool(here.path(), &arguments).done();
    expect![[r#"
        a.txt:1:1: warning: `the` stands here twice [words]
            fix: write `the`

        1 file, 2 rules: 1 finding (0 errors, 1 warning, 0 notes)
    "#]]
    .assert_eq(&printed);
}
