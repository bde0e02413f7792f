//! Values in the form of the canonical ABI.
//!
//! A value has two forms: a sequence of core values in slots, for the parameters of a call, or
//! bytes in memory. A type says how it is built from parts once, in [`Lower`] and [`Lift`]; the
//! [`Place`] to which it goes, or the [`Origin`] from which it comes, knows the form.

mod compound;
mod heap;
mod layout;
mod origin;
mod place;
mod scalar;
mod sequence;
mod traits;

pub use crate::malformed::Malformed;
pub use heap::{Heap, Reader};
pub(crate) use heap::{call_front, keep};
pub use layout::{ComponentType, Layout};
pub use origin::{FlatOrigin, MemoryOrigin, Origin};
pub use place::{FlatPlace, MemoryPlace, Place, SlotPlace};
pub use scalar::Number;
#[cfg(not(target_family = "wasm"))]
pub(crate) use scalar::copied;
pub use traits::{Lift, Lower};

#[cfg(test)]
mod tests;
