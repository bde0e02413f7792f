//! `cargo first-class check`.

mod findings;

use crate::component;
use crate::format::{Format, print_json};
use crate::inspect;
use crate::status;
use crate::terminal::{self, Terminal};
use crate::wit;
use clap::Args;
use findings::Misfit;
use first_class_abi::World;
use first_class_host::LoadError;
use miette::{Result, miette};
use std::path::PathBuf;

/// Check whether a plugin fits a world
///
/// Says every way in which it does not, as the host would when a caller loads it, and exits with 1
/// then. Nothing of the plugin is run.
#[derive(Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(crate) struct Check {
    /// The component of the plugin
    plugin: PathBuf,
    /// The WIT of the world: a file or a folder
    #[arg(long, value_name = "PATH", default_value = "wit")]
    wit: PathBuf,
    /// The world; without it, the only one
    #[arg(long, value_name = "NAME")]
    world: Option<String>,
    /// Take the parts of the WIT that are marked `@unstable` with these features
    #[arg(long, value_name = "FEATURES", value_delimiter = ',')]
    features: Vec<String>,
    /// Take the world from a caller's component, with what it declared optional, and not from WIT
    #[arg(long, value_name = "FILE", conflicts_with_all = ["wit", "features"])]
    caller: Option<PathBuf>,
    /// For whom the result is
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class check plugin.wasm
  cargo first-class check plugin.wasm --wit ../wit --world rule
  cargo first-class check plugin.wasm --caller caller.wasm
  cargo first-class check plugin.wasm --format json";

impl Check {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        let bytes = component::read(&self.plugin)?;
        let world = self.world()?;
        let encoded = world.encode().map_err(|error| {
            miette!(
                help = "the binary format has no form for something in it; change the WIT",
                "`{}`: {error}",
                world.full_name()
            )
        })?;
        let checked = {
            let _spinner = terminal.spinner(format!("checking {}", self.plugin.display()));
            first_class_host::check(&component::stem(&self.plugin), &bytes, &encoded)
        };
        let misfit = match checked {
            Ok(()) => None,
            Err(LoadError::NotAComponent { found, .. }) => {
                return Err(component::not_a_component(&self.plugin, &found));
            }
            Err(LoadError::Incompatible { differences, .. }) => {
                Some(Misfit::of_differences(&self.plugin, &world, &differences))
            }
            Err(LoadError::Unsatisfied { imports, .. }) => {
                Some(Misfit::of_imports(&self.plugin, &world, &imports))
            }
            Err(error) => return Err(miette!("{error}")),
        };
        self.report(&world, misfit)
    }

    fn world(&self) -> Result<World> {
        let name = self.world.as_deref();
        let Some(caller) = &self.caller else {
            return wit::load(&self.wit, name, &self.features);
        };
        let bytes = component::read(caller)?;
        component::world(caller, &bytes)?;
        let worlds = inspect::worlds_in(&bytes);
        let names: Vec<_> = worlds.iter().map(World::full_name).collect();
        let is_meant = |full: &str| match name {
            Some(name) => full == name || short(full) == name,
            None => names.len() == 1,
        };
        let mut meant = worlds
            .into_iter()
            .zip(&names)
            .filter(|(_, full)| is_meant(full));
        match (meant.next(), name) {
            (Some((world, _)), _) => Ok(world),
            (None, Some(name)) => Err(wit::unknown(
                "world",
                name,
                names.iter().map(String::as_str),
            )),
            (None, None) => Err(miette!(
                help =
                    "`cargo first-class inspect` lists the worlds of a caller; `--world` names one",
                "`{}` loads plugins of {}, not of one",
                caller.display(),
                match names.len() {
                    0 => "no world".to_owned(),
                    several => format!("{several} worlds"),
                }
            )),
        }
    }

    fn report(&self, world: &World, misfit: Option<Misfit>) -> Result<u8> {
        let status = match misfit {
            None => status::DONE,
            Some(_) => status::NO,
        };
        match (self.format, misfit) {
            (Format::Json, misfit) => print_json(&findings::Report::new(world, misfit.as_ref()))?,
            (Format::Text, None) => {
                let (plugin, world) = (self.plugin.display(), world.full_name());
                terminal::print(&format!("`{plugin}` fits `{world}`"))?;
            }
            (Format::Text, Some(misfit)) => eprintln!("{:?}", miette::Report::new(misfit)),
        }
        Ok(status)
    }
}

/// The name of a world without its package.
fn short(full: &str) -> &str {
    let name = full.rsplit('/').next().unwrap_or(full);
    name.split('@').next().unwrap_or(name)
}
