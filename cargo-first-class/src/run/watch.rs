//! Plugins that change while a caller runs.

use super::sources::Sources;
use crate::component;
use crate::terminal::Terminal;
use first_class_host::Shim;
use miette::{Result, miette};
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long nothing may happen to a file before it counts as changed. A build writes a component in
/// several steps.
const SETTLED: Duration = Duration::from_millis(200);

/// Watches the files of plugins as long as it is there.
pub(super) struct Watch {
    _watcher: Debouncer<RecommendedWatcher>,
}

/// A file or folder of plugins, as the user named it and as the system does.
struct Watched {
    given: PathBuf,
    actual: PathBuf,
}

impl Watch {
    /// Starts to watch all files of plugins. A changed one is said on standard error.
    pub(super) fn start(terminal: &Terminal, shim: &Shim, sources: &Sources) -> Result<Self> {
        let failed = |path: &Path, error: &dyn std::fmt::Display| {
            miette!(
                help = "without `--watch`, loads see a changed file all the same",
                "`{}` cannot be watched: {error}",
                path.display()
            )
        };
        let watched = sources.paths().map(|path| {
            let actual = path.canonicalize().map_err(|error| failed(path, &error))?;
            let given = path.to_owned();
            Ok(Watched { given, actual })
        });
        let watched: Vec<_> = watched.collect::<Result<_>>()?;
        // A file that is replaced is another one, so the folder is what is watched.
        let folder = |watched: &Watched| match watched.actual.is_dir() {
            true => watched.actual.clone(),
            false => watched
                .actual
                .parent()
                .unwrap_or(&watched.actual)
                .to_owned(),
        };
        let folders: BTreeSet<_> = watched.iter().map(folder).collect();
        terminal.note(
            "Watching",
            &format!("{} of plugins", count(folders.len(), "folder")),
        );
        let changes = Changes {
            terminal: terminal.clone(),
            shim: shim.clone(),
            watched,
        };
        let watcher = new_debouncer(SETTLED, move |events| changes.see(events));
        let mut watcher = watcher.map_err(|error| miette!("files cannot be watched: {error}"))?;
        for folder in &folders {
            let mode = RecursiveMode::NonRecursive;
            let watched = watcher.watcher().watch(folder, mode);
            watched.map_err(|error| failed(folder, &error))?;
        }
        Ok(Watch { _watcher: watcher })
    }
}

/// What happens when files change.
struct Changes {
    terminal: Terminal,
    shim: Shim,
    watched: Vec<Watched>,
}

impl Changes {
    fn see(&self, events: DebounceEventResult) {
        let events = match events {
            Ok(events) => events,
            Err(error) => return tracing::warn!(%error, "changes of plugins may go unnoticed"),
        };
        let paths: BTreeSet<_> = events.into_iter().map(|event| event.path).collect();
        for path in paths.iter().filter_map(|path| self.given(path)) {
            self.reload(&path);
        }
    }

    /// The path of a plugin as the shim knows it, if it is one.
    fn given(&self, path: &Path) -> Option<PathBuf> {
        self.watched.iter().find_map(|Watched { given, actual }| {
            if path == actual {
                return Some(given.clone());
            }
            let is_plugin = path
                .extension()
                .is_some_and(|extension| extension == "wasm");
            let is_in_folder = is_plugin && path.parent() == Some(actual);
            is_in_folder.then(|| given.join(path.file_name().unwrap_or_default()))
        })
    }

    fn reload(&self, path: &Path) {
        let name = component::stem(path);
        if !path.is_file() {
            return self
                .terminal
                .note("Gone", &format!("{name}; it cannot be loaded any more"));
        }
        let lost = self.shim.retire(path);
        self.terminal.note(
            "Reloading",
            &format!("{name}; what is loaded from now on is new"),
        );
        if !lost.is_empty() {
            let lost = lost.join(", ");
            self.terminal.note(
                "Lost",
                &format!("the state of {lost}, once nobody holds it any more"),
            );
        }
    }
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
