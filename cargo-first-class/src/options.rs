//! The command line.

use crate::build::Build;
use crate::call::Call;
use crate::check::Check;
use crate::completions::Completions;
use crate::inspect::Inspect;
use crate::new::New;
use crate::run::Run;
use crate::serve::Serve;
use crate::status;
use crate::wit_from_mcp::WitFromMcp;
use crate::wit_from_proto::WitFromProto;
use clap::{ColorChoice, Parser, Subcommand};
use clap_verbosity_flag::{ErrorLevel, Verbosity};
use std::ffi::OsString;

/// The name by which cargo knows this tool.
const SUBCOMMAND: &str = "first-class";

/// Makes, builds, checks, inspects, calls and runs the components of first-class worlds: callers,
/// which hold plugins as values, and the plugins.
#[derive(Parser)]
#[command(
    name = "cargo-first-class",
    bin_name = "cargo first-class",
    version,
    styles = clap_cargo::style::CLAP_STYLING,
    after_help = AFTER_HELP,
    after_long_help = format!("{AFTER_HELP}\n\n{}", status::HELP),
)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten, next_help_heading = "Messages")]
    pub(crate) verbosity: Verbosity<ErrorLevel>,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        help_heading = "Messages",
        env = "CARGO_TERM_COLOR",
        hide_env = true,
        default_value = "auto"
    )]
    pub(crate) color: ColorChoice,
}

const AFTER_HELP: &str = "\
Examples:
  cargo first-class new hello && cd hello
  cargo first-class build
  cargo first-class run target/wasm32-wasip2/debug/caller.wasm \\
      --plugins target/wasm32-wasip2/debug

The book: https://github.com/first-class-worlds/first-class/tree/main/docs";

#[derive(Subcommand)]
pub(crate) enum Command {
    New(New),
    Build(Build),
    Check(Check),
    Inspect(Inspect),
    Call(Call),
    Run(Run),
    Serve(Serve),
    WitFromMcp(WitFromMcp),
    WitFromProto(WitFromProto),
    Completions(Completions),
}

/// The arguments without the one by which cargo says which of its subcommands it runs.
pub(crate) fn arguments(all: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = all.collect();
    if arguments
        .get(1)
        .is_some_and(|argument| argument == SUBCOMMAND)
    {
        arguments.remove(1);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::{Options, arguments};
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn cargo_and_a_shell_say_the_same() {
        let shell = ["cargo-first-class", "inspect", "first-class"].map(Into::into);
        let cargo = ["cargo-first-class", "first-class", "inspect", "first-class"].map(Into::into);
        assert_eq!(arguments(cargo.into_iter()), shell);
        assert_eq!(arguments(shell.clone().into_iter()), shell);
    }
}
