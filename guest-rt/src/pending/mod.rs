//! Calls that are not waited for at once.

mod executor;
mod future;
mod waiting;

pub use executor::block_on;
pub use future::CallFuture;

use crate::codec::{Heap, Lift, Lower};
use crate::error::CallError;
use crate::host::{Callback, Failure, Step};
use crate::malformed::Malformed;
use crate::owner::Owner;
use crate::passing::Given;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use waiting::Waiting;

/// A call that was started: `instance.start().check(…)` gives one.
///
/// It goes on while this guest does something else. Calls of different instances run at the same
/// time, calls of one instance in the order in which they were started. As a future it is woken in
/// [`block_on`] when the call has ended, and other executors it asks to be polled again after a
/// millisecond.
///
/// With the feature `wstd` it is woken in the executor of the crate `wstd`, too. In a component its
/// other executors are those two alone then: it takes any that is not [`block_on`] for that of `wstd`,
/// which panics where it does not run. There, what was polled has to end or to be dropped before
/// `wstd`'s `block_on` returns.
///
/// Dropping it gives the call up, see [`Pending::cancel`].
#[derive(Debug)]
#[must_use = "a call is given up when its `Pending` is dropped"]
pub struct Pending<T> {
    owner: Arc<Owner>,
    /// The number of the call; nothing once its end was taken.
    call: Option<u32>,
    /// What it gives, and to which life of the instance.
    given: Given,
    waiting: Waiting,
    result: PhantomData<fn() -> T>,
}

impl<T> Pending<T> {
    /// Starts a call of a function, with the tuple of its arguments.
    pub(crate) fn start<A: Lower>(
        owner: &Arc<Owner>,
        function: u32,
        arguments: A,
    ) -> Result<Self, CallError> {
        Self::started(owner, function, owner.lowered(arguments))
    }

    fn started(owner: &Arc<Owner>, function: u32, mut heap: Heap<'_>) -> Result<Self, CallError> {
        let (arguments, mut given) = heap.settle()?;
        let call = owner.host.start(owner.number, function, &arguments);
        let call = call.map_err(|failure| owner.refused(failure, &mut given))?;
        if let Some(serving) = &owner.serving {
            serving.pending().fetch_add(1, Ordering::Relaxed);
        }
        Ok(Pending {
            owner: owner.clone(),
            call: Some(call),
            given,
            waiting: Waiting::default(),
            result: PhantomData,
        })
    }

    /// Gives the call up. If it has begun, its instance dies, and the thread that it ran on is free
    /// again; if not, it never begins.
    pub fn cancel(self) {
        drop(self);
    }

    fn taken(&mut self) {
        self.call = None;
        self.waiting = Waiting::default();
        if let Some(serving) = &self.owner.serving {
            serving.pending().fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl<T: Lift> Pending<T> {
    /// Waits for the end of the call, and serves imports meanwhile.
    ///
    /// # Errors
    /// As for the call itself.
    pub fn wait(mut self) -> Result<T, CallError> {
        match self.wait_until(None) {
            Some(result) => result,
            None => Err(self.owner.gone()),
        }
    }

    /// Waits for the end of the call, for at most so long; nothing if it has not ended by then, or
    /// if its end was taken before.
    pub fn wait_for(&mut self, time: Duration) -> Option<Result<T, CallError>> {
        self.wait_until(Instant::now().checked_add(time))
    }

    /// The end of the call, if it has ended; nothing, too, if it was taken before.
    pub fn try_take(&mut self) -> Option<Result<T, CallError>> {
        self.wait_for(Duration::ZERO)
    }

    fn wait_until(&mut self, end: Option<Instant>) -> Option<Result<T, CallError>> {
        let result = wait(&self.owner, self.call?, &mut self.given, end)?;
        self.taken();
        let life = self.given.life();
        let lift = |result: Vec<u8>| Ok(self.owner.lift_result(life, &result)?);
        Some(result.and_then(lift))
    }
}

/// What a WASI executor can wait for.
#[cfg(target_family = "wasm")]
impl<T> Pending<T> {
    /// Is ready when [`Pending::try_take`] is worth a try: when the call has ended, or calls an
    /// import.
    ///
    /// # Errors
    /// When the end of the call was taken before.
    pub fn subscribe(&self) -> Result<wasip2::io::poll::Pollable, CallError> {
        let call = self.call.ok_or_else(|| self.owner.gone())?;
        Ok(self.owner.host.subscribe(call))
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        if let Some(call) = self.call {
            self.waiting = Waiting::default();
            self.owner.host.cancel(call);
            self.taken();
        }
    }
}

impl<T: Lift> Future for Pending<T> {
    type Output = Result<T, CallError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(call) = self.call else {
            return Poll::Ready(Err(self.owner.gone()));
        };
        loop {
            if let Some(result) = self.try_take() {
                return Poll::Ready(result);
            }
            let Self { owner, waiting, .. } = &mut *self;
            if waiting.poll(&owner.host, call, context).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

/// Waits for the ends of all calls, and gives their results in the same order. Imports are served
/// meanwhile.
pub fn join<T: Lift>(calls: impl IntoIterator<Item = Pending<T>>) -> Vec<Result<T, CallError>> {
    calls.into_iter().map(Pending::wait).collect()
}

/// Waits for the ends of all calls for at most so long, and gives the results of those that ended in
/// time, in the same order. The others are given up.
pub fn join_within<T: Lift>(
    time: Duration,
    calls: impl IntoIterator<Item = Pending<T>>,
) -> Vec<Option<Result<T, CallError>>> {
    let end = Instant::now().checked_add(time);
    let mut calls: Vec<_> = calls.into_iter().collect();
    calls.iter_mut().map(|call| call.wait_until(end)).collect()
}

/// Waits for the end of a call that nothing else waits for.
pub(crate) fn wait_to_the_end(
    owner: &Arc<Owner>,
    call: u32,
    given: &mut Given,
) -> Result<Vec<u8>, CallError> {
    wait(owner, call, given, None).unwrap_or_else(|| Err(owner.gone()))
}

/// Waits for the end of a call, and serves imports meanwhile; nothing if it does not end in time.
fn wait(
    owner: &Arc<Owner>,
    call: u32,
    given: &mut Given,
    end: Option<Instant>,
) -> Option<Result<Vec<u8>, CallError>> {
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        match owner.host.wait(call, left.map(nanoseconds)) {
            Ok(None) => return None,
            Ok(Some(Step::Done(result))) => return Some(Ok(result)),
            Ok(Some(Step::Callback(callback))) => serve(owner, callback),
            Ok(Some(Step::DoneScalar(_) | Step::CallbackScalar(_))) => {
                return Some(Err(CallError::from(Malformed {
                    what: "a call that was started goes on with scalars",
                })));
            }
            Err(failure) => return Some(Err(owner.refused(failure, given))),
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The instances that this guest serves.
static SERVED: Mutex<Vec<Weak<Owner>>> = Mutex::new(Vec::new());

fn served() -> MutexGuard<'static, Vec<Weak<Owner>>> {
    SERVED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds an instance to those that are served.
pub(crate) fn register(owner: &Arc<Owner>) {
    let mut served = served();
    served.retain(|owner| still_served(owner).is_some());
    served.push(Arc::downgrade(owner));
}

/// An instance, if it is still served. Of one that was given back something may be left, while its
/// number names another.
fn still_served(owner: &Weak<Owner>) -> Option<Arc<Owner>> {
    owner.upgrade().filter(|owner| !owner.is_released())
}

/// Serves an import of whichever instance calls it. If it cannot, the call that the instance is in
/// ends with that.
fn serve(waiting: &Owner, callback: Callback) {
    let owners = served().clone();
    let found = owners
        .iter()
        .filter_map(still_served)
        .find(|owner| owner.number == callback.instance && owner.host.is_same(&waiting.host));
    let Some(owner) = found else {
        waiting.host.abandon(callback.instance);
        return;
    };
    let Some(serving) = &owner.serving else {
        return;
    };
    if let Ok(answer) = serving.serve(&owner, callback.function, &callback.arguments) {
        let result = answer.into_buffer();
        // If it is refused, the call ends with that.
        let _: Result<(), Failure> = owner.host.answer(owner.number, &result);
    }
}
