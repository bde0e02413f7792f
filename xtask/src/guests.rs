//! Guests, built to components.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufReader, IsTerminal, stderr};
use std::path::PathBuf;
use std::process::{ChildStdout, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cargo_metadata::{Artifact, Message, Package};
use indicatif::{ProgressBar, ProgressStyle};

use crate::wasm_target;
use crate::workspace::Workspace;

/// Component files by the names of their packages.
pub(crate) type Components = BTreeMap<String, PathBuf>;

/// Builds packages to components, as far as they are not up to date.
pub(crate) fn build(workspace: &Workspace, packages: &[&Package]) -> Result<Components> {
    wasm_target::ensure(workspace)?;
    let start = Instant::now();
    let mut cargo = workspace.command(&env::var("CARGO").unwrap_or("cargo".into()));
    cargo.args([
        "build",
        "--quiet",
        "--profile",
        "guest",
        "--target",
        wasm_target::TARGET,
    ]);
    cargo.args(["--message-format", message_format()]);
    cargo.args(
        packages
            .iter()
            .flat_map(|package| ["--package", &package.name]),
    );
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo cannot be run")?;
    let output = child.stdout.take().context("cargo has no output")?;

    let mut progress = Progress::new(packages);
    progress.follow(output)?;
    if !child.wait().context("cargo got lost")?.success() {
        bail!("the guests could not be built; see above");
    }
    progress.finish(start.elapsed())
}

fn message_format() -> &'static str {
    if stderr().is_terminal() {
        "json-diagnostic-rendered-ansi"
    } else {
        "json"
    }
}

/// What cargo has said so far about the packages that were asked for.
struct Progress<'a> {
    wanted: &'a [&'a Package],
    components: Components,
    compiled: usize,
    bar: ProgressBar,
}

impl<'a> Progress<'a> {
    fn new(wanted: &'a [&'a Package]) -> Self {
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} components, {msg}");
        let bar = ProgressBar::new(wanted.len() as u64)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_message("starting");
        bar.enable_steady_tick(Duration::from_millis(100));
        Self {
            wanted,
            components: Components::new(),
            compiled: 0,
            bar,
        }
    }

    /// Reads cargo's messages until there are no more.
    fn follow(&mut self, output: ChildStdout) -> Result<()> {
        for message in Message::parse_stream(BufReader::new(output)) {
            match message.context("cargo's messages cannot be read")? {
                Message::CompilerArtifact(artifact) => self.note(artifact),
                Message::CompilerMessage(diagnostic) => {
                    let text = diagnostic.message.rendered.unwrap_or_default();
                    self.bar.suspend(|| eprint!("{text}"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn note(&mut self, artifact: Artifact) {
        self.bar.set_message(artifact.target.name.clone());
        let mut files = artifact.filenames.into_iter();
        let component = files.find(|file| file.extension() == Some("wasm"));
        let mut wanted = self.wanted.iter();
        let package = wanted.find(|package| package.id == artifact.package_id);
        if let (Some(component), Some(package)) = (component, package) {
            self.components
                .insert(package.name.to_string(), component.into());
            self.compiled += usize::from(!artifact.fresh);
            self.bar.inc(1);
        }
    }

    fn finish(self, time: Duration) -> Result<Components> {
        self.bar.finish_and_clear();
        if self.compiled > 0 {
            eprintln!(
                "Built {} components in {:.1} s.",
                self.compiled,
                time.as_secs_f32()
            );
        }
        for package in self.wanted {
            if !self.components.contains_key(package.name.as_str()) {
                bail!("the package `{}` gives no component", package.name);
            }
        }
        Ok(self.components)
    }
}
