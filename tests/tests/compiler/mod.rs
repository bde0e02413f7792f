//! The compiler, with the libraries that the test itself was built with, so that there is nothing to
//! build for a test of the macros.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

// So that cargo builds it.
use first_class as _;

/// The compiler, about to compile what uses `first_class`, in a folder that stands for that of a
/// crate.
pub(crate) fn compiler(folder: &Path, library: &Path) -> Command {
    let dependencies = library.parent().unwrap_or(library);
    let mut compiler = Command::new(env::var("RUSTC").unwrap_or("rustc".into()));
    compiler
        .current_dir(folder)
        .env("CARGO_MANIFEST_DIR", folder)
        .args(["--edition", "2024", "--out-dir"])
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .arg("--extern")
        .arg(format!("first_class={}", library.display()))
        .arg("-L")
        .arg(format!("dependency={}", dependencies.display()));
    compiler
}

/// The library that was built for this test: the newest, for cargo keeps those of other builds.
pub(crate) fn library() -> PathBuf {
    let this = env::current_exe().expect("this test is a file");
    let folder = this.parent().expect("it is in a folder");
    let libraries = entries(folder).into_iter().filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libfirst_class-") && name.ends_with(".rlib")
    });
    let modified = |path: &PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    libraries.max_by_key(modified).expect("cargo has built it")
}

/// What is in a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
