//! Where a value that is lifted comes from.

use super::layout::{ComponentType, align_to};

/// The origin of a value: some slots, or some bytes of the result.
///
/// An origin is at least as large as the type that is read from it, which whoever made it has
/// checked. What would lie outside of it is read as 0.
pub trait Origin<'a>: Sized {
    /// Reads a number of one byte.
    #[inline]
    fn get8(self) -> u8 {
        self.get64() as u8
    }
    /// Reads a number of two bytes.
    #[inline]
    fn get16(self) -> u16 {
        self.get64() as u16
    }
    /// Reads a number of four bytes.
    #[inline]
    fn get32(self) -> u32 {
        self.get64() as u32
    }
    /// Reads a number of eight bytes.
    fn get64(self) -> u64;

    /// The origin of the next field, of type `T`, of the record at this origin. Fields are
    /// asked for in their order.
    fn field<T: ComponentType>(&mut self) -> Self;

    /// Reads the discriminant of the variant `T` at this origin, and returns it with the origin where
    /// the payload is the first field.
    fn variant<T: ComponentType>(self) -> (u32, Self);
}

/// Slots: one for each core value, with the value in the low bits.
#[derive(Clone, Copy, Debug)]
pub struct FlatOrigin<'a> {
    slots: &'a [u64],
}

impl<'a> FlatOrigin<'a> {
    /// The origin of a value that flattens to at most this many slots.
    pub fn new(slots: &'a [u64]) -> Self {
        FlatOrigin { slots }
    }
}

impl<'a> Origin<'a> for FlatOrigin<'a> {
    #[inline]
    fn get64(self) -> u64 {
        self.slots.first().copied().unwrap_or_default()
    }

    #[inline]
    fn field<T: ComponentType>(&mut self) -> Self {
        let split = self.slots.split_at_checked(T::LAYOUT.flat);
        let (field, rest) = split.unwrap_or_default();
        self.slots = rest;
        FlatOrigin { slots: field }
    }

    #[inline]
    fn variant<T: ComponentType>(mut self) -> (u32, Self) {
        (self.field::<u32>().get32(), self)
    }
}

/// Bytes of the result.
#[derive(Clone, Copy, Debug)]
pub struct MemoryOrigin<'a> {
    bytes: &'a [u8],
    /// Where the previous field of the record ended.
    end: usize,
}

impl<'a> MemoryOrigin<'a> {
    /// The origin of a value at the start of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        MemoryOrigin { bytes, end: 0 }
    }

    #[inline]
    fn get<const N: usize>(self) -> [u8; N] {
        self.bytes.first_chunk().copied().unwrap_or([0; N])
    }
}

impl<'a> Origin<'a> for MemoryOrigin<'a> {
    #[inline]
    fn get8(self) -> u8 {
        u8::from_le_bytes(self.get())
    }

    #[inline]
    fn get16(self) -> u16 {
        u16::from_le_bytes(self.get())
    }

    #[inline]
    fn get32(self) -> u32 {
        u32::from_le_bytes(self.get())
    }

    #[inline]
    fn get64(self) -> u64 {
        u64::from_le_bytes(self.get())
    }

    #[inline]
    fn field<T: ComponentType>(&mut self) -> Self {
        let offset = align_to(self.end, T::LAYOUT.align);
        self.end = offset + T::LAYOUT.size;
        let field = self.bytes.get(offset..self.end);
        MemoryOrigin::new(field.unwrap_or_default())
    }

    #[inline]
    fn variant<T: ComponentType>(self) -> (u32, Self) {
        let discriminant = match T::LAYOUT.discriminant {
            1 => self.get8().into(),
            2 => self.get16().into(),
            _ => self.get32(),
        };
        let payload = self.bytes.get(T::LAYOUT.payload..).unwrap_or_default();
        (discriminant, MemoryOrigin::new(payload))
    }
}
