//! What was measured on, and with which versions.

use std::process::Command;

use anyhow::{Context, Result};
use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// A machine, as far as it matters.
pub struct Machine {
    /// The name of its processor.
    pub processor: String,
    /// How many cores the system shows.
    pub cores: usize,
    /// The operating system, and what it is compiled for.
    pub system: String,
    /// Packages and programs that decide about figures, with their versions.
    pub versions: Vec<String>,
}

impl Machine {
    /// The machine that this runs on, and the versions of what a program uses: packages by its lock, each after a
    /// package that uses it, and the compiler.
    ///
    /// # Errors
    /// When the system does not tell, a package is not in the lock, or the compiler cannot be run.
    pub fn of_this_process(lock: &str, used: &[(&str, &str)]) -> Result<Self> {
        let what = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
        let system = System::new_with_specifics(what)?;
        let processor = system.cpus().first().map(|cpu| cpu.brand().trim());
        let name = System::long_os_version().unwrap_or("an unknown system".into());
        let mut versions = versions(lock, used)?;
        versions.push(compiler()?);
        Ok(Machine {
            processor: processor.unwrap_or("an unknown processor").into(),
            cores: system.cpus().len(),
            system: format!("{name} on {}", System::cpu_arch()),
            versions,
        })
    }

    /// A table, as Markdown, of how a page came about: what is recorded by which options of `cargo xtask bench`,
    /// the machine, the versions, and what else there is to say.
    pub fn table(&self, options: &str, is_quick: bool, rows: &[(&str, String)]) -> String {
        let quick = if is_quick { " --quick" } else { "" };
        let Machine {
            processor,
            cores,
            system,
            versions,
        } = self;
        let versions = versions.join(", ");
        let rows = rows.iter().map(|(of, what)| format!("| {of} | {what} |\n"));
        let rows: String = rows.collect();
        format!(
            "\
| | |
|---|---|
| command | `cargo xtask bench{options} --record{quick}`, which writes this page |
| machine | {processor}, {cores} cores, {system} |
| versions | {versions} |
{rows}"
        )
    }
}

/// The compiler of the directory that this is run in, which has built the guests.
fn compiler() -> Result<String> {
    let output = Command::new("rustc").arg("--version").output();
    let output = output.context("rustc cannot be run")?;
    let version = String::from_utf8(output.stdout)?;
    // What follows the number is its commit.
    let words: Vec<&str> = version.split_whitespace().take(2).collect();
    Ok(words.join(" "))
}

/// Packages with their versions in a lock, each after a package that uses it.
///
/// # Errors
/// When one is not there.
pub fn versions(lock: &str, used: &[(&str, &str)]) -> Result<Vec<String>> {
    let versions = used.iter().map(|(user, package)| {
        let version = version(lock, user, package);
        let version = version.with_context(|| format!("no `{package}` of `{user}` in the lock"))?;
        Ok(format!("{package} {version}"))
    });
    versions.collect()
}

/// The version of a package that another one uses, in a lock.
pub fn version<'a>(lock: &'a str, user: &str, package: &str) -> Option<&'a str> {
    let entry = |name| {
        let name = format!("name = \"{name}\"");
        let mut entries = lock.split("[[package]]");
        entries.find(|entry| entry.lines().any(|line| line == name))
    };
    let quoted = |line: &'a str| line.trim().trim_end_matches(',').trim_matches('"');
    let mut dependencies = entry(user)?.lines().map(quoted);
    // Where there are several versions, the user's line says which it is.
    let dependency = dependencies.find(|line| line.split(' ').next() == Some(package))?;
    if let Some((_, version)) = dependency.split_once(' ') {
        return Some(version);
    }
    let mut lines = entry(package)?.lines();
    lines.find_map(|line| line.strip_prefix("version = ").map(quoted))
}

#[cfg(test)]
mod tests {
    use super::{Machine, version, versions};

    #[test]
    fn a_table_says_what_was_measured_on() {
        let machine = Machine {
            processor: "Abacus".into(),
            cores: 7,
            system: "wood".into(),
            versions: vec!["beads 1.2.3".into(), "wires 4.5.6".into()],
        };
        let table = machine.table(" --counting", true, &[("turns", "9".into())]);
        let expected = "\
            | | |\n|---|---|\n\
            | command | `cargo xtask bench --counting --record --quick`, which writes this page |\n\
            | machine | Abacus, 7 cores, wood |\n\
            | versions | beads 1.2.3, wires 4.5.6 |\n\
            | turns | 9 |\n";
        assert_eq!(table, expected);
    }

    #[test]
    fn of_several_versions_it_is_the_one_that_is_used() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n\
                    dependencies = [\n \"b 4.5.6\",\n \"c\",\n]\n\n\
                    [[package]]\nname = \"b\"\nversion = \"4.5.6\"\n\n\
                    [[package]]\nname = \"b\"\nversion = \"4.7.0\"\n\n\
                    [[package]]\nname = \"c\"\nversion = \"8.9.0\"\n";
        assert_eq!(version(lock, "a", "b"), Some("4.5.6"));
        assert_eq!(version(lock, "a", "c"), Some("8.9.0"));
        assert_eq!(version(lock, "a", "d"), None);
        let known = versions(lock, &[("a", "c"), ("a", "b")]);
        assert_eq!(known.expect("are there"), ["c 8.9.0", "b 4.5.6"]);
        let error = versions(lock, &[("a", "d")]).expect_err("is not there");
        assert_eq!(error.to_string(), "no `d` of `a` in the lock");
    }
}
