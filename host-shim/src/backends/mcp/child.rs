//! A server as a child process.

use super::lines::Lines;
use crate::lock::lock;
use process_wrap::tokio::{ChildWrapper, CommandWrap};
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Command;
use tokio::task::AbortHandle;
use tokio::time::sleep;

/// How long a line of its standard error may be, in bytes. What is longer is several.
const MOST_LINE: u64 = 4 << 10;

/// How much of its last line an error has, in characters.
const LAST_WORDS: usize = 300;

/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// How long it may take to end by itself after its input has.
const GRACE: Duration = Duration::from_secs(1);

/// How a process is started.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) program: OsString,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(OsString, OsString)>,
    pub(super) is_bare: bool,
    pub(super) directory: Option<PathBuf>,
}

/// A process, which is killed when this is dropped, with all that it has started in its group.
pub(super) struct Child {
    process: Mutex<Box<dyn ChildWrapper>>,
    last_words: Arc<Mutex<String>>,
    errors: AbortHandle,
}

impl Program {
    /// Starts it. Its standard error is logged under a source's name.
    pub(super) fn start(
        &self,
        source_name: &Arc<str>,
        most: usize,
    ) -> std::io::Result<(Child, Lines)> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if self.is_bare {
            command.env_clear();
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        let mut process = command.spawn()?;
        let lacks = || std::io::Error::other("it has no standard streams");
        let input = process.stdin().take().ok_or_else(lacks)?;
        let output = process.stdout().take().ok_or_else(lacks)?;
        let errors = process.stderr().take().ok_or_else(lacks)?;
        let last_words = Arc::new(Mutex::new(String::new()));
        let log = log(errors, source_name.clone(), last_words.clone());
        let child = Child {
            process: Mutex::new(process),
            last_words,
            errors: tokio::spawn(log).abort_handle(),
        };
        Ok((child, Lines::new(input, output, most)))
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.program.display())
    }
}

impl Child {
    /// Kills it and what it has started.
    pub(super) fn kill(&self) {
        // It may have ended by itself.
        let _ = lock(&self.process).start_kill();
    }

    /// Waits for it to end by itself, and kills it if it does not.
    pub(super) async fn finish(&self) {
        self.ended(Instant::now()).await;
        self.kill();
    }

    /// What it ended of, when its output has, since when it may take a while.
    pub(super) async fn why(&self, since: Instant) -> String {
        let ended = match self.ended(since).await {
            Some(status) => format!("it ended with {status}"),
            None => "it closed its output".into(),
        };
        let words = lock(&self.last_words).clone();
        match words.is_empty() {
            true => ended,
            false => format!("{ended}; its last words: {words}"),
        }
    }

    /// Waits until it has ended and all that it said has been read.
    async fn ended(&self, since: Instant) -> Option<ExitStatus> {
        loop {
            let status = lock(&self.process).try_wait().ok().flatten();
            if status.is_some() {
                // What it has started may have stayed, and would hold its standard error open.
                self.kill();
            }
            let is_all = status.is_some() && self.errors.is_finished();
            if is_all || since.elapsed() >= GRACE {
                return status;
            }
            sleep(LOOK).await;
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
        self.errors.abort();
    }
}

/// Logs lines until there are no more.
async fn log(errors: impl AsyncRead + Unpin, source: Arc<str>, last_words: Arc<Mutex<String>>) {
    let mut errors = BufReader::new(errors);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut errors)
            .take(MOST_LINE)
            .read_until(b'\n', &mut line)
            .await;
        if !read.is_ok_and(|length| length > 0) {
            return;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if !text.is_empty() {
            tracing::info!(source = &*source, "{text}");
            *lock(&last_words) = text.chars().take(LAST_WORDS).collect();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn started(script: &str) -> (Child, Lines) {
        let program = Program {
            program: "sh".into(),
            arguments: vec!["-c".into(), script.into()],
            environment: Vec::new(),
            is_bare: false,
            directory: None,
        };
        program.start(&"server".into(), 100).expect("starts")
    }

    #[tokio::test]
    async fn its_last_words_are_read_after_it_has_ended() {
        let (child, _lines) = started("echo no configuration >&2; exit 3");
        // No task can read meanwhile, since this one keeps the only thread.
        while lock(&child.process).try_wait().expect("asked").is_none() {
            std::thread::sleep(LOOK);
        }
        assert_eq!(
            child.why(Instant::now()).await,
            "it ended with exit status: 3; its last words: no configuration"
        );
    }

    #[tokio::test]
    async fn what_it_has_started_keeps_nobody_waiting() {
        let (child, _lines) = started("sleep 60 & echo gone >&2; exit 3");
        assert_eq!(
            child.why(Instant::now()).await,
            "it ended with exit status: 3; its last words: gone"
        );
        assert!(child.errors.is_finished());
    }
}
