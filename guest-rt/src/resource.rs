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
        self.owner.start(function, arguments)
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
                life: reader.owner.life(),
                drop_function,
            }),
        }
    }

    /// Writes a `borrow`.
    pub fn lend<P: Place>(&self, place: P, heap: &mut Heap) {
        heap.handles.check(self);
        place.put32(heap, self.handle.load(Ordering::Relaxed));
    }

    /// Writes an `own`; from here on the handle belongs to the call.
    pub fn give<P: Place>(&self, place: P, heap: &mut Heap) {
        heap.handles.check(self);
        if heap.handles.are_good() {
            let handle = self.handle.swap(0, Ordering::Relaxed);
            heap.handles.given.push((self.drop_function, handle));
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

/// What a call does with handles, while its arguments are lowered.
#[derive(Debug)]
pub(crate) struct Handles {
    /// The instance that is called, by its identity.
    owner: *const Owner,
    /// The source of the instance of a handle that belongs elsewhere.
    foreign: Option<String>,
    /// Whether the instance of a handle is no more.
    stale: bool,
    /// Whether there is a resource of this guest's that the instance cannot have.
    not_served: bool,
    /// The handles that are given away, each with the function that drops it.
    given: Vec<(u32, u32)>,
}

impl Handles {
    pub(crate) fn new(owner: &Arc<Owner>) -> Self {
        Handles {
            owner: Arc::as_ptr(owner),
            foreign: None,
            stale: false,
            not_served: false,
            given: Vec::new(),
        }
    }

    fn check(&mut self, resource: &Resource) {
        self.check_end(&resource.owner, resource.life);
    }

    /// Checks what belongs to a life of an instance.
    pub(crate) fn check_end(&mut self, owner: &Arc<Owner>, life: u32) {
        if Arc::as_ptr(owner) != self.owner {
            self.foreign = Some(owner.source.clone());
        } else if !owner.is_in(life) {
            self.stale = true;
        }
    }

    /// Refuses the call, since it passes a resource of this guest's to an instance that this guest
    /// does not serve.
    pub(crate) fn refuse_ours(&mut self) {
        self.not_served = true;
    }

    pub(crate) fn are_good(&self) -> bool {
        self.foreign.is_none() && !self.stale && !self.not_served
    }

    /// Refuses the call if a handle belongs to another instance, to one that is no more, or is to
    /// what this guest does not serve. What the arguments gave away before that is dropped, since the
    /// caller has it no longer.
    pub(crate) fn settle(&mut self, owner: &Owner) -> Result<(), CallError> {
        if self.are_good() {
            return Ok(());
        }
        for (function, handle) in self.given.drain(..) {
            owner.drop_handle(function, handle);
        }
        let source = owner.source.clone();
        match self.foreign.take() {
            Some(owner) => Err(CallError::ForeignResource { source, owner }),
            None if self.not_served => Err(CallError::NotServed { source }),
            None => Err(owner.gone()),
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
            fn lower<P: $crate::Place>(&self, place: P, heap: &mut $crate::Heap) {
                self.resource.give(place, heap);
            }

            fn lower_reference<P: $crate::Place>(&self, place: P, heap: &mut $crate::Heap) {
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
