//! `cargo first-class run`.

mod grants;
mod host;
mod sources;
mod watch;

use crate::interrupt::Interrupt;
use crate::status;
use crate::terminal::Terminal;
use clap::Args;
use first_class_host::{Caller, Shim};
use grants::Grants;
use host::{Ended, Host};
use miette::{IntoDiagnostic, Report, Result, WrapErr};
use sources::{Sources, pattern_error};
use std::path::PathBuf;
use watch::Watch;

/// Run a caller, with plugins for it to load
///
/// The caller has the terminal, and of the system nothing but what options grant it. What plugins
/// print goes to standard error, behind their names. They are granted nothing, and a call of one may take
/// a second. The exit status is that of the caller.
#[derive(Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(crate) struct Run {
    /// The component of the caller
    caller: PathBuf,
    /// Notice when a plugin's file changes: what is loaded from then on is the new one
    #[arg(long)]
    watch: bool,
    /// Keep compiled code in this folder for the next run
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// What the caller is given
    #[arg(last = true)]
    arguments: Vec<String>,
    #[command(flatten, next_help_heading = "Plugins")]
    sources: Sources,
    #[command(flatten, next_help_heading = "What the caller is granted")]
    grants: Grants,
    /// Run the caller as somebody, whose name is its first argument; if this is repeated, several times
    /// over the same plugins, until it fails as one of them
    #[arg(long = "as", value_name = "NAME", help_heading = "Who the caller is")]
    identities: Vec<String>,
    /// What the caller may load; `{caller}` stands for who it is. Without this, everything
    #[arg(long, value_name = "PATTERN", help_heading = "Who the caller is")]
    may_load: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class run caller.wasm --plugins plugins
  cargo first-class run caller.wasm --source rule=rule.wasm -- --verbose
  cargo first-class run caller.wasm --plugins plugins --dir . -- README.md
  cargo first-class run caller.wasm --named 'cart/*=cart.wasm' \\
      --as alice --may-load 'cart/{caller}'
  cargo first-class run caller.wasm --plugins plugins --watch";

impl Run {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        let cache = self.cache.as_deref().map(std::path::absolute).transpose();
        let cache = cache
            .into_diagnostic()
            .wrap_err("--cache has to be a folder")?;
        let shim = self.sources.shim(cache.as_deref())?;
        let host = {
            let _spinner = terminal.spinner(format!("compiling {}", self.caller.display()));
            Host::new(&self.caller, cache.as_deref())?
        };
        let interrupt = Interrupt::catch(host.stopper())?;
        let _watch = match self.watch {
            true => Some(Watch::start(terminal, &shim, &self.sources)?),
            false => None,
        };
        self.run_as_each(&host, &shim, &interrupt)
    }

    /// Runs the caller as each of those that it is to be run as, or once as nobody, until it fails; the
    /// status of the last run.
    fn run_as_each(&self, host: &Host, shim: &Shim, interrupt: &Interrupt) -> Result<u8> {
        let mut identities: Vec<_> = self.identities.iter().map(|it| Some(it.as_str())).collect();
        if identities.is_empty() {
            identities.push(None);
        }
        for identity in identities {
            let ended = self.run_as(host, shim, identity);
            if interrupt.happened() {
                return Ok(status::INTERRUPTED);
            }
            match ended? {
                Ended::Exited(status::DONE) => {}
                Ended::Exited(status) => return Ok(status),
                Ended::Trapped(trap) => {
                    eprintln!("{:?}", Report::new(*trap));
                    return Ok(status::TRAPPED);
                }
            }
        }
        Ok(status::DONE)
    }

    /// Runs the caller once.
    fn run_as(&self, host: &Host, shim: &Shim, identity: Option<&str>) -> Result<Ended> {
        let name = identity.unwrap_or_default();
        let mut caller = Caller::new(name);
        if !self.may_load.is_empty() {
            let patterns = self.may_load.iter().map(|it| it.replace("{caller}", name));
            let limited = caller.may_load(patterns);
            caller = limited.map_err(|error| pattern_error("--may-load", &error))?;
        }
        let wasi = self.grants.wasi(&self.caller, identity, &self.arguments)?;
        host.run(wasi, shim.caller_as(caller))
    }
}
