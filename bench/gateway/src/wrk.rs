//! The load: wrk, with a script that says what came of it.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// After what time a request counts as one without an answer, in seconds. Less than any load takes, or the last
/// one would never be noticed.
const PATIENCE: u64 = 1;

/// The script's file.
const SCRIPT: &str = "wrk.lua";

/// The program, ready to be run.
pub(crate) struct Wrk {
    program: PathBuf,
    pub(crate) connections: u32,
    folder: TempDir,
}

/// What came of a load.
#[derive(Default, Debug, PartialEq)]
pub(crate) struct Tally {
    /// How many answers there were, by status.
    pub(crate) answers: BTreeMap<u16, u64>,
    /// How many requests had none: they could not be sent, were broken off, or waited for too long.
    pub(crate) unanswered: u64,
    /// How long it took, in seconds.
    pub(crate) seconds: f64,
    /// The latencies that half and 99 % of the answers stay below, in milliseconds.
    pub(crate) median: f64,
    pub(crate) p99: f64,
}

impl Wrk {
    pub(crate) fn new(program: PathBuf, connections: u32) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join(SCRIPT), include_str!("wrk.lua"))?;
        Ok(Wrk {
            program,
            connections,
            folder,
        })
    }

    /// Sends requests for so long, as fast as they are answered.
    pub(crate) async fn load(&self, address: SocketAddr, time: Duration) -> Result<Tally> {
        let mut command = Command::new(&self.program);
        command
            .args(["--threads", "1"])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", time.as_secs())])
            .args(["--timeout", &format!("{PATIENCE}s")])
            .arg("--script")
            .arg(self.folder.path().join(SCRIPT))
            .arg(format!("http://{address}/"))
            .stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await?;
        let output = output.context("wrk cannot be run")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "wrk failed: {said}{complaint}");
        Tally::read(&said).with_context(|| format!("wrk said: {said}{complaint}"))
    }

    /// The version, as it says it.
    pub(crate) fn version(&self) -> String {
        // It exits with an error, whatever it is asked for in place of a load.
        let output = Command::new(&self.program).arg("--version").output();
        let said = output.map(|output| output.stdout).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let mut words = said.split_whitespace();
        let version = words.nth(1).and_then(|word| word.rsplit('/').next());
        format!("wrk {}", version.unwrap_or("of an unknown version"))
    }
}

impl Tally {
    /// Takes the script's lines out of all that was said.
    fn read(said: &str) -> Result<Self> {
        let mut tally = Tally::default();
        for line in said.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["duration", microseconds] => tally.seconds = microseconds.parse::<f64>()? / 1e6,
                ["median", microseconds] => tally.median = microseconds.parse::<f64>()? / 1e3,
                ["p99", microseconds] => tally.p99 = microseconds.parse::<f64>()? / 1e3,
                ["unanswered", count] => tally.unanswered = count.parse()?,
                ["status", status, count] => {
                    tally.answers.insert(status.parse()?, count.parse()?);
                }
                _ => {}
            }
        }
        ensure!(tally.seconds > 0.0, "the script has not come to its end");
        Ok(tally)
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn the_lines_of_the_script_are_among_others() {
        let said = "  170 requests in 2.08s, 19.48KB read\nduration 2080000\nmedian 45472\np99 85311\n\
            unanswered 1\nstatus 200 153\nstatus 503 17\n";
        let tally = Tally::read(said).expect("is understood");
        let expected = Tally {
            answers: [(200, 153), (503, 17)].into(),
            unanswered: 1,
            seconds: 2.08,
            median: 45.472,
            p99: 85.311,
        };
        assert_eq!(tally, expected);
    }

    #[test]
    fn without_an_end_it_is_an_error() {
        assert!(Tally::read("Running 2s test\nunanswered 0\n").is_err());
        assert!(Tally::read("duration 10\nstatus ok 3\n").is_err());
    }
}
