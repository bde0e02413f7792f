//! `cargo build`, with a display of how far it is.

use std::io::{BufReader, IsTerminal, stderr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Artifact, Message};
use indicatif::{ProgressBar, ProgressStyle};

/// A build, about to be run.
pub(crate) struct CargoBuild {
    cargo: Command,
    announcement: String,
    bar: ProgressBar,
}

impl CargoBuild {
    /// Takes a `cargo build` command. Once there turns out to be something to compile,
    /// `announcement` is printed.
    pub(crate) fn new(mut cargo: Command, announcement: String) -> Self {
        let format = if stderr().is_terminal() {
            "json-diagnostic-rendered-ansi"
        } else {
            "json"
        };
        cargo.args(["--quiet", "--message-format", format]);
        cargo.stdout(Stdio::piped());
        Self {
            cargo,
            announcement,
            bar: ProgressBar::no_length(),
        }
    }

    /// Runs the build; gives all that it made or found up to date.
    pub(crate) fn run(mut self) -> Result<Vec<Artifact>> {
        let style = ProgressStyle::with_template("{spinner} {pos} crates, {msg}")?;
        self.bar.set_style(style);
        self.bar.enable_steady_tick(Duration::from_millis(100));
        let mut cargo = self.cargo.spawn().context("cargo cannot be run")?;
        let artifacts = self.follow(&mut cargo);
        let status = cargo.wait().context("cargo got lost")?;
        self.bar.finish_and_clear();
        if !status.success() {
            bail!("the build failed; see above");
        }
        artifacts
    }

    /// Runs the build of a program; gives its path.
    pub(crate) fn program(self, name: &str) -> Result<PathBuf> {
        let artifacts = self.run()?.into_iter();
        let mut named = artifacts.filter(|artifact| artifact.target.name == name);
        let program = named.find_map(|artifact| artifact.executable);
        let program = program.with_context(|| format!("cargo did not build `{name}`"))?;
        Ok(program.into())
    }

    /// Reads what cargo says until it has no more to say.
    fn follow(&self, cargo: &mut Child) -> Result<Vec<Artifact>> {
        let mut artifacts = Vec::new();
        let mut compiled = 0;
        let output = cargo.stdout.take().context("cargo has no output")?;
        for message in Message::parse_stream(BufReader::new(output)) {
            match message.context("cargo's messages cannot be read")? {
                Message::CompilerArtifact(artifact) => {
                    if !artifact.fresh {
                        self.show(&artifact, compiled);
                        compiled += 1;
                    }
                    artifacts.push(artifact);
                }
                Message::CompilerMessage(diagnostic) => {
                    let text = diagnostic.message.rendered.unwrap_or_default();
                    self.bar.suspend(|| eprint!("{text}"));
                }
                _ => {}
            }
        }
        Ok(artifacts)
    }

    fn show(&self, artifact: &Artifact, compiled_before: usize) {
        if compiled_before == 0 {
            self.bar.suspend(|| eprintln!("{}", self.announcement));
        }
        self.bar.inc(1);
        self.bar.set_message(artifact.target.name.clone());
    }
}
