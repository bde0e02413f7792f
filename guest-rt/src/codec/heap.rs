//! The buffers of a call: the one that is written, and the one that is read.

use super::layout::align_to;
use super::place::MemoryPlace;
use super::traits::Lower;
use crate::error::CallError;
use crate::malformed::Malformed;
use crate::owner::Owner;
use crate::passing::{Given, Passing};
use first_class_abi::contract::{ARENA_BASE, BATCH_ALIGN, CALL_FRONT, MAX_FLAT_PARAMS, SLOT_SIZE};
use std::cell::Cell;
use std::sync::Arc;

/// The room that a buffer has before it grows, in bytes: most need no more.
const USUAL: usize = 256;

/// The largest buffer that is kept for the next call, in bytes.
const MOST_KEPT: usize = 1 << 16;

thread_local! {
    /// The buffer of the last call, for the next one.
    static KEPT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Keeps a buffer for the next call.
pub(crate) fn keep(buffer: Vec<u8>) {
    if buffer.capacity() <= MOST_KEPT {
        KEPT.set(buffer);
    }
}

/// The buffer of arguments while it is written.
///
/// Offsets count from the start of the buffer; [`Heap::address`] turns one into the address that
/// it will have where the buffer lands.
#[derive(Debug)]
pub struct Heap<'a> {
    bytes: Vec<u8>,
    /// The slots, until all of them are written: apart, since their places are known here.
    slots: [u64; MAX_FLAT_PARAMS],
    /// How many of them are used.
    slot_count: usize,
    /// Where the arguments of the call that is written begin.
    front: usize,
    /// The offset of what will lie at the base of the arena.
    origin: usize,
    /// Whether it lends or gives a resource of the instance.
    passes: bool,
    /// The instance that is called.
    owner: &'a Arc<Owner>,
    passing: Option<Box<Passing>>,
}

impl<'a> Heap<'a> {
    /// A buffer without anything yet, for a call of the owner's instance.
    #[inline]
    pub(crate) fn empty(owner: &'a Arc<Owner>) -> Self {
        Heap {
            bytes: Vec::new(),
            slots: [0; MAX_FLAT_PARAMS],
            slot_count: 0,
            front: 0,
            origin: 0,
            passes: false,
            owner,
            passing: None,
        }
    }

    /// A buffer with so many slots at its front, which passes some resources.
    pub(crate) fn of_slots(
        owner: &'a Arc<Owner>,
        slots: &[u64],
        passing: Option<Box<Passing>>,
    ) -> Self {
        let mut heap = Heap::with_slots(owner, slots.len());
        for (place, slot) in heap.slots.iter_mut().zip(slots) {
            *place = *slot;
        }
        heap.passing = passing;
        heap
    }

    /// A buffer with so many slots at its front.
    #[inline]
    pub(crate) fn with_slots(owner: &'a Arc<Owner>, count: usize) -> Self {
        let mut heap = Heap::new(owner, count * SLOT_SIZE);
        heap.slot_count = count;
        heap
    }

    /// A buffer with this many zero bytes at its front.
    #[inline(never)]
    pub(crate) fn new(owner: &'a Arc<Owner>, front: usize) -> Self {
        let mut heap = Heap::empty(owner);
        heap.bytes = KEPT.take();
        heap.bytes.clear();
        heap.bytes.reserve(front.max(USUAL));
        heap.bytes.resize(front, 0);
        heap
    }

    /// The instance that is called.
    pub(crate) fn owner(&self) -> &'a Arc<Owner> {
        self.owner
    }

    /// The address of an offset.
    pub fn address(&self, offset: usize) -> u32 {
        // A 32-bit guest cannot hold a buffer for which this would wrap; a native host refuses
        // arguments of that size, since their lengths do not match.
        ARENA_BASE.wrapping_add((offset - self.origin) as u32)
    }

    /// Begins a call of a batch, whose arguments have this many bytes at their front, and returns where
    /// they begin. If it stands alone, addresses count from there.
    #[inline(never)]
    pub(crate) fn begin_call(&mut self, function: u32, front: usize, is_alone: bool) -> usize {
        self.bytes.extend_from_slice(&call_front(function, 0));
        self.front = self.allocate(front, BATCH_ALIGN);
        if is_alone {
            self.origin = self.front;
        }
        self.front
    }

    /// The same with so many slots at its front.
    #[inline]
    pub(crate) fn begin_call_with_slots(&mut self, function: u32, count: usize, is_alone: bool) {
        self.begin_call(function, count * SLOT_SIZE, is_alone);
        self.slot_count = count;
    }

    /// Ends the call that was begun.
    #[inline(never)]
    pub(crate) fn end_call(&mut self) {
        self.write_slots();
        self.allocate(0, BATCH_ALIGN);
        let length = (self.bytes.len() - self.front) as u32;
        self.write(self.front - size_of::<u32>(), &length.to_le_bytes());
    }

    /// Appends calls of a batch that are complete.
    #[inline(never)]
    pub(crate) fn append_calls(&mut self, words: &[u64]) {
        self.bytes.extend_from_slice(bytemuck::cast_slice(words));
    }

    /// Appends zero bytes at the next aligned offset, and returns the offset.
    #[inline(never)]
    pub fn allocate(&mut self, size: usize, align: usize) -> usize {
        let start = align_to(self.bytes.len(), align);
        self.bytes.resize(start + size, 0);
        start
    }

    /// Appends bytes at the next aligned offset, and returns the offset.
    #[inline(never)]
    pub fn append(&mut self, bytes: &[u8], align: usize) -> usize {
        let start = self.allocate(0, align);
        self.bytes.extend_from_slice(bytes);
        start
    }

    /// Writes a value at an offset, where as many bytes were allocated.
    #[inline]
    pub fn put<T: Lower>(&mut self, offset: usize, value: &T) {
        // Before they go to the heap its parts are put together where they are known to have room.
        match T::LAYOUT.size {
            0..=32 => self.put_in([0; 32], offset, value),
            33..=128 => self.put_in([0; 128], offset, value),
            size => self.put_in(vec![0; size], offset, value),
        }
    }

    #[inline]
    fn put_in<T: Lower>(&mut self, mut room: impl AsMut<[u8]>, offset: usize, value: &T) {
        let value_size = T::LAYOUT.size;
        let Some(bytes) = room.as_mut().get_mut(..value_size) else {
            return;
        };
        value.lower(MemoryPlace::new(bytes), self);
        self.write(offset, bytes);
    }

    #[inline]
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(offset..offset + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// Writes a slot.
    #[inline]
    pub(crate) fn put_slot(&mut self, index: usize, bits: u64) {
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = bits;
        }
    }

    /// Whether what belongs to this life of an instance may be passed to the one that is called, and
    /// all before it. If not, the call is refused.
    #[inline]
    pub(crate) fn may_pass(&mut self, owner: &Arc<Owner>, life: u32) -> bool {
        if !Arc::ptr_eq(owner, self.owner) || !owner.is_in(life) {
            let called = self.owner;
            self.passing().refuse(called, owner);
        }
        self.passes = true;
        match &self.passing {
            None => true,
            Some(passing) => passing.is_allowed(),
        }
    }

    /// Whether it lends or gives a resource of the instance.
    pub(crate) fn passes(&self) -> bool {
        self.passes
    }

    /// The bytes so far.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes what it has passed of resources since this was asked last.
    #[inline]
    pub(crate) fn take_passing(&mut self) -> Option<Box<Passing>> {
        self.passing.take()
    }

    /// What it passes of resources.
    #[cold]
    pub(crate) fn passing(&mut self) -> &mut Passing {
        let owner = self.owner;
        self.passing
            .get_or_insert_with(|| Box::new(Passing::new(owner)))
    }

    /// Takes the buffer, and what it gives.
    ///
    /// # Errors
    /// When something cannot be passed to the instance. What the buffer gives is taken back.
    pub(crate) fn settle(&mut self) -> Result<(Vec<u8>, Given), CallError> {
        self.write_slots();
        let bytes = std::mem::take(&mut self.bytes);
        match self.passing.take() {
            None => Ok((bytes, Given::nothing(self.owner))),
            Some(passing) => Ok((bytes, passing.settle(self.owner)?)),
        }
    }

    /// The buffer, whatever it passes.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        self.write_slots();
        self.bytes
    }

    /// Writes the slots to the front.
    fn write_slots(&mut self) {
        let slots = &self.slots[..self.slot_count];
        let end = self.front + size_of_val(slots);
        if let Some(front) = self.bytes.get_mut(self.front..end) {
            front.copy_from_slice(bytemuck::cast_slice(slots));
        }
        self.slot_count = 0;
    }
}

/// What stands before the arguments of a call in a batch.
#[inline]
pub(crate) fn call_front(function: u32, length: usize) -> [u8; CALL_FRONT] {
    (u64::from(function) | (length as u64) << 32).to_le_bytes()
}

/// The buffer of a result while it is read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// The address of the first byte.
    start: u32,
    /// Where the result begins.
    front: usize,
    pub(crate) owner: &'a Arc<Owner>,
    /// Which of the instances behind the owner's number the result is of.
    pub(crate) life: u32,
}

impl<'a> Reader<'a> {
    /// The buffer that a call of the owner's instance has returned, in a life of it.
    pub(crate) fn new(owner: &'a Arc<Owner>, life: u32, bytes: &'a [u8]) -> Self {
        Reader {
            bytes,
            start: ARENA_BASE,
            front: 0,
            owner,
            life,
        }
    }

    /// A result at an address, of an instance that may have gone since. The first byte of the buffer has
    /// an address of its own.
    #[inline]
    pub(crate) fn of_batch(
        owner: &'a Arc<Owner>,
        life: u32,
        bytes: &'a [u8],
        start: u32,
        result: u32,
    ) -> Self {
        Reader {
            bytes,
            start,
            front: result.wrapping_sub(start) as usize,
            owner,
            life,
        }
    }

    /// The first bytes of the result.
    #[inline]
    pub(crate) fn front(&self, size: usize) -> Result<&'a [u8], Malformed> {
        let front = self.bytes.get(self.front..);
        front.and_then(|front| front.get(..size)).ok_or(Malformed {
            what: "the result is shorter than its type",
        })
    }

    /// The bytes that an address and a number of elements refer to.
    ///
    /// # Errors
    /// When they do not lie in the buffer.
    pub fn slice(&self, address: u32, length: u32, size: usize) -> Result<&'a [u8], Malformed> {
        if length == 0 {
            return Ok(&[]);
        }
        let within = || {
            let start = address.checked_sub(self.start)? as usize;
            let bytes = (length as usize).checked_mul(size)?;
            self.bytes.get(start..start.checked_add(bytes)?)
        };
        within().ok_or(Malformed {
            what: "an address lies outside of the result",
        })
    }
}
