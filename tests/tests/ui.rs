//! What a user sees of mistakes: each file in `tests/ui/AREA` is compiled, and what the compiler
//! says is compared with the `.stderr` beside it. `UPDATE_EXPECT=1` writes those anew.
//!
//! The compiler runs with the libraries that this test itself was built with, so there is nothing
//! to build for it.

use expect_test::expect_file;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

// So that cargo builds it.
use first_class as _;

#[test]
fn mistakes_are_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let cases = cases(&folder);
    assert!(cases.len() >= 30, "{}", cases.len());
    let library = library();
    let workers = cases.len().div_ceil(2);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = cases
            .chunks(workers)
            .map(|cases| scope.spawn(|| check_all(&folder, &library, cases)))
            .collect();
        let failures = threads.into_iter().map(|thread| thread.join());
        failures
            .flat_map(|failures| failures.expect("no panic"))
            .collect()
    });
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn check_all(folder: &Path, library: &Path, cases: &[PathBuf]) -> Vec<String> {
    let checked = cases
        .iter()
        .filter_map(|case| check(folder, library, case).err());
    checked.collect()
}

fn check(folder: &Path, library: &Path, case: &Path) -> Result<(), String> {
    let said = compile(folder, library, case)?;
    for never in ["proc macro panicked", "proc-macro derive panicked"] {
        if said.contains(never) {
            return Err(format!("{}: {said}", case.display()));
        }
    }
    let snapshot = folder.join(case).with_extension("stderr");
    let expected = fs::read_to_string(&snapshot).unwrap_or_default();
    if env::var_os("UPDATE_EXPECT").is_some() {
        expect_file![snapshot].assert_eq(&said);
    } else if expected != said {
        let case = case.display();
        return Err(format!(
            "{case}: expected\n{expected}\nbut the compiler said\n{said}"
        ));
    }
    Ok(())
}

/// Compiles a case, and gives what the compiler says.
fn compile(folder: &Path, library: &Path, case: &Path) -> Result<String, String> {
    let dependencies = library.parent().unwrap_or(library);
    let output = Command::new(env::var("RUSTC").unwrap_or("rustc".into()))
        .current_dir(folder)
        .env("CARGO_MANIFEST_DIR", folder)
        .args(["--edition", "2024", "--emit", "metadata", "--out-dir"])
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .arg("--extern")
        .arg(format!("first_class={}", library.display()))
        .arg("-L")
        .arg(format!("dependency={}", dependencies.display()))
        .arg(case)
        .output()
        .map_err(|error| format!("the compiler cannot be run: {error}"))?;
    if output.status.success() {
        return Err(format!("{}: compiles", case.display()));
    }
    Ok(lasting(&String::from_utf8_lossy(&output.stderr)))
}

/// What is said, without what other work on this repository would change: lists of what
/// implements a trait, files that long types are written to, and lines of the library.
fn lasting(said: &str) -> String {
    let mut text = String::new();
    let mut in_list = false;
    for line in said.lines() {
        let indent = line.len() - line.trim_start().len();
        in_list = match line.contains("other types implement trait") {
            true => true,
            false => in_list && indent > "  = help: ".len() - 1,
        };
        let is_of_long_types = line.contains("the full name for the type has been written")
            || line.contains("`--verbose` to print the full type name");
        if in_list || is_of_long_types {
            continue;
        }
        let line = match line.split_once("--> guest-rt/") {
            Some((before, place)) => {
                let file = place.split(':').next().unwrap_or_default();
                format!("{before}--> guest-rt/{file}")
            }
            None => line.to_owned(),
        };
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// The library that was built for this test: the newest, for cargo keeps those of other builds.
fn library() -> PathBuf {
    let this = env::current_exe().expect("this test is a file");
    let folder = this.parent().expect("it is in a folder");
    let libraries = entries(folder).into_iter().filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libfirst_class-") && name.ends_with(".rlib")
    });
    let modified = |path: &PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    libraries.max_by_key(modified).expect("cargo has built it")
}

/// All cases, as paths from the folder.
fn cases(folder: &Path) -> Vec<PathBuf> {
    let areas = entries(folder).into_iter().filter(|path| path.is_dir());
    let files = areas.flat_map(|area| entries(&area));
    let cases = files.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    cases
        .map(|path| path.strip_prefix(folder).unwrap_or(&path).to_owned())
        .collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
