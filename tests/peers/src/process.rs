//! A program that runs until it is dropped.

use anyhow::{Context, Result};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that runs until it is dropped.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts it, without standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_owned();
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.with_context(|| format!("`{}` cannot be run", program.display()))?;
        Ok(Process { child })
    }

    /// Waits until it is ready, by looking.
    ///
    /// # Errors
    /// When it has ended, or is not ready after a minute.
    pub fn until(mut self, mut is_ready: impl FnMut() -> bool) -> Result<Self> {
        let start = Instant::now();
        while !is_ready() {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("it ended before it was ready: {status}");
            }
            anyhow::ensure!(
                start.elapsed() < PATIENCE,
                "it was not ready after a minute"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(self)
    }

    /// The number that the system knows it by.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, such as `-STOP`.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn signal(&self, signal: &str) -> Result<()> {
        let mut command = Command::new("kill");
        let status = command.arg(signal).arg(self.id().to_string()).status()?;
        anyhow::ensure!(status.success(), "`kill {signal}` failed: {status}");
        Ok(())
    }

    /// Ends it at once, and waits until it is gone.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// A port of the loopback address that nobody listens at.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}
