//! Resources that this guest implements for an instance that imports them.

use crate::codec::{ComponentType, Heap, Layout, Lift, Lower, Malformed, Origin, Place, Reader};
use slab::Slab;
use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Value = dyn Any + Send + Sync;

/// The resources that an instance was given, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Implemented(Mutex<Slab<Arc<Value>>>);

impl Implemented {
    fn values(&self) -> MutexGuard<'_, Slab<Arc<Value>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert(&self, value: Arc<Value>) -> u32 {
        // There are never as many as a number can tell apart.
        u32::try_from(self.values().insert(value)).unwrap_or(u32::MAX)
    }

    fn get(&self, number: u32) -> Option<Arc<Value>> {
        self.values().get(number as usize).cloned()
    }

    /// Takes a resource back. It is dropped by whoever calls, when the table is free again.
    pub(crate) fn remove(&self, number: u32) -> Option<Arc<Value>> {
        self.values().try_remove(number as usize)
    }

    /// Drops all of them, since the instance is no more.
    pub(crate) fn clear(&self) {
        let values = std::mem::take(&mut *self.values());
        drop(values);
    }
}

/// A resource that this guest implements, and that it gives to an instance or gets back from it: an
/// `own` of a resource that a world imports.
///
/// When the instance drops it, the value is dropped here. Inside of records and variants, whose
/// types do not know who implements a resource, its type is erased: `Own` without a parameter, which
/// is made with [`Own::erase`] and taken apart with [`Own::downcast`].
pub struct Own<T: ?Sized = dyn Any + Send + Sync>(Arc<T>);

/// A resource that this guest implements and that an instance lends back to it, as long as it serves
/// a call: a `borrow` of a resource that a world imports.
pub struct Lent<T: ?Sized = dyn Any + Send + Sync>(Arc<T>);

impl<T: Send + Sync + 'static> Own<T> {
    /// A resource to give.
    pub fn new(value: T) -> Self {
        Own(Arc::new(value))
    }

    /// The same, for where its type is not known.
    pub fn erase(self) -> Own {
        Own(self.0)
    }

    /// The value.
    ///
    /// # Errors
    /// While a [`Lent`] of it lives, it is still a resource.
    pub fn into_inner(self) -> Result<T, Self> {
        Arc::try_unwrap(self.0).map_err(Own)
    }
}

impl Own {
    /// The same, of a type.
    ///
    /// # Errors
    /// When the value is of another type.
    pub fn downcast<T: Send + Sync + 'static>(self) -> Result<Own<T>, Self> {
        self.0.downcast().map(Own).map_err(Own)
    }
}

impl Lent {
    /// The value, if it is of this type.
    pub fn downcast_ref<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl<T: Send + Sync + 'static> From<T> for Own<T> {
    fn from(value: T) -> Self {
        Own::new(value)
    }
}

impl<T: Send + Sync + 'static> From<Own<T>> for Own {
    fn from(own: Own<T>) -> Self {
        own.erase()
    }
}

impl<T: ?Sized> Deref for Own<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> Deref for Lent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> fmt::Debug for Own<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Own")
    }
}

impl<T: ?Sized> fmt::Debug for Lent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lent")
    }
}

impl<T: ?Sized> ComponentType for Own<T> {
    const LAYOUT: Layout = Layout::scalar(4);
}

impl<T: ?Sized> ComponentType for Lent<T> {
    const LAYOUT: Layout = Layout::scalar(4);
}

impl<T: Send + Sync + 'static> Lower for Own<T> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap) {
        give(self.0.clone(), place, heap);
    }
}

impl Lower for Own {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap) {
        give(self.0.clone(), place, heap);
    }
}

/// An instance without imports has no place for a resource, and none in its types.
fn give<P: Place>(value: Arc<Value>, place: P, heap: &mut Heap) {
    let Some(implemented) = &heap.implemented else {
        return place.put32(heap, 0);
    };
    let number = implemented.insert(value);
    heap.given.push(number);
    place.put32(heap, number);
}

impl<T: Send + Sync + 'static> Lift for Own<T> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        let own = Own::<Value>::lift(origin, reader)?;
        own.downcast().map_err(|_| ANOTHER)
    }
}

impl Lift for Own {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        let value = implemented(reader)?.remove(origin.get32());
        value.map(Own).ok_or(NO_RESOURCE)
    }
}

impl<T: Send + Sync + 'static> Lift for Lent<T> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        let lent = Lent::<Value>::lift(origin, reader)?;
        lent.0.downcast().map(Lent).map_err(|_| ANOTHER)
    }
}

impl Lift for Lent {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        let value = implemented(reader)?.get(origin.get32());
        value.map(Lent).ok_or(NO_RESOURCE)
    }
}

const NO_RESOURCE: Malformed = Malformed {
    what: "a number names no resource of this guest",
};

const ANOTHER: Malformed = Malformed {
    what: "a resource of this guest is of another type",
};

fn implemented<'a>(reader: &Reader<'a>) -> Result<&'a Implemented, Malformed> {
    let serving = reader.owner.serving.as_ref().ok_or(NO_RESOURCE)?;
    Ok(&serving.implemented)
}
