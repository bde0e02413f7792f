//! The tutorial: every command of the page, and what the page says that it prints.
//!
//! It is run with the tool that this package is built to, offline. Where `FIRST_CLASS_INSTALLED` is a
//! folder of programs, it is run with the tool that is installed there, and all else is as for a
//! newcomer, whose projects take what the registry has: `cargo xtask tutorial`.

use crate::new::{Projects, projects};
use crate::tool::{plain, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A block of the page that is more than text.
enum Block<'a> {
    /// Commands, each with what it prints.
    Console(Vec<(&'a str, Vec<&'a str>)>),
    /// What a file is to hold.
    File(&'a str, Vec<&'a str>),
}

/// The blocks of a page that are fenced as `console`, or with `file=` and a path.
fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if kind == "console" {
            let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
            for line in body {
                match line.strip_prefix("$ ") {
                    Some(command) => commands.push((command, Vec::new())),
                    None => commands
                        .last_mut()
                        .expect("begins with a command")
                        .1
                        .push(line),
                }
            }
            blocks.push(Block::Console(commands));
        } else if let Some((_, path)) = kind.split_once("file=") {
            blocks.push(Block::File(path, body));
        }
    }
    blocks
}

/// Whether lines are as expected, where `...` stands for any lines, or for the rest of one.
fn matches(expected: &[&str], found: &[&str]) -> bool {
    match (expected, found) {
        ([], []) => true,
        (["...", rest @ ..], _) => {
            (0..=found.len()).any(|skipped| matches(rest, &found[skipped..]))
        }
        ([first, rest @ ..], [line, others @ ..]) => {
            let is_same = match first.strip_suffix("...") {
                Some(beginning) => line.starts_with(beginning),
                None => first == line,
            };
            is_same && matches(rest, others)
        }
        _ => false,
    }
}

/// A shell that remembers where it is and how its last command ended.
struct Shell<'a> {
    home: TempDir,
    place: PathBuf,
    status: i32,
    /// Where the tool is.
    tools: PathBuf,
    /// What projects share, but not those of a newcomer.
    shared: Option<&'a Projects>,
}

impl Shell<'_> {
    fn run(&mut self, command: &str) -> String {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.place.push(folder);
            return String::new();
        }
        let path = std::env::var("PATH").expect("is set");
        let tools = self.tools.display();
        let mut shell = Command::new("sh");
        let script = format!("(exit {}); {command} 2>&1", self.status);
        shell.args(["-c", &script]).current_dir(&self.place);
        shell.env("PATH", format!("{tools}:{path}"));
        shell.env("FIRST_CLASS_PATH", root());
        if let Some(projects) = self.shared {
            projects.configure(&mut shell);
        }
        let output = shell.output().expect("there is a shell");
        self.status = output.status.code().expect("ends by itself");
        self.prepare();
        plain(&String::from_utf8(output.stdout).expect("is text"))
    }

    /// Lets a new project use what others have built, and the versions that are there.
    fn prepare(&self) {
        let project = self.home.path().join("hello");
        if let Some(projects) = self.shared
            && project.is_dir()
            && !project.join("target").exists()
        {
            projects.adopt(&project);
        }
    }
}

#[test]
fn the_tutorial_works_as_it_is_written() {
    let page = fs::read_to_string(root().join("docs/tutorial.md")).expect("is there");
    let projects = projects();
    let built = Path::new(env!("CARGO_BIN_EXE_cargo-first-class")).parent();
    let installed = std::env::var_os("FIRST_CLASS_INSTALLED").map(PathBuf::from);
    let home = tempfile::tempdir().expect("a temporary directory");
    let place = home.path().to_owned();
    let mut shell = Shell {
        home,
        place,
        status: 0,
        shared: installed.is_none().then_some(&projects),
        tools: installed.unwrap_or_else(|| built.expect("is in a folder").to_owned()),
    };
    let mut commands = 0;
    for block in blocks(&page) {
        match block {
            Block::File(path, lines) => {
                fs::write(shell.place.join(path), lines.join("\n") + "\n").expect("is written");
            }
            Block::Console(console) => {
                for (command, expected) in console {
                    let printed = shell.run(command);
                    let found: Vec<_> = printed.lines().collect();
                    assert!(matches(&expected, &found), "$ {command}\n{printed}");
                    commands += 1;
                }
            }
        }
    }
    assert!(commands > 10, "the page has commands");
}

#[test]
fn dots_stand_for_lines_and_for_the_rest_of_one() {
    let found = ["one", "two", "three 3"];
    for expected in [
        &["one", "two", "three 3"][..],
        &["...", "three 3"],
        &["one", "...", "three ..."],
        &["..."],
        &["one", "...", "two", "...", "three 3", "..."],
    ] {
        assert!(matches(expected, &found), "{expected:?}");
    }
    for expected in [
        &["one"][..],
        &[],
        &["...", "two"],
        &["two", "..."],
        &["one", "four...", "..."],
    ] {
        assert!(!matches(expected, &found), "{expected:?}");
    }
}
