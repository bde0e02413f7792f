//! Numbers, `bool` and `char`.

use super::heap::{Heap, Reader};
use super::layout::{ComponentType, Layout};
use super::malformed::Malformed;
use super::origin::Origin;
use super::place::Place;
use super::traits::{Lift, Lower};

/// A number is written as the unsigned number of the same bits; lists of numbers are copied
/// whole, which compiles to one copy on a little-endian target.
macro_rules! numbers {
    ($($number:ty: $put:ident $get:ident, $to_bits:expr, $from_bits:expr;)*) => {
        $(
            impl ComponentType for $number {
                const LAYOUT: Layout = Layout::scalar(size_of::<$number>());
            }

            impl Lower for $number {
                #[inline]
                fn lower<P: Place>(&self, place: P, heap: &mut Heap) {
                    place.$put(heap, $to_bits(*self));
                }

                fn lower_list(list: &[Self], heap: &mut Heap) -> usize {
                    const SIZE: usize = size_of::<$number>();
                    let start = heap.allocate(SIZE * list.len(), SIZE);
                    let bytes = heap.bytes_mut(start, SIZE * list.len());
                    for (bytes, number) in bytes.chunks_exact_mut(SIZE).zip(list) {
                        bytes.copy_from_slice(&number.to_le_bytes());
                    }
                    start
                }
            }

            impl Lift for $number {
                #[inline]
                fn lift<'a, O: Origin<'a>>(origin: O, _: &Reader<'a>) -> Result<Self, Malformed> {
                    Ok($from_bits(origin.$get()))
                }

                fn lift_list<'a>(
                    bytes: &'a [u8],
                    _length: usize,
                    _: &Reader<'a>,
                ) -> Result<Vec<Self>, Malformed> {
                    let (chunks, _) = bytes.as_chunks();
                    Ok(chunks.iter().map(|bytes| <$number>::from_le_bytes(*bytes)).collect())
                }
            }
        )*
    };
}

numbers! {
    u8: put8 get8, |it| it, |bits| bits;
    i8: put8 get8, |it| it as u8, |bits| bits as i8;
    u16: put16 get16, |it| it, |bits| bits;
    i16: put16 get16, |it| it as u16, |bits| bits as i16;
    u32: put32 get32, |it| it, |bits| bits;
    i32: put32 get32, |it| it as u32, |bits| bits as i32;
    u64: put64 get64, |it| it, |bits| bits;
    i64: put64 get64, |it| it as u64, |bits| bits as i64;
    f32: put32 get32, f32::to_bits, f32::from_bits;
    f64: put64 get64, f64::to_bits, f64::from_bits;
}

impl ComponentType for bool {
    const LAYOUT: Layout = Layout::scalar(1);
}

impl Lower for bool {
    #[inline]
    fn lower<P: Place>(&self, place: P, heap: &mut Heap) {
        place.put8(heap, (*self).into());
    }
}

impl Lift for bool {
    #[inline]
    fn lift<'a, O: Origin<'a>>(origin: O, _: &Reader<'a>) -> Result<Self, Malformed> {
        Ok(origin.get8() != 0)
    }
}

impl ComponentType for char {
    const LAYOUT: Layout = Layout::scalar(4);
}

impl Lower for char {
    #[inline]
    fn lower<P: Place>(&self, place: P, heap: &mut Heap) {
        place.put32(heap, (*self).into());
    }
}

impl Lift for char {
    #[inline]
    fn lift<'a, O: Origin<'a>>(origin: O, _: &Reader<'a>) -> Result<Self, Malformed> {
        char::from_u32(origin.get32()).ok_or(Malformed {
            what: "a `char` is no Unicode scalar value",
        })
    }
}
