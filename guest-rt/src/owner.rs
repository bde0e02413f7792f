//! An instance, as its handle, its resources and its calls share it.

use crate::error::{CallError, LoadError, has_run};
use crate::host::{Failure, Host};
use crate::implemented::Given;
use crate::imports::{Imports, Serving};
use crate::pending;
use first_class_abi::contract::SCALAR_PARAMS;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The source of an instance of a component that this guest gave itself.
const GIVEN: &str = "given bytes";

/// What handle, resources and calls of an instance have in common.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) host: Host,
    pub(crate) number: u32,
    pub(crate) source: String,
    /// What serves its imports, if this guest does.
    pub(crate) serving: Option<Serving>,
    /// Whether the instance was given back; its number may name another one by now.
    released: AtomicBool,
    /// How often there was or may have been a new instance behind the number: resources live in the
    /// one that they came from.
    lives: AtomicU32,
}

impl Owner {
    pub(crate) fn load(source: &str, world: &[u8]) -> Result<Arc<Self>, LoadError> {
        let host = Host::current()?;
        let number = host.load(source, world)?;
        Ok(Arc::new(Self::new(host, number, source, None)))
    }

    pub(crate) fn load_bytes(component: &[u8], world: &[u8]) -> Result<Arc<Self>, LoadError> {
        let host = Host::current()?;
        let number = host.load_bytes(component, world)?;
        Ok(Arc::new(Self::new(host, number, GIVEN, None)))
    }

    pub(crate) fn load_with(
        source: &str,
        world: &[u8],
        imports: Box<dyn Imports>,
    ) -> Result<Arc<Self>, LoadError> {
        let host = Host::current()?;
        let number = host.load_with_imports(source, world)?;
        Ok(Self::serving(host, number, source, imports))
    }

    pub(crate) fn load_bytes_with(
        component: &[u8],
        world: &[u8],
        imports: Box<dyn Imports>,
    ) -> Result<Arc<Self>, LoadError> {
        let host = Host::current()?;
        let number = host.load_bytes_with_imports(component, world)?;
        Ok(Self::serving(host, number, GIVEN, imports))
    }

    fn serving(host: Host, number: u32, source: &str, imports: Box<dyn Imports>) -> Arc<Self> {
        let owner = Arc::new_cyclic(|owner| {
            let serving = Serving::new(owner.clone(), imports);
            Self::new(host, number, source, Some(serving))
        });
        pending::register(&owner);
        owner
    }

    fn new(host: Host, number: u32, source: &str, serving: Option<Serving>) -> Self {
        Owner {
            host,
            number,
            source: source.to_owned(),
            serving,
            released: AtomicBool::new(false),
            lives: AtomicU32::new(0),
        }
    }

    pub(crate) fn respawn(&self) -> Result<(), LoadError> {
        self.host.respawn(self.number)?;
        self.end_life();
        Ok(())
    }

    /// Resources on both sides are no more when their instance is.
    pub(crate) fn end_life(&self) {
        self.lives.fetch_add(1, Ordering::Relaxed);
        if let Some(serving) = &self.serving {
            serving.implemented.clear();
        }
    }

    /// The error of a call. If the instance died of it, the host may make another.
    #[cold]
    pub(crate) fn failed(&self, failure: Failure) -> CallError {
        let error = CallError::from(failure);
        if error.is_death() {
            self.end_life();
        }
        error
    }

    /// The error of a call that was refused or has failed; if it was refused, nobody got what its
    /// arguments give.
    #[cold]
    pub(crate) fn refused(&self, failure: Failure, given: &mut Given) -> CallError {
        if !has_run(&failure) {
            given.take_back(self);
        }
        self.failed(failure)
    }

    pub(crate) fn release(&self) {
        self.released.store(true, Ordering::Relaxed);
        self.host.release(self.number);
        self.end_life();
    }

    pub(crate) fn life(&self) -> u32 {
        self.lives.load(Ordering::Relaxed)
    }

    /// Whether the instance of a resource is still the one behind the number.
    pub(crate) fn is_in(&self, life: u32) -> bool {
        !self.released.load(Ordering::Relaxed) && self.life() == life
    }

    pub(crate) fn gone(&self) -> CallError {
        CallError::Dead {
            source: self.source.clone(),
            message: "the instance that the resource lived in is no more".into(),
        }
    }

    /// Drops a handle. An instance that died has dropped it already.
    pub(crate) fn drop_handle(&self, function: u32, handle: u32) {
        let slot = u64::from(handle);
        if let Some(serving) = &self.serving {
            let _ = serving.call(self, function, &slot.to_le_bytes(), Given::new(self));
            return;
        }
        let mut slots = [0; SCALAR_PARAMS];
        slots[0] = slot;
        let _ = self.host.invoke_scalar(self.number, function, slots);
    }
}

#[cfg(test)]
impl Owner {
    /// The owner of no instance, for codes that only compare owners.
    pub(crate) fn detached() -> Arc<Self> {
        Arc::new(Owner {
            host: Host::unreachable(),
            number: 0,
            source: "detached".into(),
            serving: None,
            released: AtomicBool::new(true),
            lives: AtomicU32::new(0),
        })
    }
}
