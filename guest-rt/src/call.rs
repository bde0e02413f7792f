//! A call of an instance: which lane it takes, and what goes into its buffers.

use crate::codec::{
    FlatOrigin, FlatPlace, Heap, Layout, Lift, Lower, Malformed, MemoryOrigin, MemoryPlace, Reader,
};
use crate::error::CallError;
use crate::implemented::Given;
use crate::owner::Owner;
use crate::pending::Pending;
use first_class_abi::contract::{MAX_FLAT_PARAMS, SCALAR_PARAMS, SLOT_SIZE};
use std::sync::Arc;

impl Owner {
    /// Calls a function by its number, with the tuple of its arguments.
    pub(crate) fn call<A: Lower, R: Lift>(
        self: &Arc<Self>,
        function: u32,
        arguments: A,
    ) -> Result<R, CallError> {
        if const { is_scalar(A::LAYOUT) && R::LAYOUT.flat <= 1 } && self.serving.is_none() {
            self.call_scalar(function, arguments)
        } else {
            self.call_with_buffers(function, arguments)
        }
    }

    fn call_scalar<A: Lower, R: Lift>(
        self: &Arc<Self>,
        function: u32,
        arguments: A,
    ) -> Result<R, CallError> {
        let mut slots = [0; SCALAR_PARAMS];
        let mut heap = Heap::new(self, 0);
        arguments.lower(FlatPlace::new(&mut slots), &mut heap);
        heap.settle(self)?;
        let result = self.host.invoke_scalar(self.number, function, slots);
        let result = result.map_err(|failure| self.failed(failure))?;
        Ok(R::lift(
            FlatOrigin::new(&[result]),
            &Reader::new(self, &[]),
        )?)
    }

    fn call_with_buffers<A: Lower, R: Lift>(
        self: &Arc<Self>,
        function: u32,
        arguments: A,
    ) -> Result<R, CallError> {
        let (bytes, given) = self.lowered(arguments)?;
        let result = match &self.serving {
            None => self
                .host
                .invoke(self.number, function, &bytes)
                .map_err(|failure| self.failed(failure)),
            Some(serving) => serving.call(self, function, &bytes, given),
        };
        Ok(self.lift_result(&result?)?)
    }

    /// Starts a call of a function, with the tuple of its arguments.
    pub(crate) fn start<A: Lower, R: Lift>(
        self: &Arc<Self>,
        function: u32,
        arguments: A,
    ) -> Result<Pending<R>, CallError> {
        let (bytes, given) = self.lowered(arguments)?;
        Pending::start(self, function, &bytes, given)
    }

    /// The buffer of arguments, and what it gives. The arguments are no more from here on, so that
    /// what they give is the instance's alone.
    fn lowered<A: Lower>(self: &Arc<Self>, arguments: A) -> Result<(Vec<u8>, Given), CallError> {
        let mut heap = self.lower_arguments(&arguments);
        drop(arguments);
        heap.settle(self)?;
        Ok(heap.into_parts())
    }

    /// Writes arguments: in slots if they are few, or else as one record.
    fn lower_arguments<A: Lower>(self: &Arc<Self>, arguments: &A) -> Heap {
        if A::LAYOUT.flat > MAX_FLAT_PARAMS {
            let mut heap = Heap::new(self, A::LAYOUT.size);
            arguments.lower(MemoryPlace::new(0), &mut heap);
            return heap;
        }
        let mut slots = [0; MAX_FLAT_PARAMS];
        let mut heap = Heap::new(self, A::LAYOUT.flat * SLOT_SIZE);
        arguments.lower(FlatPlace::new(&mut slots), &mut heap);
        for (index, slot) in slots[..A::LAYOUT.flat].iter().enumerate() {
            heap.bytes_mut(index * SLOT_SIZE, SLOT_SIZE)
                .copy_from_slice(&slot.to_le_bytes());
        }
        heap
    }

    /// Reads a result: from a slot if it is one core value, or else from a record.
    pub(crate) fn lift_result<R: Lift>(self: &Arc<Self>, result: &[u8]) -> Result<R, Malformed> {
        let reader = Reader::new(self, result);
        if R::LAYOUT.flat > 1 {
            let record = reader.front(R::LAYOUT.size)?;
            return R::lift(MemoryOrigin::new(record), &reader);
        }
        let slot = reader.front(R::LAYOUT.flat * SLOT_SIZE)?;
        let slot = slot.first_chunk().copied().map_or(0, u64::from_le_bytes);
        R::lift(FlatOrigin::new(&[slot]), &reader)
    }
}

/// Reads the arguments of a call that this guest serves.
pub(crate) fn lift_arguments<A: Lift>(reader: &Reader<'_>) -> Result<A, Malformed> {
    if A::LAYOUT.flat > MAX_FLAT_PARAMS {
        let record = reader.front(A::LAYOUT.size)?;
        return A::lift(MemoryOrigin::new(record), reader);
    }
    let mut slots = [0; MAX_FLAT_PARAMS];
    let front = reader.front(A::LAYOUT.flat * SLOT_SIZE)?;
    for (slot, bytes) in slots.iter_mut().zip(front.chunks_exact(SLOT_SIZE)) {
        *slot = bytes.first_chunk().copied().map_or(0, u64::from_le_bytes);
    }
    A::lift(FlatOrigin::new(&slots), reader)
}

/// Writes the result of a call that this guest serves.
pub(crate) fn lower_result<R: Lower>(owner: &Arc<Owner>, result: &R) -> Vec<u8> {
    if R::LAYOUT.flat > 1 {
        let mut heap = Heap::new(owner, R::LAYOUT.size);
        result.lower(MemoryPlace::new(0), &mut heap);
        return heap.into_bytes();
    }
    let mut slot = [0];
    let mut heap = Heap::new(owner, R::LAYOUT.flat * SLOT_SIZE);
    result.lower(FlatPlace::new(&mut slot), &mut heap);
    let front = heap.bytes_mut(0, R::LAYOUT.flat * SLOT_SIZE);
    front.copy_from_slice(&slot[0].to_le_bytes()[..front.len()]);
    heap.into_bytes()
}

const fn is_scalar(arguments: Layout) -> bool {
    arguments.flat <= SCALAR_PARAMS && !arguments.heap
}
