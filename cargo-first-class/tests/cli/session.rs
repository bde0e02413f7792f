//! A caller that runs, and does what a test tells it when.

use crate::tool::{command, guest};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Long enough for whatever ends by itself, on any machine.
const LONG: Duration = Duration::from_secs(120);

/// The tool while it runs, mostly with the guest `test-console` under `run`.
pub(crate) struct Session {
    tool: Child,
    commands: Option<ChildStdin>,
    answers: Receiver<String>,
    notes: Receiver<String>,
}

impl Session {
    pub(crate) fn start(folder: &Path, options: &[&str]) -> Self {
        let console = guest("test-console");
        Session::of(folder, &[&["run", &*console], options].concat())
    }

    /// Any subcommand.
    pub(crate) fn of(folder: &Path, arguments: &[&str]) -> Self {
        let mut tool = command(folder, arguments);
        tool.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut tool = tool.spawn().expect("the tool runs");
        Session {
            commands: tool.stdin.take(),
            answers: lines(tool.stdout.take().expect("is piped")),
            notes: lines(tool.stderr.take().expect("is piped")),
            tool,
        }
    }

    /// Gives a command that is not answered.
    pub(crate) fn tell(&mut self, command: &str) {
        let commands = self.commands.as_mut().expect("is open");
        writeln!(commands, "{command}").expect("is read");
    }

    /// Gives a command; the answer.
    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.tell(command);
        self.answer()
    }

    /// The next line on standard output.
    pub(crate) fn answer(&self) -> String {
        self.answers.recv_timeout(LONG).expect("is answered")
    }

    /// The next line on standard error.
    pub(crate) fn note(&self) -> String {
        self.notes.recv_timeout(LONG).expect("there is another")
    }

    /// Sends what Ctrl-C sends.
    pub(crate) fn interrupt(&self) {
        let process = self.tool.id().to_string();
        let sent = Command::new("kill").args(["-INT", &process]).status();
        assert!(sent.expect("there is `kill`").success());
    }

    /// Waits for the end; the status, and what there was on standard error.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let status = self.tool.wait().expect("ends");
        (
            status.code(),
            self.notes.iter().collect::<Vec<_>>().join("\n"),
        )
    }

    /// Lets the caller come to its end.
    pub(crate) fn close(mut self) -> (Option<i32>, String) {
        drop(self.commands.take());
        self.end()
    }
}

impl Drop for Session {
    /// A test that failed leaves nobody behind.
    fn drop(&mut self) {
        let _ = self.tool.kill();
        let _ = self.tool.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            if sender.send(line.expect("is text")).is_err() {
                break;
            }
        }
    });
    receiver
}
