//! Strings and lists.

use super::heap::{Heap, Reader};
use super::layout::{ComponentType, Layout};
use super::origin::Origin;
use super::place::Place;
use super::traits::{Lift, Lower};
use crate::malformed::Malformed;
use first_class_abi::contract::ARENA_BASE;
use std::collections::BTreeMap;

/// Writes the address and the length that stand for a list.
fn put_list<P: Place>(mut place: P, heap: &mut Heap<'_>, start: usize, length: usize) {
    // The address of an empty list must be aligned all the same, as the arena's base is.
    let address = match length {
        0 => ARENA_BASE,
        _ => heap.address(start),
    };
    place.field::<u32>().put32(heap, address);
    place.field::<u32>().put32(heap, length as u32);
}

fn get_list<'a, O: Origin<'a>>(mut origin: O) -> (u32, u32) {
    let address = origin.field::<u32>().get32();
    (address, origin.field::<u32>().get32())
}

impl ComponentType for str {
    const LAYOUT: Layout = Layout::LIST;
}

impl Lower for str {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        let start = heap.append(self.as_bytes(), 1);
        put_list(place, heap, start, self.len());
    }
}

impl ComponentType for String {
    const LAYOUT: Layout = Layout::LIST;
}

impl Lower for String {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        self.as_str().lower(place, heap);
    }
}

impl Lift for String {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        let (address, length) = get_list(origin);
        let bytes = reader.slice(address, length, 1)?;
        match std::str::from_utf8(bytes) {
            Ok(string) => Ok(string.to_owned()),
            Err(_) => Err(Malformed {
                what: "a `string` is not UTF-8",
            }),
        }
    }
}

impl<T: ComponentType> ComponentType for [T] {
    const LAYOUT: Layout = Layout::LIST;
}

impl<T: Lower> Lower for [T] {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        let start = T::lower_list(self, heap);
        put_list(place, heap, start, self.len());
    }
}

impl<T: ComponentType> ComponentType for Vec<T> {
    const LAYOUT: Layout = Layout::LIST;
}

impl<T: Lower> Lower for Vec<T> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        self.as_slice().lower(place, heap);
    }
}

impl<T: Lift> Lift for Vec<T> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        let (address, length) = get_list(origin);
        let bytes = reader.slice(address, length, T::LAYOUT.size)?;
        T::lift_list(bytes, length as usize, reader)
    }
}

impl<K: ComponentType, V: ComponentType> ComponentType for BTreeMap<K, V> {
    const LAYOUT: Layout = Layout::LIST;
}

impl<K: Lower, V: Lower> Lower for BTreeMap<K, V> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        let entries: Vec<(&K, &V)> = self.iter().collect();
        entries.lower(place, heap);
    }
}

impl<K: Lift + Ord, V: Lift> Lift for BTreeMap<K, V> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        let entries = Vec::<(K, V)>::lift(origin, reader)?;
        Ok(entries.into_iter().collect())
    }
}

impl<T: ComponentType, const N: usize> ComponentType for [T; N] {
    const LAYOUT: Layout = Layout::array(T::LAYOUT, N);
}

impl<T: Lower, const N: usize> Lower for [T; N] {
    fn lower<P: Place>(&self, mut place: P, heap: &mut Heap<'_>) {
        for element in self {
            element.lower(place.field::<T>(), heap);
        }
    }
}

impl<T: Lift, const N: usize> Lift for [T; N] {
    fn lift<'a, O: Origin<'a>>(mut origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        let elements = (0..N).map(|_| T::lift(origin.field::<T>(), reader));
        let elements: Vec<T> = elements.collect::<Result<_, _>>()?;
        <[T; N]>::try_from(elements).map_err(|_| Malformed {
            what: "a list of fixed length has another length",
        })
    }
}
