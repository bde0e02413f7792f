//! How the life of an instance goes.

use super::Progressed;
use super::concurrent::Running;
use super::death::Death;
use super::live::Live;
use super::session::Open;
use super::spawn::{GIVEN_UP, Spawn};
use super::suspended::{Progress, Suspended};
use super::told::Told;
use crate::chain::Chain;
use crate::error::{CallError, LoadError};
use crate::policy::{Exceeded, Limit, Restart};
use crate::seeing::Tally;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// How the life of an instance goes.
pub(super) struct Course {
    pub(super) life: Life,
    pub(super) tally: Tally,
    /// Deaths in a row, without a successful call between them.
    pub(super) deaths: u32,
    /// Whether the caller knows of the end of this life, or of the last one.
    pub(super) told: Arc<Told>,
    /// What stops a call that does not wait.
    pub(super) stop: Option<Arc<AtomicBool>>,
}

pub(super) enum Life {
    Alive(Box<Live>),
    /// Calls of it go on at the same time.
    Running(Running),
    /// It is a session with a peer.
    Open(Open),
    /// In a call that waits for its caller to serve an import.
    Suspended(Box<Suspended>),
    /// In the middle of a call: if the call is given up, this is what stays.
    Called,
    Dead {
        message: String,
        since: Instant,
    },
}

impl Life {
    pub(super) async fn start(
        spawn: &Spawn,
        chain: &Chain,
        limit: Duration,
    ) -> Result<Self, LoadError> {
        let at_start = |death: Death| death.at_start(spawn.source_name.to_string(), limit);
        let most = spawn.host.capacity.nesting;
        Exceeded::check(Limit::Nesting, chain.depth() + 1, most)
            .map_err(|exceeded| at_start(Death::Limit(exceeded)))?;
        if let Some(peer) = spawn.plan.peer() {
            return Ok(Life::Open(Open::start(spawn, peer, limit).await?));
        }
        let started = match spawn.plan.is_concurrent() {
            true => Running::start(spawn, limit).await.map(Life::Running),
            false => {
                let live = Live::start(spawn, chain, limit).await;
                live.map(|live| Life::Alive(Box::new(live)))
            }
        };
        started.map_err(at_start)
    }
}

/// Ends a life when it is dropped. Whatever the instance printed last is told by that.
struct Ends<'a>(&'a mut Life);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        *self.0 = Life::Called;
    }
}

impl Course {
    pub(super) fn is_alive(&self) -> bool {
        match &self.life {
            Life::Alive(_) | Life::Suspended(_) => true,
            Life::Running(running) => running.death().is_none(),
            Life::Open(open) => open.ended().is_none(),
            Life::Called | Life::Dead { .. } => false,
        }
    }

    /// Learns what happened to an instance that runs by itself.
    pub(super) fn settle(&mut self, spawn: &Spawn, limit: Duration) {
        if let Life::Open(open) = &self.life
            && let Some((message, since)) = open.ended()
        {
            tracing::warn!(source = &*spawn.source_name, message, "a session ended");
            let has_succeeded = open.has_succeeded();
            self.forget_deaths(has_succeeded);
            return self.die(spawn, message, since);
        }
        if let Life::Running(running) = &self.life
            && let Some((death, since)) = running.death()
        {
            let (source, what) = (
                spawn.source_name.to_string(),
                String::from("an earlier call"),
            );
            let error = death.in_call(source, what, limit);
            tracing::warn!(source = &*spawn.source_name, %error, "an instance died");
            let has_succeeded = running.has_succeeded();
            self.forget_deaths(has_succeeded);
            self.die(spawn, error.to_string(), since);
        }
    }

    /// Begins to count deaths anew, if a call succeeded since the last one.
    fn forget_deaths(&mut self, has_succeeded: bool) {
        if has_succeeded {
            self.deaths = 0;
        }
    }

    /// Goes on with a call until it ends or waits for its caller.
    pub(super) async fn go_on(
        &mut self,
        spawn: &Spawn,
        mut call: Box<Suspended>,
    ) -> Result<Progressed, CallError> {
        let (function, limit) = (call.function, call.limit);
        match call.go_on(spawn).await {
            Ok(Progress::Ended(live, outcome)) => {
                let result = self.leave(spawn, live, limit, function, outcome)?;
                let result = result.map_err(|found| spawn.too_large(function, found))?;
                Ok(Progressed::Done(result))
            }
            Ok(Progress::Asked(asked)) => {
                self.life = Life::Suspended(call);
                Ok(Progressed::Asked(asked))
            }
            Err(death) => {
                drop(call);
                Err(self.bury(spawn, death, limit, function))
            }
        }
    }

    pub(super) fn take_suspended(&mut self, spawn: &Spawn) -> Result<Box<Suspended>, CallError> {
        match std::mem::replace(&mut self.life, Life::Called) {
            Life::Suspended(call) => Ok(call),
            life => {
                self.life = life;
                Err(spawn.waits_for_nobody())
            }
        }
    }

    /// The instance, if it is alive and in no call.
    pub(super) fn live(&self) -> Option<&Live> {
        match &self.life {
            Life::Alive(live) => Some(live),
            _ => None,
        }
    }

    /// Whether a call needs nothing but to enter it: it lives, cannot wait, and nothing stops it but
    /// its deadline.
    pub(super) fn is_direct(&self) -> bool {
        matches!(&self.life, Life::Alive(live) if live.is_direct()) && self.stop.is_none()
    }

    /// Calls the instance where it is, or gives the arguments back if a call needs more than to enter
    /// it. It is no more if it dies of that, or the call panics.
    pub(super) fn directly<A, R>(
        &mut self,
        arguments: A,
        call: impl FnOnce(&mut Live, A) -> Result<R, Death>,
    ) -> Result<Result<R, Death>, A> {
        if !self.is_direct() {
            return Err(arguments);
        }
        let ends = Ends(&mut self.life);
        let outcome = match &mut *ends.0 {
            Life::Alive(live) => call(live, arguments),
            _ => return Err(arguments),
        };
        if outcome.is_ok() {
            std::mem::forget(ends);
            self.deaths = 0;
        }
        Ok(outcome)
    }

    /// Takes the live instance for a call.
    pub(super) fn enter(
        &mut self,
        spawn: &Spawn,
        chain: &Chain,
        limit: Duration,
        function: u32,
    ) -> Result<Box<Live>, CallError> {
        spawn.check_nesting(chain, function)?;
        match std::mem::replace(&mut self.life, Life::Called) {
            Life::Alive(mut live) => {
                live.enter_caller(spawn, chain, limit);
                live.stop_by(self.stop.as_ref());
                self.tally.called(1);
                Ok(live)
            }
            Life::Suspended(call) => {
                self.life = Life::Suspended(call);
                Err(spawn.busy())
            }
            life => {
                self.life = life;
                Err(spawn.dead(GIVEN_UP))
            }
        }
    }

    pub(super) fn is_due(&self, spawn: &Spawn) -> Result<bool, CallError> {
        let (message, since) = match &self.life {
            Life::Alive(_) | Life::Suspended(_) | Life::Running(_) | Life::Open(_) => {
                return Ok(false);
            }
            Life::Called => (GIVEN_UP, None),
            Life::Dead { message, since } => (&**message, Some(*since)),
        };
        let Some(pause) = spawn.restart.pause(self.deaths) else {
            return Err(spawn.dead(message));
        };
        if spawn.plan.world.has_handles() && !self.told.is_told() {
            self.told.tell(0);
            return Err(spawn.died(message));
        }
        let left = pause.saturating_sub(since.map_or(pause, |since| since.elapsed()));
        if !left.is_zero() {
            let wait = left.as_millis();
            return Err(spawn.dead(&format!("{message}; it starts again in {wait} ms")));
        }
        Ok(true)
    }

    /// Checks that a call which was started as this one of its caller's may be made of an instance that
    /// comes after one that died: that the caller knew of that.
    pub(super) fn check_told(&self, spawn: &Spawn, call: u64) -> Result<(), CallError> {
        let message = match &self.life {
            Life::Called => GIVEN_UP,
            Life::Dead { message, .. } => message,
            _ => return Ok(()),
        };
        let can_follow = spawn.restart != Restart::Never && spawn.plan.world.has_handles();
        match can_follow && !self.told.was_told_before(call) {
            true => Err(spawn.died(message)),
            false => Ok(()),
        }
    }

    pub(super) async fn revive(
        &mut self,
        spawn: &Spawn,
        chain: &Chain,
        limit: Duration,
    ) -> Result<bool, CallError> {
        if !self.is_due(spawn)? {
            return Ok(false);
        }
        match Life::start(spawn, chain, limit).await {
            Ok(life) => {
                tracing::info!(source = &*spawn.source_name, "an instance starts again");
                self.life = life;
                self.told = Arc::default();
                Ok(true)
            }
            Err(error) => {
                let error = error.to_string();
                self.die(spawn, error.clone(), Instant::now());
                Err(spawn.dead(&error))
            }
        }
    }

    /// Puts the live instance back after a call, or buries it.
    pub(super) fn leave<R>(
        &mut self,
        spawn: &Spawn,
        live: Box<Live>,
        limit: Duration,
        function: u32,
        outcome: Result<R, Death>,
    ) -> Result<R, CallError> {
        match outcome {
            Ok(result) => {
                self.life = Life::Alive(live);
                self.deaths = 0;
                Ok(result)
            }
            Err(death) => {
                // Whatever it printed last is told before its death is.
                drop(live);
                Err(self.bury(spawn, death, limit, function))
            }
        }
    }

    /// The error of the call that an instance died of.
    pub(super) fn bury(
        &mut self,
        spawn: &Spawn,
        death: Death,
        limit: Duration,
        function: u32,
    ) -> CallError {
        let source = &*spawn.source_name;
        let function = spawn.plan.world.function_name(function);
        let error = death.in_call(source.to_owned(), function, limit);
        match &error {
            CallError::Trap { backtrace, .. } => {
                tracing::warn!(source, %error, ?backtrace, "an instance died");
            }
            _ => tracing::warn!(source, %error, "an instance died"),
        }
        self.die(spawn, error.to_string(), Instant::now());
        self.told.tell(0);
        error
    }

    pub(super) fn die(&mut self, spawn: &Spawn, message: String, since: Instant) {
        spawn.host.counters.died();
        self.deaths = self.deaths.saturating_add(1);
        self.life = Life::Dead { message, since };
    }
}
