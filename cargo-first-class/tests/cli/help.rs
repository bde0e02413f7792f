//! Help, completions, and what cannot be understood.

use crate::tool::{folder, tool};
use expect_test::expect;

const COMMANDS: [&str; 10] = [
    "new",
    "build",
    "check",
    "inspect",
    "call",
    "run",
    "wit-from-mcp",
    "serve",
    "wit-from-proto",
    "completions",
];

#[test]
fn every_command_explains_itself_with_examples() {
    let here = folder(&[]);
    let overview = tool(here.path(), &["--help"]).done();
    for command in COMMANDS {
        assert!(overview.contains(&format!("\n  {command} ")), "{overview}");
        let help = tool(here.path(), &["first-class", command, "--help"]).done();
        let example = format!("Examples:\n  cargo first-class {command}");
        assert!(help.contains(&example), "{help}");
        // Nothing is wider than a terminal may be.
        for line in help.lines().chain(overview.lines()) {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
    assert!(overview.contains("Exit status:"), "{overview}");
}

#[test]
fn completions_are_scripts_of_the_shells() {
    let here = folder(&[]);
    for (shell, mark) in [
        ("bash", "complete -F"),
        ("elvish", "edit:completion"),
        ("fish", "complete -c cargo-first-class"),
        ("powershell", "Register-ArgumentCompleter"),
        ("zsh", "#compdef cargo-first-class"),
    ] {
        let script = tool(here.path(), &["completions", shell]).done();
        assert!(script.contains(mark), "{script}");
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} lacks {command}");
        }
    }
}

#[test]
fn what_cannot_be_understood_has_a_status_of_its_own() {
    let here = folder(&[]);
    let cases: [&[&str]; 6] = [
        &[],
        &["chek"],
        &["check"],
        &["completions", "cmd"],
        &["run", "a.wasm", "--source", "a.wasm"],
        &["new", "a", "--caller", "--plugin"],
    ];
    let mut said = String::new();
    for arguments in cases {
        let ran = tool(here.path(), arguments);
        assert_eq!(
            (ran.status, &*ran.stdout),
            (Some(2), ""),
            "{arguments:?}: {}",
            ran.stderr
        );
        said += ran.stderr.lines().next().unwrap_or_default();
        said += "\n";
    }
    expect![[r#"
        Makes, builds, checks, inspects, calls and runs the components of first-class worlds: callers, which
        error: unrecognized subcommand 'chek'
        error: the following required arguments were not provided:
        error: invalid value 'cmd' for '<SHELL>'
        error: invalid value 'a.wasm' for '--source <NAME=PATH>': it is given as a name, `=`, and what belongs to it
        error: the argument '--caller' cannot be used with '--plugin'
    "#]].assert_eq(&said);
}
