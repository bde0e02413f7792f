//! A program that runs until it is dropped.

use anyhow::{Context, Result};
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
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

/// Sends a process a signal, such as `-CONT`.
///
/// # Errors
/// When that cannot be done.
pub fn signal(process: u32, signal: &str) -> Result<()> {
    let mut command = Command::new("kill");
    let status = command.arg(signal).arg(process.to_string()).status()?;
    anyhow::ensure!(status.success(), "`kill {signal}` failed: {status}");
    Ok(())
}

/// Stops a process as it is, and waits until it does nothing any more: the system stops its threads one
/// after the other.
///
/// # Errors
/// When that cannot be done, or one of its threads runs after a minute.
pub fn stop(process: u32) -> Result<()> {
    signal(process, "-STOP")?;
    if !cfg!(target_os = "linux") {
        // Nothing says how far it is.
        std::thread::sleep(Duration::from_millis(500));
        return Ok(());
    }
    let threads = PathBuf::from(format!("/proc/{process}/task"));
    let start = Instant::now();
    while !fs::read_dir(&threads)?.all(|it| it.is_ok_and(|it| is_stopped(&it.path()))) {
        anyhow::ensure!(start.elapsed() < PATIENCE, "it goes on after a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Whether a thread is stopped, or has ended.
fn is_stopped(thread: &Path) -> bool {
    let stat = fs::read_to_string(thread.join("stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().and_then(|it| it.chars().next());
    state.is_none_or(|it| it == 'T')
}

/// Where ports are taken from: systems take those from 32768 on for connections, and for who asks for any.
const PORTS: Range<u32> = 20_000..32_000;

/// A port of the loopback address that nobody listens at, and that nobody is given before this process
/// ends: a program that is told to listen there may take its time, or be started there again.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in PORTS {
        // Processes that run at the same time begin at different ones.
        let turn = NEXT.fetch_add(1, Ordering::Relaxed);
        let turn = std::process::id().wrapping_mul(97).wrapping_add(turn);
        let port = (PORTS.start + turn % PORTS.len() as u32) as u16;
        // What is called with TCP is held with UDP, which others who ask here see.
        let Ok(held) = UdpSocket::bind(("127.0.0.1", port)) else {
            continue;
        };
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            std::mem::forget(held);
            return Ok(port);
        }
    }
    anyhow::bail!("all of {PORTS:?} are taken")
}
