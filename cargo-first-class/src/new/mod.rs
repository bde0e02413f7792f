//! `cargo first-class new`.

mod name;
mod project;
mod workspace;

use crate::status;
use crate::terminal::{Terminal, from_here};
use clap::Args;
use miette::{Result, miette};
use name::Name;
use project::{Dependency, File, Kind};
use std::fs;
use std::path::{Path, PathBuf};
use workspace::Standing;

/// Make a new caller and a plugin for it
///
/// They build as they stand. The result is a workspace; with `--caller` or `--plugin` it is a package
/// with one of them, which becomes a member of the workspace that it lies in. A path that exists and is
/// not empty is left alone.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct New {
    /// The path to make; its last part is the name
    path: PathBuf,
    /// Make a caller alone
    #[arg(long, conflicts_with = "plugin")]
    caller: bool,
    /// Make a plugin alone
    #[arg(long)]
    plugin: bool,
    /// Take the crate `first-class` from a checkout of its repository, and not from the registry
    #[arg(
        long,
        value_name = "DIR",
        env = "FIRST_CLASS_PATH",
        hide_env_values = true
    )]
    first_class_path: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class new hello            a workspace with both
  cargo first-class new --plugin polite  a plugin alone";

impl New {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        let name = Name::of(&self.path)?;
        refuse_what_exists(&self.path)?;
        let kind = match (self.caller, self.plugin) {
            (true, _) => Kind::Caller,
            (_, true) => Kind::Plugin,
            _ => Kind::Both,
        };
        let dependency = match &self.first_class_path {
            None => Dependency::Registry,
            Some(checkout) => Dependency::Path(guest_crate(checkout)?),
        };
        let standing = match kind {
            Kind::Both => Standing::Alone,
            Kind::Caller | Kind::Plugin => Standing::of(&self.path),
        };
        let is_member = !matches!(standing, Standing::Alone);
        for File { path, text } in project::files(kind, &name, &dependency, is_member) {
            write(&self.path.join(path), &text)?;
        }
        let what = match kind {
            Kind::Caller => "caller",
            Kind::Plugin => "plugin",
            Kind::Both => "caller and plugin",
        };
        terminal.note("Created", &format!("{what} `{name}`"));
        if let Standing::Stranger(workspace) = standing {
            let manifest = from_here(workspace.manifest()).display().to_string();
            workspace.join()?;
            terminal.note("Adding", &format!("it to the members in {manifest}"));
        }
        terminal.note(
            "Next",
            &format!("cd {} && cargo first-class build", self.path.display()),
        );
        Ok(status::DONE)
    }
}

fn refuse_what_exists(path: &Path) -> Result<()> {
    let is_free = match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !path.exists(),
    };
    if is_free {
        return Ok(());
    }
    Err(miette!(
        help = "choose another name, or remove what is there",
        "`{}` exists already, and is not an empty folder",
        path.display()
    ))
}

/// The crate that guests depend on, in a checkout.
fn guest_crate(checkout: &Path) -> Result<PathBuf> {
    let folder = checkout.join("guest-rt");
    let absolute = folder.canonicalize().ok();
    let has_manifest = |folder: &PathBuf| folder.join("Cargo.toml").is_file();
    absolute.filter(has_manifest).ok_or_else(|| {
        miette!(
            help = "`--first-class-path`, or the variable FIRST_CLASS_PATH, is the folder of a checkout",
            "there is no crate in `{}`",
            folder.display()
        )
    })
}

fn write(path: &Path, text: &str) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(parent).and_then(|()| fs::write(path, text));
    written.map_err(|error| {
        miette!(
            help = "check that you may write there",
            "`{}` cannot be written: {error}",
            path.display()
        )
    })
}
