//! A call of an instance: which lane it takes, and what goes into its buffers.

use crate::codec::{
    FlatOrigin, FlatPlace, Heap, Layout, Lift, Lower, Malformed, MemoryOrigin, MemoryPlace, Reader,
};
use crate::error::CallError;
use crate::resource::Owner;
use first_class_abi::contract::{MAX_FLAT_PARAMS, SCALAR_PARAMS, SLOT_SIZE};
use std::sync::Arc;

impl Owner {
    /// Calls a function by its number, with the tuple of its arguments.
    pub(crate) fn call<A: Lower, R: Lift>(
        self: &Arc<Self>,
        function: u32,
        arguments: A,
    ) -> Result<R, CallError> {
        if const { is_scalar(A::LAYOUT) && R::LAYOUT.flat <= 1 } {
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
        heap.handles.settle(self)?;
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
        let mut heap = self.lower_arguments(&arguments);
        heap.handles.settle(self)?;
        let result = self.host.invoke(self.number, function, heap.as_bytes());
        let result = result.map_err(|failure| self.failed(failure))?;
        Ok(self.lift_result(&result)?)
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
    fn lift_result<R: Lift>(self: &Arc<Self>, result: &[u8]) -> Result<R, Malformed> {
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

const fn is_scalar(arguments: Layout) -> bool {
    arguments.flat <= SCALAR_PARAMS && !arguments.heap
}
