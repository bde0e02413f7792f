//! What has to hold before a release that no test looks at: packages, dependencies, the MSRV, and the
//! API's documentation.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// The crates that a guest is built from, in the order in which they are published.
const OF_A_GUEST: [&str; 3] = ["first-class-abi", "first-class-macro", "first-class"];

const GUEST_TARGET: &str = "wasm32-wasip2";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Also build each package as it would be published, wasmtime among what they need
    #[arg(long)]
    verify: bool,
}

/// Runs all checks, each in turn; the status is 1 if one finds anything.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<u8> {
    let checks = [
        ("MSRV", msrv(workspace)),
        (
            "licences, bans and sources",
            deny(workspace, &["licenses", "bans", "sources"]),
        ),
        ("advisories", deny(workspace, &["advisories"])),
        ("documentation", documentation(workspace)),
        ("packages", packages(workspace, options.verify)),
    ];
    let mut status = 0;
    for (what, checked) in checks {
        match checked {
            Ok(()) => eprintln!("{what}: fine"),
            Err(error) => {
                eprintln!("{what}: {error:#}");
                status = 1;
            }
        }
    }
    Ok(status)
}

/// The toolchain is the one that the manifests promise, and the documents say the same. So this check is
/// run on the MSRV, and the packages that it builds show that this suffices.
fn msrv(workspace: &Workspace) -> Result<()> {
    let promised = promised(workspace)?;
    for path in ["README.md", "CONTRIBUTING.md", "docs/tutorial.md"] {
        let text = fs::read_to_string(workspace.root().join(path));
        let text = text.with_context(|| format!("cannot read {path}"))?;
        let claim = format!("{promised} or newer");
        if !text.contains(&claim) {
            bail!("{path} does not say `{claim}`, as `rust-version` does");
        }
    }
    let version = workspace.command("rustc").arg("--version").output();
    let version = String::from_utf8(version.context("rustc cannot be run")?.stdout)?;
    if !version.starts_with(&format!("rustc {promised}.")) {
        let version = version.trim();
        bail!(
            "this is {version}; run it as `RUSTUP_TOOLCHAIN={promised} cargo xtask release-check`"
        );
    }
    Ok(())
}

/// The MSRV as the manifests say it, such as `1.95`.
fn promised(workspace: &Workspace) -> Result<String> {
    let packages = workspace.packages();
    let versions = packages.iter().map(|package| &package.rust_version);
    let version = versions.flatten().next().context("no `rust-version`")?;
    Ok(format!("{}.{}", version.major, version.minor))
}

/// What `deny.toml` says about all that is built with our crates.
fn deny(workspace: &Workspace, checks: &[&str]) -> Result<()> {
    let installed = workspace.cargo().args(["deny", "--version"]).output();
    if !installed.is_ok_and(|output| output.status.success()) {
        bail!("NOT CHECKED; run `cargo install cargo-deny --locked`, and this again");
    }
    succeeds(workspace.cargo().args(["deny", "check"]).args(checks))
}

/// Every public item is documented, which the lints of the workspace say, and no link is broken. All is
/// documented as the whole workspace, with the features that something in it turns on: every one.
fn documentation(workspace: &Workspace) -> Result<()> {
    let mut doc = workspace.cargo();
    doc.env("RUSTDOCFLAGS", "-D warnings");
    succeeds(doc.args(["doc", "--workspace", "--lib", "--no-deps"]))
}

/// All packages are put together as for the registry. Those of a guest are small enough to be always
/// built, and for what guests are built for, which is where they read the WIT that is in them.
fn packages(workspace: &Workspace, verify: bool) -> Result<()> {
    let mut publish = workspace.cargo();
    publish.args(["publish", "--dry-run", "--workspace"]);
    if !verify {
        publish.arg("--no-verify");
    }
    succeeds(&mut publish)?;
    let mut publish = workspace.cargo();
    publish.args(["publish", "--dry-run", "--target", GUEST_TARGET]);
    for package in OF_A_GUEST {
        publish.args(["--package", package]);
    }
    succeeds(&mut publish)
}

fn succeeds(command: &mut Command) -> Result<()> {
    let status = command.status().context("cargo cannot be run")?;
    if !status.success() {
        bail!("`{command:?}` failed; see above");
    }
    Ok(())
}
