//! Messages as lines: what goes through the standard streams of a process.

use super::link::Link;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::Mutex;

/// How many lines in a row may be no messages. Some servers greet.
const MOST_GARBAGE: u32 = 100;

/// How much of such a line is logged, in characters.
const LOGGED: usize = 200;

/// Both streams.
pub(super) struct Lines {
    input: Arc<Mutex<Option<ChildStdin>>>,
    output: BufReader<ChildStdout>,
    /// What has come of a line.
    line: Vec<u8>,
    most: usize,
    garbage: u32,
}

impl Lines {
    pub(super) fn new(input: ChildStdin, output: ChildStdout, most: usize) -> Self {
        Lines {
            input: Arc::new(Mutex::new(Some(input))),
            output: BufReader::new(output),
            line: Vec::new(),
            most,
            garbage: 0,
        }
    }

    /// Writes a message. What fails has not been read as a message: its end is missing.
    pub(super) fn send(
        &self,
        message: ClientJsonRpcMessage,
        link: Arc<Link>,
    ) -> impl Future<Output = io::Result<()>> + Send + use<> {
        let input = self.input.clone();
        async move {
            let mut line = serde_json::to_vec(&message)?;
            line.push(b'\n');
            let mut input = input.lock().await;
            let input = input.as_mut().filter(|_| link.ended().is_none());
            let input = input.ok_or(io::ErrorKind::BrokenPipe)?;
            link.within_reading(input.write_all(&line)).await?
        }
    }

    /// The next message; nothing at the end. May be dropped and called again.
    pub(super) async fn receive(&mut self, link: &Link) -> Option<ServerJsonRpcMessage> {
        loop {
            let available = match self.output.fill_buf().await {
                Ok(available) if !available.is_empty() => available,
                _ => return None,
            };
            let end = available.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(available.len(), |end| end + 1);
            if self.line.len() + length > self.most {
                link.end_too_large(self.most);
                return None;
            }
            self.line.extend_from_slice(&available[..length]);
            self.output.consume(length);
            if end.is_none() {
                continue;
            }
            let message = serde_json::from_slice(&self.line);
            if let Err(error) = &message
                && !self.line.trim_ascii().is_empty()
            {
                let text = String::from_utf8_lossy(&self.line);
                let text: String = text.trim_end().chars().take(LOGGED).collect();
                tracing::debug!(%error, "a server sent what is no message: {text}");
                self.garbage += 1;
                if self.garbage > MOST_GARBAGE {
                    link.end(format!("what it sends is not MCP, such as `{text}`"));
                    return None;
                }
            }
            self.line.clear();
            if let Ok(message) = message {
                self.garbage = 0;
                return Some(message);
            }
        }
    }

    /// Ends what the process reads.
    pub(super) async fn close(&mut self) {
        // Who writes for ever into a full pipe holds it, and is ended with the process.
        if let Ok(mut input) = self.input.try_lock() {
            input.take();
        }
    }
}
