//! Resources that live in an instance, and the handles to them.

use crate::codec::{Heap, Lift, Lower, Malformed, Origin, Place, Reader};
use crate::error::CallError;
use crate::owner::Owner;
use crate::pending::Pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A handle to a resource of an instance: what the types that `first_class_world!` writes for
/// resources are made of. Dropping it drops the resource.
#[derive(Debug)]
pub struct Resource {
    owner: Arc<Owner>,
    /// The index in the bridge's table of handles; 0, which is no index, once it is given away.
    handle: AtomicU32,
    /// Which of the instances behind the owner's number it lives in.
    life: u32,
    /// The number of the function that drops it.
    drop_function: u32,
}

impl Resource {
    /// Calls a function of the instance that the resource lives in.
    ///
    /// # Errors
    /// When the instance is dead or was dropped, or dies of this call.
    pub fn call<A: Lower, R: Lift>(&self, function: u32, arguments: A) -> Result<R, CallError> {
        if !self.owner.is_in(self.life) {
            return Err(self.owner.gone());
        }
        self.owner.call(function, arguments)
    }

    /// Starts a call of a function of the instance that the resource lives in.
    ///
    /// # Errors
    /// When the instance was dropped, or as for [`Instance::start`](crate::Instance::start).
    pub fn start<A: Lower, R: Lift>(
        &self,
        function: u32,
        arguments: A,
    ) -> Result<Pending<R>, CallError> {
        if !self.owner.is_in(self.life) {
            return Err(self.owner.gone());
        }
        Pending::start(&self.owner, function, arguments)
    }

    /// Reads an `own`.
    ///
    /// # Errors
    /// When the bytes are no handle.
    pub fn lift<'a, O: Origin<'a>>(
        origin: O,
        reader: &Reader<'a>,
        drop_function: u32,
    ) -> Result<Self, Malformed> {
        match origin.get32() {
            0 => Err(Malformed {
                what: "a handle is 0",
            }),
            handle => Ok(Resource {
                owner: reader.owner.clone(),
                handle: AtomicU32::new(handle),
                life: reader.life,
                drop_function,
            }),
        }
    }

    /// Writes a `borrow`.
    pub fn lend<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        if heap.may_pass(&self.owner, self.life) {
            place.put32(heap, self.handle.load(Ordering::Relaxed));
        }
    }

    /// Writes an `own`; from here on the handle belongs to the call.
    pub fn give<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        if heap.may_pass(&self.owner, self.life) {
            let handle = self.handle.swap(0, Ordering::Relaxed);
            heap.passing().give_handle(self.drop_function, handle);
            place.put32(heap, handle);
        }
    }
}

impl Drop for Resource {
    fn drop(&mut self) {
        let handle = *self.handle.get_mut();
        if handle != 0 && self.owner.is_in(self.life) {
            self.owner.drop_handle(self.drop_function, handle);
        }
    }
}

/// Defines the type of a resource; `first_class_world!` writes it.
#[doc(hidden)]
#[macro_export]
macro_rules! __resource {
    ($(#[$outer:meta])* $vis:vis struct $Name:ident, dropped by $drop:literal;) => {
        $(#[$outer])*
        #[derive(Debug)]
        $vis struct $Name {
            resource: $crate::Resource,
        }

        impl $crate::ComponentType for $Name {
            const LAYOUT: $crate::Layout = $crate::Layout::scalar(4);
        }

        impl $crate::Lower for $Name {
            fn lower<P: $crate::Place>(&self, place: P, heap: &mut $crate::Heap<'_>) {
                self.resource.give(place, heap);
            }

            fn lower_reference<P: $crate::Place>(&self, place: P, heap: &mut $crate::Heap<'_>) {
                self.resource.lend(place, heap);
            }
        }

        impl $crate::Lift for $Name {
            fn lift<'a, O: $crate::Origin<'a>>(
                origin: O,
                reader: &$crate::Reader<'a>,
            ) -> ::core::result::Result<Self, $crate::Malformed> {
                let resource = $crate::Resource::lift(origin, reader, $drop)?;
                ::core::result::Result::Ok(Self { resource })
            }
        }
    };
}
