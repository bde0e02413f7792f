//! What a user sees of mistakes: each file in `tests/ui/AREA` is compiled, and what the compiler
//! says is compared with the `.stderr` beside it. `UPDATE_EXPECT=1` writes those anew.

mod compiler;

use compiler::{compiler, entries, library};
use expect_test::expect_file;
use std::path::{Path, PathBuf};
use std::{env, fs};

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
    let output = compiler(folder, library)
        .args(["--emit", "metadata"])
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

/// All cases, as paths from the folder.
fn cases(folder: &Path) -> Vec<PathBuf> {
    let areas = entries(folder).into_iter().filter(|path| path.is_dir());
    let files = areas.flat_map(|area| entries(&area));
    let cases = files.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    cases
        .map(|path| path.strip_prefix(folder).unwrap_or(&path).to_owned())
        .collect()
}
