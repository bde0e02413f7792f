//! What was measured on, and with which versions.

use std::process::Command;

use anyhow::{Context, Result};
use sysinfo::{CpuRefreshKind, RefreshKind, System};

use crate::versions::{LOCK, USED};

/// A machine, as far as it matters.
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
    pub(crate) versions: Vec<String>,
}

impl Machine {
    pub(crate) fn of_this_process() -> Result<Self> {
        let what = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
        let system = System::new_with_specifics(what)?;
        let processor = system.cpus().first().map(|cpu| cpu.brand().trim());
        let name = System::long_os_version().unwrap_or("an unknown system".into());
        let used = USED.iter().filter_map(|(user, package)| {
            Some(format!("{package} {}", version(LOCK, user, package)?))
        });
        let mut versions: Vec<_> = used.collect();
        versions.push(compiler()?);
        Ok(Machine {
            processor: processor.unwrap_or("an unknown processor").into(),
            cores: system.cpus().len(),
            system: format!("{name} on {}", System::cpu_arch()),
            versions,
        })
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

/// The version of a package that another one uses, in a lock.
pub(crate) fn version<'a>(lock: &'a str, user: &str, package: &str) -> Option<&'a str> {
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
    use super::version;
    use crate::versions::{LOCK, USED};

    #[test]
    fn everything_has_a_version() {
        for (user, package) in USED {
            let version = version(LOCK, user, package).expect("is in the lock");
            assert!(version.split('.').count() >= 3, "{package} {version}");
        }
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
    }
}
