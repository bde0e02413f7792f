//! What happens on the way, line by line, as it happens.

use crate::lock::lock;
use crate::printable::Printable;
use std::fmt::Display;
use std::io::Write;
use std::sync::{Arc, Mutex};

/// Where lines go; clones write to the same place.
#[derive(Clone)]
pub(crate) struct Journal {
    out: Arc<Mutex<dyn Write + Send>>,
    verbose: bool,
}

impl Journal {
    pub(crate) fn new(out: impl Write + Send + 'static, verbose: bool) -> Self {
        Journal {
            out: Arc::new(Mutex::new(out)),
            verbose,
        }
    }

    /// Writes a line about a stage. Part of it may be the stage's own words.
    pub(crate) fn say(&self, stage: &str, message: impl Display) {
        let message = message.to_string();
        // Whoever has closed the journal does not want to know.
        let _ = writeln!(lock(&self.out), "[{stage}] {}", Printable(&message));
    }

    /// The same, for those who want to know everything.
    pub(crate) fn whisper(&self, stage: &str, message: impl Display) {
        if self.verbose {
            self.say(stage, message);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io;

    /// A place to write to, and to look at.
    #[derive(Clone, Default)]
    pub(crate) struct Page(Arc<Mutex<Vec<u8>>>);

    impl Page {
        pub(crate) fn text(&self) -> String {
            String::from_utf8_lossy(&lock(&self.0)).into_owned()
        }
    }

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            lock(&self.0).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stage_speaks_for_itself_alone() {
        let page = Page::default();
        Journal::new(page.clone(), false).say("apt", "fine\n[dull] failed");
        assert_eq!(page.text(), "[apt] fine\\n[dull] failed\n");
    }

    #[test]
    fn whispers_are_for_those_who_listen() {
        let page = Page::default();
        for verbose in [false, true] {
            Journal::new(page.clone(), verbose).whisper("apt", format!("{verbose}"));
        }
        assert_eq!(page.text(), "[apt] true\n");
    }
}
