//! The trait family of values that cross.

use super::heap::{Heap, Reader};
use super::layout::{ComponentType, Layout};
use super::origin::Origin;
use super::place::Place;
use crate::malformed::Malformed;

/// A type whose values can be passed to a component.
#[diagnostic::on_unimplemented(
    message = "values of `{Self}` cannot be passed to a component",
    note = "derive `first_class::Lower` for a struct or an enum"
)]
pub trait Lower: ComponentType {
    /// Writes the value to its place, and what it refers to into the heap.
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>);

    /// Writes what a reference to the value stands for: the value again, but for a resource a
    /// `borrow` of it where the value itself is an `own`.
    fn lower_reference<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        self.lower(place, heap);
    }

    /// Writes the elements of a list into the heap, and returns where they begin.
    ///
    /// Numbers do this with one copy.
    fn lower_list(list: &[Self], heap: &mut Heap<'_>) -> usize
    where
        Self: Sized,
    {
        let Layout { size, align, .. } = Self::LAYOUT;
        let start = heap.allocate(size * list.len(), align);
        for (index, element) in list.iter().enumerate() {
            heap.put(start + index * size, element);
        }
        start
    }
}

/// A type whose values can be taken from a component.
#[diagnostic::on_unimplemented(
    message = "values of `{Self}` cannot be taken from a component",
    note = "derive `first_class::Lift` for a struct or an enum"
)]
pub trait Lift: ComponentType + Sized {
    /// Reads the value from its origin, and what it refers to through the reader.
    ///
    /// # Errors
    /// When the bytes are no value of the type.
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed>;

    /// Reads `length` elements of a list that fill `bytes`.
    ///
    /// Numbers do this with one copy.
    ///
    /// # Errors
    /// When the bytes are no values of the type.
    fn lift_list<'a>(
        bytes: &'a [u8],
        length: usize,
        reader: &Reader<'a>,
    ) -> Result<Vec<Self>, Malformed> {
        let mut list = Vec::with_capacity(length);
        for index in 0..length {
            let element = &bytes[index * Self::LAYOUT.size..];
            list.push(Self::lift(super::MemoryOrigin::new(element), reader)?);
        }
        Ok(list)
    }
}
