//! What a caller loads: instances of sources, or of components that it gives itself.

use super::ShimCtx;
use super::held::Held;
use crate::chain::Chain;
use crate::error::LoadError;
use crate::instance::{Instance, Spawn};
use crate::named::Stay;
use crate::plan::KnownWorld;
use crate::policy::{Exceeded, Limit};
use crate::seeing::watch_load;
use crate::shim::{GIVEN, Inner, Prepared};
use crate::waits::run;
use std::sync::Arc;

/// The longest name of a source that is looked up, in bytes.
const LONGEST_NAME: usize = 1024;

/// How what is loaded will be called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Embedding {
    Sync,
    Async,
}

/// Who serves the imports of what is loaded, as far as the host does not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Imports {
    Nobody,
    Caller,
}

impl ShimCtx {
    /// The names of the sources that claim to implement the encoded world.
    ///
    /// # Errors
    /// When the bytes are not a world.
    pub fn available(&mut self, world: &[u8]) -> Result<Vec<String>, LoadError> {
        run(self.available_async(world))
    }

    /// The same as [`ShimCtx::available`].
    ///
    /// # Errors
    /// As there.
    pub async fn available_async(&mut self, world: &[u8]) -> Result<Vec<String>, LoadError> {
        let shim = self.shim.get()?;
        let world = self.world(&shim, "", world).await?;
        Ok(shim.available(&self.caller, &world).await)
    }

    /// Makes an instance of a source, or attaches to the live one of a named source, and returns
    /// its number.
    ///
    /// # Errors
    /// When there is no such source for this caller, it is not a component that fits the world and
    /// starts, or a limit is exceeded.
    pub fn load(&mut self, source_name: &str, world: &[u8]) -> Result<u32, LoadError> {
        run(self.load_in(Embedding::Sync, Imports::Nobody, source_name, world))
    }

    /// The same as [`ShimCtx::load`].
    ///
    /// # Errors
    /// As there.
    pub async fn load_async(&mut self, source_name: &str, world: &[u8]) -> Result<u32, LoadError> {
        self.load_in(Embedding::Async, Imports::Nobody, source_name, world)
            .await
    }

    /// Makes an instance of a source, whose imports the caller serves as far as the host does not:
    /// such an instance is called with [`ShimCtx::begin`].
    ///
    /// # Errors
    /// As for [`ShimCtx::load`]; a named instance is served by none of its callers.
    pub fn load_with_imports(&mut self, source_name: &str, world: &[u8]) -> Result<u32, LoadError> {
        run(self.load_in(Embedding::Sync, Imports::Caller, source_name, world))
    }

    /// The same as [`ShimCtx::load_with_imports`].
    ///
    /// # Errors
    /// As there.
    pub async fn load_with_imports_async(
        &mut self,
        source_name: &str,
        world: &[u8],
    ) -> Result<u32, LoadError> {
        self.load_in(Embedding::Async, Imports::Caller, source_name, world)
            .await
    }

    pub(crate) async fn load_in(
        &mut self,
        embedding: Embedding,
        imports: Imports,
        source_name: &str,
        world: &[u8],
    ) -> Result<u32, LoadError> {
        if source_name.len() > LONGEST_NAME {
            let beginning: String = source_name.chars().take(32).collect();
            return Err(LoadError::NotFound {
                source_name: format!("{beginning}…"),
            });
        }
        let shim = self.shim.get()?;
        // In a box, so that what waits for it need not be moved about with the room for all of it.
        let load = Box::pin(self.load_source(&shim, embedding, imports, source_name, world));
        let held = watch_load(shim.metrics, source_name, load).await?;
        Ok(self.table.insert(held))
    }

    /// Makes an instance of a component that the caller gives itself, and returns its number.
    ///
    /// # Errors
    /// As for [`ShimCtx::load`], and when the caller may not
    /// ([`Caller::may_load_bytes`]).
    pub fn load_bytes(&mut self, component: &[u8], world: &[u8]) -> Result<u32, LoadError> {
        run(self.load_bytes_in(Embedding::Sync, Imports::Nobody, component, world))
    }

    /// The same as [`ShimCtx::load_bytes`].
    ///
    /// # Errors
    /// As there.
    pub async fn load_bytes_async(
        &mut self,
        component: &[u8],
        world: &[u8],
    ) -> Result<u32, LoadError> {
        self.load_bytes_in(Embedding::Async, Imports::Nobody, component, world)
            .await
    }

    /// Makes an instance of a component that the caller gives itself, whose imports it serves.
    ///
    /// # Errors
    /// As for [`ShimCtx::load_bytes`].
    pub fn load_bytes_with_imports(
        &mut self,
        component: &[u8],
        world: &[u8],
    ) -> Result<u32, LoadError> {
        run(self.load_bytes_in(Embedding::Sync, Imports::Caller, component, world))
    }

    /// The same as [`ShimCtx::load_bytes_with_imports`].
    ///
    /// # Errors
    /// As there.
    pub async fn load_bytes_with_imports_async(
        &mut self,
        component: &[u8],
        world: &[u8],
    ) -> Result<u32, LoadError> {
        self.load_bytes_in(Embedding::Async, Imports::Caller, component, world)
            .await
    }

    pub(crate) async fn load_bytes_in(
        &mut self,
        embedding: Embedding,
        imports: Imports,
        component: &[u8],
        world: &[u8],
    ) -> Result<u32, LoadError> {
        if !self.caller.may_load_bytes {
            return Err(LoadError::BytesNotGranted);
        }
        let shim = self.shim.get()?;
        let (length, most) = (component.len() as u64, shim.capacity().component_bytes);
        check(GIVEN, Limit::ComponentSize, length, most)?;
        let load = async {
            self.check_room(&shim, GIVEN)?;
            let world = self.world(&shim, GIVEN, world).await?;
            let on_fiber = embedding == Embedding::Async;
            let spawn = shim.prepare_bytes(component.into(), &world, on_fiber, &self.nesting);
            let spawn = spawn.await?;
            check_imports(&spawn, imports)?;
            start(&shim, self.chain(), spawn, None).await
        };
        let held = watch_load(shim.metrics, GIVEN, load).await?;
        Ok(self.table.insert(held))
    }

    async fn load_source(
        &mut self,
        shim: &Inner,
        embedding: Embedding,
        imports: Imports,
        source_name: &str,
        world: &[u8],
    ) -> Result<Held, LoadError> {
        self.check_room(shim, source_name)?;
        let found = shim.find(&self.caller, source_name)?;
        let world = self.world(shim, source_name, world).await?;
        let on_fiber = embedding == Embedding::Async;
        let prepared = shim.prepare(found, source_name, &world, on_fiber, &self.nesting);
        let Prepared { spawn, stay } = prepared.await?;
        let stay = stay.filter(|_| !self.is_alone);
        if stay.is_some() && !spawn.plan.world.transmits().kinds().is_empty() {
            return Err(LoadError::Protocol {
                message: format!(
                    "`{source_name}` is shared by name, which streams and futures cannot be yet"
                ),
            });
        }
        // What many callers share no single one of them can serve.
        let imports = match stay {
            Some(_) => Imports::Nobody,
            None => imports,
        };
        check_imports(&spawn, imports)?;
        start(shim, self.chain(), spawn, stay).await
    }

    /// The calls that a load is a part of.
    fn chain(&self) -> Chain {
        self.chain.clone().unwrap_or_else(Chain::start)
    }

    fn check_room(&self, shim: &Inner, source_name: &str) -> Result<(), LoadError> {
        let most = shim.capacity().instances_per_caller;
        let wanted = self.table.len() + 1;
        check(source_name, Limit::InstancesPerCaller, wanted, most)
    }

    async fn world(
        &mut self,
        shim: &Inner,
        source_name: &str,
        encoded: &[u8],
    ) -> Result<Arc<KnownWorld>, LoadError> {
        if let Some(known) = self.worlds.get(encoded) {
            return Ok(known.clone());
        }
        let most = shim.capacity().worlds_per_caller;
        let wanted = self.worlds.len() as u64 + 1;
        check(source_name, Limit::WorldsPerCaller, wanted, most)?;
        let known = shim.world(encoded).await?;
        self.worlds.insert(encoded.into(), known.clone());
        Ok(known)
    }

    /// Makes a fresh instance in the place of one, which ends if it still lives, with all calls of it
    /// that were started. Of a named instance there is only one: if it lives, it stays.
    ///
    /// # Errors
    /// When the number names no instance, or the new one fails to start; the old one is then as
    /// dead or alive as before.
    pub fn respawn(&mut self, instance: u32) -> Result<(), LoadError> {
        run(self.respawn_async(instance))
    }

    /// The same as [`ShimCtx::respawn`].
    ///
    /// # Errors
    /// As there.
    pub async fn respawn_async(&mut self, instance: u32) -> Result<(), LoadError> {
        let shim = self.shim.get()?;
        let origin = self.table.origin(instance);
        let (spawn, stay) = origin.ok_or_else(|| LoadError::Protocol {
            message: format!("there is no instance number {instance}"),
        })?;
        let held = start(&shim, self.chain(), spawn, stay).await?;
        self.calls.cancel_all(instance);
        self.table.replace(instance, held);
        Ok(())
    }
}

/// Makes an instance, or attaches to a named one.
async fn start(
    shim: &Inner,
    chain: Chain,
    spawn: Arc<Spawn>,
    stay: Option<Stay>,
) -> Result<Held, LoadError> {
    Ok(match stay {
        None => {
            let limit = chain.time(spawn.limits.deadline);
            Held::fresh(Instance::new(spawn, &chain, limit).await?)
        }
        Some(stay) => {
            let attachment = shim.directory.attach(spawn, stay, &chain).await?;
            Held::Named(Box::new(attachment))
        }
    })
}

/// Checks that somebody serves what a plugin imports.
fn check_imports(spawn: &Spawn, imports: Imports) -> Result<(), LoadError> {
    let needed = spawn.plan.served_imports();
    match imports {
        Imports::Nobody if !needed.is_empty() => Err(LoadError::Unsatisfied {
            source_name: spawn.source_name.to_string(),
            imports: needed.to_vec(),
        }),
        _ => Ok(()),
    }
}

fn check(source_name: &str, limit: Limit, found: u64, allowed: u64) -> Result<(), LoadError> {
    Exceeded::check(limit, found, allowed).map_err(|exceeded| LoadError::Limit {
        source_name: source_name.into(),
        exceeded,
    })
}
