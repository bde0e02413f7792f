//! A call of an instance: which lane it takes, and what goes into its buffers.

use crate::codec::{
    FlatOrigin, FlatPlace, Heap, Layout, Lift, Lower, Malformed, MemoryOrigin, Number, Reader,
    SlotPlace, keep,
};
use crate::error::CallError;
use crate::host::Bits as _;
use crate::imports::Answer;
use crate::owner::Owner;
use crate::passing::{Given, Passing};
use first_class_abi::contract::{MAX_FLAT_PARAMS, MAX_FLAT_RESULTS, SCALAR_PARAMS, SLOT_SIZE};
use std::mem::ManuallyDrop;
use std::sync::Arc;

/// What depends on the types of a call is compiled for each function that a guest calls, so it does no
/// more than to write and read values; all else is done in one place.
impl Owner {
    /// Calls a function by its number, with the tuple of its arguments.
    pub(crate) fn call<A: Lower, R: Lift>(
        self: &Arc<Self>,
        function: u32,
        arguments: A,
    ) -> Result<R, CallError> {
        if const { is_scalar(A::LAYOUT) && R::LAYOUT.flat <= 1 } {
            let mut slots = [0; SCALAR_PARAMS];
            // Scalars are not written to it, so it never has anything to free.
            let mut heap = ManuallyDrop::new(Heap::empty(self));
            arguments.lower(FlatPlace::new(&mut slots), &mut heap);
            drop(arguments);
            let [a, b, c, d] = slots;
            let result = self.exchange_scalars(function, a, b, c, d, heap.take_passing())?;
            let reader = Reader::new(self, self.life(), &[]);
            return Ok(R::lift(FlatOrigin::new(&[result]), &reader)?);
        }
        let mut heap = buffer::<A>(self, MAX_FLAT_PARAMS);
        lower(&arguments, &mut heap, MAX_FLAT_PARAMS);
        drop(arguments);
        let result = self.exchange(function, &mut heap)?;
        Ok(self.lift_result(self.life(), &result)?)
    }

    /// Calls a function that moves a string, of an instance whose imports this guest does not serve.
    pub(crate) fn call_text(&self, function: u32, argument: &str) -> Result<String, CallError> {
        let result = self.host.invoke_text(self.number, function, argument);
        result.map_err(|failure| self.failed(failure))
    }

    /// The same with a list of numbers.
    pub(crate) fn call_numbers<T: Number>(
        &self,
        function: u32,
        argument: &[T],
    ) -> Result<Vec<T>, CallError> {
        let argument: &[T::Bits] = bytemuck::cast_slice(argument);
        let result = T::Bits::invoke(&self.host, self.number, function, argument);
        let result = result.map_err(|failure| self.failed(failure))?;
        Ok(bytemuck::allocation::cast_vec(result))
    }

    /// Calls a function with scalars, one by one, since an array would go through memory.
    #[inline(never)]
    fn exchange_scalars(
        self: &Arc<Self>,
        function: u32,
        a: u64,
        b: u64,
        c: u64,
        d: u64,
        passing: Option<Box<Passing>>,
    ) -> Result<u64, CallError> {
        let slots = [a, b, c, d];
        if passing.is_some() {
            return self.exchange_slots(function, slots, passing);
        }
        if let Some(serving) = &self.serving {
            return serving.call_scalar(self, function, slots);
        }
        let result = self.host.invoke_scalar(self.number, function, slots);
        result.map_err(|failure| self.failed(*failure))
    }

    /// The same with a buffer. What the function does not have of arguments is ignored.
    #[cold]
    fn exchange_slots(
        self: &Arc<Self>,
        function: u32,
        slots: [u64; SCALAR_PARAMS],
        passing: Option<Box<Passing>>,
    ) -> Result<u64, CallError> {
        let mut heap = Heap::of_slots(self, &slots, passing);
        let result = self.exchange(function, &mut heap)?;
        Ok(result.first_chunk().copied().map_or(0, u64::from_le_bytes))
    }

    /// Calls a function with a buffer, of which nothing is left.
    #[inline(never)]
    fn exchange(
        self: &Arc<Self>,
        function: u32,
        heap: &mut Heap<'_>,
    ) -> Result<Vec<u8>, CallError> {
        let (bytes, given) = heap.settle()?;
        let result = self.exchange_buffer(function, &bytes, given);
        keep(bytes);
        result
    }

    /// The same with what was in it.
    #[inline]
    pub(crate) fn exchange_buffer(
        self: &Arc<Self>,
        function: u32,
        bytes: &[u8],
        mut given: Given,
    ) -> Result<Vec<u8>, CallError> {
        match &self.serving {
            None => {
                let result = self.host.invoke(self.number, function, bytes);
                result.map_err(|failure| self.refused(failure, &mut given))
            }
            Some(serving) => serving.call(self, function, bytes, given),
        }
    }

    /// The buffer of arguments: in slots if they are few, or else as one record. They are no more from
    /// here on, so that what they give is the instance's alone.
    pub(crate) fn lowered<A: Lower>(self: &Arc<Self>, arguments: A) -> Heap<'_> {
        let mut heap = buffer::<A>(self, MAX_FLAT_PARAMS);
        lower(&arguments, &mut heap, MAX_FLAT_PARAMS);
        heap
    }

    /// Reads the result of a call in a life of the instance: from a slot if it is one core value, or
    /// else from a record.
    pub(crate) fn lift_result<R: Lift>(
        self: &Arc<Self>,
        life: u32,
        result: &[u8],
    ) -> Result<R, Malformed> {
        lift_front(&Reader::new(self, life, result))
    }
}

/// Reads the result that a reader is at.
pub(crate) fn lift_front<R: Lift>(reader: &Reader<'_>) -> Result<R, Malformed> {
    if const { R::LAYOUT.flat > MAX_FLAT_RESULTS } {
        let record = reader.front(R::LAYOUT.size)?;
        return R::lift(MemoryOrigin::new(record), reader);
    }
    let slot = reader.front(R::LAYOUT.flat * SLOT_SIZE)?;
    let slot = slot.first_chunk().copied().map_or(0, u64::from_le_bytes);
    R::lift(FlatOrigin::new(&[slot]), reader)
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
pub(crate) fn lower_result<R: Lower>(owner: &Arc<Owner>, result: &R) -> Answer {
    if const { R::LAYOUT.flat <= MAX_FLAT_RESULTS && !R::LAYOUT.heap } {
        let mut slots = [0];
        result.lower(FlatPlace::new(&mut slots), &mut Heap::empty(owner));
        return Answer::Scalar(slots[0]);
    }
    let mut heap = buffer::<R>(owner, MAX_FLAT_RESULTS);
    lower(result, &mut heap, MAX_FLAT_RESULTS);
    Answer::Buffer(heap.into_bytes())
}

/// A buffer with room for a value at its front: for slots if it takes at most so many, or else for the
/// bytes that it takes in memory.
fn buffer<V: Lower>(owner: &Arc<Owner>, most_slots: usize) -> Heap<'_> {
    let Layout { size, flat, .. } = V::LAYOUT;
    match flat > most_slots {
        true => Heap::new(owner, size),
        false => Heap::with_slots(owner, flat),
    }
}

/// Writes a value to the front of its buffer.
fn lower<V: Lower>(value: &V, heap: &mut Heap<'_>, most_slots: usize) {
    match V::LAYOUT.flat > most_slots {
        true => heap.put(0, value),
        false => value.lower(SlotPlace::new(), heap),
    }
}

pub(crate) const fn is_scalar(arguments: Layout) -> bool {
    arguments.flat <= SCALAR_PARAMS && !arguments.heap
}
