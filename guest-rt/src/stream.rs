//! Streams and futures between this guest and an instance.

use crate::codec::{ComponentType, Heap, Layout, Lift, Lower, Malformed, Origin, Place, Reader};
use crate::error::{CallError, HostFailure};
use crate::host::Transfer;
use crate::owner::Owner;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// One end of a stream or future, which this guest has.
#[derive(Debug)]
struct End {
    owner: Arc<Owner>,
    kind: u32,
    /// The handle in the bridge's table; 0, which is none, once it is given away.
    handle: AtomicU32,
    /// Which of the instances behind the owner's number it belongs to.
    life: u32,
    is_reader: bool,
}

impl End {
    fn new(owner: &Arc<Owner>, life: u32, kind: u32, handle: u32, is_reader: bool) -> Self {
        End {
            owner: owner.clone(),
            kind,
            handle: AtomicU32::new(handle),
            life,
            is_reader,
        }
    }

    /// A stream or future of a kind: its writer and its reader.
    fn pair(owner: &Arc<Owner>, kind: u32) -> Result<(Self, Self), CallError> {
        let life = owner.life();
        let made = owner.host.make_stream(owner.number, kind);
        let (reader, writer) = made.map_err(|failure| owner.failed(failure))?;
        let end = |handle, is_reader| End::new(owner, life, kind, handle, is_reader);
        Ok((end(writer, false), end(reader, true)))
    }

    fn handle(&self) -> Result<u32, CallError> {
        match self.owner.is_in(self.life) {
            true => Ok(self.handle.load(Ordering::Relaxed)),
            false => Err(self.owner.gone()),
        }
    }

    fn read<T: Lift>(&self, most: usize) -> Result<(Vec<T>, bool), CallError> {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let (owner, handle) = (&self.owner, self.handle()?);
        let transfer = owner.host.read(owner.number, self.kind, handle, most);
        let Transfer {
            count,
            closed,
            elements,
        } = transfer.map_err(|failure| owner.failed_in(self.life, failure))?;
        let reader = Reader::new(owner, self.life, &elements);
        let array = reader.front((count as usize).saturating_mul(T::LAYOUT.size))?;
        Ok((T::lift_list(array, count as usize, &reader)?, closed))
    }

    fn write<T: Lower>(&self, elements: &[T]) -> Result<(usize, bool), CallError> {
        let (owner, handle) = (&self.owner, self.handle()?);
        let mut heap = Heap::empty(owner);
        T::lower_list(elements, &mut heap);
        let (bytes, mut given) = heap.settle()?;
        let count = u32::try_from(elements.len()).unwrap_or(u32::MAX);
        let written = owner
            .host
            .write(owner.number, self.kind, handle, count, &bytes);
        let written = written.map_err(|failure| owner.refused(failure, &mut given));
        let Transfer { count, closed, .. } = written?;
        Ok((count as usize, closed))
    }

    fn lift<'a, O: Origin<'a>>(
        origin: O,
        reader: &Reader<'a>,
        kind: u32,
    ) -> Result<Self, Malformed> {
        match origin.get32() {
            0 => Err(Malformed {
                what: "the end of a stream is 0",
            }),
            handle => Ok(End::new(reader.owner, reader.life, kind, handle, true)),
        }
    }

    /// Gives it to a call.
    fn give<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        if heap.may_pass(&self.owner, self.life) {
            let handle = self.handle.swap(0, Ordering::Relaxed);
            heap.passing().give_reader(self.kind, handle);
            place.put32(heap, handle);
        }
    }

    /// Leaves it to the instance for the rest of its life.
    fn leave(&self) {
        self.handle.store(0, Ordering::Relaxed);
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let handle = *self.handle.get_mut();
        if handle == 0 || !self.owner.is_in(self.life) {
            return;
        }
        let (host, number) = (&self.owner.host, self.owner.number);
        match self.is_reader {
            true => host.drop_reader(number, self.kind, handle),
            false => host.drop_writer(number, self.kind, handle),
        }
    }
}

/// The reader of a `stream`: of a result, or to be given to a call. `KIND` is the number that the
/// stream has in its world, and follows from where it is used.
///
/// The instance writes no more than is read. Dropping the reader tells it that nobody reads.
#[derive(Debug)]
pub struct StreamReader<T, const KIND: u32> {
    end: End,
    closed: bool,
    element: PhantomData<fn() -> T>,
}

/// The writer of a `stream` whose reader is given to a call.
///
/// Dropping it ends the stream.
#[derive(Debug)]
pub struct StreamWriter<T, const KIND: u32> {
    end: End,
    /// Whether nobody reads any more. To write then is a mistake that the instance would die of.
    closed: bool,
    element: PhantomData<fn(T)>,
}

/// The reader of a `future`: of a result, or to be given to a call.
#[derive(Debug)]
pub struct FutureReader<T, const KIND: u32> {
    end: End,
    element: PhantomData<fn() -> T>,
}

/// The writer of a `future` whose reader is given to a call.
///
/// A future has to be written: the instance dies if the writer is dropped before.
#[derive(Debug)]
pub struct FutureWriter<T, const KIND: u32> {
    end: End,
    element: PhantomData<fn(T)>,
}

impl<T, const KIND: u32> StreamReader<T, KIND> {
    /// A stream between this guest and an instance. Give the reader to a call that is started, and
    /// write then: what is written waits until it is read.
    ///
    /// # Errors
    /// When the instance is dead.
    pub(crate) fn pair(owner: &Arc<Owner>) -> Result<(StreamWriter<T, KIND>, Self), CallError> {
        let (writer, reader) = End::pair(owner, KIND)?;
        let element = PhantomData;
        let writer = StreamWriter {
            end: writer,
            closed: false,
            element,
        };
        Ok((writer, Self::of(reader)))
    }

    fn of(end: End) -> Self {
        StreamReader {
            end,
            closed: false,
            element: PhantomData,
        }
    }
}

impl<T: Lift, const KIND: u32> StreamReader<T, KIND> {
    /// Reads what there is, and at most so many elements; waits until there is one. Nothing comes at
    /// the end of the stream, and from then on.
    ///
    /// # Errors
    /// When the instance dies, or nothing comes for as long as a call may take.
    pub fn read(&mut self, most: usize) -> Result<Vec<T>, CallError> {
        if self.closed || most == 0 {
            return Ok(Vec::new());
        }
        let (elements, closed) = self.end.read(most)?;
        self.closed = closed || elements.is_empty();
        Ok(elements)
    }

    /// Reads up to the end.
    ///
    /// # Errors
    /// As for [`StreamReader::read`].
    pub fn read_to_end(mut self) -> Result<Vec<T>, CallError> {
        /// How much is asked for at a time, in bytes.
        const PART: usize = 64 << 10;
        let most = (PART / T::LAYOUT.size.max(1)).max(1);
        let mut all = Vec::new();
        loop {
            match self.read(most)? {
                part if part.is_empty() => return Ok(all),
                part => all.extend(part),
            }
        }
    }
}

impl<T: Lower, const KIND: u32> StreamWriter<T, KIND> {
    /// Writes elements, and waits until all are taken: gives how many were, which is less only if
    /// nobody reads any more.
    ///
    /// # Errors
    /// When the instance dies, or nothing is taken for as long as a call may take.
    pub fn write(&mut self, elements: &[T]) -> Result<usize, CallError> {
        if self.closed || elements.is_empty() {
            return Ok(0);
        }
        let (count, closed) = self.end.write(elements)?;
        self.closed = closed;
        Ok(count)
    }
}

impl<T, const KIND: u32> FutureReader<T, KIND> {
    /// A future between this guest and an instance.
    ///
    /// # Errors
    /// When the instance is dead.
    pub(crate) fn pair(owner: &Arc<Owner>) -> Result<(FutureWriter<T, KIND>, Self), CallError> {
        let (writer, reader) = End::pair(owner, KIND)?;
        let element = PhantomData;
        let writer = FutureWriter {
            end: writer,
            element,
        };
        let reader = FutureReader {
            end: reader,
            element: PhantomData,
        };
        Ok((writer, reader))
    }
}

impl<T: Lift, const KIND: u32> FutureReader<T, KIND> {
    /// Waits for the value.
    ///
    /// # Errors
    /// When the instance dies, or no value comes for as long as a call may take.
    pub fn read(self) -> Result<T, CallError> {
        let (values, _) = self.end.read(1)?;
        let value = values.into_iter().next();
        let missing = || HostFailure {
            code: 0,
            message: "a future ended without a value".into(),
        };
        value.ok_or_else(|| missing().into())
    }
}

impl<T: Lower, const KIND: u32> FutureWriter<T, KIND> {
    /// Gives the value; whether somebody took it.
    ///
    /// # Errors
    /// When the instance dies, or nobody takes it for as long as a call may take. Whoever reads it later
    /// waits in vain, but the instance lives on.
    pub fn write(self, value: T) -> Result<bool, CallError> {
        let written = self.end.write(&[value]);
        if written.is_err() {
            // To drop it without a value would be the end of the instance.
            self.end.leave();
        }
        Ok(written?.0 == 1)
    }
}

impl<T, const KIND: u32> ComponentType for StreamReader<T, KIND> {
    const LAYOUT: Layout = Layout::scalar(4);
}

impl<T, const KIND: u32> ComponentType for FutureReader<T, KIND> {
    const LAYOUT: Layout = Layout::scalar(4);
}

impl<T, const KIND: u32> Lower for StreamReader<T, KIND> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        self.end.give(place, heap);
    }
}

impl<T, const KIND: u32> Lower for FutureReader<T, KIND> {
    fn lower<P: Place>(&self, place: P, heap: &mut Heap<'_>) {
        self.end.give(place, heap);
    }
}

impl<T, const KIND: u32> Lift for StreamReader<T, KIND> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        End::lift(origin, reader, KIND).map(Self::of)
    }
}

impl<T, const KIND: u32> Lift for FutureReader<T, KIND> {
    fn lift<'a, O: Origin<'a>>(origin: O, reader: &Reader<'a>) -> Result<Self, Malformed> {
        Ok(FutureReader {
            end: End::lift(origin, reader, KIND)?,
            element: PhantomData,
        })
    }
}
