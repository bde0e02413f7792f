//! What the shim keeps for one caller: the instances it holds, by number.

use crate::error::{CallError, LoadError};
use crate::instance::Instance;
use crate::shim::Shim;
use first_class_abi::contract::SCALAR_PARAMS;
use slab::Slab;

/// The state of one caller; it belongs into the data of the caller's store, and its instances
/// end with it.
///
/// Its methods are the functions of the contract `first-class:worlds`.
/// [`add_to_linker`](crate::add_to_linker) calls them for a component; a native program may call
/// them itself.
pub struct ShimCtx {
    shim: Shim,
    /// An instance is taken out for the length of a call, hence the `Option`.
    instances: Slab<Option<Box<Instance>>>,
}

impl Shim {
    /// The state of one more caller, for the data of its store.
    pub fn caller(&self) -> ShimCtx {
        ShimCtx::new(self.clone())
    }
}

impl ShimCtx {
    pub(crate) fn new(shim: Shim) -> Self {
        ShimCtx {
            shim,
            instances: Slab::new(),
        }
    }

    /// The names of the sources that claim to implement the encoded world.
    ///
    /// # Errors
    /// When the bytes are not a world.
    pub fn available(&self, world: &[u8]) -> Result<Vec<String>, LoadError> {
        self.shim.available(world)
    }

    /// Makes an instance of a source, and returns its number.
    ///
    /// # Errors
    /// When there is no such source, or it is not a component that fits the world and starts.
    pub fn load(&mut self, source_name: &str, world: &[u8]) -> Result<u32, LoadError> {
        let instance = self.shim.load(source_name, world)?;
        let number = self.instances.insert(Some(Box::new(instance)));
        u32::try_from(number).map_err(|_| LoadError::Instantiate {
            source_name: source_name.into(),
            message: "the caller holds too many instances".into(),
        })
    }

    /// Calls a function with a buffer of arguments, and returns the buffer of its result.
    ///
    /// # Errors
    /// When the instance is dead or dies, or the numbers or the buffer break the contract.
    pub fn invoke(
        &mut self,
        instance: u32,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        let mut taken = self.take(instance)?;
        let result = taken.invoke(function, arguments);
        self.put_back(instance, taken);
        result
    }

    /// Calls a function whose arguments and result are scalars.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`].
    pub fn invoke_scalar(
        &mut self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        let mut taken = self.take(instance)?;
        let result = taken.invoke_scalar(function, scalars);
        self.put_back(instance, taken);
        result
    }

    /// Whether the plugin has a function; no, too, for numbers that name nothing.
    pub fn supports(&self, instance: u32, function: u32) -> bool {
        let instance = self.instances.get(instance as usize);
        let instance = instance.and_then(|slot| slot.as_deref());
        instance.is_some_and(|instance| instance.supports(function))
    }

    /// Ends an instance. A number that names none is ignored.
    pub fn release(&mut self, instance: u32) {
        self.instances.try_remove(instance as usize);
    }

    /// Takes an instance out of the table to call it, since its arguments may lie in the memory of
    /// the store that holds the table.
    pub(crate) fn take(&mut self, instance: u32) -> Result<Box<Instance>, CallError> {
        let slot = self.instances.get_mut(instance as usize);
        let slot = slot.ok_or_else(|| CallError::Protocol {
            message: format!("there is no instance number {instance}"),
        })?;
        slot.take().ok_or_else(|| CallError::Protocol {
            message: format!("instance number {instance} is in the middle of a call"),
        })
    }

    pub(crate) fn put_back(&mut self, instance: u32, taken: Box<Instance>) {
        if let Some(slot) = self.instances.get_mut(instance as usize) {
            *slot = Some(taken);
        }
    }
}
