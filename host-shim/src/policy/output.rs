//! What becomes of what a plugin prints.

use bytes::Bytes;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

/// The longest line that is passed on as one event; a longer one becomes several.
const LONGEST_LINE: usize = 4096;

/// How much a plugin may write at a time.
const PERMIT: usize = 64 << 10;

/// Where the standard output or error of a plugin goes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Output {
    /// Nowhere.
    Discard,
    /// To the host's own output.
    Inherit,
    /// To `tracing`, an event of the level `INFO` for each line.
    Log,
    /// Into the embedder's hands.
    Capture(Capture),
}

/// Collects what plugins print. Clones share what was collected.
#[derive(Clone, Debug)]
pub struct Capture(Arc<Mutex<Sink>>);

#[derive(Debug)]
enum Sink {
    /// The last bytes, at most so many.
    Buffer { bytes: Vec<u8>, most: usize },
    /// Lines for `tracing`.
    Log(Lines),
}

/// A line that is not complete yet, and whose it is.
#[derive(Debug)]
struct Lines {
    source_name: Arc<str>,
    stream: &'static str,
    line: Vec<u8>,
}

impl Capture {
    /// Keeps the last bytes that were printed, at most so many.
    pub fn last(most: usize) -> Self {
        let bytes = Vec::new();
        Capture(Arc::new(Mutex::new(Sink::Buffer { bytes, most })))
    }

    pub(super) fn log(source_name: &Arc<str>, stream: &'static str) -> Self {
        let lines = Lines {
            source_name: source_name.clone(),
            stream,
            line: Vec::new(),
        };
        Capture(Arc::new(Mutex::new(Sink::Log(lines))))
    }

    /// What was collected so far.
    pub fn contents(&self) -> Vec<u8> {
        match &*self.sink() {
            Sink::Buffer { bytes, .. } => bytes.clone(),
            Sink::Log(lines) => lines.line.clone(),
        }
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, written: &[u8]) {
        match &mut *self.sink() {
            Sink::Buffer { bytes, most } => {
                bytes.extend_from_slice(written);
                let surplus = bytes.len().saturating_sub(*most);
                bytes.drain(..surplus);
            }
            Sink::Log(lines) => lines.put(written),
        }
    }
}

impl Lines {
    fn put(&mut self, mut written: &[u8]) {
        while let Some(end) = written.iter().position(|byte| *byte == b'\n') {
            self.extend(&written[..end]);
            self.end_line();
            written = &written[end + 1..];
        }
        self.extend(written);
    }

    fn extend(&mut self, mut part: &[u8]) {
        while self.line.len() + part.len() > LONGEST_LINE {
            let (fits, rest) = part.split_at(LONGEST_LINE - self.line.len());
            self.line.extend_from_slice(fits);
            self.end_line();
            part = rest;
        }
        self.line.extend_from_slice(part);
    }

    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&self.line);
        let (source, stream) = (&*self.source_name, self.stream);
        tracing::info!(source, stream, %line, "a plugin printed");
        self.line.clear();
    }
}

impl Drop for Lines {
    /// What a plugin wrote before it died need not end in a newline.
    fn drop(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
    }
}

impl IsTerminal for Capture {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Capture {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Capture {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if bytes.len() > PERMIT {
            return Err(StreamError::trap("more was written than was permitted"));
        }
        self.put(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PERMIT)
    }
}

#[async_trait]
impl Pollable for Capture {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Capture {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.put(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::Capture;

    #[test]
    fn a_capture_keeps_the_end() {
        let capture = Capture::last(5);
        capture.put(b"abc");
        capture.clone().put(b"defg");
        assert_eq!(capture.contents(), b"cdefg");
    }

    #[test]
    fn lines_end_where_they_end_or_get_too_long() {
        let capture = Capture::log(&"x".into(), "stderr");
        capture.put(b"one\ntwo");
        assert_eq!(capture.contents(), b"two");
        capture.put(&[b'a'; super::LONGEST_LINE]);
        assert_eq!(capture.contents(), b"aaa");
    }
}
