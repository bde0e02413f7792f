//! Where a lowered value goes.

use super::heap::Heap;
use super::layout::{ComponentType, Layout, align_to};

/// The place of a value: some slots, or some bytes.
///
/// A place is as large as the type that is written to it, which whoever made it sees to. What would
/// lie outside of it is not written. In a slot every number lies as one of eight bytes does.
pub trait Place: Sized {
    /// Writes a number of one byte.
    #[inline]
    fn put8(self, heap: &mut Heap<'_>, bits: u8) {
        self.put64(heap, bits.into());
    }
    /// Writes a number of two bytes.
    #[inline]
    fn put16(self, heap: &mut Heap<'_>, bits: u16) {
        self.put64(heap, bits.into());
    }
    /// Writes a number of four bytes.
    #[inline]
    fn put32(self, heap: &mut Heap<'_>, bits: u32) {
        self.put64(heap, bits.into());
    }
    /// Writes a number of eight bytes.
    fn put64(self, heap: &mut Heap<'_>, bits: u64);

    /// The place of the next field, of type `T`, of the record at this place. Fields are asked
    /// for in their order.
    fn field<T: ComponentType + ?Sized>(&mut self) -> Self;

    /// Writes the discriminant of the variant `T` at this place, and returns the place where the
    /// payload is the first field.
    fn variant<T: ComponentType + ?Sized>(self, heap: &mut Heap<'_>, discriminant: u32) -> Self;
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
    #[inline]
    fn put64(self, _heap: &mut Heap<'_>, bits: u64) {
        if let Some(slot) = self.slots.first_mut() {
            *slot = bits;
        }
    }

    #[inline]
    fn field<T: ComponentType + ?Sized>(&mut self) -> Self {
        let slots = std::mem::take(&mut self.slots);
        let split = slots.split_at_mut_checked(T::LAYOUT.flat);
        let (field, rest) = split.unwrap_or_default();
        self.slots = rest;
        FlatPlace { slots: field }
    }

    #[inline]
    fn variant<T: ComponentType + ?Sized>(
        mut self,
        heap: &mut Heap<'_>,
        discriminant: u32,
    ) -> Self {
        self.field::<u32>().put32(heap, discriminant);
        self
    }
}

/// Slots at the front of the heap.
#[derive(Debug)]
pub struct SlotPlace {
    index: usize,
}

impl SlotPlace {
    /// The first slot.
    pub(crate) fn new() -> Self {
        SlotPlace { index: 0 }
    }
}

impl Place for SlotPlace {
    #[inline]
    fn put64(self, heap: &mut Heap<'_>, bits: u64) {
        heap.put_slot(self.index, bits);
    }

    #[inline]
    fn field<T: ComponentType + ?Sized>(&mut self) -> Self {
        let index = self.index;
        self.index += T::LAYOUT.flat;
        SlotPlace { index }
    }

    #[inline]
    fn variant<T: ComponentType + ?Sized>(
        mut self,
        heap: &mut Heap<'_>,
        discriminant: u32,
    ) -> Self {
        self.field::<u32>().put32(heap, discriminant);
        self
    }
}

/// Bytes that go to the heap.
#[derive(Debug)]
pub struct MemoryPlace<'a> {
    /// What is left of the place behind the fields so far.
    bytes: &'a mut [u8],
    /// Where that begins.
    end: usize,
}

impl<'a> MemoryPlace<'a> {
    /// The place of a value that takes as many bytes.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        MemoryPlace { bytes, end: 0 }
    }

    #[inline]
    fn put<const N: usize>(self, value: [u8; N]) {
        if let Some(place) = self.bytes.first_chunk_mut() {
            *place = value;
        }
    }

    /// The part at an offset, which is not before the end of the last one.
    #[inline]
    fn part(&mut self, offset: usize, size: usize) -> Self {
        let bytes = std::mem::take(&mut self.bytes);
        let rest = bytes.get_mut(offset - self.end..).unwrap_or_default();
        let (part, rest) = rest.split_at_mut_checked(size).unwrap_or_default();
        self.bytes = rest;
        self.end = offset + size;
        MemoryPlace::new(part)
    }
}

impl Place for MemoryPlace<'_> {
    #[inline]
    fn put8(self, _: &mut Heap<'_>, bits: u8) {
        self.put([bits]);
    }

    #[inline]
    fn put16(self, _: &mut Heap<'_>, bits: u16) {
        self.put(bits.to_le_bytes());
    }

    #[inline]
    fn put32(self, _: &mut Heap<'_>, bits: u32) {
        self.put(bits.to_le_bytes());
    }

    #[inline]
    fn put64(self, _: &mut Heap<'_>, bits: u64) {
        self.put(bits.to_le_bytes());
    }

    #[inline]
    fn field<T: ComponentType + ?Sized>(&mut self) -> Self {
        let offset = align_to(self.end, T::LAYOUT.align);
        self.part(offset, T::LAYOUT.size)
    }

    #[inline]
    fn variant<T: ComponentType + ?Sized>(
        mut self,
        heap: &mut Heap<'_>,
        discriminant: u32,
    ) -> Self {
        let Layout {
            size,
            discriminant: width,
            payload,
            ..
        } = T::LAYOUT;
        let place = self.part(0, width);
        match width {
            1 => place.put8(heap, discriminant as u8),
            2 => place.put16(heap, discriminant as u16),
            _ => place.put32(heap, discriminant),
        }
        self.part(payload, size - payload)
    }
}
