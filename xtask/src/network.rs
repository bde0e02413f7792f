//! Running a caller whose plugins are on other machines: its sources are served over NATS by two shims,
//! and the one that has them is killed while the caller runs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use first_class_peers::nats::Server;

use crate::example::{Example, Nats};
use crate::guests::Components;
use crate::runner;
use crate::workspace::Workspace;

/// A shim in a process of its own, which is killed with this.
struct Shim(Child);

/// Runs an example; gives the status that its caller exits with.
pub(crate) fn run(
    workspace: &Workspace,
    example: &Example,
    nats: &Nats,
    components: &Components,
) -> Result<u8> {
    let program = runner::build(workspace, runner::PROGRAM)?;
    let Some(server) = Server::start("")? else {
        bail!("install `nats-server`");
    };
    println!("NATS is at {}.", server.url());
    let folder = server.folder();
    fs::write(
        folder.join("serve.toml"),
        serving(workspace, example, nats, components, &server)?,
    )?;
    fs::write(folder.join("call.toml"), calling(example, &server))?;

    let first = Shim::start(&program, folder, "The first shim")?;
    let caller = components
        .get(&**example.caller.name)
        .context("the caller was not built")?;
    let mut command = Command::new(&program);
    command
        .args(["run", "--quiet", "-c"])
        .arg(folder.join("call.toml"))
        .arg(caller);
    let caller = command.stdout(Stdio::piped()).spawn();
    let mut caller = caller.context("the caller cannot be started")?;
    let output = caller.stdout.take().context("it has an output")?;
    let mut output = BufReader::new(output).lines();
    for line in output.by_ref() {
        let line = line?;
        println!("{line}");
        if line.contains(&nats.until) {
            break;
        }
    }
    println!("The first shim is killed.");
    drop(first);
    let second = Shim::start(&program, folder, "A second shim")?;
    for line in output {
        println!("{}", line?);
    }
    let status = caller.wait()?;
    drop(second);
    let status = status.code().context("the caller was killed")?;
    Ok(status.try_into().unwrap_or(1))
}

/// What is served, and where.
fn serving(
    workspace: &Workspace,
    example: &Example,
    nats: &Nats,
    components: &Components,
    server: &Server,
) -> Result<String> {
    let mut lines = format!("nats.servers = [{:?}]\n", server.url());
    lines += &deadline(example);
    let wit = workspace.root().join(&nats.wit);
    let mut served = format!("[[serve]]\nnats = {{ lease = {:?} }}\n", nats.lease);
    for source in &example.sources {
        let (name, package) = (&source.name, &source.plugin.name);
        let file = components
            .get(&***package)
            .context("a plugin was not built")?;
        lines += &format!(
            "sources.{name:?} = {{ file = {file:?}, named = {} }}\n",
            source.named
        );
        served += &format!(
            "sources.{name:?} = {{ wit = {wit:?}, world = {:?} }}\n",
            nats.world
        );
    }
    Ok(lines + &served)
}

/// How long a call may take, if the example says it.
fn deadline(example: &Example) -> String {
    let deadline = example.deadline;
    deadline.map_or_else(String::new, |time| {
        format!("limits.deadline = \"{time}ms\"\n")
    })
}

/// What the caller has.
fn calling(example: &Example, server: &Server) -> String {
    let names = example.sources.iter().map(|source| &source.name);
    let sources = names.map(|name| format!("sources.{name:?}.nats = {{}}\n"));
    let mut lines = format!("nats.servers = [{:?}]\n", server.url());
    lines += &deadline(example);
    lines + &sources.collect::<String>()
}

impl Shim {
    /// Starts one, and waits until it serves.
    fn start(program: &Path, folder: &Path, name: &str) -> Result<Self> {
        let mut command = Command::new(program);
        command
            .args(["serve", "--quiet", "-c"])
            .arg(folder.join("serve.toml"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut shim = Shim(child.context("a shim cannot be started")?);
        let output = shim.0.stdout.take().context("it has an output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        anyhow::ensure!(!line.is_empty(), "a shim does not serve");
        println!("{name} serves: {}", line.trim());
        Ok(shim)
    }
}

impl Drop for Shim {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
