//! A live instance: its store, and the two ways into it.

use super::batch::BatchFuncs;
use super::bulk::BulkFuncs;
use super::death::Death;
use super::spawn::Spawn;
use crate::chain::Chain;
use crate::desk::Desk;
use crate::engine::{Mode, ticks};
use crate::exchange::{Exchange, Passed, Returned};
use crate::plugin_state::PluginState;
use crate::seeing::Meter;
use first_class_abi::contract::SCALAR_PARAMS;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use wasmtime::component::{
    ComponentNamedList, Func, Instance as WasmInstance, InstancePre, Lift, Lower, TypedFunc,
    WasmList,
};
use wasmtime::{Store, UpdateDeadline};

/// Up to how many bytes an argument is copied rather than borrowed.
pub(crate) const SMALL: usize = 4096;

type ScalarParams = (u32, u64, u64, u64, u64);

/// The outcome of a call with a buffer. A result that is larger than it may be is left where it is,
/// and its size given in its place.
pub(super) type Outcome<R> = Result<Result<R, u64>, Death>;

/// An instance that can be called.
pub(super) struct Live {
    pub(super) store: Store<PluginState>,
    pub(super) instance: WasmInstance,
    mode: Mode,
    /// How many ticks of the epoch a call may take.
    ticks: u64,
    call: Func,
    /// The same for buffers that are worth a copy, since to give a borrowed one its type takes longer.
    call_small: TypedFunc<(u32, Vec<u8>), (WasmList<u8>,)>,
    call_scalar: TypedFunc<ScalarParams, (u64,)>,
    pub(super) bulk: BulkFuncs,
    /// Those for batches, once there was one.
    pub(super) batch: Option<BatchFuncs>,
}

impl Live {
    /// Makes an instance within its deadline, at the wish of a chain of calls.
    pub(super) async fn start(
        spawn: &Spawn,
        chain: &Chain,
        limit: Duration,
    ) -> Result<Self, Death> {
        let (mode, pre) = spawn.entered(spawn.on_fiber)?;
        let mut store = Self::store(spawn, mode)?;
        spawn.enter_caller(store.data_mut(), chain, limit);
        match Self::instantiate(spawn, mode, pre, limit, &mut store).await {
            Ok(instance) => {
                if let Some(exchange) = &store.data().exchange {
                    exchange.open();
                }
                Ok(Self::enterable(store, mode, instance, spawn)?)
            }
            Err(death) => Err(death.explained(store.data_mut())),
        }
    }

    /// Makes an instance that somebody else runs, who leaves commands at a desk.
    pub(super) async fn instance_of(
        spawn: &Spawn,
        limit: Duration,
        desk: Arc<Desk>,
    ) -> Result<(Store<PluginState>, WasmInstance), Death> {
        let (mode, pre) = spawn.entered(true)?;
        let mut store = Self::store(spawn, mode)?;
        store.data_mut().desk = Some(desk);
        match Self::instantiate(spawn, mode, pre, limit, &mut store).await {
            Ok(instance) => Ok((store, instance)),
            Err(death) => Err(death.explained(store.data_mut())),
        }
    }

    fn store(spawn: &Spawn, mode: Mode) -> Result<Store<PluginState>, Death> {
        let host = &spawn.host;
        let meter =
            Meter::new(host.counters.clone(), host.capacity.instances).map_err(Death::Limit)?;
        let wasi = spawn.wasi.context(&spawn.source_name);
        let mut state = PluginState::new(
            spawn.source_name.clone(),
            wasi.map_err(Death::trap)?,
            meter,
            host.capacity.memories,
            &spawn.limits,
        );
        state.set_data(spawn.provided.data());
        state.exchange = spawn.plan.exchange().map(Arc::new);
        let mut store = Store::new(host.engine.engine(mode), state);
        store.limiter(|state| state);
        // A result is refused by its own limit, not by that of what wasmtime hands over.
        let memory = usize::try_from(spawn.limits.memory_bytes).unwrap_or(usize::MAX);
        store.set_hostcall_fuel(store.hostcall_fuel().max(memory));
        if mode != Mode::Direct {
            store.data_mut().caller = Some(spawn.caller());
            // Each tick it gives way to others on its thread; its deadline is a timer.
            store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        } else {
            store.epoch_deadline_callback(|mut store| store.data_mut().deadline_is_near());
        }
        Ok(store)
    }

    async fn instantiate(
        spawn: &Spawn,
        mode: Mode,
        pre: &InstancePre<PluginState>,
        limit: Duration,
        store: &mut Store<PluginState>,
    ) -> Result<WasmInstance, Death> {
        match mode {
            Mode::Direct => {
                store.set_epoch_deadline(ticks(limit));
                may_block(|| pre.instantiate(store))
            }
            Mode::Waiting | Mode::Concurrent => {
                store.set_epoch_deadline(1);
                // In a box, as `on_fiber` has it.
                Box::pin(within(spawn, limit, pre.instantiate_async(store))).await
            }
        }
    }

    fn enterable(
        mut store: Store<PluginState>,
        mode: Mode,
        instance: WasmInstance,
        spawn: &Spawn,
    ) -> wasmtime::Result<Self> {
        let missing = || wasmtime::Error::msg("the bridge lacks an entry");
        let entries = spawn.plan.entries.as_ref().ok_or_else(missing)?;
        let call = instance
            .get_func(&mut store, entries.call)
            .ok_or_else(missing)?;
        let call_small = call.typed(&store)?;
        let call_scalar = instance.get_typed_func(&mut store, entries.call_scalar)?;
        Ok(Live {
            store,
            instance,
            mode,
            ticks: ticks(spawn.limits.deadline),
            call,
            call_small,
            call_scalar,
            bulk: BulkFuncs::default(),
            batch: None,
        })
    }

    /// Calls a function with a buffer.
    pub(super) async fn invoke(
        &mut self,
        spawn: &Spawn,
        limit: Duration,
        function: u32,
        arguments: &[u8],
    ) -> Outcome<Vec<u8>> {
        let call = self
            .call
            .typed::<(u32, &[u8]), (WasmList<u8>,)>(&self.store)?;
        let (result,) = self
            .enter(spawn, limit, &call, (function, arguments))
            .await?;
        Ok(self.copied(&result, spawn.limits.result_bytes))
    }

    /// Whether it is entered on the caller's stack, where nothing is waited for.
    pub(super) fn is_direct(&self) -> bool {
        self.mode == Mode::Direct
    }

    /// Calls a function with a small buffer, on the caller's stack.
    pub(super) fn invoke_directly(
        &mut self,
        spawn: &Spawn,
        function: u32,
        arguments: Vec<u8>,
    ) -> Outcome<Vec<u8>> {
        let call = self.call_small;
        let (result,) = self.enter_directly(&call, (function, arguments))?;
        Ok(self.copied(&result, spawn.limits.result_bytes))
    }

    /// Calls a function that needs no buffer, on the caller's stack.
    pub(super) fn scalar_directly(
        &mut self,
        function: u32,
        [a, b, c, d]: [u64; SCALAR_PARAMS],
    ) -> Result<u64, Death> {
        let call = self.call_scalar;
        let (result,) = self.enter_directly(&call, (function, a, b, c, d))?;
        Ok(result)
    }

    pub(super) fn enter_directly<P, R>(
        &mut self,
        call: &TypedFunc<P, R>,
        params: P,
    ) -> Result<R, Death>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        self.store.set_epoch_deadline(self.ticks);
        let result = may_block(|| call.call(&mut self.store, params));
        result.map_err(|death| death.explained(self.store.data_mut()))
    }

    /// Calls a function on a fiber, as a future that holds the instance until the call
    /// ends. How long that may take, whoever polls it has to see to.
    pub(super) async fn run(
        mut self: Box<Self>,
        spawn: Arc<Spawn>,
        function: u32,
        arguments: Passed,
    ) -> (Box<Self>, Outcome<Returned>) {
        let outcome = match (arguments, spawn.plan.exposed.is_empty()) {
            (Passed::Scalars(scalars), true) => {
                let result = self.scalar_unlimited(function, scalars).await;
                result.map(|scalar| Ok(Returned::Scalar(scalar)))
            }
            (Passed::Buffer(arguments), true) => {
                let result = self.run_unlimited(&spawn, function, &arguments).await;
                result.map(|result| result.map(Returned::Buffer))
            }
            (arguments, false) => {
                let arguments = arguments.into_buffer();
                let run = Box::pin(self.run_with_resources(&spawn, function, arguments));
                run.await.map(|result| result.map(Returned::Buffer))
            }
        };
        let outcome = outcome.map_err(|error| Death::from(error).explained(self.store.data_mut()));
        (self, outcome)
    }

    async fn run_unlimited(
        &mut self,
        spawn: &Spawn,
        function: u32,
        arguments: &[u8],
    ) -> wasmtime::Result<Result<Vec<u8>, u64>> {
        let call = self
            .call
            .typed::<(u32, &[u8]), (WasmList<u8>,)>(&self.store)?;
        self.store.set_epoch_deadline(1);
        let call = call.call_async(&mut self.store, (function, arguments));
        let (result,) = call.await?;
        Ok(self.copied(&result, spawn.limits.result_bytes))
    }

    async fn run_with_resources(
        &mut self,
        spawn: &Spawn,
        function: u32,
        mut arguments: Vec<u8>,
    ) -> wasmtime::Result<Result<Vec<u8>, u64>> {
        let loans = self.bring_in(spawn, function, &mut arguments).await?;
        let mut result = self.run_unlimited(spawn, function, &arguments).await?;
        self.end_loans(loans).await?;
        if let Ok(result) = &mut result {
            self.take_out(spawn, function, result).await?;
        }
        Ok(result)
    }

    /// The same with scalars.
    pub(super) async fn scalar_unlimited(
        &mut self,
        function: u32,
        [a, b, c, d]: [u64; SCALAR_PARAMS],
    ) -> wasmtime::Result<u64> {
        self.store.set_epoch_deadline(1);
        let call = self.call_scalar;
        let params = (function, a, b, c, d);
        let (result,) = call.call_async(&mut self.store, params).await?;
        Ok(result)
    }

    fn copied(&self, result: &WasmList<u8>, most: u64) -> Result<Vec<u8>, u64> {
        let result = result.as_le_slice(&self.store);
        let length = result.len() as u64;
        if length > most {
            return Err(length);
        }
        Ok(result.to_vec())
    }

    /// Where its calls of its caller are left.
    pub(super) fn exchange(&self) -> Option<Arc<Exchange>> {
        self.store.data().exchange.clone()
    }

    /// Calls a function that needs no buffer.
    pub(super) async fn invoke_scalar(
        &mut self,
        spawn: &Spawn,
        limit: Duration,
        function: u32,
        [a, b, c, d]: [u64; SCALAR_PARAMS],
    ) -> Result<u64, Death> {
        let call = self.call_scalar;
        let params = (function, a, b, c, d);
        let (result,) = self.enter(spawn, limit, &call, params).await?;
        Ok(result)
    }

    /// Tells the instance, if it holds others itself, which chain of calls it is entered by.
    pub(super) fn enter_caller(&mut self, spawn: &Spawn, chain: &Chain, limit: Duration) {
        spawn.enter_caller(self.store.data_mut(), chain, limit);
    }

    /// Lets a flag stop its calls, or no longer.
    pub(super) fn stop_by(&mut self, flag: Option<&Arc<AtomicBool>>) {
        let known = &mut self.store.data_mut().stop;
        if flag.is_some() || known.is_some() {
            *known = flag.cloned();
        }
    }

    pub(super) async fn enter<P, R>(
        &mut self,
        spawn: &Spawn,
        limit: Duration,
        call: &TypedFunc<P, R>,
        params: P,
    ) -> Result<R, Death>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let result = match self.mode {
            Mode::Direct => {
                let ticks = self.store.data_mut().next_look(ticks(limit));
                self.store.set_epoch_deadline(ticks);
                may_block(|| call.call(&mut self.store, params))
            }
            Mode::Waiting | Mode::Concurrent => {
                self.store.set_epoch_deadline(1);
                on_fiber(spawn, limit, &mut self.store, call, params).await
            }
        };
        result.map_err(|death| death.explained(self.store.data_mut()))
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

/// Enters a plugin on a fiber. The future is boxed, so that a call on the caller's stack, which is
/// a future too, does not carry the room for this one about.
fn on_fiber<'a, P, R>(
    spawn: &'a Spawn,
    limit: Duration,
    store: &'a mut Store<PluginState>,
    call: &'a TypedFunc<P, R>,
    params: P,
) -> Pin<Box<dyn Future<Output = Result<R, Death>> + Send + 'a>>
where
    P: ComponentNamedList + Lower + Send + Sync + 'a,
    R: ComponentNamedList + Lift + Send + Sync + 'static,
{
    Box::pin(within(spawn, limit, call.call_async(store, params)))
}

/// Waits for what happens on a fiber, until it is done or its deadline is over.
async fn within<R>(
    spawn: &Spawn,
    limit: Duration,
    call: impl Future<Output = wasmtime::Result<R>>,
) -> Result<R, Death> {
    let done = spawn.host.waits.within(limit, call).await;
    let done = done.map_err(|error| Death::trap(error.to_string()))?;
    done.map_or(Err(Death::Deadline), |result| result.map_err(Death::from))
}
