//! What languages that are compiled have in common: bindings that `wit-bindgen` generates, and a core
//! module of WASI's first preview that becomes a component.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as ADAPTER_NAME,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER,
};
use wit_bindgen_core::wit_parser::{Resolve, WorldId};
use wit_bindgen_core::{Files, WorldGenerator};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use super::Job;

/// Writes the bindings that a generator makes of the job's world into a folder.
pub(super) fn write(
    job: &Job<'_>,
    mut generator: Box<dyn WorldGenerator>,
    folder: &Path,
) -> Result<()> {
    let (mut resolve, world) = world(job)?;
    let mut files = Files::default();
    generator.generate(&mut resolve, world, &mut files)?;
    for (name, bytes) in files.iter() {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(file, bytes)?;
    }
    Ok(())
}

/// Tells a core module the world of the job, if its bindings have not done so.
pub(super) fn embed(job: &Job<'_>, file: &Path) -> Result<()> {
    let mut module = read(file)?;
    let (resolve, world) = world(job)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(fs::write(file, module)?)
}

/// Makes the component of a core module that knows its world.
pub(super) fn componentize(job: &Job<'_>, module: &Path) -> Result<()> {
    let module = read(module)?;
    let component = ComponentEncoder::default()
        .module(&module)?
        .adapter(ADAPTER_NAME, ADAPTER)?
        .validate(true)
        .encode()?;
    Ok(fs::write(job.component, component)?)
}

fn read(module: &Path) -> Result<Vec<u8>> {
    fs::read(module).context("the compiler made no module")
}

fn world(job: &Job<'_>) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(job.wit)?;
    let world = resolve.select_world(&[package], Some(job.world))?;
    Ok((resolve, world))
}
