//! What the shim keeps for one caller: the instances it holds, and the calls it has started.

mod asked;
mod batch;
mod bulk;
mod calling;
mod held;
mod loading;
mod out;
mod started;
mod step;
mod streams;
mod table;

use crate::chain::Chain;
use crate::error::{CallError, LoadError};
use crate::instance::Nesting;
use crate::plan::KnownWorld;
use crate::policy::Caller;
use crate::shim::{Inner, Shim};
pub use batch::Outcome;
pub(crate) use held::Taken;
pub(crate) use loading::{Embedding, Imports};
use started::Calls;
pub(crate) use started::Waited;
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
pub use step::{Callback, CallbackScalar, Step, Transfer};
use table::Table;

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
