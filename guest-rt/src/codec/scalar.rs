//! Numbers, `bool` and `char`.

use super::heap::{Heap, Reader};
use super::layout::{ComponentType, Layout};
use super::origin::Origin;
use super::place::Place;
use super::traits::{Lift, Lower};
use crate::host::Bits;
use crate::malformed::Malformed;
use bytemuck::Pod;

// Lists of numbers are copied as they lie in memory.
#[cfg(target_endian = "big")]
compile_error!("buffers are little-endian, as WebAssembly is, and so has to be the target");

/// The numbers that lie in these bytes.
pub(crate) fn copied<T: Pod>(bytes: &[u8]) -> Vec<T> {
    match bytemuck::try_cast_slice(bytes) {
        Ok(numbers) => numbers.to_vec(),
        // The buffer, which is made of bytes, may begin anywhere.
        Err(_) => bytemuck::allocation::pod_collect_to_vec(bytes),
    }
}

/// A number whose lists are passed as they lie in memory: what `u8` to `f64` are.
pub trait Number: Pod {
    /// The unsigned number of the same bits, as which it crosses alone.
    #[doc(hidden)]
    type Bits: Bits;
}

/// A number is written as the unsigned number of the same bits; lists of numbers are copied whole.
macro_rules! numbers {
    ($($number:ty: $bits:ty, $put:ident $get:ident, $to_bits:expr, $from_bits:expr;)*) => {
        $(
            impl Number for $number {
                type Bits = $bits;
            }

            impl ComponentType for $number {
                const LAYOUT: Layout = Layout::scalar(size_of::<$number>());
            }

            impl Lower for $number {
                #[inline]
                fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
                    place.$put(heap, $to_bits(*self));
                }

                fn lower_list(list: &[Self], heap: &mut Heap<'_>) -> usize {
                    heap.append(bytemuck::cast_slice(list), size_of::<$number>())
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
                    Ok(copied(bytes))
                }
            }
        )*
    };
}

numbers! {
    u8: u8, put8 get8, |it| it, |bits| bits;
    i8: u8, put8 get8, |it| it as u8, |bits| bits as i8;
    u16: u16, put16 get16, |it| it, |bits| bits;
    i16: u16, put16 get16, |it| it as u16, |bits| bits as i16;
    u32: u32, put32 get32, |it| it, |bits| bits;
    i32: u32, put32 get32, |it| it as u32, |bits| bits as i32;
    u64: u64, put64 get64, |it| it, |bits| bits;
    i64: u64, put64 get64, |it| it as u64, |bits| bits as i64;
    f32: u32, put32 get32, f32::to_bits, f32::from_bits;
    f64: u64, put64 get64, f64::to_bits, f64::from_bits;
}

impl ComponentType for bool {
    const LAYOUT: Layout = Layout::scalar(1);
}

impl Lower for bool {
    #[inline]
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
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
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
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
