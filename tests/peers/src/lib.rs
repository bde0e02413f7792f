//! Programs of others that tests and examples talk to: how they are installed, where they are, and
//! how they are started and ended.
//!
//! npm's and PyPI's are installed below `target/peers`, Debian's by its own tools.

mod install;
pub mod nats;
mod process;

pub use install::{Missing, install, install_from_registries};
pub use process::{Process, free_port, signal, stop};

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A program that is installed.
///
/// # Panics
/// When it is missing and the environment has `CI`, where no test may be skipped.
pub fn program(name: &str) -> Option<PathBuf> {
    found(name, on_path(name))
}

/// A file of an npm package, such as `@modelcontextprotocol/server-memory/dist/index.js`, for [`node`]: two
/// packages may have scripts of one name.
///
/// # Panics
/// As [`program`] does.
pub fn npm_file(path: &str) -> Option<PathBuf> {
    let file = npm_modules().join(path);
    found(path, file.exists().then_some(file))
}

/// Where the packages of npm's are, for scripts of ours that use them.
pub fn npm_modules() -> PathBuf {
    npm().join("node_modules")
}

/// Node.
///
/// # Panics
/// As [`program`] does.
pub fn node() -> Option<PathBuf> {
    program("node")
}

/// A Python that has the packages of `requirements.txt`.
///
/// # Panics
/// As [`program`] does.
pub fn python() -> Option<PathBuf> {
    let path = venv().join("bin/python");
    // It is there from the beginning of an installation; this file is the end of it.
    let is_whole = venv().join(install::DONE).is_file();
    found("python with its packages", is_whole.then_some(path))
}

/// A program that a package of PyPI's comes with.
///
/// # Panics
/// As [`program`] does.
pub fn python_script(name: &str) -> Option<PathBuf> {
    let path = venv().join("bin").join(name);
    found(name, path.exists().then_some(path))
}

fn found(name: &str, path: Option<PathBuf>) -> Option<PathBuf> {
    if path.is_none() {
        skip(&format!(
            "`{name}` is not installed; run `cargo xtask test`, which does it"
        ));
    }
    path
}

/// Says that a test is skipped, and why, so that it is seen: what a test that passes prints is not.
///
/// # Panics
/// When the environment has `CI`, where no test may be skipped.
pub fn skip(why: &str) {
    assert!(env::var_os("CI").is_none(), "{why}");
    // If there is nobody to be told, nobody can be.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// A program in `PATH`, or where Debian keeps servers.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let servers = PathBuf::from("/usr/sbin");
    let mut folders = env::split_paths(&path).chain([servers]);
    folders.find_map(|folder| Some(folder.join(name)).filter(|path| path.is_file()))
}

/// This package's folder, which has the lists of what is installed.
fn lists() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn npm() -> PathBuf {
    lists().join("../../target/peers/npm")
}

fn venv() -> PathBuf {
    lists().join("../../target/peers/python")
}
