//! `cargo xtask fuzz`: the targets of `tests/fuzz`, each on libFuzzer.
//!
//! They are built by a package outside of the workspace, since all that it depends on is built once
//! more, with counters for libFuzzer in it. The compiler's own flag for these is not stable, but it
//! stands for the pass of LLVM that is asked for here.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::cargo_build::CargoBuild;
use crate::walk;
use crate::workspace::Workspace;

/// The package of the programs, and where they are in it.
const MANIFEST: &str = "tests/fuzz/libfuzzer/Cargo.toml";
const LOCK: &str = "tests/fuzz/libfuzzer/Cargo.lock";
const PROGRAMS: &str = "tests/fuzz/libfuzzer/src/bin/";

/// The inputs that the tests replay.
const CORPUS: &str = "tests/fuzz/corpus";

/// What `cargo fuzz` gives the compiler when it asks for no sanitizer.
const RUSTFLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg fuzzing",
];

/// Limits of a single input: megabytes of memory, seconds, and bytes.
const LIMITS: [&str; 3] = ["-rss_limit_mb=4096", "-timeout=30", "-max_len=8192"];

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The target; without it, all of them one after the other
    target: Option<String>,
    /// How long each of them runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
}

/// Runs the targets; the status is 1 if one of them fails.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<u8> {
    let targets = chosen(workspace, options.target.as_deref())?;
    require_compiler(workspace)?;
    let programs = build(workspace, &targets)?;
    let mut status = 0;
    for target in &targets {
        let is_program =
            |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == target.as_str());
        let program = programs.iter().find(is_program);
        let program = program.with_context(|| format!("cargo built no program for `{target}`"))?;
        if let Some(input) = fuzz(workspace, target, program, options.seconds)? {
            eprintln!("error: `{target}` fails; the input is {}", input.display());
            eprintln!("The tests replay it once it is copied to {CORPUS}/{target}.");
            status = 1;
        }
    }
    Ok(status)
}

fn chosen(workspace: &Workspace, name: Option<&str>) -> Result<Vec<String>> {
    let files = walk::files(workspace.root())?;
    let programs = files.iter().filter_map(|path| path.strip_prefix(PROGRAMS));
    let mut targets: Vec<String> = programs
        .filter_map(|file| Some(file.strip_suffix(".rs")?.to_owned()))
        .collect();
    if let Some(name) = name {
        if !targets.iter().any(|target| target == name) {
            bail!(
                "there is no target `{name}`; there is: {}",
                targets.join(", ")
            );
        }
        targets.retain(|target| target == name);
    }
    Ok(targets)
}

/// Makes sure that there is what libFuzzer's own code is compiled with.
fn require_compiler(workspace: &Workspace) -> Result<()> {
    let compiler = env::var("CXX").unwrap_or("c++".into());
    let mut command = workspace.command(&compiler);
    let command = command.arg("--version").stdout(Stdio::null());
    if command.status().is_err() {
        bail!("libFuzzer is built with `{compiler}`, which is missing: install g++ or set CXX");
    }
    Ok(())
}

/// Sees to it that what is fuzzed is made of the same versions as everything else. Where it is not,
/// cargo adds to the workspace's lock what the programs need besides.
fn update_lock(root: &Path) -> Result<()> {
    let read = |path| fs::read_to_string(root.join(path)).with_context(|| format!("no {path}"));
    if !agree(&read("Cargo.lock")?, &read(LOCK)?) {
        fs::copy(root.join("Cargo.lock"), root.join(LOCK))
            .with_context(|| format!("cannot write {LOCK}"))?;
    }
    Ok(())
}

/// Whether packages that are in both locks have versions that are in the first one.
fn agree(workspace: &str, programs: &str) -> bool {
    let ours: BTreeSet<_> = locked(workspace).collect();
    let names: BTreeSet<_> = ours.iter().map(|(name, _)| name).collect();
    locked(programs).all(|package| !names.contains(&package.0) || ours.contains(&package))
}

/// The packages in a lock: the lines of their names and those of their versions.
fn locked(lock: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = lock.lines().zip(lock.lines().skip(1));
    pairs.filter(|(name, version)| name.starts_with("name = ") && version.starts_with("version = "))
}

fn build(workspace: &Workspace, targets: &[String]) -> Result<Vec<PathBuf>> {
    update_lock(workspace.root())?;
    let mut cargo = workspace.cargo();
    // For a named target, flags are not for build scripts and macros, even if it is the host.
    cargo.args(["build", "--release", "--target", "host-tuple"]);
    cargo.args(["--manifest-path", MANIFEST, "--target-dir"]);
    cargo.arg(workspace.fuzzing());
    for target in targets {
        cargo.args(["--bin", target]);
    }
    cargo.env("RUSTFLAGS", RUSTFLAGS.join(" "));
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS");
    let announcement = "Building for libFuzzer; the first time, that takes many minutes.".into();
    let artifacts = CargoBuild::new(cargo, announcement).run()?;
    let programs = artifacts
        .into_iter()
        .filter_map(|artifact| artifact.executable);
    Ok(programs.map(PathBuf::from).collect())
}

/// Runs a target for some time; gives the input that it fails with, if there is one.
fn fuzz(
    workspace: &Workspace,
    target: &str,
    program: &Path,
    seconds: u32,
) -> Result<Option<PathBuf>> {
    let folder = workspace.fuzzing();
    let found = folder.join("corpus").join(target);
    fs::create_dir_all(&found).with_context(|| format!("cannot make {}", found.display()))?;
    let running = folder.join(format!("running-{target}"));
    let status = workspace
        .command(&program.to_string_lossy())
        .env("FIRST_CLASS_FUZZ_INPUT", &running)
        .args(LIMITS)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-exact_artifact_path={}", running.display()))
        .arg("-print_final_stats=1")
        .arg(&found)
        .arg(Path::new(CORPUS).join(target))
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    if status.success() {
        return Ok(None);
    }
    let mut names = (1..).map(|number| folder.join(format!("failing-{target}-{number}")));
    let kept = names.find(|path| !path.exists()).unwrap_or_default();
    fs::rename(&running, &kept)
        .with_context(|| format!("`{target}` ended with {status} before its first input"))?;
    Ok(Some(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_agree_unless_a_package_is_at_another_version() {
        let lock = |packages: &[[&str; 2]]| -> String {
            let package = |[name, version]: &[&str; 2]| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n")
            };
            packages.iter().map(package).collect()
        };
        let workspace = lock(&[["a", "1.0.0"], ["a", "2.0.0"], ["b", "1.0.0"]]);
        assert!(agree(&workspace, &lock(&[["a", "2.0.0"], ["c", "1.0.0"]])));
        assert!(!agree(&workspace, &lock(&[["a", "2.0.1"]])));
    }

    #[test]
    fn every_program_has_a_corpus() -> Result<()> {
        let workspace = Workspace::read()?;
        let targets = chosen(&workspace, None)?;
        assert!(!targets.is_empty());
        for target in targets {
            let corpus = workspace.root().join(CORPUS).join(&target);
            assert!(corpus.is_dir(), "{target}");
        }
        Ok(())
    }
}
