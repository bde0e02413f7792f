//! The example `lint` as a user runs it: real files in, findings and a status out.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs `cargo xtask demo` in a folder.
fn demo(folder: &Path, files: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("demo")
        .args(files)
        .current_dir(folder)
        .output()
        .expect("xtask runs")
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn findings_leave_the_status_at_0() {
    let long = "on and ".repeat(18);
    let content = format!("the the TODO\r\n{long}\n` a`,, b\n");
    let folder = folder(&[("a.txt", content.as_bytes())]);
    let output = demo(folder.path(), &["a.txt"]);
    assert_eq!(
        text(&output.stdout),
        "\
a.txt:1:1: warning: `the` stands here twice [repeated-words]
    fix: write `the`
a.txt:1:9: note: `TODO` was left behind [notes]
a.txt:2:121: warning: this line has 126 characters, 6 too many [long-lines]
a.txt:2:126: warning: white space at the end of the line [trailing-space]
    fix: delete it
a.txt:3:2: note: blanks at the ends of a code span [endless]
    fix: write `a`
a.txt:3:5: warning: `,` stands here twice [fragile]
    fix: delete it

1 file, 6 rules: 6 findings (0 errors, 4 warnings, 2 notes)
"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_trap_and_an_endless_loop_cost_only_their_own_findings() {
    let folder = folder(&[
        ("a.md", "```\nnaïve  \n```\n".as_bytes()),
        ("b.md", b"sound,, it is\n"),
    ]);
    let output = demo(folder.path(), &["a.md", "b.md"]);
    let printed = text(&output.stdout);
    for line in [
        "a.md:2:6: warning: white space at the end of the line [trailing-space]\n",
        "b.md:1:6: warning: `,` stands here twice [fragile]\n",
        "2 rules failed:\n",
        "  endless: did not return within 2s on a.md\n",
        "  fragile: trapped on a.md: ",
    ] {
        assert!(printed.contains(line), "{line:?} is not in:\n{printed}");
    }
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_is_no_text_file_gets_a_message_and_status_2() {
    let folder = folder(&[
        ("a.txt", b"fine\n"),
        ("nul", b"a\0b"),
        ("latin1", b"caf\xe9"),
    ]);
    let files = [".", "missing", "/nowhere/missing", "nul", "latin1", "a.txt"];
    let output = demo(folder.path(), &files);
    let messages = text(&output.stderr);
    for message in [
        "lint: .: is a directory; give the files in it\n",
        "lint: missing: no such file\n",
        "lint: /nowhere/missing: no such file\n",
        "lint: nul: is a binary file (byte 1 is NUL)\n",
        "lint: latin1: is not a text file (byte 3 is not UTF-8)\n",
    ] {
        assert!(
            messages.contains(message),
            "{message:?} is not in:\n{messages}"
        );
    }
    assert_eq!(
        text(&output.stdout),
        "1 file, 6 rules: no findings\n5 files could not be read\n"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn files_are_found_from_wherever_they_are_named() {
    let here = folder(&[("a.txt", b"a a\n")]);
    let there = folder(&[]);
    let absolute = here.path().join("a.txt");
    let name = here.path().file_name().and_then(|name| name.to_str());
    let relative = format!("../{}/a.txt", name.expect("a plain name"));
    for file in [absolute.to_str().expect("a plain path"), &relative] {
        let printed = text(&demo(there.path(), &[file]).stdout);
        let finding = format!("{file}:1:1: warning: `a` stands here twice [repeated-words]\n");
        assert!(printed.starts_with(&finding), "{printed}");
    }
}
