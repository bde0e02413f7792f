//! `cargo first-class serve`.

use crate::config;
use crate::interrupt::Interrupt;
use crate::status;
use crate::terminal::Terminal;
use clap::Args;
use first_class_host::LoadError;
use first_class_host::config::Server;
use first_class_host::serving::ServeError;
use miette::{Report, Result, miette};
use std::path::PathBuf;
use std::sync::mpsc;

/// Serve plugins to callers elsewhere
///
/// What is served, where, and as which world, stands in the tables `serve` of a `first-class.toml`. A line on
/// standard output says of each server where it is, once it listens. Ctrl-C ends it.
#[derive(Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(crate) struct Serve {
    /// The file that says what is served
    #[arg(short, long, value_name = "FILE", default_value = "first-class.toml")]
    config: PathBuf,
    /// Keep compiled code in this folder for the next run
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class serve
  cargo first-class serve -c carts.toml";

impl Serve {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        let config = config::read(&self.config)?;
        if !config.serves() {
            return Err(miette!(
                help = "add a table `[[serve]]`; the page `first-class.toml` of the book says how",
                "`{}` says nothing of what is to be served",
                self.config.display()
            ));
        }
        let shim = config::shim(&config, self.cache.as_deref())?;
        let (stop, stopped) = mpsc::channel();
        let _interrupt = Interrupt::catch(move || _ = stop.send(()))?;
        let servers = {
            let _spinner = terminal.spinner("compiling what is served".to_owned());
            config.serve(&shim).map_err(serve_error)?
        };
        for server in &servers {
            crate::terminal::print(&format!("{server}: {}", server.sources().join(", ")))?;
        }
        // It fails only once there is nobody left who could stop it.
        let _ = stopped.recv();
        // What they hold is for others at once, and not only when its leases have ended.
        servers.into_iter().for_each(Server::end);
        Ok(status::INTERRUPTED)
    }
}

fn serve_error(error: ServeError) -> Report {
    let help = match &error {
        ServeError::Load(LoadError::NotFound { .. }) => {
            "a table `[sources.NAME]` says what it is; if the file has callers, `as` of the table `[[serve]]` \
             names one that may load it"
        }
        ServeError::Load(LoadError::Incompatible { .. }) => {
            "`cargo first-class check` shows the differences in the lines of the WIT"
        }
        ServeError::Load(LoadError::Misfit { .. }) => {
            "what is served speaks in values alone, and its clients serve no imports: give it a world without"
        }
        ServeError::Listen { .. } => "give another address or path, or end what has this one",
        _ => return miette!("{error}"),
    };
    miette!(help = help, "{error}")
}
