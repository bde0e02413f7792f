//! What the arguments of a call pass of resources.

use crate::error::{CallError, ForeignResource, NotServed};
use crate::implemented::Value;
use crate::owner::Owner;
use std::sync::Arc;

/// What a buffer passes of resources, while it is written. Most pass none, and have no such thing.
#[derive(Debug, Default)]
pub(crate) struct Passing {
    refusal: Option<Refusal>,
    /// The handles that are given away, each with the function that drops it.
    handles: Vec<(u32, u32)>,
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
        self.handles.push((drop_function, handle));
    }

    /// Gives the instance a resource of this guest's, and returns its number; nothing if this guest
    /// does not serve the instance, which refuses the call.
    pub(crate) fn give(&mut self, called: &Owner, value: Arc<Value>) -> Option<u32> {
        let Some(serving) = &called.serving else {
            self.refusal = Some(Refusal::NotServed);
            return None;
        };
        let number = serving.implemented().insert(value);
        self.given.life = called.life();
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
        for (function, handle) in self.handles {
            called.drop_handle(function, handle);
        }
        self.given.take_back(called);
    }
}

/// What the arguments of a call give to an instance of the resources of this guest's.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Which of the instances behind the owner's number is given them.
    life: u32,
    numbers: Vec<u32>,
}

impl Given {
    /// Takes all of it back, since nobody got it.
    #[cold]
    pub(crate) fn take_back(&mut self, owner: &Owner) {
        let numbers = std::mem::take(&mut self.numbers);
        let serving = owner.serving.as_ref();
        let Some(serving) = serving.filter(|_| owner.is_in(self.life)) else {
            return;
        };
        for number in numbers {
            drop(serving.implemented().remove(number));
        }
    }
}
