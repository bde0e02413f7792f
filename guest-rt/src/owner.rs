//! An instance, as its handle, its resources and its calls share it.

use crate::error::{CallError, Dead, LoadError, has_died, has_run};
use crate::host::{Failure, Host};
use crate::implemented::Implemented;
use crate::imports::Answer;
use crate::passing::Given;
use first_class_abi::contract::SCALAR_PARAMS;
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// What serves the imports of an instance. Only those who serve some make one, so that nobody else's
/// guest is larger for it.
pub(crate) trait Serving: Debug + Send + Sync {
    /// Calls a function with a buffer, and serves what it calls meanwhile.
    fn call(
        &self,
        owner: &Arc<Owner>,
        function: u32,
        arguments: &[u8],
        given: Given,
    ) -> Result<Vec<u8>, CallError>;

    /// The same with scalars.
    fn call_scalar(
        &self,
        owner: &Arc<Owner>,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError>;

    /// Serves one call of an import.
    fn serve(
        &self,
        owner: &Arc<Owner>,
        function: u32,
        arguments: &[u8],
    ) -> Result<Answer, CallError>;

    /// The resources that this guest implements for the instance.
    fn implemented(&self) -> &Implemented;

    /// How many calls are started and not taken.
    fn pending(&self) -> &AtomicU32;
}

/// What handle, resources and calls of an instance have in common.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) host: Host,
    pub(crate) number: u32,
    pub(crate) source: String,
    /// What serves its imports, if this guest does.
    pub(crate) serving: Option<Box<dyn Serving>>,
    /// Whether the host takes batches for the instance, once that was asked.
    takes_batches: OnceLock<bool>,
    /// Whether the instance was given back; its number may name another one by now.
    released: AtomicBool,
    /// How often there was or may have been a new instance behind the number: resources live in the
    /// one that they came from.
    lives: AtomicU32,
}

impl Owner {
    pub(crate) fn new(host: Host, number: u32, source: &str) -> Self {
        Owner {
            host,
            number,
            source: source.to_owned(),
            serving: None,
            takes_batches: OnceLock::new(),
            released: AtomicBool::new(false),
            lives: AtomicU32::new(0),
        }
    }

    /// The same, served.
    pub(crate) fn served(self, serving: Box<dyn Serving>) -> Self {
        Owner {
            serving: Some(serving),
            ..self
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
            serving.implemented().clear();
        }
    }

    /// Whether its calls can be made together.
    pub(crate) fn takes_batches(&self) -> bool {
        let asked = || self.host.takes_batches(self.number);
        self.serving.is_none() && *self.takes_batches.get_or_init(asked)
    }

    /// The error of a call. If the instance died of it, the host may make another.
    #[cold]
    pub(crate) fn failed(&self, failure: Failure) -> CallError {
        self.failed_in(self.life(), failure)
    }

    /// The same of a call that was made in a life of the instance. It ends no other one: that an
    /// instance died of a call that was started may be learnt when there is another.
    #[cold]
    pub(crate) fn failed_in(&self, life: u32, failure: Failure) -> CallError {
        if has_died(&failure) && life == self.life() {
            self.end_life();
        }
        CallError::from(failure)
    }

    /// The error of a call that was refused or has failed; if it was refused, nobody got what its
    /// arguments give.
    #[cold]
    pub(crate) fn refused(self: &Arc<Self>, failure: Failure, given: &mut Given) -> CallError {
        let has_run = has_run(&failure);
        let error = self.failed_in(given.life(), failure);
        match &error {
            _ if has_run => {}
            CallError::Dead(_) => given.take_back_from_dead(self),
            _ => given.take_back(self),
        }
        error
    }

    pub(crate) fn release(&self) {
        self.released.store(true, Ordering::Relaxed);
        self.host.release(self.number);
        self.end_life();
    }

    pub(crate) fn life(&self) -> u32 {
        self.lives.load(Ordering::Relaxed)
    }

    /// Whether the instance was given back, so that its number may name another one.
    pub(crate) fn is_released(&self) -> bool {
        self.released.load(Ordering::Relaxed)
    }

    /// Whether the instance of a resource is still the one behind the number.
    pub(crate) fn is_in(&self, life: u32) -> bool {
        !self.is_released() && self.life() == life
    }

    pub(crate) fn gone(&self) -> CallError {
        CallError::from(Dead {
            source: self.source.clone(),
            message: "the instance that the resource lived in is no more".into(),
        })
    }

    /// Drops a handle. An instance that died has dropped it already.
    pub(crate) fn drop_handle(self: &Arc<Self>, function: u32, handle: u32) {
        let mut slots = [0; SCALAR_PARAMS];
        slots[0] = u64::from(handle);
        if let Some(serving) = &self.serving {
            let _ = serving.call_scalar(self, function, slots);
            return;
        }
        if let Err(failure) = self.host.invoke_scalar(self.number, function, slots) {
            // It may be the first to tell that the instance died.
            self.failed(*failure);
        }
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
            takes_batches: OnceLock::new(),
            released: AtomicBool::new(true),
            lives: AtomicU32::new(0),
        })
    }
}
