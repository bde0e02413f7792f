//! MCP servers as sources.

use super::error::Fault;
use super::secret::Secret;
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
    environment: Option<Spanned<IndexMap<Spanned<String>, Secret>>>,
    directory: Option<Spanned<PathBuf>>,
    http: Option<Spanned<Secret>>,
    headers: Option<Spanned<IndexMap<Spanned<String>, Secret>>>,
    tls: Option<Spanned<PeerTls>>,
    message: Option<Size>,
    starting: Option<Time>,
    reading: Option<Time>,
    restarts: Option<Restarts>,
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
            (None, Some(url)) => table.http(&url, folder)?,
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
        let mcp = match table.reading {
            Some(time) => mcp.reading(time.0),
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
            let value = value.get(name.span(), folder)?;
            mcp = mcp.env(name.into_inner(), value);
        }
        let directory = self.directory.take().map(Spanned::into_inner);
        let directory = folder.join(directory.unwrap_or_default());
        Ok(match directory.as_os_str().is_empty() {
            true => mcp,
            false => mcp.directory(directory),
        })
    }

    fn http(&mut self, url: &Spanned<Secret>, folder: &Path) -> Result<Mcp, Fault> {
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
        let mut mcp = Mcp::http(url.get_ref().get(url.span(), folder)?);
        for (name, value) in self
            .headers
            .take()
            .into_iter()
            .flat_map(Spanned::into_inner)
        {
            let value = value.get(name.span(), folder)?;
            let added = mcp.header(name.get_ref(), &value);
            mcp = added.map_err(|error| Fault::at(name.span(), error))?;
        }
        Ok(match self.tls.take() {
            Some(tls) => mcp.tls(tls.into_inner().config(folder)?),
            None => mcp,
        })
    }
}
