//! MCP: servers of tools, as child processes and over streamable HTTP.
//!
//! ```no_run
//! use first_class_host::backends::mcp::Mcp;
//! use first_class_host::{Limits, Shim, Source};
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let notes = Mcp::command("mcp-server-memory", [] as [&str; 0]).env("MEMORY_FILE_PATH", "/var/notes.json");
//! let issues = Mcp::http("https://issues.example/mcp").header("Authorization", "Bearer s3cret")?;
//! let limits = Limits::default().deadline(Duration::from_secs(30));
//! let shim = Shim::builder()
//!     .source("notes", Source::backend(notes).limits(limits.clone()))
//!     .source("issues", Source::backend(issues).limits(limits))
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A function is a tool, and [how their types correspond](mapping) is checked when a source is
//! loaded: everything that differs is named.
//!
//! All instances of a backend share one connection, and so one process, which is started by the first
//! that needs it: what a server remembers is its own, and is the same for all that ask it. Who wants
//! several makes several sources. When a process ends, its instances are dead, and the source's
//! [`Restart`](crate::Restart) says whether the next call makes a new one; for how often it is
//! started, see [`Mcp::restarts`].
//!
//! To start a server takes longer than a call. It goes on if whoever waits for it gives up, so
//! the next load may find it ready; a source whose loads are to wait for it has a longer
//! [deadline](crate::Limits::deadline).

mod asked;
mod child;
mod connection;
mod http;
mod lines;
mod link;
pub mod mapping;
mod server;
mod session;
mod transport;

pub use rustls;

use super::{Backend, BackendError, Offered, OpenError, Session};
use async_trait::async_trait;
use child::Program;
use connection::Listed;
use http::Place;
use mapping::{Mapping, Tool, uncarried};
use reqwest::header::{HeaderName, HeaderValue, InvalidHeaderName, InvalidHeaderValue};
use rustls::ClientConfig;
use server::{Restarts, Server};
use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long a message may be when the embedder does not say, in bytes.
const MESSAGE_BYTES: usize = 4 << 20;

/// An MCP server, as a backend.
pub struct Mcp {
    server: Server,
}

/// A header that cannot be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Its name is none of HTTP.
    #[error("`{name}` is no name of a header: {error}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        error: InvalidHeaderName,
    },
    /// Its value has what no header may have. The value may be secret, so it is not told.
    #[error("the value of the header `{name}` cannot be sent: {error}")]
    Value {
        /// The name.
        name: String,
        /// What is wrong with the value.
        error: InvalidHeaderValue,
    },
}

/// What an embedder says of a server.
#[derive(Clone)]
struct Config {
    how: How,
    message_bytes: usize,
    starting: Duration,
    reading: Duration,
    restarts: Restarts,
}

/// How a server is reached.
#[derive(Clone)]
enum How {
    Command(Program),
    Http(Place),
}

impl Mcp {
    /// A server that is started as a child process, with these arguments, and talks over its standard
    /// streams. What it writes to its standard error is logged line by line, with the name of the source
    /// that it was started for.
    ///
    /// It has the host's environment and directory unless others are set. When the backend is
    /// dropped, its input ends; a second later it is killed, with what it has started in its process
    /// group. If the host is killed, its input ends, too, which is all that is done then.
    pub fn command<S: Into<OsString>>(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Self {
        Mcp::at(How::Command(Program {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
            is_bare: false,
            directory: None,
        }))
    }

    /// A server over streamable HTTP, at a URL such as `https://notes.example/mcp`. HTTPS trusts what the
    /// system trusts. Redirections are not followed.
    pub fn http(url: impl Into<String>) -> Self {
        Mcp::at(How::Http(Place {
            url: url.into(),
            headers: HashMap::new(),
            tls: None,
        }))
    }

    fn at(how: How) -> Self {
        Mcp {
            server: Server::new(Config {
                how,
                message_bytes: MESSAGE_BYTES,
                starting: Duration::from_secs(60),
                reading: Duration::from_secs(60),
                restarts: Restarts {
                    most: 10,
                    first: Duration::from_millis(100),
                    longest: Duration::from_secs(10),
                },
            }),
        }
    }

    fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        Mcp {
            server: self.server.configured(change),
        }
    }

    fn with_program(self, change: impl FnOnce(&mut Program)) -> Self {
        self.with(|config| {
            if let How::Command(program) = &mut config.how {
                change(program);
            }
        })
    }

    /// A variable of the process's environment. It does nothing over HTTP.
    #[must_use]
    pub fn env(self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.with_program(|it| it.environment.push((name.into(), value.into())))
    }

    /// Gives the process no variable of the host's environment, only those that are set. Then the program
    /// is looked for where the system does without `PATH`.
    #[must_use]
    pub fn clear_env(self) -> Self {
        self.with_program(|it| it.is_bare = true)
    }

    /// The directory that the process works in. It does nothing over HTTP.
    #[must_use]
    pub fn directory(self, directory: impl Into<PathBuf>) -> Self {
        self.with_program(|it| it.directory = Some(directory.into()))
    }

    /// A header of every request, such as `Authorization`. It does nothing for a process.
    ///
    /// # Errors
    /// When the name or the value is none of HTTP.
    pub fn header(self, name: &str, value: &str) -> Result<Self, HeaderError> {
        let named = HeaderName::try_from(name).map_err(|error| HeaderError::Name {
            name: name.to_owned(),
            error,
        })?;
        let mut value = HeaderValue::try_from(value).map_err(|error| HeaderError::Value {
            name: name.to_owned(),
            error,
        })?;
        value.set_sensitive(true);
        Ok(self.with(|config| {
            if let How::Http(place) = &mut config.how {
                place.headers.insert(named, value);
            }
        }))
    }

    /// What HTTPS trusts, and by which certificate this side is known if the server wants one.
    #[must_use]
    pub fn tls(self, tls: Arc<ClientConfig>) -> Self {
        self.with(|config| {
            if let How::Http(place) = &mut config.how {
                place.tls = Some(tls);
            }
        })
    }

    /// How long a message may be in either direction, 4 MiB unless set, in bytes. A process that sends a longer one is
    /// ended, since nobody knows what the message was.
    #[must_use]
    pub fn message_bytes(self, most: usize) -> Self {
        self.with(|config| config.message_bytes = most)
    }

    /// How long a server may take to start and to say hello, a minute unless set.
    #[must_use]
    pub fn starting(self, limit: Duration) -> Self {
        self.with(|config| config.starting = limit)
    }

    /// How long a server may take to read a message that it is sent, a minute unless set. One that takes longer is
    /// ended, and its instances are dead: what waits for it would become more and more. For a server that does one
    /// thing at a time, this is longer than its longest call. Over HTTP, it holds for all messages but calls.
    #[must_use]
    pub fn reading(self, limit: Duration) -> Self {
        self.with(|config| config.reading = limit)
    }

    /// How often a server is started again that did not start, or ended before it had answered a call: 10
    /// times in a row unless set, and no more after that. The first time that is done at once, then
    /// after a pause, `first` (100 ms unless set), which doubles up to `longest` (10 seconds unless
    /// set). Loads in a pause fail.
    #[must_use]
    pub fn restarts(self, most: u32, first: Duration, longest: Duration) -> Self {
        self.with(|config| {
            config.restarts = Restarts {
                most,
                first,
                longest,
            };
        })
    }

    /// The tools of the server, which is started if it is not there. Has to be polled in the context of a
    /// tokio runtime with timers and network.
    ///
    /// # Errors
    /// When it cannot be reached, or does not say.
    pub async fn tools(&self) -> Result<Vec<Tool>, OpenError> {
        let (_, listed) = self.listed(&"tools".into()).await?;
        Ok(listed.tools.iter().map(|tool| (**tool).clone()).collect())
    }

    async fn listed(
        &self,
        source_name: &Arc<str>,
    ) -> Result<(Arc<connection::Connection>, Listed), OpenError> {
        let connection = self.server.connection(source_name).await?;
        let listed = connection.tools().await.map_err(|error| {
            let reason = format!("{}: {error}", self.server.config().how);
            match error {
                BackendError::Lost { .. } | BackendError::Unreachable { .. } => {
                    OpenError::Unavailable(reason)
                }
                _ => OpenError::Failed(reason),
            }
        })?;
        Ok((connection, listed))
    }
}

impl fmt::Debug for Mcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mcp({})", self.server.config().how)
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::Command(program) => write!(f, "{program}"),
            How::Http(place) => write!(f, "{place}"),
        }
    }
}

#[async_trait]
impl Backend for Mcp {
    async fn check(&self, offered: &Offered) -> Result<Vec<u32>, OpenError> {
        let world = offered.codec.world();
        OpenError::check(uncarried(world))?;
        let (_, listed) = self.listed(&offered.source_name).await?;
        Mapping::new(world, &listed.tools).absent()
    }

    async fn open(&self, offered: &Offered) -> Result<Box<dyn Session>, OpenError> {
        let (connection, listed) = self.listed(&offered.source_name).await?;
        let codec = offered.codec.clone();
        let most = self.server.config().message_bytes;
        let client = session::Client::new(connection, codec, most, &listed);
        Ok(Box::new(client?))
    }
}
