//! The compilation target of callers and plugins.

use crate::terminal::Terminal;
use miette::{IntoDiagnostic, Result, WrapErr, miette};
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// What callers and plugins are compiled for: it gives components without further tools.
pub(super) const TARGET: &str = "wasm32-wasip2";

/// Makes sure that the target is installed.
pub(super) fn ensure(terminal: &Terminal) -> Result<()> {
    if is_installed()? {
        return Ok(());
    }
    terminal.note("Adding", &format!("the target {TARGET} with rustup"));
    let mut rustup = Command::new("rustup");
    match rustup.args(["target", "add", TARGET]).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(miette!(
            help = format!(
                "what rustup says above is the reason; `rustup target add {TARGET}` tries again"
            ),
            "rustup could not add the target {TARGET}"
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(miette!(
            help = "install the target with what installed your Rust, or get rustup from https://rustup.rs",
            "the target {TARGET} is missing, and so is rustup"
        )),
        Err(error) => Err(error)
            .into_diagnostic()
            .wrap_err("rustup cannot be run"),
    }
}

fn is_installed() -> Result<bool> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    let output = rustc
        .args(["--print", "target-libdir", "--target", TARGET])
        .output();
    let output = output.into_diagnostic().wrap_err("rustc cannot be run")?;
    if !output.status.success() {
        return Err(miette!(
            help = "update Rust: `rustup update stable`",
            "this rustc does not know the target {TARGET}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    let directory = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(directory.trim_end()).is_dir())
}
