//! What a caller holds, by number.

use super::held::{Held, Taken};
use crate::chain::Chain;
use crate::error::CallError;
use crate::instance::{Instance, Spawn};
use crate::named::Stay;
use crate::policy::Restart;
use slab::Slab;
use std::sync::Arc;
use tokio::sync::oneshot::{Receiver, Sender, channel};

/// The instances of a caller. An instance is taken out for the length of a call.
#[derive(Default)]
pub(super) struct Table(Slab<Place>);

struct Place {
    spawn: Arc<Spawn>,
    /// How it stays, if it is named.
    stay: Option<Stay>,
    held: Whereabouts,
    /// Whether a call that has it was given up, of which it dies, if it is not shared.
    dies: bool,
}

/// Where an instance is.
enum Whereabouts {
    Here(Held),
    /// In a call, which puts it back.
    InCall,
    /// With calls that were started; the last of them leaves it here.
    Passed(Receiver<Baton>),
}

/// An instance on its way from one call to the next, or the way that it will come.
pub(super) enum Baton {
    Here(Held),
    Later(Receiver<Baton>),
}

/// An instance that was taken out, or will be when the calls that were started have ended.
pub(crate) enum Take {
    Now(Taken),
    Later(Later),
}

/// An instance that calls which were started will leave.
pub(crate) struct Later {
    number: u32,
    baton: Baton,
    chain: Option<Chain>,
}

impl Take {
    /// Waits for it.
    pub(crate) async fn now(self) -> Result<Taken, CallError> {
        match self {
            Take::Now(taken) => Ok(taken),
            Take::Later(mut later) => Box::pin(later.arrives()).await,
        }
    }
}

impl Later {
    /// Waits for it; whoever gives that up can go on later.
    pub(super) async fn arrives(&mut self) -> Result<Taken, CallError> {
        let held = self.baton.arrive().await.ok_or_else(|| gone(self.number))?;
        Ok(Taken::new(self.number, held, self.chain.as_ref()))
    }
}

impl Baton {
    /// Waits until the instance is there, and takes it; nothing if it was released.
    pub(super) async fn arrive(&mut self) -> Option<Held> {
        loop {
            match self {
                Baton::Here(_) => break,
                Baton::Later(receiver) => *self = receiver.await.ok()?,
            }
        }
        match std::mem::replace(self, Baton::Later(channel().1)) {
            Baton::Here(held) => Some(held),
            Baton::Later(_) => None,
        }
    }
}

impl Table {
    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn insert(&mut self, held: Held) -> u32 {
        let place = Place {
            spawn: held.spawn().clone(),
            stay: held.stay(),
            held: Whereabouts::Here(held),
            dies: false,
        };
        // There are never as many as a number can tell apart: their limit and the memory see to it.
        u32::try_from(self.0.insert(place)).unwrap_or(u32::MAX)
    }

    /// What an instance is made of.
    pub(super) fn spawn(&self, number: u32) -> Option<&Arc<Spawn>> {
        Some(&self.0.get(number as usize)?.spawn)
    }

    /// What another instance in the place of one is made of.
    pub(super) fn origin(&self, number: u32) -> Option<(Arc<Spawn>, Option<Stay>)> {
        let place = self.0.get(number as usize)?;
        Some((place.spawn.clone(), place.stay))
    }

    /// An instance that is in no call.
    pub(super) fn idle(&mut self, number: u32) -> Option<&mut Held> {
        let place = self.0.get_mut(number as usize)?;
        place.settle();
        match &mut place.held {
            Whereabouts::Here(held) => Some(held),
            _ => None,
        }
    }

    /// An instance that can be called at once, with nobody to know of it.
    pub(super) fn unwatched(&mut self, number: u32) -> Option<&mut Instance> {
        match &mut self.0.get_mut(number as usize)?.held {
            Whereabouts::Here(held) => held.unwatched(),
            _ => None,
        }
    }

    /// Whether an instance can be called, as far as that can be said while it is called.
    pub(super) fn is_alive(&mut self, number: u32) -> bool {
        let Some(place) = self.0.get_mut(number as usize) else {
            return false;
        };
        place.settle();
        match &place.held {
            Whereabouts::Here(held) => held.is_alive(),
            Whereabouts::Passed(_) if place.dies => place.spawn.restart != Restart::Never,
            Whereabouts::InCall | Whereabouts::Passed(_) => true,
        }
    }

    /// Takes an instance out to call it, since its arguments may lie in the memory of the store that
    /// holds the table.
    ///
    /// If calls that were started have it, it is waited for, unless they may need the caller
    /// meanwhile.
    pub(super) fn take(
        &mut self,
        number: u32,
        chain: Option<&Chain>,
        needed: impl FnOnce() -> bool,
    ) -> Result<Take, CallError> {
        let place = self
            .0
            .get_mut(number as usize)
            .ok_or_else(|| gone(number))?;
        if !matches!(place.held, Whereabouts::Here(_)) {
            place.settle();
        }
        match std::mem::replace(&mut place.held, Whereabouts::InCall) {
            Whereabouts::Here(held) => Ok(Take::Now(Taken::new(number, held, chain))),
            Whereabouts::Passed(receiver)
                if !place.spawn.plan.served_imports().is_empty() && needed() =>
            {
                place.held = Whereabouts::Passed(receiver);
                Err(place.spawn.busy())
            }
            Whereabouts::Passed(receiver) => Ok(Take::Later(Later {
                number,
                baton: Baton::Later(receiver),
                chain: chain.cloned(),
            })),
            Whereabouts::InCall => Err(in_call(number)),
        }
    }

    pub(super) fn put_back(&mut self, taken: Taken) {
        let (number, held) = taken.into_parts();
        if let Some(place) = self.0.get_mut(number as usize) {
            place.dies = false;
            place.held = Whereabouts::Here(held);
        }
    }

    /// Puts the way back by which an instance will come, for which nobody waits any more.
    pub(super) fn wait_again(&mut self, later: Later) {
        if let Some(place) = self.0.get_mut(later.number as usize) {
            place.held = match later.baton {
                Baton::Here(held) => Whereabouts::Here(held),
                Baton::Later(receiver) => Whereabouts::Passed(receiver),
            };
        }
    }

    /// Takes the instance, or the way it will come, for a call that is started, which sends it on.
    pub(super) fn pass(&mut self, number: u32) -> Result<(Baton, Sender<Baton>), CallError> {
        let place = self
            .0
            .get_mut(number as usize)
            .ok_or_else(|| gone(number))?;
        let (sender, receiver) = channel();
        match std::mem::replace(&mut place.held, Whereabouts::InCall) {
            Whereabouts::InCall => Err(in_call(number)),
            // The call that waits for the caller needs the instance where it is.
            Whereabouts::Here(held) if held.is_suspended() => {
                place.held = Whereabouts::Here(held);
                Err(place.spawn.busy())
            }
            Whereabouts::Here(held) => {
                place.held = Whereabouts::Passed(receiver);
                Ok((Baton::Here(held), sender))
            }
            Whereabouts::Passed(before) => {
                place.held = Whereabouts::Passed(receiver);
                Ok((Baton::Later(before), sender))
            }
        }
    }

    /// Puts another instance in the place of one.
    pub(super) fn replace(&mut self, number: u32, held: Held) {
        if let Some(place) = self.0.get_mut(number as usize) {
            place.dies = false;
            place.held = Whereabouts::Here(held);
        }
    }

    /// An instance dies of a call that was given up, as soon as its thread sees that.
    pub(super) fn dies(&mut self, number: u32) {
        if let Some(place) = self.0.get_mut(number as usize) {
            place.dies = place.stay.is_none();
        }
    }

    pub(super) fn remove(&mut self, number: u32) {
        self.0.try_remove(number as usize);
    }
}

impl Place {
    /// Looks whether the calls that were started have left the instance.
    fn settle(&mut self) {
        while let Whereabouts::Passed(receiver) = &mut self.held {
            match receiver.try_recv() {
                Ok(Baton::Here(held)) => {
                    self.held = Whereabouts::Here(held);
                    self.dies = false;
                }
                Ok(Baton::Later(before)) => self.held = Whereabouts::Passed(before),
                Err(_) => break,
            }
        }
    }
}

fn gone(number: u32) -> CallError {
    CallError::Protocol {
        message: format!("there is no instance number {number}"),
    }
}

fn in_call(number: u32) -> CallError {
    CallError::Protocol {
        message: format!("instance number {number} is in the middle of a call"),
    }
}
