//! Runs a caller under the shim: `run CALLER.wasm --source NAME=PLUGIN.wasm… [-- ARGUMENTS…]`.
//!
//! The caller has the user's terminal, and may read the current directory and what its arguments
//! name. Its exit status is passed on. With `--as` it is run several times over one shim, each time
//! as somebody else, until one of them fails.

mod grants;

use anyhow::{Context, Error, Result};
use clap::Parser;
use first_class_host::{Caller, Shim, ShimCtx, ShimView, Source};
use grants::Grants;
use std::path::PathBuf;
use std::process::ExitCode;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Cache, CacheConfig, Config, Engine, Store};
use wasmtime_wasi::p2::bindings::sync::CommandPre;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtx, WasiCtxView, WasiView};

/// Runs a caller under the shim.
#[derive(Parser)]
struct Options {
    /// The component of the caller
    caller: PathBuf,
    /// A plugin, by the name that the caller loads it by
    #[arg(long = "source", value_name = "NAME=FILE", value_parser = source)]
    sources: Vec<(String, PathBuf)>,
    /// A plugin whose instances are shared by all who load them by one name, such as `cart/*=FILE`
    #[arg(long = "named", value_name = "PATTERN=FILE", value_parser = source)]
    named: Vec<(String, PathBuf)>,
    /// What the instances of a plugin may load themselves
    #[arg(long = "holds", value_name = "NAME=PATTERN", value_parser = grant)]
    holds: Vec<(String, String)>,
    /// Runs the caller as somebody, whose name is its first argument
    #[arg(long = "as", value_name = "NAME")]
    callers: Vec<String>,
    /// What callers may load; `{caller}` stands for their name. Everything, if this is not given
    #[arg(long = "may-load", value_name = "PATTERN")]
    may_load: Vec<String>,
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

    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
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

/// Runs the caller, as each of those that it is to be run as; gives the status that the last one
/// exits with.
fn run(options: &Options) -> Result<u8> {
    let engine = engine(options)?;
    let component = Component::from_file(&engine, &options.caller)
        .map_err(Error::from)
        .with_context(|| format!("cannot load {}", options.caller.display()))?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    first_class_host::add_to_linker(&mut linker)?;
    let command = CommandPre::new(linker.instantiate_pre(&component)?)?;
    let shim = shim(options)?;
    if options.callers.is_empty() {
        return run_as(&command, options, &shim, None);
    }
    for name in &options.callers {
        let status = run_as(&command, options, &shim, Some(name))?;
        if status != 0 {
            return Ok(status);
        }
    }
    Ok(0)
}

/// Runs the caller once; gives the status that it exits with.
fn run_as(
    command: &CommandPre<State>,
    options: &Options,
    shim: &Shim,
    name: Option<&str>,
) -> Result<u8> {
    let mut caller = Caller::new(name.unwrap_or_default());
    if !options.may_load.is_empty() {
        let patterns = options.may_load.iter();
        let patterns = patterns.map(|it| it.replace("{caller}", name.unwrap_or_default()));
        caller = caller.may_load(patterns)?;
    }
    let state = State {
        wasi: wasi(options, name)?,
        table: ResourceTable::new(),
        shim: shim.caller_as(caller),
    };
    let mut store = Store::new(command.engine(), state);
    let command = command.instantiate(&mut store)?;
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
    let fresh = options.sources.iter();
    let fresh = fresh.map(|(name, path)| (name, Source::file(path)));
    let named = options.named.iter();
    let named = named.map(|(name, path)| (name, Source::file(path).named()));
    for (name, source) in fresh.chain(named) {
        let holds = options.holds.iter().filter(|(holder, _)| holder == name);
        let patterns = holds.map(|(_, pattern)| pattern);
        shim = shim.source(name, source.may_load(patterns)?);
    }
    Ok(shim.build()?)
}

fn wasi(options: &Options, caller: Option<&str>) -> Result<WasiCtx> {
    let current = std::env::current_dir().context("there is no current directory")?;
    let grants = Grants::new(&current, &options.arguments)?;
    let mut wasi = WasiCtx::builder();
    let name = options.caller.file_stem().unwrap_or_default();
    wasi.inherit_stdio()
        .allow_blocking_current_thread(true)
        .arg(name.to_string_lossy())
        .args(caller.as_slice())
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
    let (name, path) = grant(text)?;
    Ok((name, path.into()))
}

fn grant(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("it is given as a name, `=`, and what belongs to it")?;
    Ok((name.into(), value.into()))
}
