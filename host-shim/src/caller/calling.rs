//! The calls of a caller.

use super::ShimCtx;
use super::held::Taken;
use super::out::Out;
use super::started::Waited;
use super::step::Step;
use super::table::Take;
use crate::chain::Chain;
use crate::error::CallError;
use crate::exchange::{Passed, Returned};
use crate::instance::{Instance, SMALL};
use crate::policy::{Exceeded, Limit};
use crate::waits::run;
use first_class_abi::contract::{SCALAR_FAILED, SCALAR_PARAMS};
use std::time::Duration;

impl ShimCtx {
    /// Calls a function with a buffer of arguments, and returns the buffer of its result.
    ///
    /// # Errors
    /// When the instance is dead or dies, a limit is exceeded, or the numbers or the buffer break
    /// the contract.
    pub fn invoke(
        &mut self,
        instance: u32,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        if arguments.len() <= SMALL {
            return self.invoke_small(instance, function, arguments.to_vec());
        }
        run(self.invoke_async(instance, function, arguments))
    }

    /// The same as [`ShimCtx::invoke`].
    ///
    /// # Errors
    /// As there.
    pub async fn invoke_async(
        &mut self,
        instance: u32,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        let mut out = self.out(instance)?;
        out.taken().await?.invoke(function, arguments).await
    }

    /// Calls a function whose arguments and result are scalars.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`].
    pub fn invoke_scalar(
        &mut self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        match self.scalar_directly(instance, function, scalars) {
            Some(result) => result,
            None => run(self.invoke_scalar_async(instance, function, scalars)),
        }
    }

    /// The same as [`ShimCtx::invoke_scalar`].
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`].
    pub async fn invoke_scalar_async(
        &mut self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        let mut out = self.out(instance)?;
        out.taken().await?.invoke_scalar(function, scalars).await
    }

    /// The number that a caller is given for a call with scalars.
    pub(crate) fn scalar_or_failed(&mut self, result: Result<u64, CallError>) -> u64 {
        match result {
            Ok(SCALAR_FAILED) => {
                self.scalar_failure = None;
                SCALAR_FAILED
            }
            Ok(result) => result,
            Err(error) => {
                self.scalar_failure = Some(Box::new(error));
                SCALAR_FAILED
            }
        }
    }

    /// Why the last call with scalars failed, once.
    pub(crate) fn take_scalar_failure(&mut self) -> Option<CallError> {
        self.scalar_failure.take().map(|error| *error)
    }

    fn scalar_directly(
        &mut self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Option<Result<u64, CallError>> {
        if self.chain.is_some() {
            return None;
        }
        let instance = self.table.unwatched(instance)?;
        instance.scalar_directly(function, scalars)
    }

    /// Calls a function with a small buffer, without waiting for anything if that is possible.
    pub(crate) fn invoke_small(
        &mut self,
        instance: u32,
        function: u32,
        arguments: Vec<u8>,
    ) -> Result<Vec<u8>, CallError> {
        let unwatched = match self.chain {
            None => self.table.unwatched(instance),
            Some(_) => None,
        };
        let direct = match unwatched {
            Some(instance) => instance.invoke_directly(function, arguments),
            None => Err(arguments),
        };
        direct.unwrap_or_else(|arguments| run(self.invoke_async(instance, function, &arguments)))
    }

    /// Calls a function with a buffer of arguments, up to the end of the call or to the first import
    /// that the caller has to serve.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`].
    pub fn begin(
        &mut self,
        instance: u32,
        function: u32,
        arguments: &[u8],
    ) -> Result<Step, CallError> {
        self.begin_now(instance, function, Passed::Buffer(arguments.to_vec()))
    }

    /// The same as [`ShimCtx::begin`].
    ///
    /// # Errors
    /// As there.
    pub async fn begin_async(
        &mut self,
        instance: u32,
        function: u32,
        arguments: &[u8],
    ) -> Result<Step, CallError> {
        let arguments = Passed::Buffer(arguments.to_vec());
        self.begin_passed(instance, function, arguments).await
    }

    /// Calls a function whose arguments and result are scalars, as [`ShimCtx::begin`] does.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`].
    pub fn begin_scalar(
        &mut self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<Step, CallError> {
        self.begin_now(instance, function, Passed::Scalars(scalars))
    }

    /// The same as [`ShimCtx::begin_scalar`].
    ///
    /// # Errors
    /// As there.
    pub async fn begin_scalar_async(
        &mut self,
        instance: u32,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<Step, CallError> {
        let arguments = Passed::Scalars(scalars);
        self.begin_passed(instance, function, arguments).await
    }

    fn begin_now(
        &mut self,
        instance: u32,
        function: u32,
        arguments: Passed,
    ) -> Result<Step, CallError> {
        if let Some(here) = self.here(instance) {
            let limit = here.spawn().limits.deadline;
            let progressed = run(here.begin(&Chain::NONE, limit, function, arguments));
            return Ok(Step::of(instance, progressed?));
        }
        let mut taken = self.take_now(instance)?;
        let progressed = run(taken.begin(function, arguments));
        self.put_back(taken);
        Ok(Step::of(instance, progressed?))
    }

    async fn begin_passed(
        &mut self,
        instance: u32,
        function: u32,
        arguments: Passed,
    ) -> Result<Step, CallError> {
        let mut out = self.out(instance)?;
        let progressed = out.taken().await?.begin(function, arguments).await;
        Ok(Step::of(instance, progressed?))
    }

    /// Goes on with the call that waits for its caller, with the result of the import.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`], and when no call waits. A result that is too large or too short
    /// is the end of the call and of its instance.
    pub fn resume(&mut self, instance: u32, result: Vec<u8>) -> Result<Step, CallError> {
        self.resume_now(instance, Returned::Buffer(result))
    }

    /// The same as [`ShimCtx::resume`].
    ///
    /// # Errors
    /// As there.
    pub async fn resume_async(
        &mut self,
        instance: u32,
        result: Vec<u8>,
    ) -> Result<Step, CallError> {
        self.resume_returned(instance, Returned::Buffer(result))
            .await
    }

    /// The same as [`ShimCtx::resume`] with a result that is a scalar, or is none.
    ///
    /// # Errors
    /// As there.
    pub fn resume_scalar(&mut self, instance: u32, result: u64) -> Result<Step, CallError> {
        self.resume_now(instance, Returned::Scalar(result))
    }

    /// The same as [`ShimCtx::resume_scalar`].
    ///
    /// # Errors
    /// As for [`ShimCtx::resume`].
    pub async fn resume_scalar_async(
        &mut self,
        instance: u32,
        result: u64,
    ) -> Result<Step, CallError> {
        self.resume_returned(instance, Returned::Scalar(result))
            .await
    }

    fn resume_now(&mut self, instance: u32, result: Returned) -> Result<Step, CallError> {
        if let Some(here) = self.here(instance) {
            return Ok(Step::of(instance, run(here.resume(result))?));
        }
        let mut taken = self.take_now(instance)?;
        let progressed = run(taken.resume(result));
        self.put_back(taken);
        Ok(Step::of(instance, progressed?))
    }

    async fn resume_returned(
        &mut self,
        instance: u32,
        result: Returned,
    ) -> Result<Step, CallError> {
        let mut out = self.out(instance)?;
        let progressed = out.taken().await?.resume(result).await;
        Ok(Step::of(instance, progressed?))
    }

    /// Gives up the call that waits for its caller; its instance dies of that. If there is none,
    /// nothing happens.
    pub fn abandon(&mut self, instance: u32) {
        self.calls.abandon(instance);
        if let Some(held) = self.table.idle(instance)
            && held.is_suspended()
        {
            held.abandon();
            held.told().inspect(|told| told.tell(0));
        }
    }

    /// Starts a call, which goes on in the threads of the shim, and returns its number. Calls of one
    /// instance run in the order in which they were started, and any other call of it waits for
    /// them.
    ///
    /// # Errors
    /// When the number names no instance, or the caller has started too many calls. All else is told
    /// by [`ShimCtx::wait`].
    pub fn start(
        &mut self,
        instance: u32,
        function: u32,
        arguments: Vec<u8>,
    ) -> Result<u32, CallError> {
        let spawn = self.table.spawn(instance).cloned();
        let spawn = spawn.ok_or_else(|| CallError::Protocol {
            message: format!("there is no instance number {instance}"),
        })?;
        let most = spawn.host.capacity.calls_per_caller;
        Exceeded::check(Limit::CallsPerCaller, self.calls.len() + 1, most)
            .and_then(|()| {
                let (length, most) = (arguments.len() as u64, spawn.limits.argument_bytes);
                Exceeded::check(Limit::Arguments, length, most)
            })
            .map_err(|exceeded| spawn.exceeded(function, exceeded))?;
        let pass = self.table.pass(instance)?;
        let chain = self.chain.as_ref();
        self.calls
            .start(instance, spawn, pass, chain, function, arguments)
    }

    /// Waits for the end of a call, for at most so long if a time is given; nothing if it has not
    /// ended by then. Comes back earlier with an import that the caller has to serve: of this call,
    /// or of another that it has started.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`], and when the caller waits for a call that waits for itself. The call
    /// is then over.
    pub fn wait(&mut self, call: u32, most: Option<Duration>) -> Result<Option<Step>, CallError> {
        run(self.wait_async(call, most))
    }

    /// The same as [`ShimCtx::wait`].
    ///
    /// # Errors
    /// As there.
    pub async fn wait_async(
        &mut self,
        call: u32,
        most: Option<Duration>,
    ) -> Result<Option<Step>, CallError> {
        let step = self.waited(call)?.happens_within(most).await;
        self.learnt(call, &step);
        step
    }

    /// Gives the result of an import that [`ShimCtx::wait`] has asked for.
    ///
    /// # Errors
    /// When the instance waits for none.
    pub fn answer(&mut self, instance: u32, result: Vec<u8>) -> Result<(), CallError> {
        self.calls.answer(instance, result)
    }

    /// Gives up a call. If it has begun, its instance dies. A number that names no call is ignored.
    pub fn cancel(&mut self, call: u32) {
        if let Some(instance) = self.calls.cancel(call) {
            self.table.dies(instance);
        }
    }

    pub(crate) fn waited(&self, call: u32) -> Result<Waited, CallError> {
        self.calls.waited(call)
    }

    /// Forgets a call whose end was taken.
    pub(crate) fn learnt(&mut self, call: u32, step: &Result<Option<Step>, CallError>) {
        if matches!(step, Ok(Some(Step::Done(_))) | Err(_)) {
            self.calls.taken(call);
        }
    }

    /// Takes an instance out of the table to call it, since its arguments may lie in the memory of
    /// the store that holds the table.
    pub(crate) fn take(&mut self, instance: u32) -> Result<Take, CallError> {
        let (table, calls) = (&mut self.table, &self.calls);
        table.take(instance, self.chain.as_ref(), || calls.has_any(instance))
    }

    /// The same for a future of the caller's own, which may be dropped in the middle of the call.
    pub(super) fn out(&mut self, instance: u32) -> Result<Out<'_>, CallError> {
        let take = self.take(instance)?;
        Ok(Out::new(&mut self.table, take))
    }

    /// An instance that nobody watches, and that need not know who calls it: it can be called where
    /// it is.
    fn here(&mut self, instance: u32) -> Option<&mut Instance> {
        if self.chain.is_some() {
            return None;
        }
        let instance = self.table.unwatched(instance)?;
        (!instance.spawn().plan.holds_instances()).then_some(instance)
    }

    /// The same for a synchronous embedder, who waits on its thread if others have it.
    fn take_now(&mut self, instance: u32) -> Result<Taken, CallError> {
        match self.take(instance)? {
            Take::Now(taken) => Ok(taken),
            later => run(later.now()),
        }
    }

    pub(crate) fn put_back(&mut self, taken: Taken) {
        self.table.put_back(taken);
    }
}
