//! Plugins that change while a caller runs.

use crate::component;
use crate::terminal::Terminal;
use first_class_host::Shim;
use miette::{Result, miette};
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long nothing may happen to a file before it is looked at. A build writes a component in several
/// steps.
const SETTLED: Duration = Duration::from_millis(200);

/// Watches the files of plugins as long as it is there.
pub(super) struct Watch {
    _watcher: Debouncer<RecommendedWatcher>,
}

/// A file or folder of plugins, as the user named it and as the system does.
struct Place {
    given: PathBuf,
    actual: PathBuf,
}

/// What tells one state of a file from another; nothing for a file that is not there.
type Stamp = Option<(SystemTime, u64)>;

impl Watch {
    /// Starts to watch all files of plugins. A changed one is said on standard error.
    pub(super) fn start(terminal: &Terminal, shim: &Shim, paths: &[&Path]) -> Result<Self> {
        let places = paths.iter().map(|path| Place::new(path));
        let places: Vec<_> = places.collect::<Result<_>>()?;
        let folders: BTreeSet<_> = places.iter().map(Place::folder).collect();
        let files = places.iter().flat_map(Place::files);
        let mut changes = Changes {
            terminal: terminal.clone(),
            shim: shim.clone(),
            stamps: files.map(|path| (path.clone(), stamp(&path))).collect(),
            places,
        };
        let watcher = new_debouncer(SETTLED, move |events| changes.see(events));
        let mut watcher = watcher.map_err(|error| miette!("files cannot be watched: {error}"))?;
        for folder in &folders {
            let watched = watcher.watcher().watch(folder, RecursiveMode::NonRecursive);
            watched.map_err(|error| unwatchable(folder, &error))?;
        }
        terminal.note("Watching", "the files of plugins");
        Ok(Watch { _watcher: watcher })
    }
}

impl Place {
    fn new(path: &Path) -> Result<Self> {
        let actual = path.canonicalize();
        Ok(Place {
            given: path.to_owned(),
            actual: actual.map_err(|error| unwatchable(path, &error))?,
        })
    }

    /// The folder to watch. A file that is replaced is another one, which its folder tells.
    fn folder(&self) -> PathBuf {
        match self.actual.is_dir() {
            true => self.actual.clone(),
            false => self.actual.parent().unwrap_or(&self.actual).to_owned(),
        }
    }

    /// The plugins that are there, by the paths that the shim knows them by.
    fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = self.actual.read_dir() else {
            return vec![self.given.clone()];
        };
        let paths = entries.flatten().map(|entry| entry.path());
        paths.filter_map(|path| self.file(&path)).collect()
    }

    /// The path that the shim knows a file by, if it is a plugin of this place.
    fn file(&self, path: &Path) -> Option<PathBuf> {
        if path == self.actual {
            return Some(self.given.clone());
        }
        let is_plugin = path
            .extension()
            .is_some_and(|extension| extension == "wasm");
        let is_inside = path.parent() == Some(&self.actual);
        let name = path.file_name().filter(|_| is_plugin && is_inside)?;
        Some(self.given.join(name))
    }
}

/// What happens when files change.
struct Changes {
    terminal: Terminal,
    shim: Shim,
    places: Vec<Place>,
    /// The last state of each file that was seen.
    stamps: BTreeMap<PathBuf, Stamp>,
}

impl Changes {
    fn see(&mut self, events: DebounceEventResult) {
        let events = match events {
            Ok(events) => events,
            Err(error) => {
                let said = format!("changes of plugins may go unnoticed: {error}");
                return self.terminal.note("Warning", &said);
            }
        };
        let paths: BTreeSet<_> = events.into_iter().map(|event| event.path).collect();
        let files = paths
            .iter()
            .flat_map(|path| self.places.iter().filter_map(|it| it.file(path)));
        for path in files.collect::<BTreeSet<_>>() {
            // To read a file is an event, too.
            let now = stamp(&path);
            if self.stamps.insert(path.clone(), now).flatten() != now {
                self.reload(&path, now);
            }
        }
    }

    fn reload(&self, path: &Path, now: Stamp) {
        let name = component::stem(path);
        if now.is_none() {
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
            let said = format!("the state of {lost}, once nobody holds it any more");
            self.terminal.note("Lost", &said);
        }
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok().filter(|metadata| metadata.is_file())?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn unwatchable(path: &Path, error: &dyn Display) -> miette::Report {
    miette!(
        help = "without `--watch`, loads see a changed file all the same",
        "`{}` cannot be watched: {error}",
        path.display()
    )
}
