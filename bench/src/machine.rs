//! What was measured on, and with which versions.

use std::process::Command;

use anyhow::{Context, Result};
use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// The versions of all that this program is made of.
const LOCK: &str = include_str!("../../Cargo.lock");

/// Packages whose versions decide about figures.
const ENGINE: [&str; 3] = ["wasmtime", "wit-bindgen", "mimalloc"];

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
        let mut versions: Vec<_> = ENGINE.iter().filter_map(locked).collect();
        versions.push(compiler()?);
        Ok(Machine {
            processor: processor.unwrap_or("an unknown processor").into(),
            cores: system.cpus().len(),
            system: format!("{name} on {}", System::cpu_arch()),
            versions,
        })
    }
}

fn locked(package: &&str) -> Option<String> {
    Some(format!("{package} {}", version(LOCK, package)?))
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

/// The version of a package in a lock; of several, which are sorted there, the newest, which is ours.
fn version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let packages = lock.lines().zip(lock.lines().skip(1));
    let (_, line) = packages.filter(|(line, _)| *line == name).last()?;
    line.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::{ENGINE, LOCK, version};

    #[test]
    fn versions_are_those_of_the_lock() {
        for package in ENGINE {
            let version = version(LOCK, package).expect("is in the lock");
            assert!(version.split('.').count() >= 3, "{package} {version}");
        }
        let package = |name, version| format!("name = \"{name}\"\nversion = \"{version}\"\n\n");
        let lock = [
            ("a-b", "1.2.3"),
            ("b", "4.5.6"),
            ("b", "4.7.0"),
            ("c", "8.9.0"),
        ];
        let lock: String = lock.map(|(name, version)| package(name, version)).concat();
        let lock = lock.as_str();
        assert_eq!(version(lock, "b"), Some("4.7.0"));
        assert_eq!(version(lock, "a"), None);
    }
}
