//! Where a lowered value goes.

use super::heap::Heap;
use super::layout::{ComponentType, align_to};

/// The place of a value: some slots, or some bytes of the heap.
pub trait Place: Sized {
    /// Writes a number of one byte.
    fn put8(self, heap: &mut Heap, bits: u8);
    /// Writes a number of two bytes.
    fn put16(self, heap: &mut Heap, bits: u16);
    /// Writes a number of four bytes.
    fn put32(self, heap: &mut Heap, bits: u32);
    /// Writes a number of eight bytes.
    fn put64(self, heap: &mut Heap, bits: u64);

    /// The place of the next field, of type `T`, of the record at this place. Fields are asked
    /// for in their order.
    fn field<T: ComponentType + ?Sized>(&mut self) -> Self;

    /// Writes the discriminant of the variant `T` at this place, and returns the place of the
    /// payload.
    fn variant<T: ComponentType + ?Sized>(self, heap: &mut Heap, discriminant: u32) -> Self;
}

/// Slots: one for each core value, with the value in the low bits.
#[derive(Debug)]
pub struct FlatPlace<'a> {
    slots: &'a mut [u64],
}

impl<'a> FlatPlace<'a> {
    /// The place of a value that flattens to at most this many slots.
    pub fn new(slots: &'a mut [u64]) -> Self {
        FlatPlace { slots }
    }
}

impl Place for FlatPlace<'_> {
    fn put8(self, heap: &mut Heap, bits: u8) {
        self.put64(heap, bits.into());
    }

    fn put16(self, heap: &mut Heap, bits: u16) {
        self.put64(heap, bits.into());
    }

    fn put32(self, heap: &mut Heap, bits: u32) {
        self.put64(heap, bits.into());
    }

    #[inline]
    fn put64(self, _heap: &mut Heap, bits: u64) {
        self.slots[0] = bits;
    }

    #[inline]
    fn field<T: ComponentType + ?Sized>(&mut self) -> Self {
        let slots = std::mem::take(&mut self.slots);
        let (field, rest) = slots.split_at_mut(T::LAYOUT.flat);
        self.slots = rest;
        FlatPlace { slots: field }
    }

    #[inline]
    fn variant<T: ComponentType + ?Sized>(mut self, heap: &mut Heap, discriminant: u32) -> Self {
        self.field::<u32>().put32(heap, discriminant);
        self
    }
}

/// Bytes of the heap.
#[derive(Debug)]
pub struct MemoryPlace {
    start: usize,
    /// Where the previous field of the record ended, counted from the start.
    end: usize,
}

impl MemoryPlace {
    /// The place of a value at this offset, which must be aligned for it.
    pub fn new(start: usize) -> Self {
        MemoryPlace { start, end: 0 }
    }
}

impl Place for MemoryPlace {
    #[inline]
    fn put8(self, heap: &mut Heap, bits: u8) {
        heap.bytes_mut(self.start, 1)[0] = bits;
    }

    #[inline]
    fn put16(self, heap: &mut Heap, bits: u16) {
        heap.bytes_mut(self.start, 2)
            .copy_from_slice(&bits.to_le_bytes());
    }

    #[inline]
    fn put32(self, heap: &mut Heap, bits: u32) {
        heap.bytes_mut(self.start, 4)
            .copy_from_slice(&bits.to_le_bytes());
    }

    #[inline]
    fn put64(self, heap: &mut Heap, bits: u64) {
        heap.bytes_mut(self.start, 8)
            .copy_from_slice(&bits.to_le_bytes());
    }

    #[inline]
    fn field<T: ComponentType + ?Sized>(&mut self) -> Self {
        let offset = align_to(self.end, T::LAYOUT.align);
        self.end = offset + T::LAYOUT.size;
        MemoryPlace::new(self.start + offset)
    }

    #[inline]
    fn variant<T: ComponentType + ?Sized>(self, heap: &mut Heap, discriminant: u32) -> Self {
        let place = MemoryPlace::new(self.start);
        match T::LAYOUT.discriminant {
            1 => place.put8(heap, discriminant as u8),
            2 => place.put16(heap, discriminant as u16),
            _ => place.put32(heap, discriminant),
        }
        MemoryPlace::new(self.start + T::LAYOUT.payload)
    }
}
