//! What neither the compiler nor clippy looks at. Each rule says what is wrong, and where.

use std::fs;

use anyhow::{Context, Result};

use crate::links;
use crate::walk;
use crate::workspace::Workspace;

/// How many lines a Rust file may have before it most likely holds two ideas.
const MOST_LINES: usize = 500;

/// Marks of unfinished work, written so that this file has none.
const MARKS: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// The rule that looks for such marks has to name them, and so has its test.
const ABOUT_MARKS: [&str; 3] = [
    "examples/plugins/notes/",
    "tests/tests/languages.rs",
    "xtask/tests/lint.rs",
];

/// Folders of what a program wrote, for tests to compare with.
const SNAPSHOTS: &str = "/snapshots/";

/// Folders of mistakes that tests are about.
const FIXTURES: [&str; 2] = ["tests/ui/", "tests/worlds/"];

/// The page of mistakes that the demo reads.
const MISTAKES: &str = "examples/README.md";

const DECISIONS: &str = "docs/decisions/";

/// Prints all that is untidy; the status is 1 if there is anything.
pub(crate) fn run(workspace: &Workspace) -> Result<u8> {
    let problems = problems(workspace)?;
    for problem in &problems {
        eprintln!("{problem}");
    }
    Ok(u8::from(!problems.is_empty()))
}

fn problems(workspace: &Workspace) -> Result<Vec<String>> {
    let files = walk::files(workspace.root())?;
    let mut problems = undescribed(workspace);
    problems.extend(misnumbered(&files));
    problems.extend(links::problems(workspace.root(), &files)?);
    for path in files.iter().filter(|path| is_ours(path)) {
        let text = fs::read_to_string(workspace.root().join(path))
            .with_context(|| format!("cannot read {path}"))?;
        if path.ends_with(".rs") && !path.contains(SNAPSHOTS) {
            problems.extend(rust_problems(path, &text));
        }
        if path != MISTAKES {
            problems.extend(trailing_space(path, &text));
        }
    }
    Ok(problems)
}

fn is_ours(path: &str) -> bool {
    if FIXTURES.iter().any(|folder| path.starts_with(folder)) {
        return false;
    }
    [".rs", ".toml", ".wit", ".md"]
        .iter()
        .any(|end| path.ends_with(end))
}

fn rust_problems(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if !text.starts_with("//! ") {
        problems.push(format!(
            "{path}:1: does not begin with a `//!` line that says what it is"
        ));
    }
    let length = text.lines().count();
    if length > MOST_LINES {
        problems.push(format!(
            "{path}: has {length} lines, more than {MOST_LINES}; split it"
        ));
    }
    if !ABOUT_MARKS.iter().any(|place| path.starts_with(place)) {
        problems.extend(unfinished(path, text));
    }
    problems
}

fn unfinished(path: &str, text: &str) -> impl Iterator<Item = String> {
    (1..).zip(text.lines()).filter_map(move |(number, line)| {
        let mark = MARKS.iter().find(|mark| line.contains(**mark))?;
        Some(format!("{path}:{number}: {mark}: do it, or file it"))
    })
}

fn trailing_space(path: &str, text: &str) -> impl Iterator<Item = String> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| line.ends_with(char::is_whitespace))
        .map(move |(number, _)| format!("{path}:{number}: white space at the end of the line"))
}

fn undescribed(workspace: &Workspace) -> Vec<String> {
    let mut packages = workspace.packages();
    packages.retain(|package| {
        package
            .description
            .as_deref()
            .unwrap_or_default()
            .is_empty()
    });
    packages
        .iter()
        .map(|package| format!("{}: has no description", package.manifest_path))
        .collect()
}

/// Decisions are named `NNN-title.md`, each number once.
fn misnumbered(files: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut previous = None;
    for path in files.iter().filter(|path| path.starts_with(DECISIONS)) {
        let number = path[DECISIONS.len()..]
            .split_once('-')
            .map(|(number, _)| number);
        match number.filter(|number| number.len() == 3 && number.parse::<u16>().is_ok()) {
            None => problems.push(format!("{path}: is not named `NNN-title.md`")),
            Some(number) if previous == Some(number) => {
                problems.push(format!("{path}: its number is taken"));
            }
            Some(number) => previous = Some(number),
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_is_tidy() -> Result<()> {
        let problems = problems(&Workspace::read()?)?;
        assert!(problems.is_empty(), "\n{}", problems.join("\n"));
        Ok(())
    }

    #[test]
    fn finds_what_is_untidy_in_rust() {
        assert_eq!(rust_problems("a.rs", "//! A.\nfn a() {}\n").len(), 0);
        let long = format!("use a;\n{}// {}\n", "\n".repeat(MOST_LINES), MARKS[0]);
        assert_eq!(rust_problems("a.rs", &long).len(), 3);
    }

    #[test]
    fn finds_white_space() {
        let found: Vec<_> = trailing_space("a.md", "a\nb \n").collect();
        assert_eq!(found, ["a.md:2: white space at the end of the line"]);
    }

    #[test]
    fn decisions_have_numbers_of_their_own() {
        let paths = ["001-a.md", "001-b.md", "2-c.md", "d.md"];
        let paths = paths.map(|name| format!("{DECISIONS}{name}"));
        assert_eq!(misnumbered(&paths).len(), 3);
        assert!(misnumbered(&paths[..1]).is_empty());
    }
}
