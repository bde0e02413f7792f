//! WIT `flags`.

/// Defines a WIT `flags` type on top of [`bitflags`](https://docs.rs/bitflags).
///
/// The type of the bits must be the smallest of `u8`, `u16` and `u32` that holds all flags, since
/// the canonical ABI lays flags out so.
///
/// ```
/// first_class::flags! {
///     /// What a plugin may do.
///     pub struct Permissions: u8 {
///         /// Read files.
///         const READ = 1 << 0;
///         /// Write files.
///         const WRITE = 1 << 1;
///     }
/// }
/// let both = Permissions::READ | Permissions::WRITE;
/// assert!(both.contains(Permissions::READ));
/// ```
#[macro_export]
macro_rules! flags {
    (
        $(#[$($outer:tt)*])*
        $vis:vis struct $Name:ident: $Bits:ty {
            $($(#[$($inner:tt)*])* const $FLAG:ident = $value:expr;)*
        }
    ) => {
        $(#[$($outer)*])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        $vis struct $Name($Bits);

        $crate::__private_0_1_0::bitflags::bitflags! {
            impl $Name: $Bits {
                $($(#[$($inner)*])* const $FLAG = $value;)*
            }
        }

        impl $crate::ComponentType for $Name {
            const LAYOUT: $crate::Layout = <$Bits as $crate::ComponentType>::LAYOUT;
        }

        impl $crate::Lower for $Name {
            fn lower<P: $crate::Place>(&self, place: P, heap: &mut $crate::Heap<'_>) {
                $crate::Lower::lower(&self.bits(), place, heap);
            }
        }

        impl $crate::Lift for $Name {
            fn lift<'a, O: $crate::Origin<'a>>(
                origin: O,
                reader: &$crate::Reader<'a>,
            ) -> ::core::result::Result<Self, $crate::Malformed> {
                <$Bits as $crate::Lift>::lift(origin, reader).map(Self::from_bits_truncate)
            }
        }
    };
}
