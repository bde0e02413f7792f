//! Runs the tool.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What a run of the tool came to.
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The tool in a folder, without what the environment may say about its output.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-first-class"));
    command.current_dir(folder).args(arguments);
    for variable in [
        "CARGO_TERM_COLOR",
        "FIRST_CLASS_PATH",
        "NO_COLOR",
        "RUST_LOG",
    ] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the tool in a folder.
pub(crate) fn tool(folder: &Path, arguments: &[&str]) -> Ran {
    Ran::of(command(folder, arguments).output().expect("the tool runs"))
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("is text");
        let ran = Ran {
            status: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        assert!(!ran.stderr.contains("thread 'main'"), "{}", ran.stderr);
        ran
    }

    /// What it printed, when all went well.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.status, Some(0), "{}{}", self.stdout, self.stderr);
        self.stdout
    }

    /// What it complained of, when it could not be done.
    pub(crate) fn failed(self) -> String {
        assert_eq!(self.status, Some(101), "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "");
        self.stderr
    }
}

/// A text without white space at the ends of its lines, for snapshots.
pub(crate) fn plain(text: &str) -> String {
    text.lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

/// The same without what all lines begin with, which snapshots do not hold.
pub(crate) fn flush(text: &str) -> String {
    let plain = plain(text);
    let lines = plain.lines().filter(|line| !line.is_empty());
    let indent = lines.map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let lines = plain.lines().map(|line| line.get(indent..));
    lines
        .map(|line| line.unwrap_or_default().to_owned() + "\n")
        .collect()
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("lies in a folder")).expect("is made");
        fs::write(path, content).expect("is written");
    }
    folder
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The path of a component that a guest package was built to, as an argument.
pub(crate) fn guest(package: &str) -> String {
    let path = first_class_tests::guest(package);
    path.into_os_string().into_string().expect("a plain path")
}
