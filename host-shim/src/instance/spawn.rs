//! What it takes to make instances of one source, again and again.

use crate::chain::Chain;
use crate::engine::{Mode, PluginEngine};
use crate::error::CallError;
use crate::plan::PluginPlan;
use crate::plugin_state::PluginState;
use crate::policy::{Caller, Capacity, Exceeded, Limit, Limits, Restart, WasiGrants};
use crate::pool::{Pool, Use};
use crate::provided::Provided;
use crate::seeing::{Counters, Meters};
use crate::waits::Waits;
use first_class_abi::{Bulk, BulkType, CallShape, Number};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::component::InstancePre;

/// What an instance died of whose call nobody waited for any more.
pub(super) const GIVEN_UP: &str = "its call was given up";

/// What all instances of a shim share.
pub(crate) struct Host {
    pub(crate) engine: Arc<PluginEngine>,
    pub(crate) waits: Arc<Waits>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) capacity: Capacity,
    /// Where started calls run.
    pub(crate) pool: Pool,
}

impl Host {
    /// Lets something go on to its end for which nobody waits. It may compute, so it gets a thread of
    /// the pool, and never the one that all timers and connections need.
    pub(crate) fn go_on(&self, future: impl Future<Output = ()> + Send + 'static) {
        match self.pool.spawn(Use::Shared, future) {
            Ok(task) => task.detach(),
            Err(error) => tracing::warn!(%error, "a call that nobody waits for is given up"),
        }
    }
}

/// What instances of one name are made of.
pub(crate) struct Spawn {
    pub(crate) host: Arc<Host>,
    pub(crate) source_name: Arc<str>,
    pub(crate) plan: Arc<PluginPlan>,
    pub(crate) wasi: WasiGrants,
    pub(crate) provided: Provided,
    pub(crate) limits: Limits,
    pub(crate) restart: Restart,
    /// Whether they are entered on a fiber even where that is not needed.
    pub(crate) on_fiber: bool,
    pub(crate) meters: Meters,
    /// As whom instances call others, if they import the contract.
    pub(crate) as_caller: Caller,
    pub(crate) nesting: Arc<dyn Nesting>,
}

/// How instances hold others. What their state as callers is, this module does not know.
pub(crate) trait Nesting: Send + Sync {
    /// The state of one more instance, as a caller.
    fn caller(&self, caller: Caller) -> Box<dyn Any + Send>;

    /// Tells such a state by which chain of calls the instance is entered.
    fn enter(&self, caller: &mut (dyn Any + Send), chain: Chain);
}

impl Spawn {
    /// The state of one more instance, as a caller.
    pub(super) fn caller(&self) -> Box<dyn Any + Send> {
        self.nesting.caller(self.as_caller.clone())
    }

    /// Whether an instance may wait in the host for something else than its caller.
    pub(super) fn waits(&self) -> bool {
        self.plan.waits() || self.wasi.may_wait()
    }

    /// How an instance is entered, and what makes it.
    pub(super) fn entered(
        &self,
        on_fiber: bool,
    ) -> wasmtime::Result<(Mode, &InstancePre<PluginState>)> {
        let entered = self.plan.entered(on_fiber);
        entered.ok_or_else(|| wasmtime::Error::msg("it is no component"))
    }

    pub(super) fn enter_caller(&self, state: &mut PluginState, chain: &Chain, limit: Duration) {
        if self.plan.holds_instances()
            && let Some(caller) = &mut state.caller
        {
            let chain = chain.enter(&self.source_name, limit);
            self.nesting.enter(&mut **caller, chain);
        }
    }
}

/// What calls may be told before they enter an instance.
impl Spawn {
    /// How a call of an instance uses its thread.
    pub(crate) fn thread(&self) -> Use {
        match self.plan.mode(self.on_fiber) {
            Mode::Direct => Use::Whole,
            Mode::Waiting | Mode::Concurrent => Use::Shared,
        }
    }

    /// Whether the plugin has a function.
    pub(crate) fn supports(&self, function: u32) -> bool {
        self.plan.world.shape(function).is_some() && !self.plan.lacks.contains(&function)
    }

    /// The shape of a call of a function that the plugin has.
    #[inline]
    pub(crate) fn shape(&self, function: u32) -> Result<&CallShape, CallError> {
        match self.plan.world.shape(function) {
            Some(shape) if !self.plan.lacks.contains(&function) => Ok(shape),
            shape => Err(self.has_no(function, shape.is_some())),
        }
    }

    #[cold]
    fn has_no(&self, function: u32, is_of_the_world: bool) -> CallError {
        match is_of_the_world {
            true => CallError::Unsupported {
                source_name: self.source_name.to_string(),
                function: self.plan.world.function_name(function),
            },
            false => CallError::Protocol {
                message: format!("the world has no function number {function}"),
            },
        }
    }

    /// Checks that a buffer has all of a function's arguments.
    #[inline]
    pub(super) fn check_arguments(
        &self,
        function: u32,
        shape: &CallShape,
        arguments: &[u8],
    ) -> Result<(), CallError> {
        match arguments.len() >= shape.arguments_size {
            true => Ok(()),
            false => Err(self.lacks_arguments(function, shape, arguments.len())),
        }
    }

    #[cold]
    fn lacks_arguments(&self, function: u32, shape: &CallShape, passed: usize) -> CallError {
        let name = self.plan.world.function_name(function);
        let needed = shape.arguments_size;
        CallError::Protocol {
            message: format!(
                "the arguments of `{name}` take {needed} bytes, the caller passed {passed}"
            ),
        }
    }

    /// The shape of a call that needs no buffer.
    pub(crate) fn scalar_shape(&self, function: u32) -> Result<&CallShape, CallError> {
        let shape = self.shape(function)?;
        if shape.scalar {
            return Ok(shape);
        }
        let name = self.plan.world.function_name(function);
        Err(CallError::Protocol {
            message: format!("`{name}` cannot be called with scalars alone"),
        })
    }

    /// What a function moves that moves a string.
    pub(crate) fn text_shape(&self, function: u32) -> Result<Bulk, CallError> {
        match self.shape(function)?.bulk {
            Some(bulk) if bulk.ty == BulkType::Text => Ok(bulk),
            _ => Err(self.moves_no(function, "string")),
        }
    }

    /// What a function moves that moves a list of numbers, if these are words of their width, or are
    /// bytes.
    pub(crate) fn numbers_shape<W>(
        &self,
        function: u32,
        words: &[W],
    ) -> Result<(Bulk, Number), CallError> {
        let (width, bytes) = (size_of::<W>(), size_of_val(words));
        let Some(bulk) = self.shape(function)?.bulk else {
            return Err(self.moves_no(function, "list of numbers"));
        };
        match bulk.ty {
            BulkType::Numbers(number) if width != 1 && width != number.size() => {
                let name = self.plan.world.function_name(function);
                Err(CallError::Protocol {
                    message: format!(
                        "the numbers of `{name}` have {} bytes, and not {width}",
                        number.size()
                    ),
                })
            }
            BulkType::Numbers(number) if bytes.is_multiple_of(number.size()) => Ok((bulk, number)),
            BulkType::Numbers(number) => Err(CallError::Protocol {
                message: format!("{bytes} bytes are no numbers of {} bytes", number.size()),
            }),
            BulkType::Text => Err(self.moves_no(function, "list of numbers")),
        }
    }

    fn moves_no(&self, function: u32, what: &str) -> CallError {
        let name = self.plan.world.function_name(function);
        CallError::Protocol {
            message: format!("`{name}` is not a function of one {what} alone"),
        }
    }

    /// Whether a chain of calls may enter one more instance.
    pub(crate) fn check_nesting(&self, chain: &Chain, function: u32) -> Result<(), CallError> {
        let (depth, most) = (chain.depth() + 1, self.host.capacity.nesting);
        Exceeded::check(Limit::Nesting, depth, most)
            .map_err(|exceeded| self.exceeded(function, exceeded))
    }

    /// Whether instances take batches, unless they are shared by name.
    pub(crate) fn takes_batches(&self) -> bool {
        let plan = &self.plan;
        !plan.is_concurrent() && plan.served_imports().is_empty()
    }

    pub(super) fn check_takes_batches(&self) -> Result<(), CallError> {
        match self.takes_batches() {
            true => Ok(()),
            false => Err(self.takes_no_batches()),
        }
    }

    pub(crate) fn takes_no_batches(&self) -> CallError {
        CallError::Protocol {
            message: "the instance takes no batches, see `takes-batches`".into(),
        }
    }

    /// Checks that a call needs nobody to serve imports.
    pub(super) fn check_serves_itself(&self) -> Result<(), CallError> {
        if self.plan.served_imports().is_empty() {
            return Ok(());
        }
        Err(CallError::Protocol {
            message: "an instance whose imports its caller serves is called with `begin`".into(),
        })
    }

    /// A call that was given up.
    pub(crate) fn given_up(&self) -> CallError {
        self.dead(GIVEN_UP)
    }

    /// An answer to an instance that asked for nothing.
    pub(crate) fn waits_for_nobody(&self) -> CallError {
        self.dead("no call of it waits for its caller")
    }

    /// A call of an instance in a call that waits for its caller.
    pub(crate) fn busy(&self) -> CallError {
        let source_name = self.source_name.to_string();
        CallError::Busy {
            chain: vec![source_name.clone()],
            source_name,
        }
    }

    pub(super) fn too_large(&self, function: u32, found: u64) -> CallError {
        let exceeded = Exceeded {
            limit: Limit::Result,
            allowed: self.limits.result_bytes,
            found: Some(found),
        };
        self.exceeded(function, exceeded)
    }

    /// A call of an instance that is dead.
    pub(crate) fn dead(&self, message: &str) -> CallError {
        CallError::Dead {
            source_name: self.source_name.to_string(),
            message: message.to_owned(),
        }
    }

    /// A call of an instance that has died without the caller's knowledge.
    pub(super) fn died(&self, message: &str) -> CallError {
        CallError::Died {
            source_name: self.source_name.to_string(),
            message: message.to_owned(),
        }
    }

    /// A limit that was exceeded in a call of a function.
    pub(crate) fn exceeded(&self, function: u32, exceeded: Exceeded) -> CallError {
        CallError::Limit {
            source_name: self.source_name.to_string(),
            function: self.plan.world.function_name(function),
            exceeded,
        }
    }
}
