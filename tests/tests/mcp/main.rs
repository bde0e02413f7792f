//! MCP: servers that others wrote, one that answers what a test tells it, and many that keep to no
//! protocol.

mod changes;
mod files;
mod fits;
mod http;
mod leaving;
mod logged;
mod memory;
mod process;
mod restarts;
mod stub;
mod values;
mod written;

use first_class_host::backends::mcp::Mcp;
use first_class_host::{Limits, Restart, Retry, Shim, Source};
use std::path::PathBuf;
use std::time::Duration;

/// Long enough for whatever ends by itself, on any machine.
const LONG: Duration = Duration::from_secs(60);

fn source(mcp: Mcp, deadline: Duration) -> Source {
    Source::backend(mcp)
        .limits(Limits::default().deadline(deadline))
        .retry(Retry::default().attempts(1))
        .restart(Restart::OnNextCall)
}

/// Makes a shim with these servers as its sources the host of this thread.
fn host<'a>(servers: impl IntoIterator<Item = (&'a str, Mcp)>) -> Shim {
    let servers = servers.into_iter();
    let builder = servers.fold(Shim::builder(), |builder, (name, mcp)| {
        builder.source(name, source(mcp, LONG))
    });
    let shim = builder.build().expect("builds");
    first_class_native::host_with(&shim);
    shim
}

/// A server of npm's, which runs in Node.
fn of_npm(file: &str, arguments: &[&str]) -> Option<Mcp> {
    let node = first_class_peers::node()?;
    let script = first_class_peers::npm_file(file)?;
    let arguments = arguments.iter().map(PathBuf::from);
    Some(Mcp::command(node, [script].into_iter().chain(arguments)))
}
