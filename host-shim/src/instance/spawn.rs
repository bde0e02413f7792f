//! What it takes to make instances of one source, again and again.

use crate::chain::Chain;
use crate::engine::PluginEngine;
use crate::plan::PluginPlan;
use crate::plugin_state::PluginState;
use crate::policy::{Caller, Capacity, Limits, Restart, WasiGrants};
use crate::pool::Pool;
use crate::provided::Provided;
use crate::seeing::{Counters, Meters};
use crate::waits::Waits;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

/// What all instances of a shim share.
pub(crate) struct Host {
    pub(crate) engine: Arc<PluginEngine>,
    pub(crate) waits: Arc<Waits>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) capacity: Capacity,
    /// Where started calls run.
    pub(crate) pool: Pool,
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

    pub(super) fn enter_caller(&self, state: &mut PluginState, chain: &Chain, limit: Duration) {
        if self.plan.holds_instances()
            && let Some(caller) = &mut state.caller
        {
            let chain = chain.enter(&self.source_name, limit);
            self.nesting.enter(&mut **caller, chain);
        }
    }
}
