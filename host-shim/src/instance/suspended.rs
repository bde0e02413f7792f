//! A call that waits for its caller to serve an import.

use super::death::Death;
use super::live::{Live, Outcome};
use super::spawn::{GIVEN_UP, Spawn};
use super::{Instance, check_arguments};
use crate::chain::Chain;
use crate::error::CallError;
use crate::exchange::{Asked, Exchange, Passed, Returned};
use crate::policy::{Exceeded, Limit};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

/// How far a call got, as its caller is told.
pub(crate) enum Progressed {
    Done(Returned),
    /// It waits for its caller.
    Asked(Asked),
}

/// A call that gives its instance back when it ends.
type Running = Pin<Box<dyn Future<Output = (Box<Live>, Outcome<Returned>)> + Send>>;

/// A call in progress, with the instance in it.
pub(super) struct Suspended {
    running: Running,
    exchange: Arc<Exchange>,
    pub(super) function: u32,
    /// The callback that it waits for.
    pub(super) callback: u32,
    /// How long the plugin may run, and how much of that is left. What its caller takes to serve
    /// it is not the plugin's time.
    pub(super) limit: Duration,
    left: Duration,
}

/// How far a turn of it got.
pub(super) enum Progress {
    Ended(Box<Live>, Outcome<Returned>),
    Asked(Asked),
}

impl Instance {
    /// Calls a function up to its end or to the first import that its caller has to serve.
    pub(crate) async fn begin(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        arguments: Passed,
    ) -> Result<Progressed, CallError> {
        if self.spawn.plan.served_imports().is_empty() {
            let ended = Box::pin(self.end_at_once(chain, limit, function, arguments)).await;
            return ended.map(Progressed::Done);
        }
        let spawn = &*self.spawn;
        match &arguments {
            Passed::Buffer(arguments) => check_arguments(spawn, function, arguments)?,
            Passed::Scalars(_) => _ = spawn.scalar_shape(function)?,
        }
        if !self.course.is_alive() {
            Box::pin(self.course.revive(spawn, chain, limit)).await?;
        }
        let live = self.course.enter(spawn, chain, limit, function)?;
        let Some(exchange) = live.exchange() else {
            return Err(spawn.dead("nobody serves its imports"));
        };
        let own = self.spawn.clone();
        let call = Suspended::new(live, exchange, own, limit, function, arguments);
        self.course.go_on(spawn, Box::new(call)).await
    }

    /// Calls a function of an instance that its caller serves nothing.
    async fn end_at_once(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        arguments: Passed,
    ) -> Result<Returned, CallError> {
        match arguments {
            Passed::Buffer(arguments) => {
                let result = self.invoke(chain, limit, function, &arguments).await;
                result.map(Returned::Buffer)
            }
            Passed::Scalars(scalars) => {
                let result = self.invoke_scalar(chain, limit, function, scalars).await;
                result.map(Returned::Scalar)
            }
        }
    }

    /// Goes on with the call that waits for its caller, with the result of what the caller served.
    /// A result that is refused is the end of the call.
    pub(crate) async fn resume(&mut self, result: Returned) -> Result<Progressed, CallError> {
        let spawn = &*self.spawn;
        let call = self.course.take_suspended(spawn)?;
        let (length, most) = (result.len() as u64, spawn.limits.argument_bytes);
        let fits = Exceeded::check(Limit::Arguments, length, most);
        let refused = match fits {
            Err(exceeded) => Some(spawn.exceeded(call.function, exceeded)),
            Ok(()) if result.len() < call.least_answer() => Some(CallError::Protocol {
                message: format!(
                    "the result that the caller served takes {} bytes, it passed {}",
                    call.least_answer(),
                    result.len()
                ),
            }),
            Ok(()) => None,
        };
        if let Some(error) = refused {
            self.course.die(spawn, error.to_string(), Instant::now());
            return Err(error);
        }
        call.answer(result);
        self.course.go_on(spawn, call).await
    }

    /// Gives up the call that waits for its caller, if there is one; the instance dies of that.
    pub(crate) fn abandon(&mut self) {
        if self.course.take_suspended(&self.spawn).is_ok() {
            self.course
                .die(&self.spawn, GIVEN_UP.into(), Instant::now());
        }
    }
}

impl Suspended {
    /// A call that has not begun.
    pub(super) fn new(
        live: Box<Live>,
        exchange: Arc<Exchange>,
        spawn: Arc<Spawn>,
        limit: Duration,
        function: u32,
        arguments: Passed,
    ) -> Self {
        Suspended {
            running: Box::pin(live.run(spawn, function, arguments)),
            exchange,
            function,
            callback: 0,
            limit,
            left: limit,
        }
    }

    /// Gives the answer to what it asked.
    pub(super) fn answer(&self, answer: Returned) {
        self.exchange.answer(answer);
    }

    /// How many bytes the answer to what it asked has at least.
    pub(super) fn least_answer(&self) -> usize {
        self.exchange.least_answer(self.callback)
    }

    /// Goes on until the call ends or asks for something.
    pub(super) async fn go_on(&mut self, spawn: &Spawn) -> Result<Progress, Death> {
        // A timer looks at what it times first, so that many short turns would never end.
        if self.left.is_zero() {
            return Err(Death::Deadline);
        }
        let started = Instant::now();
        let (running, exchange) = (&mut self.running, &self.exchange);
        let turn = poll_fn(|context| match running.as_mut().poll(context) {
            Poll::Ready((live, outcome)) => Poll::Ready(Progress::Ended(live, outcome)),
            Poll::Pending => exchange
                .asked()
                .map_or(Poll::Pending, |asked| Poll::Ready(Progress::Asked(asked))),
        });
        let mut turn = pin!(turn);
        // One that waits for its caller alone needs no timer, and no runtime, until its time has to be
        // looked at.
        let at_once = match spawn.waits() {
            true => Poll::Pending,
            false => poll_fn(|context| Poll::Ready(turn.as_mut().poll(context))).await,
        };
        let progress = match at_once {
            Poll::Ready(progress) => Ok(Some(progress)),
            Poll::Pending => spawn.host.waits.within(self.left, turn).await,
        };
        let progress = progress.map_err(|error| Death::trap(error.to_string()))?;
        if let Some(Progress::Asked(asked)) = &progress {
            self.callback = asked.function;
            self.left = self.left.saturating_sub(started.elapsed());
        }
        progress.ok_or(Death::Deadline)
    }
}
