//! What the arguments of a call pass of resources.

use crate::error::{CallError, ForeignResource, NotServed};
use crate::implemented::Value;
use crate::owner::Owner;
use std::sync::Arc;

/// What a buffer passes of resources, while it is written. Most pass none, and have no such thing.
#[derive(Debug)]
pub(crate) struct Passing {
    refusal: Option<Refusal>,
    given: Given,
}

/// Why something cannot be passed.
#[derive(Debug)]
enum Refusal {
    /// It belongs to an instance of another source, or to another instance.
    Foreign(String),
    /// Its instance is no more.
    Stale,
    /// It is a resource of this guest's, and the instance one that this guest does not serve.
    NotServed,
}

impl Passing {
    /// Nothing yet, for a call of an instance.
    pub(crate) fn new(called: &Owner) -> Self {
        Passing {
            refusal: None,
            given: Given::nothing(called),
        }
    }

    /// Whether all so far may be passed.
    pub(crate) fn is_allowed(&self) -> bool {
        self.refusal.is_none()
    }

    /// Refuses the call, since something is passed that belongs to another life than that of the
    /// instance that is called.
    #[cold]
    pub(crate) fn refuse(&mut self, called: &Arc<Owner>, owner: &Arc<Owner>) {
        self.refusal = Some(match Arc::ptr_eq(called, owner) {
            true => Refusal::Stale,
            false => Refusal::Foreign(owner.source.clone()),
        });
    }

    /// Notes that a handle is given away, and which function drops it.
    pub(crate) fn give_handle(&mut self, drop_function: u32, handle: u32) {
        self.given.handles.push((drop_function, handle));
    }

    /// Notes that the reader of a kind of stream or future is given away.
    pub(crate) fn give_reader(&mut self, kind: u32, reader: u32) {
        self.given.readers.push((kind, reader));
    }

    /// Gives the instance a resource of this guest's, and returns its number; nothing if this guest
    /// does not serve the instance, which refuses the call.
    pub(crate) fn give(&mut self, called: &Owner, value: Arc<Value>) -> Option<u32> {
        let Some(serving) = &called.serving else {
            self.refusal = Some(Refusal::NotServed);
            return None;
        };
        let number = serving.implemented().insert(value);
        self.given.numbers.push(number);
        Some(number)
    }

    /// What is given, or the refusal of the call. What the arguments gave away before that is dropped,
    /// since the caller has it no longer.
    #[cold]
    pub(crate) fn settle(self, called: &Arc<Owner>) -> Result<Given, CallError> {
        match self.refusal(called) {
            None => Ok(self.given),
            Some(error) => {
                self.take_back(called);
                Err(error)
            }
        }
    }

    /// Why the call is refused, if it is.
    pub(crate) fn refusal(&self, called: &Arc<Owner>) -> Option<CallError> {
        let source = called.source.clone();
        Some(match self.refusal.as_ref()? {
            Refusal::Foreign(owner) => {
                let owner = owner.clone();
                ForeignResource { source, owner }.into()
            }
            Refusal::NotServed => NotServed { source }.into(),
            Refusal::Stale => called.gone(),
        })
    }

    /// Drops all that is given away, since nobody gets it.
    pub(crate) fn take_back(mut self, called: &Arc<Owner>) {
        self.given.take_back(called);
    }
}

/// What the arguments of a call give to an instance.
#[derive(Debug)]
pub(crate) struct Given {
    /// Which of the instances behind the owner's number is called.
    life: u32,
    /// Resources of this guest's.
    numbers: Vec<u32>,
    /// Handles to resources of the instance's own, each with the function that drops it.
    handles: Vec<(u32, u32)>,
    /// Readers of streams and futures, each with its kind.
    readers: Vec<(u32, u32)>,
}

impl Given {
    /// Nothing, to the instance as it is now.
    pub(crate) fn nothing(called: &Owner) -> Self {
        Given {
            life: called.life(),
            numbers: Vec::new(),
            handles: Vec::new(),
            readers: Vec::new(),
        }
    }

    /// Which of the instances behind the owner's number is called.
    pub(crate) fn life(&self) -> u32 {
        self.life
    }

    /// Takes all of it back, since nobody got it.
    #[cold]
    pub(crate) fn take_back(&mut self, owner: &Arc<Owner>) {
        if !owner.is_in(self.life) {
            return;
        }
        for (function, handle) in std::mem::take(&mut self.handles) {
            owner.drop_handle(function, handle);
        }
        for (kind, reader) in std::mem::take(&mut self.readers) {
            owner.host.drop_reader(owner.number, kind, reader);
        }
        let Some(serving) = &owner.serving else {
            return;
        };
        for number in std::mem::take(&mut self.numbers) {
            drop(serving.implemented().remove(number));
        }
    }

    /// The same when the instance is dead, which drops nothing any more: the host may make another,
    /// whose handles have the same numbers.
    #[cold]
    pub(crate) fn take_back_from_dead(&mut self, owner: &Arc<Owner>) {
        self.handles.clear();
        self.readers.clear();
        self.take_back(owner);
    }
}
