//! Many calls of an instance, made in one crossing.

use crate::call::{is_scalar, lift_front};
use crate::codec::{FlatPlace, Heap, Layout, Lift, Lower, Reader, SlotPlace, call_front};
use crate::error::{CallError, ForeignTicket, HostFailure, Skipped, has_run};
use crate::owner::Owner;
use crate::passing::{Given, Passing};
use first_class_abi::contract::{
    ARENA_BASE, BATCH_FRONT, CALL_FRONT, MAX_FLAT_PARAMS, SCALAR_PARAMS,
};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Calls of an instance that are made together: `instance.batch()` gives what has one.
///
/// Calls that are added are lowered at once and made by [`Batch::run`], in their order, up to the
/// first that fails. The limits of one call are those of all of them together. An instance whose calls
/// cannot be made together, because others share it by name, this guest serves its imports, or its
/// calls go on at the same time, is called once for each; then each call has the limits for itself.
#[derive(Debug)]
pub struct Batch<'a> {
    owner: &'a Arc<Owner>,
    /// Tells its tickets from those of others.
    number: u32,
    /// The calls, up to those that are staged.
    heap: Heap<'a>,
    staged: Staged,
    count: u32,
    /// Whether they are made one by one.
    is_apart: bool,
    passed: Passed,
}

/// The last calls, if their arguments are scalars: to copy each to the heap by itself would take longer
/// than to make it.
#[derive(Debug)]
struct Staged {
    words: [u64; STAGE],
    used: usize,
}

/// How many words are staged: some twenty calls.
const STAGE: usize = 64;

impl Staged {
    /// Adds a call, whose arguments are these slots, if there is room for it.
    #[inline]
    fn add(&mut self, function: u32, slots: &[u64]) -> Option<()> {
        let end = self.used + 1 + slots.len();
        let (front, places) = self.words.get_mut(self.used..end)?.split_first_mut()?;
        *front = u64::from_le_bytes(call_front(function, size_of_val(slots)));
        for (place, slot) in places.iter_mut().zip(slots) {
            *place = *slot;
        }
        self.used = end;
        Some(())
    }

    fn take(&mut self) -> &[u64] {
        let used = std::mem::take(&mut self.used);
        self.words.get(..used).unwrap_or_default()
    }
}

/// What the calls of a batch pass of resources, by their positions, for those that give some. It has no
/// part in the lifetime of a batch, so that what is lent may be made after it.
#[derive(Debug)]
struct Passed {
    owner: Arc<Owner>,
    /// Which of the instances behind the owner's number it is for.
    life: u32,
    calls: Vec<(u32, Box<Passing>)>,
}

/// The place of a call in a [`Batch`], for which [`Results::get`] gives its result.
#[derive(Debug)]
#[must_use = "the result of the call is found by it"]
pub struct Ticket<T> {
    call: u32,
    batch: u32,
    result: PhantomData<fn() -> T>,
}

impl<T> Ticket<T> {
    /// The position of the call in its batch, from 0.
    pub fn position(&self) -> usize {
        self.call as usize
    }
}

/// Writing a call depends on its types, and does no more than that; all else is done in one place.
impl<'a> Batch<'a> {
    pub(crate) fn new(owner: &'a Arc<Owner>) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Batch {
            owner,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            heap: Heap::empty(owner),
            staged: Staged {
                words: [0; STAGE],
                used: 0,
            },
            count: 0,
            is_apart: !owner.takes_batches(),
            passed: Passed {
                owner: owner.clone(),
                life: owner.life(),
                calls: Vec::new(),
            },
        }
    }

    /// Adds a call of a function by its number, with the tuple of its arguments. What they lend has to
    /// be there until the batch is run; what they give is dropped if it is not.
    pub fn call<A: Lower, R: Lift>(&mut self, function: u32, arguments: A) -> Ticket<R> {
        let Layout { size, flat, .. } = A::LAYOUT;
        if const { is_scalar(A::LAYOUT) } {
            let mut slots = [0; SCALAR_PARAMS];
            arguments.lower(FlatPlace::new(&mut slots), &mut self.heap);
            if self.staged.add(function, &slots[..flat]).is_none() {
                self.unstage();
                let _ = self.staged.add(function, &slots[..flat]);
            }
        } else if const { A::LAYOUT.flat > MAX_FLAT_PARAMS } {
            self.unstage();
            let front = self.heap.begin_call(function, size, self.is_apart);
            self.heap.put(front, &arguments);
            self.heap.end_call();
        } else {
            self.unstage();
            let heap = &mut self.heap;
            heap.begin_call_with_slots(function, flat, self.is_apart);
            arguments.lower(SlotPlace::new(), &mut self.heap);
            self.heap.end_call();
        }
        if let Some(passing) = self.heap.take_passing() {
            self.pass(passing);
        }
        let call = self.count;
        self.count += 1;
        Ticket {
            call,
            batch: self.number,
            result: PhantomData,
        }
    }

    /// Moves what is staged to the heap.
    #[inline(never)]
    fn unstage(&mut self) {
        self.heap.append_calls(self.staged.take());
    }

    #[cold]
    fn pass(&mut self, passing: Box<Passing>) {
        self.passed.calls.push((self.count, passing));
    }

    /// Makes the calls. What one of them fails with is a part of the results.
    ///
    /// # Errors
    /// When nothing was called: the instance is dead, a limit was exceeded, or a resource lives
    /// elsewhere.
    pub fn run(mut self) -> Result<Results, CallError> {
        self.unstage();
        self.check_resources()?;
        let life = self.owner.life();
        let (lying, done, failure) = match (self.count, self.is_apart) {
            (0, _) => (Lying::Apart(Vec::new()), 0, None),
            (_, true) => self.run_apart(),
            (_, false) => self.run_together()?,
        };
        Ok(Results {
            owner: self.owner.clone(),
            life,
            batch: self.number,
            lying,
            done,
            failure,
        })
    }

    /// Checks that all resources may be passed, and are still there.
    fn check_resources(&self) -> Result<(), CallError> {
        let mut refusals = self.passed.calls.iter();
        let refusal = refusals.find_map(|(_, passing)| passing.refusal(self.owner));
        match refusal {
            Some(refusal) => Err(refusal),
            None if self.passes() && !self.owner.is_in(self.passed.life) => Err(self.owner.gone()),
            None => Ok(()),
        }
    }

    /// Whether it lends or gives anything, which is for one life of the instance alone.
    fn passes(&self) -> bool {
        self.heap.passes() || !self.passed.calls.is_empty()
    }

    fn run_together(&mut self) -> Result<(Lying, u32, Option<CallError>), CallError> {
        let calls = self.heap.bytes();
        let start = ARENA_BASE.wrapping_add(calls.len() as u32);
        let outcome = self.owner.host.invoke_batch(self.owner.number, calls);
        let outcome = outcome.map_err(|failure| self.owner.failed(failure))?;
        let bytes = outcome.results;
        let done = word(&bytes, 0).min(self.count);
        // What was given to the calls behind these, nobody got.
        let behind = match &outcome.failure {
            Some(failure) if !has_run(failure) => done,
            _ => done + 1,
        };
        self.passed.calls.retain(|(call, _)| *call >= behind);
        let failure = outcome.failure.map(|failure| self.owner.failed(failure));
        Ok((Lying::Together { bytes, start }, done, failure))
    }

    fn run_apart(&mut self) -> (Lying, u32, Option<CallError>) {
        let mut results = Vec::new();
        let mut failure = None;
        let mut passed = std::mem::take(&mut self.passed.calls)
            .into_iter()
            .peekable();
        let mut rest = self.heap.bytes();
        for call in 0..self.count {
            let (function, length) = (word(rest, 0), word(rest, 4) as usize);
            let behind = rest.get(CALL_FRONT..).unwrap_or_default();
            let (arguments, behind) = behind.split_at_checked(length).unwrap_or_default();
            rest = behind;
            let given = passed.next_if(|(of, _)| *of == call);
            let given = match given {
                None => Ok(Given::nothing(self.owner)),
                Some((_, passing)) => passing.settle(self.owner),
            };
            let result =
                given.and_then(|given| self.owner.exchange_buffer(function, arguments, given));
            match result {
                Ok(result) => results.push(result),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        self.passed.calls = passed.collect();
        let done = results.len() as u32;
        (Lying::Apart(results), done, failure)
    }
}

impl Drop for Passed {
    /// Drops what the calls that were not made would have given.
    fn drop(&mut self) {
        for (_, passing) in std::mem::take(&mut self.calls) {
            passing.take_back(&self.owner);
        }
    }
}

/// The results of a [`Batch`]: those of all calls, or of the calls before the first that failed.
///
/// A resource in a result that is not taken lives as long as its instance.
#[derive(Debug)]
pub struct Results {
    owner: Arc<Owner>,
    life: u32,
    batch: u32,
    lying: Lying,
    /// How many calls have a result.
    done: u32,
    failure: Option<CallError>,
}

/// How results lie.
#[derive(Debug)]
enum Lying {
    /// In one buffer, whose first byte has this address.
    Together { bytes: Vec<u8>, start: u32 },
    /// Each in one of its own.
    Apart(Vec<Vec<u8>>),
}

impl Results {
    /// The result of a call.
    ///
    /// # Errors
    /// What the call failed with, or [`CallError::Skipped`] if one before it failed.
    pub fn get<T: Lift>(&self, ticket: Ticket<T>) -> Result<T, CallError> {
        let reader = self.reader(ticket.call, ticket.batch)?;
        Ok(lift_front(&reader)?)
    }

    /// How many calls have a result: all of them, or those before the one that failed.
    pub fn done(&self) -> usize {
        self.done as usize
    }

    /// What the call behind those that have a result failed with, if one did.
    pub fn failure(&self) -> Option<&CallError> {
        self.failure.as_ref()
    }

    #[inline]
    fn reader(&self, call: u32, batch: u32) -> Result<Reader<'_>, CallError> {
        if batch != self.batch || call >= self.done {
            return Err(self.lacks(call, batch));
        }
        let (bytes, start, address) = match &self.lying {
            Lying::Together { bytes, start } => {
                let address = word(bytes, BATCH_FRONT + call as usize * size_of::<u32>());
                (bytes.as_slice(), *start, address)
            }
            Lying::Apart(results) => {
                let result = results.get(call as usize).map_or(&[][..], Vec::as_slice);
                (result, ARENA_BASE, ARENA_BASE)
            }
        };
        let (owner, life) = (&self.owner, self.life);
        Ok(Reader::of_batch(owner, life, bytes, start, address))
    }

    /// Why there is no result of a call.
    #[cold]
    fn lacks(&self, call: u32, batch: u32) -> CallError {
        let (source, failed) = (self.owner.source.clone(), self.done);
        match &self.failure {
            _ if batch != self.batch => ForeignTicket { source }.into(),
            Some(failure) if call == failed => failure.clone(),
            Some(_) => CallError::from(Skipped {
                source,
                call,
                failed,
            }),
            None => CallError::from(HostFailure {
                code: 0,
                message: "the host sent fewer results than there are calls".into(),
            }),
        }
    }
}

/// A number of 4 bytes; 0 where there is none.
#[inline]
fn word(bytes: &[u8], offset: usize) -> u32 {
    let bytes = bytes.get(offset..).and_then(<[u8]>::first_chunk);
    bytes.copied().map_or(0, u32::from_le_bytes)
}
