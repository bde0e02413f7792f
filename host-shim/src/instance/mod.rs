//! One live copy of a plugin, in a store of its own.

mod batch;
mod bulk;
mod concurrent;
mod course;
mod death;
mod exposed;
mod launched;
mod live;
mod session;
mod spawn;
mod suspended;
mod told;

pub(crate) use batch::{BATCH, Batched};
pub(crate) use bulk::Word;
pub(crate) use concurrent::{Streams, Transferred};
pub(crate) use launched::Launched;
pub(crate) use live::SMALL;
pub(crate) use spawn::{Host, Nesting, Spawn};
pub(crate) use suspended::Progressed;
pub(crate) use told::Told;

use crate::chain::Chain;
use crate::error::{CallError, LoadError};
use crate::policy::{Exceeded, Limit};
use crate::seeing::Tally;
use course::{Course, Life};
use death::Death;
use first_class_abi::contract::{SCALAR_PARAMS, SLOT_SIZE};
use first_class_abi::{Bulk, BulkType};
use spawn::GIVEN_UP;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// An instance behind one handle.
///
/// Invariant: the store is dropped the moment that a call fails in it, because wasmtime lets
/// nobody enter an instance after a trap. What is left says what it died of.
pub(crate) struct Instance {
    spawn: Arc<Spawn>,
    course: Course,
    is_shared: bool,
}

impl Instance {
    /// Makes an instance.
    ///
    /// # Errors
    /// When it fails to start.
    pub(crate) async fn new(
        spawn: Arc<Spawn>,
        chain: &Chain,
        limit: Duration,
    ) -> Result<Self, LoadError> {
        let life = Life::start(&spawn, chain, limit).await?;
        let tally = Tally::new(spawn.host.counters.clone());
        Ok(Instance {
            spawn,
            course: Course {
                life,
                tally,
                deaths: 0,
                told: Arc::default(),
                stop: None,
            },
            is_shared: false,
        })
    }

    /// The same, shared by name: no call makes a new one in its place, since others hold resources
    /// in it by their numbers, but for [`Instance::revive`].
    pub(crate) fn shared(self) -> Self {
        Instance {
            is_shared: true,
            ..self
        }
    }

    /// What it is made of.
    pub(crate) fn spawn(&self) -> &Arc<Spawn> {
        &self.spawn
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.course.is_alive()
    }

    /// Whether a call of it waits for its caller.
    pub(crate) fn is_suspended(&self) -> bool {
        matches!(self.course.life, Life::Suspended(_))
    }

    /// Whether it is dead and its source's policy wants a new one by now.
    ///
    /// # Errors
    /// When it is dead and stays so.
    pub(crate) fn is_due(&self) -> Result<bool, CallError> {
        self.course.is_due(&self.spawn)
    }

    /// Learns whether it died between calls.
    pub(crate) fn settle(&mut self) {
        let limit = self.spawn.limits.deadline;
        self.course.settle(&self.spawn, limit);
    }

    /// Makes a new instance if one is due; whether there is a new one.
    pub(crate) async fn revive(
        &mut self,
        chain: &Chain,
        limit: Duration,
    ) -> Result<bool, CallError> {
        self.course.revive(&self.spawn, chain, limit).await
    }

    /// Checks that a call which was started as this one of its caller's is not made of an instance that
    /// came after the one that it was meant for.
    pub(crate) fn check_told(&mut self, call: u64) -> Result<(), CallError> {
        let limit = self.spawn.limits.deadline;
        self.course.settle(&self.spawn, limit);
        self.course.check_told(&self.spawn, call)
    }

    /// Whether the caller knows of the end of its life.
    pub(crate) fn told(&self) -> &Arc<Told> {
        &self.course.told
    }

    /// Lets a flag stop its calls, if it cannot wait in the host, or no longer.
    pub(crate) fn stop_by(&mut self, flag: Option<Arc<AtomicBool>>) {
        self.course.stop = flag;
    }

    /// Calls a function with a buffer of arguments, and returns the buffer of its result.
    pub(crate) async fn invoke(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        if self.spawn.plan.is_concurrent() {
            return Box::pin(self.invoke_beside_others(chain, limit, function, arguments)).await;
        }
        let spawn = &*self.spawn;
        spawn.check_serves_itself()?;
        check_arguments(spawn, function, arguments)?;
        if !self.course.is_alive() {
            Box::pin(self.course.revive(spawn, chain, limit)).await?;
        }
        let mut live = self.course.enter(spawn, chain, limit, function)?;
        let outcome = live.invoke(spawn, limit, function, arguments).await;
        let result = self.course.leave(spawn, live, limit, function, outcome)?;
        result.map_err(|found| spawn.too_large(function, found))
    }

    /// Calls a function with a small buffer without waiting for anything, or gives the buffer back if
    /// that cannot be done: if the instance does not live, or may wait in the host.
    pub(crate) fn invoke_directly(
        &mut self,
        function: u32,
        arguments: Vec<u8>,
    ) -> Result<Result<Vec<u8>, CallError>, Vec<u8>> {
        let spawn = &*self.spawn;
        if let Err(error) = check_arguments(spawn, function, &arguments) {
            return Ok(Err(error));
        }
        let outcome = self.course.directly(arguments, |live, arguments| {
            live.invoke_directly(spawn, function, arguments)
        })?;
        Ok(self.ended_with_size(function, outcome))
    }

    /// The same for a function that takes and gives a string, and was called before.
    pub(crate) fn text_directly(
        &mut self,
        function: u32,
        argument: String,
    ) -> Result<Result<String, CallError>, String> {
        const ECHO: Bulk = Bulk {
            ty: BulkType::Text,
            takes: true,
            gives: true,
        };
        let spawn = &*self.spawn;
        let fits = ECHO.arguments_size(argument.len()) as u64 <= spawn.limits.argument_bytes;
        let echo = self.course.live().and_then(|live| live.echo(function));
        let Some(echo) = echo.filter(|_| fits) else {
            return Err(argument);
        };
        let outcome = self.course.directly(argument, |live, argument| {
            live.text_directly(spawn, &echo, argument)
        })?;
        Ok(self.ended_with_size(function, outcome))
    }

    /// The same for a function that needs no buffer; nothing if it cannot be done.
    pub(crate) fn scalar_directly(
        &mut self,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Option<Result<u64, CallError>> {
        if !self.spawn.plan.is_scalar(function) {
            return None;
        }
        let outcome = self.course.directly(scalars, |live, scalars| {
            live.scalar_directly(function, scalars)
        });
        Some(self.ended(function, outcome.ok()?))
    }

    /// The end of a call that was made directly.
    fn ended<R>(&mut self, function: u32, outcome: Result<R, Death>) -> Result<R, CallError> {
        self.course.tally.called(1);
        outcome.map_err(|death| {
            let limit = self.spawn.limits.deadline;
            self.course.bury(&self.spawn, death, limit, function)
        })
    }

    /// The same if the result may be too large.
    fn ended_with_size<R>(
        &mut self,
        function: u32,
        outcome: Result<Result<R, u64>, Death>,
    ) -> Result<R, CallError> {
        self.ended(function, outcome)?
            .map_err(|found| self.spawn.too_large(function, found))
    }

    /// Calls a function of an instance on which others may go on.
    async fn invoke_beside_others(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        let launched = self
            .launch(chain, limit, function, arguments.to_vec())
            .await?;
        let result = launched.finish().await;
        if let Err(error) = &result {
            self.course.settle(&self.spawn, limit);
            if error.is_death() {
                self.course.told.tell(0);
            }
        }
        result
    }

    /// Begins a call on an instance on which calls go on at the same time.
    pub(crate) async fn launch(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        arguments: Vec<u8>,
    ) -> Result<Launched, CallError> {
        let spawn = &self.spawn;
        check_arguments(spawn, function, &arguments)?;
        spawn.check_nesting(chain, function)?;
        self.course.settle(spawn, limit);
        if !self.course.is_alive() && !self.is_shared {
            self.course.revive(spawn, chain, limit).await?;
        }
        let launched = match &self.course.life {
            Life::Running(running) => {
                Launched::Beside(running.launch(spawn, limit, function, arguments))
            }
            Life::Open(open) => Launched::Sent(open.launch(spawn, limit, function, arguments)),
            Life::Dead { message, .. } => return Err(spawn.dead(message)),
            _ => return Err(spawn.dead(GIVEN_UP)),
        };
        self.course.tally.called(1);
        Ok(launched)
    }

    /// The streams and futures between the instance and its caller.
    pub(crate) fn streams(&mut self) -> Result<Streams, CallError> {
        let limit = self.spawn.limits.deadline;
        self.course.settle(&self.spawn, limit);
        match &self.course.life {
            Life::Running(running) => Ok(running.streams(&self.spawn)),
            Life::Dead { message, .. } => Err(self.spawn.dead(message)),
            _ => Err(CallError::Protocol {
                message: "the world has no streams".into(),
            }),
        }
    }

    /// Calls a function that needs no buffer.
    pub(crate) async fn invoke_scalar(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        if self.spawn.plan.is_concurrent() {
            let slots = self.spawn.scalar_shape(function)?.arguments_size / SLOT_SIZE;
            let slots = scalars.iter().take(slots);
            let arguments: Vec<u8> = slots.flat_map(|slot| slot.to_le_bytes()).collect();
            let call = self.invoke_beside_others(chain, limit, function, &arguments);
            let result = Box::pin(call).await?;
            return Ok(result.first_chunk().copied().map_or(0, u64::from_le_bytes));
        }
        let spawn = &*self.spawn;
        spawn.check_serves_itself()?;
        spawn.scalar_shape(function)?;
        if !self.course.is_alive() {
            Box::pin(self.course.revive(spawn, chain, limit)).await?;
        }
        let mut live = self.course.enter(spawn, chain, limit, function)?;
        let outcome = live.invoke_scalar(spawn, limit, function, scalars).await;
        self.course.leave(spawn, live, limit, function, outcome)
    }
}

fn check_arguments(spawn: &Spawn, function: u32, arguments: &[u8]) -> Result<(), CallError> {
    spawn.check_arguments(function, spawn.shape(function)?, arguments)?;
    let (length, most) = (arguments.len() as u64, spawn.limits.argument_bytes);
    Exceeded::check(Limit::Arguments, length, most)
        .map_err(|exceeded| spawn.exceeded(function, exceeded))
}
