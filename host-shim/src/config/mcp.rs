//! MCP servers as sources.

use super::error::Fault;
use super::tls::PeerTls;
use super::units::{Size, Time};
use crate::backends::mcp::Mcp;
use indexmap::IndexMap;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// An MCP server: a process, or one that is reached over HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct McpTable {
    command: Option<Spanned<Vec<String>>>,
    environment: Option<Spanned<IndexMap<String, String>>>,
    directory: Option<Spanned<PathBuf>>,
    http: Option<Spanned<String>>,
    headers: Option<Spanned<IndexMap<Spanned<String>, Header>>>,
    tls: Option<Spanned<PeerTls>>,
    message: Option<Size>,
    starting: Option<Time>,
    restarts: Option<Restarts>,
}

/// The value of a header, which may be too secret for the file.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a header is a text, or a table with `environment`, the name of a variable that has it"
)]
enum Header {
    Is(String),
    In(Variable),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variable {
    environment: String,
}

/// How often a server that fails is started.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Restarts {
    most: u32,
    first: Time,
    longest: Time,
}

impl McpTable {
    /// What calls the server that a table describes.
    pub(super) fn client(table: Spanned<Self>, folder: &Path) -> Result<Mcp, Fault> {
        let span = table.span();
        let mut table = table.into_inner();
        let mcp = match (table.command.take(), table.http.take()) {
            (Some(command), None) => table.process(command, folder)?,
            (None, Some(url)) => table.http(url.into_inner(), folder)?,
            _ => {
                let message = "an MCP server is either a process or reached over HTTP";
                let help = "give either `command = [\"PROGRAM\", …]` or `http = \"URL\"`";
                return Err(Fault::at(span, message).help(help));
            }
        };
        let mcp = match table.message {
            Some(size) => mcp.message_bytes(size.bytes().try_into().unwrap_or(usize::MAX)),
            None => mcp,
        };
        let mcp = match table.starting {
            Some(time) => mcp.starting(time.0),
            None => mcp,
        };
        Ok(match table.restarts {
            Some(it) => mcp.restarts(it.most, it.first.0, it.longest.0),
            None => mcp,
        })
    }

    fn process(&mut self, command: Spanned<Vec<String>>, folder: &Path) -> Result<Mcp, Fault> {
        let wrong = [
            self.headers.as_ref().map(|it| ("headers", it.span())),
            self.tls.as_ref().map(|it| ("tls", it.span())),
        ];
        if let Some((key, span)) = wrong.into_iter().flatten().next() {
            let message = format!("a process has no `{key}`");
            return Err(Fault::at(span, message).help(format!("take `{key}` out")));
        }
        let span = command.span();
        let mut command = command.into_inner().into_iter();
        let program = command.next();
        let program = program.ok_or_else(|| Fault::at(span, "the command has no program"))?;
        // A name alone is looked for in `PATH`, and a path is relative to the file.
        let path = folder.join(&program);
        let path = std::path::absolute(&path).unwrap_or(path);
        let program = match program.contains('/') {
            true => path.into_os_string(),
            false => program.into(),
        };
        let mut mcp = Mcp::command(program, command);
        for (name, value) in self
            .environment
            .take()
            .into_iter()
            .flat_map(Spanned::into_inner)
        {
            mcp = mcp.env(name, value);
        }
        let directory = self.directory.take().map(Spanned::into_inner);
        let directory = folder.join(directory.unwrap_or_default());
        Ok(match directory.as_os_str().is_empty() {
            true => mcp,
            false => mcp.directory(directory),
        })
    }

    fn http(&mut self, url: String, folder: &Path) -> Result<Mcp, Fault> {
        let wrong = [
            self.environment
                .as_ref()
                .map(|it| ("environment", it.span())),
            self.directory.as_ref().map(|it| ("directory", it.span())),
        ];
        if let Some((key, span)) = wrong.into_iter().flatten().next() {
            let message = format!("a server over HTTP has no `{key}`");
            return Err(Fault::at(span, message).help(format!("take `{key}` out")));
        }
        let mut mcp = Mcp::http(url);
        for (name, value) in self
            .headers
            .take()
            .into_iter()
            .flat_map(Spanned::into_inner)
        {
            let value = value.get(&name)?;
            let added = mcp.header(name.get_ref(), &value);
            mcp = added.map_err(|error| Fault::at(name.span(), error))?;
        }
        Ok(match self.tls.take() {
            Some(tls) => mcp.tls(tls.into_inner().config(folder)?),
            None => mcp,
        })
    }
}

impl Header {
    fn get(self, name: &Spanned<String>) -> Result<String, Fault> {
        match self {
            Header::Is(value) => Ok(value),
            Header::In(Variable { environment }) => std::env::var(&environment).map_err(|_| {
                let message = format!("the environment has no variable `{environment}`");
                Fault::at(name.span(), message).help("set it, or write the header here")
            }),
        }
    }
}
