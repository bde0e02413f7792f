//! NATS servers of tests.

use crate::{Process, free_port, program, signal, stop};
use anyhow::{Context, Result};
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A server with JetStream, whose state lies in a folder of its own. It ends with this.
pub struct Server {
    program: PathBuf,
    folder: TempDir,
    host: String,
    port: u16,
    /// What its program is started through, such as `ip netns exec NAME`.
    through: Vec<String>,
    process: Option<Process>,
}

impl Server {
    /// Starts one at a free port of the loopback address, if it is installed. `settings` are more lines
    /// of its configuration; each `FOLDER` in them stands for its folder.
    ///
    /// # Errors
    /// When it does not start.
    ///
    /// # Panics
    /// As [`program`] does.
    pub fn start(settings: &str) -> Result<Option<Self>> {
        Server::start_at("127.0.0.1", Vec::new(), settings, |_| Ok(()))
    }

    /// The same, where it is reached at another address, through another program, and with files in its folder, which
    /// `prepare` writes.
    ///
    /// # Errors
    /// When it does not start.
    ///
    /// # Panics
    /// As [`program`] does.
    pub fn start_at(
        host: &str,
        through: Vec<String>,
        settings: &str,
        prepare: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Option<Self>> {
        let Some(program) = program("nats-server") else {
            return Ok(None);
        };
        let folder = tempfile::tempdir()?;
        prepare(folder.path())?;
        let mut server = Server {
            program,
            port: free_port()?,
            host: host.to_owned(),
            through,
            folder,
            process: None,
        };
        server.configure(settings)?;
        server.resume()?;
        Ok(Some(server))
    }

    /// Writes its configuration, which it has from its next start on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn configure(&self, settings: &str) -> Result<()> {
        let folder = self.folder.path().display().to_string();
        let settings = settings.replace("FOLDER", &folder);
        // What is started through another program may have other addresses than this one knows.
        let host = match self.through.is_empty() {
            true => &*self.host,
            false => "0.0.0.0",
        };
        let port = self.port;
        let lines = format!(
            "listen: \"{host}:{port}\"\njetstream {{ store_dir: \"{folder}\" }}\n{settings}\n"
        );
        Ok(fs::write(self.folder.path().join("nats.conf"), lines)?)
    }

    /// Its folder, which is removed with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("nats://{}:{}", self.host, self.port)
    }

    /// The port that it listens at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it at once. Its state stays.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again, at the same port and with its state.
    ///
    /// # Errors
    /// When it does not start.
    pub fn resume(&mut self) -> Result<()> {
        self.kill();
        let log = fs::File::create(self.folder.path().join("log"))?;
        let mut words = self.through.iter().map(PathBuf::from).collect::<Vec<_>>();
        words.push(self.program.clone());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg("--config");
        command.arg(self.folder.path().join("nats.conf"));
        command.stdout(Stdio::null()).stderr(log);
        let address = (self.host.clone(), self.port);
        let process = Process::start(&mut command)?;
        let process = process.until(|| TcpStream::connect(&address).is_ok());
        self.process = Some(process.with_context(|| self.log())?);
        Ok(())
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Stops it as it is: its connections stay open, and nothing comes.
    ///
    /// # Errors
    /// When it does not run.
    pub fn freeze(&self) -> Result<()> {
        stop(self.id()?)
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// When it does not run.
    pub fn thaw(&self) -> Result<()> {
        signal(self.id()?, "-CONT")
    }

    fn id(&self) -> Result<u32> {
        let process = self.process.as_ref().context("the server does not run")?;
        Ok(process.id())
    }
}
