//! Runs a caller under the shim: `run CALLER.wasm --source NAME=PLUGIN.wasm… [-- ARGUMENTS…]`.
//!
//! The caller has the user's terminal, and may read the current directory and what its arguments
//! name. Its exit status is passed on.

mod grants;

use anyhow::{Context, Error, Result};
use clap::Parser;
use first_class_host::{Shim, ShimCtx, ShimView};
use grants::Grants;
use std::path::PathBuf;
use std::process::ExitCode;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Cache, CacheConfig, Config, Engine, Store};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtx, WasiCtxView, WasiView};

/// Runs a caller under the shim.
#[derive(Parser)]
struct Options {
    /// The component of the caller
    caller: PathBuf,
    /// A plugin, by the name that the caller loads it by
    #[arg(long = "source", value_name = "NAME=FILE", value_parser = source)]
    sources: Vec<(String, PathBuf)>,
    /// Where compiled code is kept for the next run
    #[arg(long)]
    cache: Option<PathBuf>,
    /// What the caller is given
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// What the host keeps for the caller.
struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    shim: ShimCtx,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl ShimView for State {
    fn shim(&mut self) -> &mut ShimCtx {
        &mut self.shim
    }
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(&Options::parse()) {
        Ok(status) => status.into(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the caller; gives the status that it exits with.
fn run(options: &Options) -> Result<u8> {
    let engine = engine(options)?;
    let caller = Component::from_file(&engine, &options.caller)
        .map_err(Error::from)
        .with_context(|| format!("cannot load {}", options.caller.display()))?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    first_class_host::add_to_linker(&mut linker)?;
    let state = State {
        wasi: wasi(options)?,
        table: ResourceTable::new(),
        shim: shim(options)?.caller(),
    };
    let mut store = Store::new(&engine, state);
    let command = Command::instantiate(&mut store, &caller, &linker)?;
    status(command.wasi_cli_run().call_run(&mut store))
}

fn engine(options: &Options) -> Result<Engine> {
    let mut config = Config::new();
    if let Some(directory) = &options.cache {
        let mut cache = CacheConfig::new();
        cache.with_directory(directory);
        config.cache(Some(Cache::new(cache)?));
    }
    Ok(Engine::new(&config)?)
}

fn shim(options: &Options) -> Result<Shim> {
    let mut shim = Shim::builder();
    if let Some(directory) = &options.cache {
        shim = shim.cache(directory);
    }
    for (name, path) in &options.sources {
        shim = shim.file(name, path);
    }
    Ok(shim.build()?)
}

fn wasi(options: &Options) -> Result<WasiCtx> {
    let current = std::env::current_dir().context("there is no current directory")?;
    let grants = Grants::new(&current, &options.arguments)?;
    let mut wasi = WasiCtx::builder();
    let name = options.caller.file_stem().unwrap_or_default();
    wasi.inherit_stdio()
        .allow_blocking_current_thread(true)
        .arg(name.to_string_lossy())
        .args(&grants.arguments);
    for (guest_path, host_path) in &grants.directories {
        wasi.preopened_dir(host_path, guest_path, FsPerms::ReadOnly)
            .map_err(Error::from)
            .with_context(|| format!("cannot open {}", host_path.display()))?;
    }
    Ok(wasi.build())
}

/// What the end of `run` means as an exit status.
fn status(ended: wasmtime::Result<Result<(), ()>>) -> Result<u8> {
    match ended {
        Ok(Ok(())) => Ok(0),
        Ok(Err(())) => Ok(1),
        Err(error) => match error.downcast_ref::<I32Exit>() {
            Some(exit) => Ok(exit.0.try_into().unwrap_or(1)),
            None => Err(error.into()),
        },
    }
}

fn source(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = text
        .split_once('=')
        .ok_or("a source is given as NAME=FILE")?;
    Ok((name.into(), path.into()))
}
