//! A live instance of a plugin, and how it is called.

use crate::codec::{
    FlatOrigin, FlatPlace, Heap, Layout, Lift, Lower, Malformed, MemoryOrigin, MemoryPlace, Reader,
};
use crate::error::{CallError, LoadError};
use crate::host::Host;
use first_class_abi::contract::{MAX_FLAT_PARAMS, SCALAR_PARAMS, SLOT_SIZE};

/// A live instance of some world: what every handle that `first_class_world!` writes is made of.
///
/// It owns the instance: dropping it ends the instance and gives back all that it held.
#[derive(Debug)]
pub struct Instance {
    host: Host,
    number: u32,
}

impl Instance {
    /// The names of the sources that claim to implement a world, given in its binary encoding.
    ///
    /// # Errors
    /// When the host does not accept the world.
    pub fn available(world: &[u8]) -> Result<Vec<String>, LoadError> {
        Host::current()?.available(world).map_err(LoadError::from)
    }

    /// Makes a live instance of a source.
    ///
    /// # Errors
    /// When there is no such source, or it does not implement the world, or fails to start.
    pub fn load(source: &str, world: &[u8]) -> Result<Self, LoadError> {
        let host = Host::current()?;
        let number = host.load(source, world)?;
        Ok(Instance { host, number })
    }

    /// Calls a function by its number, with the tuple of its arguments.
    ///
    /// # Errors
    /// When the instance is dead, or dies of this call.
    pub fn call<A: Lower, R: Lift>(&self, function: u32, arguments: A) -> Result<R, CallError> {
        if const { is_scalar(A::LAYOUT) && R::LAYOUT.flat <= 1 } {
            self.call_scalar(function, arguments)
        } else {
            self.call_with_buffers(function, arguments)
        }
    }

    fn call_scalar<A: Lower, R: Lift>(&self, function: u32, arguments: A) -> Result<R, CallError> {
        let mut slots = [0; SCALAR_PARAMS];
        arguments.lower(FlatPlace::new(&mut slots), &mut Heap::default());
        let result = self.host.invoke_scalar(self.number, function, slots)?;
        Ok(R::lift(FlatOrigin::new(&[result]), &Reader::new(&[]))?)
    }

    fn call_with_buffers<A: Lower, R: Lift>(
        &self,
        function: u32,
        arguments: A,
    ) -> Result<R, CallError> {
        let heap = lower_arguments(&arguments);
        let result = self.host.invoke(self.number, function, heap.as_bytes())?;
        Ok(lift_result(&result)?)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.host.release(self.number);
    }
}

const fn is_scalar(arguments: Layout) -> bool {
    arguments.flat <= SCALAR_PARAMS && !arguments.heap
}

/// Writes arguments: in slots if they are few, or else as one record.
fn lower_arguments<A: Lower>(arguments: &A) -> Heap {
    if A::LAYOUT.flat > MAX_FLAT_PARAMS {
        let mut heap = Heap::with_front(A::LAYOUT.size);
        arguments.lower(MemoryPlace::new(0), &mut heap);
        return heap;
    }
    let mut slots = [0; MAX_FLAT_PARAMS];
    let mut heap = Heap::with_front(A::LAYOUT.flat * SLOT_SIZE);
    arguments.lower(FlatPlace::new(&mut slots), &mut heap);
    for (index, slot) in slots[..A::LAYOUT.flat].iter().enumerate() {
        heap.bytes_mut(index * SLOT_SIZE, SLOT_SIZE)
            .copy_from_slice(&slot.to_le_bytes());
    }
    heap
}

/// Reads a result: from a slot if it is one core value, or else from a record.
fn lift_result<R: Lift>(result: &[u8]) -> Result<R, Malformed> {
    let reader = Reader::new(result);
    if R::LAYOUT.flat > 1 {
        let record = reader.front(R::LAYOUT.size)?;
        return R::lift(MemoryOrigin::new(record), &reader);
    }
    let slot = reader.front(R::LAYOUT.flat * SLOT_SIZE)?;
    let slot = slot.first_chunk().copied().map_or(0, u64::from_le_bytes);
    R::lift(FlatOrigin::new(&[slot]), &reader)
}
