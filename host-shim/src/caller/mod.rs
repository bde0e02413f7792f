//! What the shim keeps for one caller: the instances it holds, and the calls it has started.

mod batch;
mod bulk;
mod calling;
mod held;
mod started;
mod step;
mod streams;
mod table;

use crate::chain::Chain;
use crate::error::{CallError, LoadError};
use crate::instance::{Instance, Nesting, Spawn};
use crate::named::Stay;
use crate::plan::KnownWorld;
use crate::policy::{Caller, Exceeded, Limit};
use crate::seeing::watch_load;
use crate::shim::{GIVEN, Inner, Prepared, Shim};
use crate::waits::run;
pub use batch::Outcome;
use held::Held;
pub(crate) use held::Taken;
use started::Calls;
pub(crate) use started::Waited;
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
pub use step::{Callback, CallbackScalar, Step, Transfer};
use table::Table;

/// The longest name of a source that is looked up, in bytes.
const LONGEST_NAME: usize = 1024;

/// The state of one caller; it belongs into the data of the caller's store, and its instances
/// end with it.
///
/// Its methods are the functions of the contract `first-class:worlds`.
/// [`add_to_linker`](crate::add_to_linker) calls them for a component; a native program may call
/// them itself. A method without `async` waits on its thread, and what it loads computes there; one
/// with `async` waits as a future does, in any executor, and what it loads gives way to other tasks.
pub struct ShimCtx {
    shim: Hold,
    caller: Caller,
    table: Table,
    /// Dropped after the table, so that what they have left goes with it.
    calls: Calls,
    worlds: HashMap<Box<[u8]>, Arc<KnownWorld>>,
    nesting: Arc<dyn Nesting>,
    /// The calls that led here, if the caller is itself an instance of the shim.
    chain: Option<Chain>,
    /// Whether what it loads is its own, also of a source whose instances are shared by name.
    is_alone: bool,
    /// Why the last call with scalars failed, until the caller asks.
    scalar_failure: Option<Box<CallError>>,
}

/// A caller keeps its shim, but an instance that is a caller does not: its shim keeps it.
enum Hold {
    Strong(Shim),
    Weak(Weak<Inner>),
}

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

/// Makes instances callers of the shim that they live in.
struct Nested(Weak<Inner>);

impl Nesting for Nested {
    fn caller(&self, caller: Caller) -> Box<dyn Any + Send> {
        Box::new(ShimCtx::new(Hold::Weak(self.0.clone()), caller))
    }

    fn enter(&self, caller: &mut (dyn Any + Send), chain: Chain) {
        if let Some(caller) = caller.downcast_mut::<ShimCtx>() {
            caller.chain = Some(chain);
        }
    }
}

impl Shim {
    /// The state of one more caller, for the data of its store. It has no identity, and may load
    /// whatever the shim's own rule allows.
    pub fn caller(&self) -> ShimCtx {
        self.caller_as(Caller::default())
    }

    /// The state of one more caller, for the data of its store.
    pub fn caller_as(&self, caller: Caller) -> ShimCtx {
        ShimCtx::new(Hold::Strong(self.clone()), caller)
    }
}

impl Hold {
    fn weak(&self) -> Weak<Inner> {
        match self {
            Hold::Strong(shim) => Arc::downgrade(&shim.inner),
            Hold::Weak(shim) => shim.clone(),
        }
    }

    fn get(&self) -> Result<Arc<Inner>, LoadError> {
        let inner = match self {
            Hold::Strong(shim) => Some(shim.inner.clone()),
            Hold::Weak(shim) => shim.upgrade(),
        };
        inner.ok_or_else(|| LoadError::Protocol {
            message: "the shim is gone".into(),
        })
    }
}

impl ShimCtx {
    fn new(shim: Hold, caller: Caller) -> Self {
        let nesting = Arc::new(Nested(shim.weak()));
        ShimCtx {
            shim,
            caller,
            table: Table::default(),
            calls: Calls::default(),
            worlds: HashMap::new(),
            nesting,
            chain: None,
            is_alone: false,
            scalar_failure: None,
        }
    }

    /// The state of a caller that shares no instance with others: what others would share by name, it
    /// gets for itself.
    #[cfg(feature = "nats")]
    pub(crate) fn alone(self) -> Self {
        ShimCtx {
            is_alone: true,
            ..self
        }
    }

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

    /// Ends an instance, or the hold on a named one, with all calls of it that were started. A number
    /// that names none is ignored.
    pub fn release(&mut self, instance: u32) {
        self.calls.cancel_all(instance);
        self.table.remove(instance);
    }

    /// Whether the plugin has a function; no, too, for numbers that name nothing.
    pub fn supports(&self, instance: u32, function: u32) -> bool {
        let spawn = self.table.spawn(instance);
        spawn.is_some_and(|spawn| spawn.supports(function))
    }

    /// Whether an instance can be called; no, too, for a number that names none. One that is dead
    /// and that its source's policy makes anew counts as alive, and one that is being called.
    pub fn is_alive(&mut self, instance: u32) -> bool {
        self.table.is_alive(instance)
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
