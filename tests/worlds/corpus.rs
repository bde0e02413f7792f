//! Finds the worlds of this folder: `AREA/NAME.wit`, or a folder `AREA/NAME` with its own `deps`.
//!
//! The world is the last one that the WIT declares. Lines `//@ KEY: VALUE` are options for
//! `first_class_world!`; among them `world` may name another one. A world with `AREA/NAME.err`
//! beside it is refused, with these errors.

use std::fs;
use std::path::{Path, PathBuf};

/// One world.
#[allow(dead_code, reason = "each user of the corpus has a use for some of it")]
pub(crate) struct World {
    /// `AREA/NAME`.
    pub(crate) name: String,
    /// The file or the folder.
    pub(crate) path: PathBuf,
    /// What stands between the braces of `first_class_world!`, besides the path.
    pub(crate) options: String,
}

impl World {
    /// The file with the expected errors; there is none for a world that works.
    pub(crate) fn errors(&self) -> PathBuf {
        self.path.with_extension("err")
    }
}

/// All worlds in a folder of areas, sorted by name.
pub(crate) fn worlds(folder: &Path) -> Vec<World> {
    let mut worlds = Vec::new();
    for area in entries(folder).into_iter().filter(|path| path.is_dir()) {
        for path in entries(&area) {
            if path.is_dir() || path.extension().is_some_and(|end| end == "wit") {
                worlds.push(world(&area, path));
            }
        }
    }
    worlds
}

fn world(area: &Path, path: PathBuf) -> World {
    let files = match path.is_dir() {
        true => entries(&path),
        false => vec![path.clone()],
    };
    let texts = files.iter().filter(|file| file.is_file());
    let text: String = texts
        .map(|file| fs::read_to_string(file).expect("WIT can be read"))
        .collect();
    let lines = || text.lines().map(str::trim);
    let mut options: Vec<_> = lines()
        .filter_map(|line| line.strip_prefix("//@ "))
        .collect();
    let mut declared = lines().filter_map(|line| line.strip_prefix("world "));
    let declared = declared.next_back().unwrap_or_default();
    let declared = declared.trim_start_matches('%');
    let declared = declared.split([' ', '{']).next().unwrap_or_default();
    let declared = format!("world: \"{declared}\"");
    if !options.iter().any(|option| option.starts_with("world:")) {
        options.push(&declared);
    }
    let options = options.join(", ");
    let stem = |path: &Path| {
        let stem = path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    };
    World {
        name: format!("{}/{}", stem(area), stem(&path)),
        path,
        options,
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("the entry can be read").path())
        .collect();
    paths.sort();
    paths
}
