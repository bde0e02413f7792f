//! `cargo first-class completions`.

use crate::options::Options;
use crate::status;
use crate::terminal;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use miette::Result;

/// Print completions for a shell, of `cargo-first-class`
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class completions bash >> ~/.bash_completion
  cargo first-class completions fish > \\
      ~/.config/fish/completions/cargo-first-class.fish";

impl Completions {
    pub(crate) fn run(self) -> Result<u8> {
        let mut command = Options::command().bin_name("cargo-first-class");
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "cargo-first-class", &mut script);
        terminal::print(&String::from_utf8_lossy(&script))?;
        Ok(status::DONE)
    }
}
