//! One live copy of a plugin, in a store of its own.

use crate::counters::{Counters, Meter};
use crate::engine::{Mode, PluginEngine, ticks};
use crate::error::{CallError, LoadError};
use crate::plan::PluginPlan;
use crate::plugin_state::PluginState;
use first_class_abi::CallShape;
use first_class_abi::contract::SCALAR_PARAMS;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::component::{
    ComponentNamedList, Func, Instance as WasmInstance, Lift, Lower, TypedFunc, WasmList,
};
use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;

type ScalarParams = (u32, u64, u64, u64, u64);

/// What all instances of a shim share.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) engine: Arc<PluginEngine>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) deadline: Duration,
}

/// An instance behind one handle.
///
/// Invariant: the store is dropped the moment that a call fails in it, because wasmtime lets
/// nobody enter an instance after a trap. What is left says what it died of.
pub(crate) struct Instance {
    source_name: Arc<str>,
    plan: Arc<PluginPlan>,
    surroundings: Surroundings,
    life: Life,
}

enum Life {
    Alive(Box<Alive>),
    Dead(String),
}

struct Alive {
    store: Store<PluginState>,
    call: Func,
    call_scalar: TypedFunc<ScalarParams, (u64,)>,
}

/// Why a plugin's store cannot be entered again.
enum Death {
    Deadline,
    Trap(String),
}

impl Instance {
    pub(crate) fn new(
        source_name: Arc<str>,
        plan: Arc<PluginPlan>,
        surroundings: Surroundings,
    ) -> Result<Self, LoadError> {
        match Alive::new(&plan, &surroundings) {
            Ok(alive) => Ok(Instance {
                source_name,
                plan,
                surroundings,
                life: Life::Alive(Box::new(alive)),
            }),
            Err(death) => Err(LoadError::Instantiate {
                source_name: source_name.to_string(),
                message: match death {
                    Death::Deadline => {
                        format!("it took more than {} ms", surroundings.deadline.as_millis())
                    }
                    Death::Trap(message) => message,
                },
            }),
        }
    }

    /// Calls a function with a buffer of arguments, and returns the buffer of its result.
    pub(crate) fn invoke(&mut self, function: u32, arguments: &[u8]) -> Result<Vec<u8>, CallError> {
        let shape = self.shape(function)?;
        if arguments.len() < shape.arguments_size {
            return Err(CallError::Protocol {
                message: format!(
                    "the arguments of `{}` take {} bytes, the caller passed {}",
                    self.plan.world.function_name(function),
                    shape.arguments_size,
                    arguments.len()
                ),
            });
        }
        let outcome = match &mut self.life {
            Life::Alive(alive) => alive.invoke(&self.plan, &self.surroundings, function, arguments),
            Life::Dead(message) => return Err(dead(&self.source_name, message)),
        };
        outcome.map_err(|death| self.bury(function, death))
    }

    /// Calls a function that needs no buffer.
    pub(crate) fn invoke_scalar(
        &mut self,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        if !self.shape(function)?.scalar {
            let name = self.plan.world.function_name(function);
            return Err(CallError::Protocol {
                message: format!("`{name}` cannot be called with scalars alone"),
            });
        }
        let [a, b, c, d] = scalars;
        let params = (function, a, b, c, d);
        let outcome = match &mut self.life {
            Life::Alive(alive) => alive.invoke_scalar(&self.plan, &self.surroundings, params),
            Life::Dead(message) => return Err(dead(&self.source_name, message)),
        };
        outcome.map_err(|death| self.bury(function, death))
    }

    /// Whether the plugin has a function.
    pub(crate) fn supports(&self, function: u32) -> bool {
        self.plan.world.shape(function).is_some() && !self.plan.lacks.contains(&function)
    }

    fn shape(&self, function: u32) -> Result<&CallShape, CallError> {
        let shape = self.plan.world.shape(function);
        let shape = shape.ok_or_else(|| CallError::Protocol {
            message: format!("the world has no function number {function}"),
        })?;
        if self.plan.lacks.contains(&function) {
            return Err(CallError::Unsupported {
                source_name: self.source_name.to_string(),
                function: self.plan.world.function_name(function),
            });
        }
        Ok(shape)
    }

    /// Gives the store back and says what the instance died of.
    fn bury(&mut self, function: u32, death: Death) -> CallError {
        let source_name = self.source_name.to_string();
        let function = self.plan.world.function_name(function);
        let error = match death {
            Death::Deadline => CallError::Deadline {
                source_name,
                function,
                limit: self.surroundings.deadline,
            },
            Death::Trap(message) => CallError::Trap {
                source_name,
                function,
                message,
            },
        };
        tracing::warn!(source = %self.source_name, %error, "an instance died");
        self.surroundings.counters.died();
        self.life = Life::Dead(error.to_string());
        error
    }
}

fn dead(source_name: &str, message: &str) -> CallError {
    CallError::Dead {
        source_name: source_name.to_owned(),
        message: message.to_owned(),
    }
}

impl Alive {
    fn new(plan: &PluginPlan, surroundings: &Surroundings) -> Result<Self, Death> {
        let meter = Meter::new(surroundings.counters.clone());
        let state = PluginState::new(meter);
        let mut store = Store::new(surroundings.engine.engine(plan.mode), state);
        store.limiter(|state| state);
        store.set_epoch_deadline(ticks(surroundings.deadline));
        let instance = match plan.mode {
            Mode::Direct => may_block(|| plan.pre.instantiate(&mut store))?,
            Mode::Waiting | Mode::Concurrent => {
                wait(surroundings, plan.pre.instantiate_async(&mut store))?
            }
        };
        Self::enterable(store, instance, plan).map_err(Death::from)
    }

    fn enterable(
        mut store: Store<PluginState>,
        instance: WasmInstance,
        plan: &PluginPlan,
    ) -> wasmtime::Result<Self> {
        let missing = || wasmtime::Error::msg("the bridge lacks an entry");
        let call = instance
            .get_func(&mut store, plan.call)
            .ok_or_else(missing)?;
        let call_scalar = instance.get_typed_func(&mut store, plan.call_scalar)?;
        Ok(Alive {
            store,
            call,
            call_scalar,
        })
    }

    fn invoke(
        &mut self,
        plan: &PluginPlan,
        surroundings: &Surroundings,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, Death> {
        let call = self
            .call
            .typed::<(u32, &[u8]), (WasmList<u8>,)>(&self.store)
            .map_err(Death::from)?;
        let (result,) = self.enter(plan, surroundings, &call, (function, arguments))?;
        Ok(result.as_le_slice(&self.store).to_vec())
    }

    fn invoke_scalar(
        &mut self,
        plan: &PluginPlan,
        surroundings: &Surroundings,
        params: ScalarParams,
    ) -> Result<u64, Death> {
        let call = self.call_scalar;
        let (result,) = self.enter(plan, surroundings, &call, params)?;
        Ok(result)
    }

    fn enter<P, R>(
        &mut self,
        plan: &PluginPlan,
        surroundings: &Surroundings,
        call: &TypedFunc<P, R>,
        params: P,
    ) -> Result<R, Death>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        self.store.set_epoch_deadline(ticks(surroundings.deadline));
        match plan.mode {
            Mode::Direct => may_block(|| call.call(&mut self.store, params)),
            Mode::Waiting | Mode::Concurrent => {
                wait(surroundings, call.call_async(&mut self.store, params))
            }
        }
    }
}

/// Enters a plugin where WASI's host functions may block: they panic on a thread that drives async
/// tasks, so a synchronous embedder that calls from one pays for another thread.
fn may_block<R: Send>(enter: impl FnOnce() -> wasmtime::Result<R> + Send) -> Result<R, Death> {
    if tokio::runtime::Handle::try_current().is_err() {
        return enter().map_err(Death::from);
    }
    let result = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, enter)?;
        thread
            .join()
            .unwrap_or_else(|_| Err(wasmtime::Error::msg("a host function panicked")))
    });
    result.map_err(Death::from)
}

/// Runs a plugin that can wait in the host, on this thread, until it is done or its deadline is
/// over. The epoch stops it while it computes, the timer while it waits.
fn wait<R>(
    surroundings: &Surroundings,
    call: impl Future<Output = wasmtime::Result<R>>,
) -> Result<R, Death> {
    let runtime = surroundings.engine.runtime();
    let runtime = runtime.map_err(|error| Death::Trap(error.to_string()))?;
    let _entered = runtime.enter();
    let outcome =
        pollster::block_on(async { tokio::time::timeout(surroundings.deadline, call).await });
    match outcome {
        Ok(result) => result.map_err(Death::from),
        Err(_elapsed) => Err(Death::Deadline),
    }
}

impl From<wasmtime::Error> for Death {
    fn from(error: wasmtime::Error) -> Self {
        if let Some(Trap::Interrupt) = error.downcast_ref() {
            return Death::Deadline;
        }
        if let Some(I32Exit(status)) = error.downcast_ref() {
            return Death::Trap(format!("it exited with status {status}"));
        }
        Death::Trap(error.root_cause().to_string())
    }
}
