//! Plugins in other languages, built to components with the tools of these languages.
//!
//! That takes tens of seconds each, so beside a component lies all that it was made of; as long as
//! that is the same, the component is kept.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::guests::Components;
use crate::workspace::Workspace;

/// A plugin: a folder with a file `plugin.js` or `plugin.py`, of the same name as its component.
struct Plugin {
    folder: &'static str,
    wit: &'static str,
    world: &'static str,
}

const PLUGINS: [Plugin; 5] = [
    Plugin {
        folder: "examples/languages/long-lines-py",
        wit: "examples/wit/lint",
        world: "rule",
    },
    Plugin {
        folder: "examples/languages/redact-js",
        wit: "examples/wit/gateway",
        world: "response-filter",
    },
    Plugin {
        folder: "examples/languages/repeated-words-js",
        wit: "examples/wit/lint",
        world: "rule",
    },
    Plugin {
        folder: "tests/languages/faulty-js",
        wit: "tests/wit/faulty",
        world: "faulty",
    },
    Plugin {
        folder: "tests/languages/faulty-py",
        wit: "tests/wit/faulty",
        world: "faulty",
    },
];

/// The program that makes components of JavaScript.
const COMPONENTIZE_JS: &str = "@bytecodealliance/componentize-js/src/cli.js";

/// What a component in JavaScript does without: the shim has no HTTP for plugins.
const WITHOUT: [&str; 2] = ["http", "fetch-event"];

/// Where the tools are listed with their versions, and this file, which says how they are called.
const TOOLS: [&str; 3] = [
    "tests/peers/package.json",
    "tests/peers/requirements.txt",
    "xtask/src/languages.rs",
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
        let inputs = self.inputs(workspace)?;
        if component.is_file() && fs::read_to_string(&made_of).is_ok_and(|text| text == inputs) {
            return Ok(Some(component));
        }
        fs::create_dir_all(&folder)?;
        let unfinished = component.with_extension("new");
        let Some(tool) = self.tool(workspace, &unfinished)? else {
            return Ok(None);
        };
        eprintln!("Building `{}`, which takes a while.", self.name());
        run(tool)?;
        fs::rename(&unfinished, &component).context("the tool made no component")?;
        fs::write(made_of, inputs)?;
        Ok(Some(component))
    }

    /// All that decides what the component is, as one text.
    fn inputs(&self, workspace: &Workspace) -> Result<String> {
        let mut inputs = String::new();
        let mut files = Vec::new();
        for folder in [self.folder, self.wit] {
            files.extend(files_in(&workspace.root().join(folder))?);
        }
        files.extend(TOOLS.map(|file| workspace.root().join(file)));
        for file in files {
            let text = fs::read_to_string(&file);
            inputs += &text.with_context(|| format!("cannot read {}", file.display()))?;
        }
        Ok(inputs)
    }

    /// The command that makes the component, if what it runs is installed.
    fn tool(&self, workspace: &Workspace, component: &Path) -> Result<Option<Command>> {
        let folder = workspace.root().join(self.folder);
        let wit = workspace.root().join(self.wit);
        let script = folder.join("plugin.js");
        let command = if script.is_file() {
            javascript().map(|mut command| {
                command.arg(script).arg("--wit").arg(wit);
                command.args(["--world-name", self.world, "--disable"]);
                command.args(WITHOUT).arg("--out").arg(component);
                command
            })
        } else if folder.join("plugin.py").is_file() {
            first_class_peers::python_script("componentize-py").map(|path| {
                let mut command = Command::new(path);
                command.arg("--wit-path").arg(wit);
                command.args(["--world", self.world, "componentize", "plugin"]);
                command.arg("--python-path").arg(folder);
                command.arg("--output").arg(component);
                command
            })
        } else {
            bail!("there is neither `plugin.js` nor `plugin.py`");
        };
        Ok(command)
    }
}

fn javascript() -> Option<Command> {
    let script = first_class_peers::npm_file(COMPONENTIZE_JS)?;
    let mut node = Command::new(first_class_peers::node()?);
    node.arg(script);
    Some(node)
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

/// Runs a tool, and says what it said if it failed.
fn run(mut tool: Command) -> Result<()> {
    let name = tool.get_program().to_owned();
    let name = Path::new(&name).file_name().unwrap_or(OsStr::new("it"));
    let output = tool
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{}` cannot be run", name.display()))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!(
            "`{}` failed: {}",
            name.display(),
            String::from_utf8_lossy(&said).trim()
        );
    }
    Ok(())
}
