//! `new`, and what it makes.

use crate::tool::{Ran, command, folder, root, tool};
use expect_test::expect;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

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
    // What is a keyword in WIT can be a name all the same.
    new(&["world"]);
    let world = fs::read(first_class_tests::guest("test-sum")).expect("is built");
    fs::write(here.path().join("sum.wasm"), world).expect("is written");
    let checked = tool(here.path(), &["check", "sum.wasm", "--wit", "world/wit"]);
    assert_eq!(checked.status, Some(1));
    assert!(
        checked.stderr.contains("`example:world/greeter`"),
        "{}",
        checked.stderr
    );
    // An empty folder that exists is as good as none.
    fs::create_dir(here.path().join("empty")).expect("is made");
    new(&["empty"]);
}

#[test]
fn a_package_joins_the_workspace_that_it_lies_in() {
    let here = folder(&[("Cargo.toml", b"[workspace]\nmembers = [\"a\"]\n")]);
    let made = tool(here.path(), &["new", "plugins/polite", "--plugin"]);
    expect![[r#"
        $ new
             Created plugin `polite`
              Adding it to the members in Cargo.toml
                Next cd plugins/polite && cargo first-class build
    "#]]
    .assert_eq(&format!("$ new\n{}", made.stderr));
    let read = |path: &str| fs::read_to_string(here.path().join(path)).expect("is there");
    assert_eq!(
        read("Cargo.toml"),
        "[workspace]\nmembers = [\"a\", \"plugins/polite\"]\n"
    );
    // Profiles are the workspace's business.
    assert!(!read("plugins/polite/Cargo.toml").contains("[profile"));
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

/// Where projects are built, one test after the other, so that they share what they depend on.
pub(crate) struct Projects {
    target: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

/// Waits for the turn to build projects.
pub(crate) fn projects() -> Projects {
    static TURN: Mutex<()> = Mutex::new(());
    Projects {
        target: Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects"),
        _turn: TURN.lock().unwrap_or_else(PoisonError::into_inner),
    }
}

impl Projects {
    /// Lets a project be built in that place, with the versions that this repository has, all of
    /// which are there already.
    pub(crate) fn adopt(&self, project: &Path) {
        fs::create_dir_all(&self.target).expect("is made");
        // Components of another project would be plugins of this one.
        let components = self.target.join("wasm32-wasip2/debug");
        for entry in components.read_dir().into_iter().flatten() {
            let path = entry.expect("is readable").path();
            if path
                .extension()
                .is_some_and(|extension| extension == "wasm")
            {
                fs::remove_file(path).expect("is removed");
            }
        }
        symlink(&self.target, project.join("target")).expect("is linked");
        fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).expect("is copied");
    }

    /// Lets a command build offline, and without what debugging takes.
    pub(crate) fn configure(&self, command: &mut Command) {
        command.env("CARGO_NET_OFFLINE", "true");
        command.env("CARGO_INCREMENTAL", "0");
        command.env("CARGO_PROFILE_DEV_DEBUG", "false");
    }

    /// Builds a project; the paths of its components from there.
    fn build(&self, project: &Path) -> Vec<String> {
        self.adopt(project);
        let mut build = command(project, &["build"]);
        self.configure(&mut build);
        let ran = Ran::of(build.output().expect("the tool runs"));
        ran.done().lines().map(str::to_owned).collect()
    }
}

#[test]
fn what_is_made_builds_and_runs_as_it_stands() {
    let projects = projects();
    let here = folder(&[]);
    let checkout = root().display().to_string();
    let new = |arguments: &[&str]| {
        let mut new = command(here.path(), &[&["new"], arguments].concat());
        let ran = new
            .env("FIRST_CLASS_PATH", &checkout)
            .output()
            .expect("the tool runs");
        Ran::of(ran).done();
        let project = here.path().join(arguments[0]);
        let built = projects.build(&project).into_iter();
        let paths = built.map(|path| project.join(path).display().to_string());
        paths.collect::<Vec<_>>()
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
    let plugin = here.path().join("formal.wasm");
    let built = component(&new(&["formal", "--plugin"]), "formal");
    fs::copy(built, &plugin).expect("is copied");
    let caller = component(&new(&["greet-all", "--caller"]), "greet-all");
    let inspected = tool(here.path(), &["inspect", &caller]).done();
    assert!(
        inspected.ends_with("loads plugins of the world example:greet-all/greeter\n"),
        "{inspected}"
    );
    let source = format!("formal={}", plugin.display());
    let ran = tool(here.path(), &["run", &caller, "--source", &source]).done();
    assert_eq!(ran, "formal: Hello, world!\n");
}
