//! Running a caller under the shim.

mod grants;

use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result};
use first_class_host::{Shim, ShimCtx, ShimView};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Cache, CacheConfig, Config, Engine, Store};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtx, WasiCtxView, WasiView};

use crate::example::Example;
use crate::guests::Components;
use grants::Grants;

/// All that a run needs.
pub(crate) struct Run<'a> {
    pub(crate) example: &'a Example<'a>,
    pub(crate) components: &'a Components,
    pub(crate) arguments: &'a [String],
    /// What is the current directory to the caller.
    pub(crate) directory: &'a Path,
    /// Where compiled code is kept.
    pub(crate) cache: PathBuf,
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

impl Run<'_> {
    /// Runs the caller; gives the status that it exits with.
    pub(crate) fn to_its_end(&self) -> Result<u8> {
        let engine = self.engine()?;
        let caller = Component::from_file(&engine, self.component(&self.example.caller.name)?)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        first_class_host::add_to_linker(&mut linker)?;
        let state = State {
            wasi: self.wasi()?,
            table: ResourceTable::new(),
            shim: self.shim()?.caller(),
        };
        let mut store = Store::new(&engine, state);
        let command = Command::instantiate(&mut store, &caller, &linker)?;
        status(command.wasi_cli_run().call_run(&mut store))
    }

    fn engine(&self) -> Result<Engine> {
        let mut cache = CacheConfig::new();
        cache.with_directory(&self.cache);
        let mut config = Config::new();
        config
            .concurrency_support(false)
            .cache(Some(Cache::new(cache)?));
        Ok(Engine::new(&config)?)
    }

    fn shim(&self) -> Result<Shim> {
        let mut shim = Shim::builder().cache(&self.cache);
        for plugin in &self.example.plugins {
            shim = shim.file(plugin.name.as_str(), self.component(&plugin.name)?);
        }
        Ok(shim.build()?)
    }

    /// The caller has the user's terminal, and may read the current directory and what its
    /// arguments name.
    fn wasi(&self) -> Result<WasiCtx> {
        let grants = Grants::new(self.directory, self.arguments)?;
        let mut wasi = WasiCtx::builder();
        wasi.inherit_stdio()
            .allow_blocking_current_thread(true)
            .arg(&self.example.caller.name)
            .args(&grants.arguments);
        for (guest_path, host_path) in &grants.directories {
            wasi.preopened_dir(host_path, guest_path, FsPerms::ReadOnly)
                .map_err(Error::from)
                .with_context(|| format!("cannot open {}", host_path.display()))?;
        }
        Ok(wasi.build())
    }

    fn component(&self, package: &str) -> Result<&Path> {
        let component = self.components.get(package).map(PathBuf::as_path);
        component.with_context(|| format!("`{package}` was not built"))
    }
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
