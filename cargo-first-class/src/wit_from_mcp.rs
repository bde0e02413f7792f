//! `cargo first-class wit-from-mcp`.

use crate::status;
use crate::terminal::{self, Terminal, printable};
use clap::Args;
use first_class_host::backends::OpenError;
use first_class_host::backends::mcp::Mcp;
use first_class_host::backends::mcp::mapping::{Tool, wit};
use miette::{IntoDiagnostic, Result, WrapErr, miette};
use std::ffi::OsString;
use std::time::Duration;
use tokio::runtime::Builder;

/// Write the WIT world of an MCP server
///
/// The server is asked for its tools, and each becomes a function of an interface, with a record for each object in its schema. The
/// world goes to standard output; what has no form in WIT is left out and named on standard error. A source that stands
/// for the server can be loaded as this world, or as one with fewer functions.
#[derive(Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(crate) struct WitFromMcp {
    /// The name of the package
    #[arg(
        long,
        value_name = "NAMESPACE:NAME[@VERSION]",
        default_value = "mcp:server"
    )]
    package: String,
    /// The name of the world
    #[arg(long, value_name = "NAME", default_value = "server")]
    world: String,
    /// How long the server may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    within: u64,
    /// A server over streamable HTTP
    #[arg(
        long,
        value_name = "URL",
        conflicts_with = "command",
        required_unless_present = "command"
    )]
    http: Option<String>,
    /// A header of each request, such as `Authorization`
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "command", value_parser = header)]
    header: Vec<(String, String)>,
    /// A server that is started, with its arguments
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class wit-from-mcp -- mcp-server-memory > wit/notes.wit
  cargo first-class wit-from-mcp --package acme:files --world files -- \\
      node server.js /srv/files
  cargo first-class wit-from-mcp --http https://issues.example/mcp";

impl WitFromMcp {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        let tools = {
            let _spinner = terminal.spinner("asking the server for its tools".to_owned());
            self.tools()?
        };
        let written = wit(&self.package, &self.world, &tools).map_err(|error| {
            miette!(
                help = "`--package` is as in `acme:notes@1.0.0`, and `--world` as in `notes`",
                "{}",
                printable(&error.to_string())
            )
        })?;
        for left_out in &written.left_out {
            terminal.note("Left out", &printable(left_out));
        }
        terminal::print(written.text.trim_end())?;
        Ok(status::DONE)
    }

    fn server(&self) -> Result<Mcp> {
        let mcp = match (&self.http, self.command.split_first()) {
            (Some(url), _) => Mcp::http(url),
            (None, Some((program, arguments))) => Mcp::command(program, arguments),
            (None, None) => return Err(miette!("there is neither a URL nor a command")),
        };
        let headers = self.header.iter();
        headers.into_iter().try_fold(mcp, |mcp, (name, value)| {
            mcp.header(name, value).map_err(|error| miette!("{error}"))
        })
    }

    fn tools(&self) -> Result<Vec<Tool>> {
        let limit = Duration::from_secs(self.within);
        let mcp = self.server()?.starting(limit);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = runtime.into_diagnostic().wrap_err("there is no thread")?;
        let listed = runtime.block_on(async { tokio::time::timeout(limit, mcp.tools()).await });
        let listed = listed
            .unwrap_or_else(|_| Err(OpenError::Unavailable("it did not answer in time".into())));
        listed.map_err(|error| {
            miette!(
                help = "see that the server runs, and talks MCP over its standard streams or streamable HTTP",
                "the server gave no tools: {}",
                printable(&error.to_string())
            )
        })
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=');
    let (name, value) = parts.ok_or("it is given as a name, `=`, and what belongs to it")?;
    Ok((name.to_owned(), value.to_owned()))
}
