//! Plugins in other languages, built to components with the tools of these languages.
//!
//! That takes tens of seconds each, so beside a component lies all that it was made of; as long as
//! that is the same, the component is kept.

mod bindings;
mod c;
mod go;
mod javascript;
mod python;
mod tool;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::guests::Components;
use crate::workspace::Workspace;

/// A plugin: a folder with a file `plugin.js`, `plugin.py`, `plugin.c` or `plugin.go`, of the same name
/// as its component.
struct Plugin {
    folder: &'static str,
    wit: &'static str,
    world: &'static str,
}

const PLUGINS: [Plugin; 11] = [
    rule("examples/languages/long-lines-py"),
    rule("examples/languages/notes-go"),
    gateway("examples/languages/redact-js", "response-filter"),
    rule("examples/languages/repeated-words-js"),
    gateway("examples/languages/strip-prefix-py", "rewriter"),
    rule("examples/languages/trailing-space-c"),
    gateway("tests/languages/endless-py", "rewriter"),
    faulty("tests/languages/faulty-c"),
    faulty("tests/languages/faulty-go"),
    faulty("tests/languages/faulty-js"),
    faulty("tests/languages/faulty-py"),
];

const fn rule(folder: &'static str) -> Plugin {
    let (wit, world) = ("examples/wit/lint", "rule");
    Plugin { folder, wit, world }
}

const fn gateway(folder: &'static str, world: &'static str) -> Plugin {
    let wit = "examples/wit/gateway";
    Plugin { folder, wit, world }
}

const fn faulty(folder: &'static str) -> Plugin {
    let (wit, world) = ("tests/wit/faulty", "faulty");
    Plugin { folder, wit, world }
}

/// What a plugin is made of, and where to.
struct Job<'a> {
    workspace: &'a Workspace,
    /// The folder of its source.
    source: &'a Path,
    wit: &'a Path,
    world: &'a str,
    /// A folder of its own, for what is made on the way.
    scratch: &'a Path,
    /// Where tools may keep what they want to find again.
    cache: &'a Path,
    component: &'a Path,
}

/// A language.
struct Language {
    /// What the file of a plugin is called.
    file: &'static str,
    /// Makes the component, if the tool is there.
    build: fn(&Job<'_>) -> Result<bool>,
    /// Where its tools are listed with their versions, and what says how they are called.
    made_by: &'static [&'static str],
}

const LANGUAGES: [Language; 4] = [
    Language {
        file: c::FILE,
        build: c::build,
        made_by: &[
            "tests/peers/requirements.txt",
            "xtask/src/languages/bindings.rs",
            "xtask/src/languages/c.rs",
        ],
    },
    Language {
        file: go::FILE,
        build: go::build,
        made_by: &[
            "tests/peers/requirements.txt",
            "xtask/src/languages/bindings.rs",
            "xtask/src/languages/go.rs",
        ],
    },
    Language {
        file: javascript::FILE,
        build: javascript::build,
        made_by: &[
            "tests/peers/package.json",
            "xtask/src/languages/javascript.rs",
        ],
    },
    Language {
        file: python::FILE,
        build: python::build,
        made_by: &[
            "tests/peers/requirements.txt",
            "xtask/src/languages/python.rs",
        ],
    },
];

/// Builds those whose tools are installed, as far as they are not up to date.
pub(crate) fn build(workspace: &Workspace) -> Result<Components> {
    let mut components = Components::new();
    for plugin in &PLUGINS {
        let name = plugin.name();
        let component = plugin.build(workspace);
        if let Some(path) = component.with_context(|| format!("`{name}` cannot be built"))? {
            components.insert(name.to_owned(), path);
        }
    }
    Ok(components)
}

/// Puts plugins in the place of those in Rust that have their names but for the language: that of
/// `notes-js` is `notes`. Says which, and gives whether there are any.
pub(crate) fn replace(components: &mut Components, others: Components) -> bool {
    let mut found = false;
    for (name, path) in others {
        let replaced = name.rsplit_once('-').map(|(stem, _)| stem);
        if let Some(component) = replaced.and_then(|stem| components.get_mut(stem)) {
            eprintln!("With `{name}` in place of the one in Rust.");
            *component = path;
            found = true;
        }
    }
    found
}

impl Plugin {
    /// The last part of its folder.
    fn name(&self) -> &'static str {
        let (_, name) = self.folder.rsplit_once('/').unwrap_or_default();
        name
    }

    /// Nothing if the tool is missing, which was said then.
    fn build(&self, workspace: &Workspace) -> Result<Option<PathBuf>> {
        let folder = workspace.languages();
        let component = folder.join(self.name()).with_extension("wasm");
        let made_of = component.with_extension("txt");
        let language = self.language(workspace)?;
        let inputs = self.inputs(workspace, language)?;
        if component.is_file() && fs::read_to_string(&made_of).is_ok_and(|text| text == inputs) {
            return Ok(Some(component));
        }
        fs::create_dir_all(&folder)?;
        let scratch = tempfile::tempdir_in(&folder)?;
        let unfinished = scratch.path().join("component.wasm");
        let source = workspace.root().join(self.folder);
        let job = Job {
            workspace,
            source: &source,
            wit: &workspace.root().join(self.wit),
            world: self.world,
            scratch: scratch.path(),
            cache: &folder.join("cache"),
            component: &unfinished,
        };
        if !(language.build)(&job)? {
            return Ok(None);
        }
        fs::rename(&unfinished, &component).context("the tool made no component")?;
        fs::write(made_of, inputs)?;
        Ok(Some(component))
    }

    fn language(&self, workspace: &Workspace) -> Result<&'static Language> {
        let folder = workspace.root().join(self.folder);
        let mut languages = LANGUAGES.iter();
        let language = languages.find(|language| folder.join(language.file).is_file());
        language.context("its folder has no file of a language that is known")
    }

    /// All that decides what the component is, as one text.
    fn inputs(&self, workspace: &Workspace, language: &Language) -> Result<String> {
        let mut inputs = String::new();
        let mut files = Vec::new();
        for folder in [self.folder, self.wit] {
            files.extend(files_in(&workspace.root().join(folder))?);
        }
        let made_by = language.made_by.iter();
        files.extend(made_by.map(|file| workspace.root().join(file)));
        for file in files {
            let text = fs::read_to_string(&file);
            inputs += &text.with_context(|| format!("cannot read {}", file.display()))?;
        }
        Ok(inputs)
    }
}

/// The files in a folder, sorted. Python leaves folders with what it has compiled.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder);
    let entries = entries.with_context(|| format!("cannot list {}", folder.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<Result<_>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}
