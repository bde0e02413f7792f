//! `build`.

use crate::tool::{Ran, command, folder, tool};
use expect_test::expect;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const PACKAGE: &str = "[package]\nname = \"NAME\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

/// A workspace with a caller, a plugin, and a library that is neither.
fn workspace() -> TempDir {
    let manifest = |name, more: &str| PACKAGE.replace("NAME", name) + more;
    folder(&[
        (
            "Cargo.toml",
            b"[workspace]\nmembers = [\"caller\", \"my-plugin\", \"library\"]\nresolver = \"3\"\n",
        ),
        ("caller/Cargo.toml", manifest("caller", "").as_bytes()),
        ("caller/src/main.rs", b"fn main() {}\n"),
        (
            "my-plugin/Cargo.toml",
            manifest(
                "my-plugin",
                "[lib]\ncrate-type = [\"cdylib\"]\n[features]\nmore = []\n",
            )
            .as_bytes(),
        ),
        (
            "my-plugin/src/lib.rs",
            b"#[cfg(feature = \"more\")]\ncompile_error!(\"there is more\");\n",
        ),
        ("library/Cargo.toml", manifest("library", "").as_bytes()),
        ("library/src/lib.rs", b""),
    ])
}

#[test]
fn components_are_built_and_their_paths_printed() {
    let here = workspace();
    let build = |arguments: &[&str]| tool(here.path(), &[&["build"], arguments].concat()).done();
    let target = "target/wasm32-wasip2";
    let (caller, plugin) = ("caller.wasm", "my_plugin.wasm");
    let both = [caller, plugin].map(|file| format!("{target}/debug/{file}"));
    let printed = both.join("\n") + "\n";
    assert_eq!(build(&[]), printed);
    // Again, when all is up to date.
    assert_eq!(build(&["--workspace"]), printed);
    let one = build(&["--exclude", "caller", "--workspace"]);
    assert_eq!(one, format!("{}\n", both[1]));
    assert_eq!(
        build(&["-p", "caller", "--release"]),
        format!("{target}/release/{caller}\n")
    );
    assert_eq!(
        build(&["-p", "caller", "--profile", "release", "--", "--offline"]),
        format!("{target}/release/{caller}\n")
    );
    for path in &both {
        let bytes = fs::read(here.path().join(path)).expect("is there");
        assert!(
            bytes.starts_with(b"\0asm\x0d\0\x01\0"),
            "{path} is no component"
        );
    }

    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    let manifest = here.path().join("Cargo.toml").display().to_string();
    let arguments = [
        "build",
        "-p",
        "caller",
        "--manifest-path",
        &manifest,
        "--target-dir",
        "t",
    ];
    let printed = tool(elsewhere.path(), &arguments).done();
    assert_eq!(printed, "t/wasm32-wasip2/debug/caller.wasm\n");
}

#[test]
fn what_cannot_be_built_says_why() {
    let here = workspace();
    let build = |arguments: &[&str]| tool(here.path(), &[&["build"], arguments].concat()).failed();
    let broken = build(&["-p", "my-plugin", "--features", "more"]);
    assert!(broken.contains("error: there is more"), "{broken}");
    assert!(
        broken.ends_with("  x the build failed\n  help: what cargo says above is the reason\n\n"),
        "{broken}"
    );
    let unknown = build(&["-p", "my-plugn"]);
    assert!(unknown.contains("my-plugn"), "{unknown}");
    let library = build(&["-p", "library", "--quiet"]);
    expect![[r#"
        $ build
          x nothing that was built is a component
          help: a plugin is a library with `crate-type = ["cdylib"]` in its `Cargo.toml`, a caller is a program with a `src/main.rs`; `-p` selects packages

    "#]].assert_eq(&format!("$ build\n{library}"));
    let empty = folder(&[]);
    let nothing = tool(empty.path(), &["build"]).failed();
    assert!(nothing.contains("could not find `Cargo.toml`"), "{nothing}");
}

/// Runs `build` where the target is not installed, with a rustup that does this.
fn without_target(here: &Path, rustup: &str) -> Ran {
    let program = |name: &str, does: &str| {
        let path = here.join(name);
        // Written by a child: what other tests start would have this process's open file until it runs, and
        // an open file cannot be executed.
        let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod +x \"$0\"";
        let written = Command::new("sh")
            .args(["-c", write])
            .arg(&path)
            .arg(does)
            .status();
        assert!(written.expect("runs").success());
        path
    };
    let rustc = program("rustc", "echo /nowhere");
    let cargo = program("cargo", "exit 1");
    if !rustup.is_empty() {
        program("rustup", rustup);
    }
    let mut build = command(here, &["build"]);
    build
        .env("RUSTC", rustc)
        .env("CARGO", cargo)
        .env("PATH", here);
    Ran::of(build.output().expect("the tool runs"))
}

#[test]
fn a_missing_target_is_added_with_rustup() {
    let here = folder(&[]);
    let said = without_target(here.path(), "echo \"rustup $*\" >&2").failed();
    let expected =
        "      Adding the target wasm32-wasip2 with rustup\nrustup target add wasm32-wasip2\n";
    assert!(said.starts_with(expected), "{said}");

    let said = without_target(here.path(), "exit 1").failed();
    assert!(
        said.contains("x rustup could not add the target wasm32-wasip2"),
        "{said}"
    );

    let here = folder(&[]);
    let said = without_target(here.path(), "").failed();
    assert!(
        said.contains("x the target wasm32-wasip2 is missing, and so is rustup"),
        "{said}"
    );
}
