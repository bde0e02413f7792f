//! One caller's hold on a named instance.

use super::handles::{Handles, Orphan, Refused};
use super::population::Population;
use super::to_its_end::ToItsEnd;
use super::turns::{Turn, Turns};
use super::{Named, Slot, Stay};
use crate::chain::Chain;
use crate::error::CallError;
use crate::instance::Spawn;
use crate::lock::lock;
use crate::policy::{Exceeded, Limit, Restart};
use first_class_abi::contract::{SCALAR_PARAMS, SLOT_SIZE};
use std::borrow::Cow;
use std::sync::{Arc, Mutex};

/// What a caller has of a named instance: its calls, and its resources in it.
pub(crate) struct Attachment {
    inner: Arc<Inner>,
}

struct Inner {
    named: Arc<Named>,
    spawn: Arc<Spawn>,
    population: Arc<Population>,
    turns: Arc<Turns>,
    view: Mutex<View>,
}

/// What the caller knows of the instance.
struct View {
    /// Which of the instances behind the name it called last.
    generation: u64,
    handles: Handles,
}

impl Attachment {
    pub(super) fn new(
        named: Arc<Named>,
        spawn: Arc<Spawn>,
        population: Arc<Population>,
        turns: Arc<Turns>,
        generation: u64,
    ) -> Self {
        let view = View {
            generation,
            handles: Handles::default(),
        };
        Attachment {
            inner: Arc::new(Inner {
                named,
                spawn,
                population,
                turns,
                view: Mutex::new(view),
            }),
        }
    }

    pub(crate) fn spawn(&self) -> &Arc<Spawn> {
        &self.inner.spawn
    }

    pub(crate) fn stay(&self) -> Stay {
        self.inner.named.stay
    }

    /// Whether the instance lives, as far as that can be said without waiting for it.
    pub(crate) fn is_alive(&self) -> bool {
        let Ok(mut slot) = self.inner.named.slot.try_lock() else {
            return true;
        };
        slot.mourn();
        let generation = lock(&self.inner.view).generation;
        let lives = self.inner.spawn.restart != Restart::Never || generation > slot.died;
        lives && self.inner.is_world_of(&slot)
    }

    /// Calls a function with a buffer.
    pub(crate) async fn invoke(
        &self,
        chain: &Chain,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        let spawn = &self.inner.spawn;
        spawn.shape(function)?;
        spawn.check_nesting(chain, function)?;
        let (length, most) = (arguments.len() as u64, spawn.limits.argument_bytes);
        Exceeded::check(Limit::Arguments, length, most)
            .map_err(|exceeded| spawn.exceeded(function, exceeded))?;
        let turn = self.inner.turn(chain).await?;
        let call = (self.inner.clone()).call(turn, chain.clone(), function, arguments.to_vec());
        ToItsEnd::new(spawn.host.clone(), call).await
    }

    /// Calls a function that needs no buffer.
    pub(crate) async fn invoke_scalar(
        &self,
        chain: &Chain,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        let shape = self.inner.spawn.scalar_shape(function)?;
        let slots = shape.arguments_size / SLOT_SIZE;
        let slots = scalars.iter().take(slots);
        let arguments: Vec<u8> = slots.flat_map(|slot| slot.to_le_bytes()).collect();
        let result = self.invoke(chain, function, &arguments).await?;
        Ok(result.first_chunk().copied().map_or(0, u64::from_le_bytes))
    }
}

impl Drop for Attachment {
    /// The resources that the caller still has are dropped, when it is their turn.
    fn drop(&mut self) {
        let inner = self.inner.clone();
        let (generation, orphans) = {
            let mut view = lock(&inner.view);
            let orphans = view.handles.close(&inner.spawn.plan.world);
            (view.generation, orphans)
        };
        if orphans.is_empty() {
            return;
        }
        let host = inner.spawn.host.clone();
        host.go_on(async move {
            let chain = Chain::start();
            if let Ok(mut turn) = inner.turn(&chain).await
                && turn.slot.generation == generation
            {
                inner.drop_orphans(&mut turn, &chain, orphans).await;
            }
        });
    }
}

impl Inner {
    /// Waits for a turn, no longer than a call may take.
    async fn turn(&self, chain: &Chain) -> Result<Turn, CallError> {
        let limit = chain.time(self.spawn.limits.deadline);
        let waits = &self.spawn.host.waits;
        let turn = self.turns.wait(&self.named, chain, limit, waits).await;
        turn.map_err(|chain| CallError::Busy {
            source_name: self.spawn.source_name.to_string(),
            chain,
        })
    }

    /// Whether what is behind the name is of the world as which this caller has loaded it: only then
    /// its arguments, which are checked against that world, are those of the function.
    fn is_world_of(&self, slot: &Slot) -> bool {
        slot.spawn.plan.world.is_same(&self.spawn.plan.world)
    }

    /// A call, from when it is its turn.
    async fn call(
        self: Arc<Self>,
        mut turn: Turn,
        chain: Chain,
        function: u32,
        arguments: Vec<u8>,
    ) -> Result<Vec<u8>, CallError> {
        self.named.used();
        if !self.is_world_of(&turn.slot) {
            let message = "its name was loaded as another world since then; load it again";
            return Err(self.spawn.dead(message));
        }
        if turn.slot.is_due()? {
            let made_room = self.population.make_room(&self.named);
            made_room.map_err(|exceeded| self.spawn.exceeded(function, exceeded))?;
            turn.slot.renew(&chain).await?;
        }
        turn.slot.spawn.shape(function)?;
        let arguments = self.admit(&turn, function, &arguments)?;
        let limit = self.spawn.limits.deadline;
        let Some(instance) = &mut turn.slot.instance else {
            return Err(self.spawn.dead("it is gone"));
        };
        let result = instance.invoke(&chain, limit, function, &arguments).await;
        turn.slot.mourn();
        self.named.used();
        let world = &self.spawn.plan.world;
        let given = lock(&self.view).handles.result(world, function, result?);
        match given {
            Ok(result) => Ok(result),
            Err(orphans) => {
                self.drop_orphans(&mut turn, &chain, orphans).await;
                Err(self.spawn.dead("its caller is gone"))
            }
        }
    }

    /// Checks whether this caller may still call what is behind the name, and gives the arguments
    /// as the instance knows them.
    fn admit<'a>(
        &self,
        turn: &Turn,
        function: u32,
        arguments: &'a [u8],
    ) -> Result<Cow<'a, [u8]>, CallError> {
        let mut view = lock(&self.view);
        if view.generation != turn.slot.generation {
            if view.generation <= turn.slot.died && self.spawn.restart == Restart::Never {
                return Err(self.spawn.dead("it died in an earlier call"));
            }
            view.generation = turn.slot.generation;
            view.handles.expire();
        }
        let codec = self.spawn.plan.world.codec();
        let arguments = view.handles.arguments(codec, function, arguments);
        arguments.map_err(|refused| match refused {
            Refused::Protocol(message) => CallError::Protocol { message },
            Refused::Stale => self
                .spawn
                .dead("the resource lived in an instance that is no more"),
        })
    }

    /// Drops resources that nobody holds any more.
    async fn drop_orphans(&self, turn: &mut Turn, chain: &Chain, orphans: Vec<Orphan>) {
        let limit = self.spawn.limits.deadline;
        let Some(instance) = &mut turn.slot.instance else {
            return;
        };
        for Orphan { function, index } in orphans {
            let mut scalars = [0; SCALAR_PARAMS];
            scalars[0] = index.into();
            let dropped = instance.invoke_scalar(chain, limit, function, scalars);
            if dropped.await.is_err() {
                break;
            }
        }
        turn.slot.mourn();
    }
}
