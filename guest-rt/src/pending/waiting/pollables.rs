//! Waiting for the pollables of WASI.

#[cfg(not(feature = "wstd"))]
use super::poll_again;
use crate::host::Host;
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::task::{Context, Poll, Waker};
use wasip2::io::poll::{Pollable, poll};

#[cfg(feature = "wstd")]
use std::pin::Pin;
#[cfg(feature = "wstd")]
use wstd::runtime::{AsyncPollable, WaitFor};

thread_local! {
    /// How many of our own executors run, one inside of another.
    static RUNNING: Cell<u32> = const { Cell::new(0) };
    /// What their tasks wait for.
    static REGISTERED: RefCell<Slab<Registered>> = const { RefCell::new(Slab::new()) };
}

/// What a pending call waits by.
#[derive(Debug, Default)]
pub(in crate::pending) enum Waiting {
    #[default]
    Nothing,
    /// A place in the list of our own executor.
    Registered(Registration),
    #[cfg(feature = "wstd")]
    Wstd(Pin<Box<WaitFor>>),
}

impl Waiting {
    /// Has the task polled again when the call is ready; says so if it is ready by now.
    pub(in crate::pending) fn poll(
        &mut self,
        host: &Host,
        call: u32,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        if RUNNING.get() == 0 {
            // Of a place in the list nobody would learn here.
            if let Waiting::Registered(_) = self {
                *self = Waiting::Nothing;
            }
            return self.poll_elsewhere(host, call, context);
        }
        if let Waiting::Registered(registration) = self {
            registration.renew(context.waker());
            return Poll::Pending;
        }
        let registration = Registration::new(host.subscribe(call), context.waker().clone());
        *self = Waiting::Registered(registration);
        Poll::Pending
    }

    #[cfg(feature = "wstd")]
    fn poll_elsewhere(&mut self, host: &Host, call: u32, context: &mut Context<'_>) -> Poll<()> {
        if !matches!(self, Waiting::Wstd(_)) {
            let pollable = AsyncPollable::new(host.subscribe(call));
            *self = Waiting::Wstd(Box::pin(pollable.wait_for()));
        }
        if let Waiting::Wstd(waiting) = self
            && waiting.as_mut().poll(context).is_ready()
        {
            *self = Waiting::Nothing;
            return Poll::Ready(());
        }
        Poll::Pending
    }

    #[cfg(not(feature = "wstd"))]
    fn poll_elsewhere(&mut self, _: &Host, _: u32, context: &mut Context<'_>) -> Poll<()> {
        poll_again(context);
        Poll::Pending
    }
}

/// A call that a task of ours waits for.
struct Registered {
    pollable: Pollable,
    waker: Waker,
    /// Whether the task was woken since it was polled last. It may be one of an executor around the one
    /// that waits, which cannot get to it yet, and there is no use in waking it again.
    is_woken: bool,
}

/// A place in the list of our own executor.
#[derive(Debug)]
pub(in crate::pending) struct Registration(usize);

impl Registration {
    fn new(pollable: Pollable, waker: Waker) -> Self {
        let entry = Registered {
            pollable,
            waker,
            is_woken: false,
        };
        REGISTERED.with_borrow_mut(|registered| Registration(registered.insert(entry)))
    }

    /// Has a task woken that may be another one by now.
    fn renew(&self, waker: &Waker) {
        REGISTERED.with_borrow_mut(|registered| {
            let entry = &mut registered[self.0];
            entry.waker.clone_from(waker);
            entry.is_woken = false;
        });
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let removed = REGISTERED.with_borrow_mut(|registered| registered.try_remove(self.0));
        drop(removed);
    }
}

/// Runs our own executor.
pub(in crate::pending) fn inside<R>(run: impl FnOnce() -> R) -> R {
    RUNNING.set(RUNNING.get() + 1);
    let output = run();
    RUNNING.set(RUNNING.get() - 1);
    output
}

/// Waits until something is ready that a task waits for, and wakes the task.
pub(in crate::pending) fn wait_for_any() {
    let woken: Vec<_> = REGISTERED.with_borrow_mut(|registered| {
        let entries = registered.iter_mut().map(|(_, entry)| entry);
        let mut entries: Vec<_> = entries.filter(|entry| !entry.is_woken).collect();
        assert!(
            !entries.is_empty(),
            "the future waits for something that `first_class::block_on` does not know of"
        );
        let pollables: Vec<_> = entries.iter().map(|entry| &entry.pollable).collect();
        let ready = poll(&pollables).into_iter().map(|ready| {
            let entry = &mut entries[ready as usize];
            entry.is_woken = true;
            entry.waker.clone()
        });
        ready.collect()
    });
    woken.into_iter().for_each(Waker::wake);
}
