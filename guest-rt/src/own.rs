//! Resources that this guest implements for an instance that imports them.

use crate::codec::{ComponentType, Heap, Layout, Lift, Lower, Malformed, Origin, Place, Reader};
use crate::implemented::{Implemented, Value};
use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A resource that this guest implements, and that it gives to an instance or gets back from it: an
/// `own` of a resource that a world imports. A reference to it lends it for a call.
///
/// When the instance drops it, the value is dropped here. Inside of other types than parameters its
/// type is erased: `Own` without a parameter, which is made with [`Own::erase`] and taken apart with
/// [`Own::downcast`].
pub struct Own<T: ?Sized = dyn Any + Send + Sync>(Arc<T>);

/// A resource that this guest implements and that is only lent, a `borrow` of a resource that a world
/// imports: by an instance while it is served, or to an instance inside of an argument. That one is
/// made with [`Own::lend`].
pub struct Lent<T: ?Sized = dyn Any + Send + Sync>(Arc<T>);

/// What a resource may be implemented by: a type whose values any thread may have, or
/// `dyn Any + Send + Sync`, which is that of an [`Own`] whose type is erased.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot implement a resource",
    note = "its values have to be `Send + Sync + 'static`"
)]
pub trait Implementer: Send + Sync + 'static {
    /// The same value, of an erased type.
    #[doc(hidden)]
    fn erased(this: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<T: Send + Sync + 'static> Implementer for T {
    fn erased(this: Arc<Self>) -> Arc<Value> {
        this
    }
}

impl Implementer for Value {
    fn erased(this: Arc<Self>) -> Arc<Value> {
        this
    }
}

impl<T: Implementer + ?Sized> Own<T> {
    /// The same, for where its type is not known.
    pub fn erase(self) -> Own {
        Own(T::erased(self.0))
    }

    /// Lends it inside of an argument: in a list, a record, or an option.
    pub fn lend(&self) -> Lent {
        Lent(T::erased(self.0.clone()))
    }
}

impl<T: Send + Sync + 'static> Own<T> {
    /// A resource to give.
    pub fn new(value: T) -> Self {
        Own(Arc::new(value))
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

impl<T: Implementer + ?Sized> Lower for Own<T> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        give(T::erased(self.0.clone()), place, heap);
    }
}

impl<T: Implementer + ?Sized> Lower for Lent<T> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        give(T::erased(self.0.clone()), place, heap);
    }
}

/// Gives or lends a resource, which is one thing here: when a loan ends, the instance drops what it
/// was lent. An instance that this guest does not serve could not come back to it.
fn give<P: Place>(value: Arc<Value>, place: P, heap: &mut Heap<'_>) {
    let owner = heap.owner();
    if let Some(number) = heap.passing().give(owner, value) {
        place.put32(heap, number);
    }
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
    Ok(serving.implemented())
}
