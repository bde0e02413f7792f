//! The example `pipeline` as a user runs it: texts in, texts and a journal out.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the example in a folder.
fn pipeline(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["example", "pipeline"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("xtask runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn assert_lines(printed: &str, lines: &[&str]) {
    for line in lines {
        assert!(printed.contains(line), "{line:?} is not in:\n{printed}");
    }
}

#[test]
fn a_stage_that_traps_is_left_out_and_the_rest_is_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = pipeline(folder.path(), &[]);
    let printed = text(&output.stdout);
    assert!(
        printed.starts_with("Contents:\n\n- 1 A keyboard\n- 2 A screen\n  - 2.1 What it shows\n"),
        "{printed}"
    );
    assert_lines(&printed, &["\n# 2 A screen\n\nIt is 17\" wide"]);
    let left_out = "[quotes] is left out after 8 of 17 lines: it broke: `quotes` trapped";
    assert_lines(
        &text(&output.stderr),
        &[
            "[squeeze] took out 10 blanks\n",
            left_out,
            "[contents] 3 headings\n",
        ],
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn files_go_through_the_stages_that_were_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in [("a.md", "# \"A\"\n"), ("b.md", "b  \n")] {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    let stages = ["--stages", "headings,quotes", "--verbose"];
    let arguments = [&["a.md", "missing.md", "b.md"], &stages[..]].concat();
    let output = pipeline(folder.path(), &arguments);
    assert_eq!(
        text(&output.stdout),
        "==> a.md <==\n# 1 “A”\n==> b.md <==\nb  \n"
    );
    assert_lines(
        &text(&output.stderr),
        &[
            "[headings] 1 \"A\"\n[headings] 1 of 1 lines\n[quotes] 0 of 1 lines\n",
            "pipeline: missing.md: no such file\n[headings] warning: there are no headings\n",
        ],
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_stage_that_is_not_there_is_named_before_anything_is_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = pipeline(folder.path(), &["--stages", "squeeze,shout"]);
    assert_eq!(text(&output.stdout), "");
    let there = "there is: contents, headings, quotes, squeeze\n";
    let message = format!("pipeline: there is no stage `shout`; {there}");
    assert_lines(&text(&output.stderr), &[&message]);
    assert_eq!(output.status.code(), Some(1));
}
