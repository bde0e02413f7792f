//! `new`, and what it makes.

use crate::tool::{Ran, command, folder, root, tool};
use expect_test::expect;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The files under a folder, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("is there") {
            let path = entry.expect("is readable").path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let path = path.strip_prefix(folder).expect("lies in it");
                    files.push(path.display().to_string());
                }
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_project_has_what_was_asked_for() {
    let here = folder(&[]);
    let new = |arguments: &[&str]| {
        let ran = tool(here.path(), &[&["new"], arguments].concat());
        assert_eq!(ran.stdout, "");
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        format!("$ new {}\n{}", arguments.join(" "), ran.stderr)
    };
    expect![[r#"
        $ new hello
             Created caller and plugin `hello`
                Next cd hello && cargo first-class build
    "#]]
    .assert_eq(&new(&["hello"]));
    expect![[r#"
        .gitignore
        Cargo.toml
        caller/Cargo.toml
        caller/src/main.rs
        plugin/Cargo.toml
        plugin/src/lib.rs
        wit/greeter.wit"#]]
    .assert_eq(&files(&here.path().join("hello")).join("\n"));
    new(&["some/where/polite", "--plugin"]);
    let plugin = here.path().join("some/where/polite");
    expect![[r#"
        .gitignore
        Cargo.toml
        src/lib.rs
        wit/greeter.wit"#]]
    .assert_eq(&files(&plugin).join("\n"));
    assert_eq!(
        new(&["one", "--caller", "--quiet"]),
        "$ new one --caller --quiet\n"
    );
    assert!(here.path().join("one/src/main.rs").is_file());

    let read = |path: &str| fs::read_to_string(here.path().join(path)).expect("is there");
    let version = concat!("first-class = \"", env!("CARGO_PKG_VERSION"), "\"\n");
    assert!(read("hello/caller/Cargo.toml").contains(version));
    assert!(read("hello/wit/greeter.wit").starts_with("package example:hello;\n"));
    for file in files(&here.path().join("hello")) {
        assert!(
            !read(&format!("hello/{file}")).contains("{project}"),
            "{file}"
        );
    }
    // An empty folder that exists is as good as none.
    fs::create_dir(here.path().join("empty")).expect("is made");
    new(&["empty"]);
}

#[test]
fn what_cannot_be_made_says_why_and_nothing_is_changed() {
    let here = folder(&[("taken/file", b"x"), ("file", b"x")]);
    let before = files(here.path());
    let mut said = String::new();
    let cases: [&[&str]; 8] = [
        &["taken"],
        &["file"],
        &["file/inside"],
        &["Hello_World"],
        &["test"],
        &["1st"],
        &[".."],
        &["hello", "--first-class-path", "taken"],
    ];
    for arguments in cases {
        said += &format!("$ new {}\n", arguments.join(" "));
        said += &tool(here.path(), &[&["new"], arguments].concat()).failed();
    }
    expect![[r#"
        $ new taken
          x `taken` exists already, and is not an empty folder
          help: choose another name, or remove what is there

        $ new file
          x `file` exists already, and is not an empty folder
          help: choose another name, or remove what is there

        $ new file/inside
          x `file/inside/.gitignore` cannot be written: Not a directory (os error 20)
          help: check that you may write there

        $ new Hello_World
          x `Hello_World` is no name for a project: it takes words of lower-case letters and digits that begin with a letter, with `-` between them
          help: `hello-world` is one

        $ new test
          x `test` cannot be the name of a crate
          help: choose another name, such as `my-test`

        $ new 1st
          x `1st` is no name for a project: it takes words of lower-case letters and digits that begin with a letter, with `-` between them
          help: `hello-world` is one

        $ new ..
          x `..` has no name in it
          help: give a path such as `hello`, whose last part is the name of the project

        $ new hello --first-class-path taken
          x there is no crate in `taken/guest-rt`
          help: `--first-class-path`, or the variable FIRST_CLASS_PATH, is the folder of a checkout

    "#]].assert_eq(&said);
    assert_eq!(files(here.path()), before);
}

/// Builds a project with the versions that this repository has, all of which are there already.
fn build(project: &Path) -> Vec<String> {
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).expect("is copied");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects");
    let mut build = command(project, &["build", "--", "--offline"]);
    build.env("CARGO_TARGET_DIR", target);
    // It is thrown away, so it need not be debugged.
    build
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_INCREMENTAL", "0");
    let ran = Ran::of(build.output().expect("the tool runs"));
    ran.done().lines().map(str::to_owned).collect()
}

/// One test, since the projects are built in one place, to build what they depend on once.
#[test]
fn what_is_made_builds_and_runs_as_it_stands() {
    let here = folder(&[]);
    let checkout = root().display().to_string();
    let new = |arguments: &[&str]| {
        let mut new = command(here.path(), &[&["new"], arguments].concat());
        let ran = new
            .env("FIRST_CLASS_PATH", &checkout)
            .output()
            .expect("the tool runs");
        Ran::of(ran).done();
        build(&here.path().join(arguments[0]))
    };
    let component = |built: &[String], name: &str| {
        let found = built
            .iter()
            .find(|path| path.ends_with(&format!("/{name}.wasm")));
        found
            .unwrap_or_else(|| panic!("no {name} in {built:?}"))
            .clone()
    };

    let built = new(&["hello"]);
    assert_eq!(built.len(), 2);
    let (caller, plugin) = (component(&built, "caller"), component(&built, "plugin"));
    let project = here.path().join("hello");
    let printed = |arguments: &[&str]| tool(&project, arguments).done();
    assert_eq!(
        printed(&["check", &plugin]),
        format!("`{plugin}` fits `example:hello/greeter`\n")
    );
    assert_eq!(
        printed(&["call", &plugin, "greet(\"Ann\")"]),
        "ok(\"Hello, Ann!\")\n"
    );
    assert_eq!(
        tool(&project, &["call", &plugin, "greet(\"\")"]).status,
        Some(1)
    );
    let source = format!("polite={plugin}");
    let run = ["run", &caller, "--source", &source];
    assert_eq!(printed(&run), "polite: Hello, world!\n");
    assert_eq!(
        printed(&[&run[..], &["--", "Ann"]].concat()),
        "polite: Hello, Ann!\n"
    );
    assert_eq!(
        printed(&[&run[..], &["--", ""]].concat()),
        "polite: refuses: there is nobody to greet\n"
    );
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args([
        "--edition",
        "2024",
        "--check",
        "caller/src/main.rs",
        "plugin/src/lib.rs",
    ]);
    let formatted = rustfmt
        .current_dir(&project)
        .output()
        .expect("rustfmt runs");
    assert!(
        formatted.status.success(),
        "{}",
        String::from_utf8_lossy(&formatted.stdout)
    );

    // A plugin and a caller that were made apart know each other by their world.
    let plugin = component(&new(&["formal", "--plugin"]), "formal");
    let caller = component(&new(&["greet-all", "--caller"]), "greet-all");
    let inspected = tool(here.path(), &["inspect", &caller]).done();
    assert!(
        inspected.ends_with("loads plugins of the world example:greet-all/greeter\n"),
        "{inspected}"
    );
    let source = format!("formal={plugin}");
    let ran = tool(here.path(), &["run", &caller, "--source", &source]).done();
    assert_eq!(ran, "formal: Hello, world!\n");
}
