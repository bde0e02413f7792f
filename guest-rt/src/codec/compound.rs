//! References, tuples, options and results.

use super::heap::{Heap, Reader};
use super::layout::{ComponentType, Layout};
use super::origin::Origin;
use super::place::Place;
use super::traits::{Lift, Lower};
use crate::malformed::Malformed;

impl<T: ComponentType + ?Sized> ComponentType for &T {
    const LAYOUT: Layout = T::LAYOUT;
}

impl<T: Lower + ?Sized> Lower for &T {
    #[inline]
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        (**self).lower_reference(place, heap);
    }
}

impl<T: ComponentType + ?Sized> ComponentType for Box<T> {
    const LAYOUT: Layout = T::LAYOUT;
}

impl<T: Lower + ?Sized> Lower for Box<T> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        (**self).lower(place, heap);
    }
}

impl<T: Lift> Lift for Box<T> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        T::lift(origin, reader).map(Box::new)
    }
}

impl<T: ComponentType> ComponentType for Option<T> {
    const LAYOUT: Layout = Layout::variant(&[Layout::UNIT, T::LAYOUT]);
}

impl<T: Lower> Lower for Option<T> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        match self {
            None => drop(place.variant::<Self>(heap, 0)),
            Some(value) => value.lower(place.variant::<Self>(heap, 1).field::<T>(), heap),
        }
    }
}

impl<T: Lift> Lift for Option<T> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        match origin.variant::<Self>() {
            (0, _) => Ok(None),
            (1, mut payload) => T::lift(payload.field::<T>(), reader).map(Some),
            _ => Err(Malformed {
                what: "an `option` has an unknown discriminant",
            }),
        }
    }
}

impl<T: ComponentType, E: ComponentType> ComponentType for Result<T, E> {
    const LAYOUT: Layout = Layout::variant(&[T::LAYOUT, E::LAYOUT]);
}

impl<T: Lower, E: Lower> Lower for Result<T, E> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        match self {
            Ok(value) => value.lower(place.variant::<Self>(heap, 0).field::<T>(), heap),
            Err(error) => error.lower(place.variant::<Self>(heap, 1).field::<E>(), heap),
        }
    }
}

impl<T: Lift, E: Lift> Lift for Result<T, E> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        match origin.variant::<Self>() {
            (0, mut payload) => T::lift(payload.field::<T>(), reader).map(Ok),
            (1, mut payload) => E::lift(payload.field::<E>(), reader).map(Err),
            _ => Err(Malformed {
                what: "a `result` has an unknown discriminant",
            }),
        }
    }
}

macro_rules! tuples {
    ($($first:ident $(, $rest:ident)*)?) => {
        impl<$($first: ComponentType $(, $rest: ComponentType)*)?> ComponentType
            for ($($first, $($rest,)*)?)
        {
            const LAYOUT: Layout = Layout::record(&[$($first::LAYOUT, $($rest::LAYOUT,)*)?]);
        }

        #[allow(unused, non_snake_case, reason = "a tuple may be empty; type names name fields")]
        impl<$($first: Lower $(, $rest: Lower)*)?> Lower for ($($first, $($rest,)*)?) {
            fn lower<P: Place>(&self, mut place: P, heap: &mut Heap<'_>) {
                let ($($first, $($rest,)*)?) = self;
                $(
                    $first.lower(place.field::<$first>(), heap);
                    $($rest.lower(place.field::<$rest>(), heap);)*
                )?
            }
        }

        #[allow(unused, clippy::unused_unit, reason = "a tuple may be empty")]
        impl<$($first: Lift $(, $rest: Lift)*)?> Lift for ($($first, $($rest,)*)?) {
            fn lift<'a, O: Origin<'a>>(
                mut origin: O,
                reader: &Reader<'a>,
            ) -> Result<Self, Malformed> {
                Ok(($(
                    $first::lift(origin.field::<$first>(), reader)?,
                    $($rest::lift(origin.field::<$rest>(), reader)?,)*
                )?))
            }
        }

        $(tuples!($($rest),*);)?
    };
}

tuples!(
    A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18, A19, A20, A21,
    A22, A23, A24, A25, A26, A27, A28, A29, A30, A31, A32
);
