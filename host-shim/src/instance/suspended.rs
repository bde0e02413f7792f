//! A call that waits for its caller to serve an import.

use super::death::Death;
use super::live::{Live, Outcome};
use super::spawn::Spawn;
use crate::exchange::{Asked, Exchange, Passed, Returned};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

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

/// How far a call got.
pub(super) enum Progress {
    Ended(Box<Live>, Outcome<Returned>),
    Asked(Asked),
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
