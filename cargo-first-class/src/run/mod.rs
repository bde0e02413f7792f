//! `cargo first-class run`.

mod grants;
mod host;
mod sources;
mod watch;

use crate::config;
use crate::interrupt::Interrupt;
use crate::status;
use crate::terminal::Terminal;
use clap::Args;
use first_class_host::config::Config;
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
    /// Take sources, limits, grants and callers from a `first-class.toml`
    #[arg(
        short,
        long,
        value_name = "FILE",
        help_heading = "Plugins",
        conflicts_with_all = ["folders", "fresh", "named", "holds", "deadline", "memory", "may_load"]
    )]
    config: Option<PathBuf>,
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
  cargo first-class run caller.wasm --plugins plugins --watch
  cargo first-class run caller.wasm -c first-class.toml --as alice";

impl Run {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        let cache = self.cache.as_deref().map(std::path::absolute).transpose();
        let cache = cache
            .into_diagnostic()
            .wrap_err("--cache has to be a folder")?;
        let config = self.config.as_deref().map(config::read).transpose()?;
        let shim = match &config {
            Some(config) => config::shim(config, cache.as_deref())?,
            None => self.sources.shim(cache.as_deref())?,
        };
        let host = {
            let _spinner = terminal.spinner(format!("compiling {}", self.caller.display()));
            Host::new(&self.caller, cache.as_deref())?
        };
        let interrupt = Interrupt::catch(host.stopper())?;
        let _watch = match self.watch {
            true => {
                let paths: Vec<_> = match &config {
                    Some(config) => config.paths().collect(),
                    None => self.sources.paths().collect(),
                };
                Some(Watch::start(terminal, &shim, &paths)?)
            }
            false => None,
        };
        let callers = self.callers(config.as_ref())?;
        self.run_as_each(&host, &shim, &callers, &interrupt)
    }

    /// Those that the caller is to be run as, or else nobody.
    fn callers(&self, config: Option<&Config>) -> Result<Vec<(Option<&str>, Caller)>> {
        let caller = |name: &str| match config {
            Some(config) => config::caller(config, name),
            None => self.caller(name),
        };
        if self.identities.is_empty() {
            return Ok(vec![(None, caller("")?)]);
        }
        let identities = self.identities.iter();
        let callers = identities.map(|name| Ok((Some(name.as_str()), caller(name)?)));
        callers.collect()
    }

    /// A caller of whom only the options tell.
    fn caller(&self, name: &str) -> Result<Caller> {
        let caller = Caller::new(name);
        if self.may_load.is_empty() {
            return Ok(caller);
        }
        let patterns = self.may_load.iter().map(|it| it.replace("{caller}", name));
        let caller = caller.may_load(patterns);
        caller.map_err(|error| pattern_error("--may-load", &error))
    }

    /// Runs the caller as each of those that it is to be run as, until it fails; the status of the last
    /// run.
    fn run_as_each(
        &self,
        host: &Host,
        shim: &Shim,
        callers: &[(Option<&str>, Caller)],
        interrupt: &Interrupt,
    ) -> Result<u8> {
        for (identity, caller) in callers {
            let wasi = self.grants.wasi(&self.caller, *identity, &self.arguments)?;
            let ended = host.run(wasi, shim.caller_as(caller.clone()));
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
}
