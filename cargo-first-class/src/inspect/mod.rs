//! `cargo first-class inspect`.

mod embedded;
mod report;

pub(crate) use embedded::worlds_in;

use crate::component;
use crate::format::{Format, print_json};
use crate::status;
use crate::terminal;
use clap::Args;
use first_class_abi::World;
use miette::{Result, miette};
use report::Report;
use std::path::PathBuf;
use wit_component::WitPrinter;

/// Show what a component exports, imports and loads
///
/// The worlds of the plugins that it loads are found in a caller that was made with `first_class_world!`, as long as it really loads
/// plugins of them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Inspect {
    /// The component of a caller or a plugin
    component: PathBuf,
    /// Print the type of the component as WIT
    #[arg(long, conflicts_with = "format")]
    wit: bool,
    /// For whom the result is
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class inspect plugin.wasm
  cargo first-class inspect plugin.wasm --wit
  cargo first-class inspect caller.wasm --format json";

impl Inspect {
    pub(crate) fn run(self) -> Result<u8> {
        let bytes = component::read(&self.component)?;
        let world = component::world(&self.component, &bytes)?;
        if self.wit {
            terminal::print(wit(&world)?.trim_end())?;
            return Ok(status::DONE);
        }
        let report = Report::new(&self.component, &bytes, &world);
        match self.format {
            Format::Text => terminal::print(&report.to_string())?,
            Format::Json => print_json(&report)?,
        }
        Ok(status::DONE)
    }
}

/// The type of a component with all the packages that it needs.
fn wit(world: &World) -> Result<String> {
    let resolve = world.resolve();
    let own = resolve.worlds[world.id()].package;
    let own = own.ok_or_else(|| miette!("the component has no package of its own"))?;
    let others: Vec<_> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != own)
        .collect();
    let mut printer = WitPrinter::default();
    let printed = printer.print(resolve, own, &others);
    printed.map_err(|error| {
        miette!("the type of the component cannot be written as WIT: {error:#}")
    })?;
    Ok(printer.output.to_string())
}
