//! Calls that the caller has started.

use super::asked::Events;
use super::held::Taken;
use super::step::{Callback, Step};
use super::table::Baton;
use crate::chain::Chain;
use crate::error::CallError;
use crate::exchange::{Asked, Passed, Returned};
use crate::instance::{Progressed, Spawn, Told};
use crate::lock::lock;
use async_executor::Task;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::futures::Notified;
use tokio::sync::oneshot;

/// The calls of one caller.
#[derive(Default)]
pub(super) struct Calls {
    calls: BTreeMap<u32, Call>,
    /// The number of the next one. None is used again: who comes late with the number of a call that is
    /// over must not get to another one.
    next: u32,
    events: Arc<Events>,
}

struct Call {
    instance: u32,
    spawn: Arc<Spawn>,
    end: Arc<End>,
    /// Stops a plugin that does not wait, and says that the caller gave the call up.
    stop: Arc<AtomicBool>,
    /// Whether it has got its instance.
    begun: Arc<AtomicBool>,
    _task: Task<()>,
}

type End = Mutex<Option<Ended>>;

/// The end of a call.
struct Ended {
    result: Result<Vec<u8>, CallError>,
    /// Whether the caller knows of the death of the instance that it was made of.
    told: Option<Arc<Told>>,
}

/// What a caller waits for: the end of a call, or something to serve. It can wait without the
/// caller's state.
pub(crate) struct Waited {
    instance: u32,
    spawn: Arc<Spawn>,
    end: Arc<End>,
    events: Arc<Events>,
}

impl Calls {
    pub(super) fn len(&self) -> u64 {
        self.calls.len() as u64
    }

    /// Whether there is a call of an instance, which may have asked for something.
    pub(super) fn has_any(&self, instance: u32) -> bool {
        self.calls.values().any(|call| call.instance == instance)
    }

    /// Starts a call of an instance; `pass` is how it comes, and how it goes on.
    pub(super) fn start(
        &mut self,
        instance: u32,
        spawn: Arc<Spawn>,
        pass: (Baton, oneshot::Sender<Baton>),
        chain: Option<&Chain>,
        function: u32,
        arguments: Vec<u8>,
    ) -> Result<u32, CallError> {
        let (baton, next) = pass;
        let end = Arc::<End>::default();
        let (stop, begun) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let run = Run {
            pass: Pass {
                number: instance,
                chain: chain.map(Chain::fork),
                passing: Some(Passing::Coming(baton)),
                next: Some(next),
            },
            position: self.events.count_started(),
            told: None,
            stop: stop.clone(),
            begun: begun.clone(),
            end: end.clone(),
            events: self.events.clone(),
        };
        let task = spawn
            .host
            .pool
            .spawn(spawn.thread(), run.finish(function, arguments));
        let task = task.map_err(|error| CallError::Protocol {
            message: format!("no thread could be started: {error}"),
        })?;
        let call = Call {
            instance,
            spawn,
            end,
            stop,
            begun,
            _task: task,
        };
        Ok(self.insert(call))
    }

    fn insert(&mut self, call: Call) -> u32 {
        // Once all numbers were used, they begin anew.
        while self.calls.contains_key(&self.next) {
            self.next = self.next.wrapping_add(1);
        }
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.calls.insert(number, call);
        number
    }

    /// What to wait for, to learn of a call.
    pub(super) fn waited(&self, call: u32) -> Result<Waited, CallError> {
        let call = self.calls.get(&call).ok_or_else(|| CallError::Protocol {
            message: format!(
                "there is no call number {call}: its end was taken, it was cancelled, or its \
                     instance was released or respawned"
            ),
        })?;
        Ok(Waited {
            instance: call.instance,
            spawn: call.spawn.clone(),
            end: call.end.clone(),
            events: self.events.clone(),
        })
    }

    /// Forgets a call whose end was taken.
    pub(super) fn taken(&mut self, call: u32) {
        self.calls.remove(&call);
    }

    pub(super) fn answer(&self, instance: u32, result: Vec<u8>) -> Result<(), CallError> {
        match self.events.answer(instance, result) {
            true => Ok(()),
            false => Err(CallError::Protocol {
                message: format!("instance number {instance} waits for no answer"),
            }),
        }
    }

    /// Gives up what an instance asked for, and with it the call.
    pub(super) fn abandon(&self, instance: u32) {
        self.events.abandon(instance);
    }

    /// Gives up a call, and says which instance dies of that.
    pub(super) fn cancel(&mut self, call: u32) -> Option<u32> {
        let call = self.calls.remove(&call)?;
        let dies = call.begun.load(Ordering::Relaxed)
            && lock(&call.end).is_none()
            && !call.spawn.plan.is_concurrent();
        dies.then_some(call.instance)
    }

    pub(super) fn cancel_all(&mut self, instance: u32) {
        self.calls.retain(|_, call| call.instance != instance);
        self.abandon(instance);
    }
}

/// The task goes with it, when it does not compute; if it does, it is stopped.
impl Drop for Call {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Waited {
    /// Waits for the end of the call, or for something to serve.
    pub(crate) async fn happens(&self) -> Result<Step, CallError> {
        loop {
            let changed = self.events.changed.notified();
            let mut changed = std::pin::pin!(changed);
            Notified::enable(changed.as_mut());
            if let Some(step) = self.now()? {
                return Ok(step);
            }
            changed.await;
        }
    }

    /// The same for at most so long, if a time is given.
    pub(crate) async fn happens_within(
        &self,
        most: Option<Duration>,
    ) -> Result<Option<Step>, CallError> {
        let Some(most) = most else {
            return self.happens().await.map(Some);
        };
        if most.is_zero() {
            return self.now();
        }
        let happens = self.spawn.host.waits.within(most, self.happens());
        let happened = happens.await.map_err(|error| CallError::Protocol {
            message: format!("there is no timer: {error}"),
        })?;
        happened.transpose()
    }

    /// What can be learnt without waiting.
    pub(crate) fn now(&self) -> Result<Option<Step>, CallError> {
        if let Some(Ended { result, told }) = lock(&self.end).take() {
            if result.as_ref().is_err_and(CallError::ends_resources) {
                self.events.tell_death(told.as_ref());
            }
            return result.map(|result| Some(Step::Done(result)));
        }
        if let Some(callback) = self.events.tell() {
            return Ok(Some(Step::Callback(callback)));
        }
        // Only the caller can answer, who would wait for itself.
        match self.events.awaits_answer(self.instance) {
            true => Err(self.spawn.busy()),
            false => Ok(None),
        }
    }

    /// Waits until [`Waited::now`] has something, and leaves it there.
    pub(crate) async fn is_ready_soon(&self) {
        loop {
            let changed = self.events.changed.notified();
            let mut changed = std::pin::pin!(changed);
            Notified::enable(changed.as_mut());
            if self.is_ready() {
                return;
            }
            changed.await;
        }
    }

    fn is_ready(&self) -> bool {
        lock(&self.end).is_some() || self.events.has_any()
    }
}

/// A call on its way.
struct Run {
    pass: Pass,
    /// How many calls its caller had started before.
    position: u64,
    told: Option<Arc<Told>>,
    stop: Arc<AtomicBool>,
    begun: Arc<AtomicBool>,
    end: Arc<End>,
    events: Arc<Events>,
}

impl Run {
    async fn finish(mut self, function: u32, arguments: Vec<u8>) {
        let result = self.call(function, &arguments).await;
        let told = self.told.take();
        // Whoever sees the end finds the instance, and whoever finds the instance sees the end.
        let mut end = lock(&self.end);
        *end = Some(Ended { result, told });
        drop(self.pass);
        drop(end);
        self.events.changed.notify_waiters();
    }

    async fn call(&mut self, function: u32, arguments: &[u8]) -> Result<Vec<u8>, CallError> {
        let instance = self.pass.number;
        let taken = self.pass.arrive(&self.stop).await?;
        self.begun.store(true, Ordering::Relaxed);
        self.told = taken.held.told().cloned();
        taken.held.check_told(self.position)?;
        let launched = taken.launch(function, arguments).await;
        // There may be another by now.
        self.told = taken.held.told().cloned();
        if let Some(end) = launched? {
            self.pass.go_on();
            return end.await;
        }
        let result = serve(
            taken,
            &self.events,
            &self.stop,
            instance,
            function,
            arguments,
        )
        .await;
        self.told = taken.held.told().cloned();
        if let (Err(error), Some(told)) = (&result, &self.told)
            && error.is_death()
        {
            // Not until the caller has waited for it.
            told.take_back();
        }
        result
    }
}

/// Makes a call of an instance that does one thing after the other, and has the caller serve it.
async fn serve(
    taken: &mut Taken,
    events: &Events,
    given_up: &Arc<AtomicBool>,
    instance: u32,
    function: u32,
    arguments: &[u8],
) -> Result<Vec<u8>, CallError> {
    let arguments = Passed::Buffer(arguments.to_vec());
    let mut progressed = taken.begin(function, arguments).await?;
    loop {
        let Asked {
            function,
            arguments,
        } = match progressed {
            Progressed::Done(result) => return Ok(result.into_buffer()),
            Progressed::Asked(asked) => asked,
        };
        let callback = Callback {
            instance,
            function,
            arguments: arguments.into_buffer(),
        };
        progressed = match events.ask(callback, given_up).await {
            Some(answer) => taken.resume(Returned::Buffer(answer)).await?,
            None => {
                let error = taken.abandon();
                events.tell_death(taken.held.told());
                return Err(error);
            }
        };
    }
}

/// An instance as it passes through a call, to the next. However the call ends, it goes on.
struct Pass {
    number: u32,
    chain: Option<Chain>,
    passing: Option<Passing>,
    next: Option<oneshot::Sender<Baton>>,
}

enum Passing {
    Coming(Baton),
    Here(Taken),
}

impl Pass {
    /// Waits for the instance, whose calls the flag stops from then on.
    async fn arrive(&mut self, stop: &Arc<AtomicBool>) -> Result<&mut Taken, CallError> {
        let released = || CallError::Protocol {
            message: "the instance was released".into(),
        };
        if let Some(Passing::Coming(baton)) = &mut self.passing {
            let mut held = baton.arrive().await.ok_or_else(released)?;
            held.stop_by(Some(stop.clone()));
            let taken = Taken::new(self.number, held, self.chain.as_ref());
            self.passing = Some(Passing::Here(taken));
        }
        match &mut self.passing {
            Some(Passing::Here(taken)) => Ok(taken),
            _ => Err(released()),
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.go_on();
    }
}

impl Pass {
    /// Lets the instance go on to the next.
    fn go_on(&mut self) {
        let baton = match self.passing.take() {
            Some(Passing::Here(taken)) => {
                let (_, mut held) = taken.into_parts();
                held.stop_by(None);
                // If the call was given up while it asked for something.
                held.abandon();
                Baton::Here(held)
            }
            Some(Passing::Coming(baton)) => baton,
            None => return,
        };
        if let Some(next) = self.next.take() {
            // If it was released, it ends here.
            let _ = next.send(baton);
        }
    }
}
