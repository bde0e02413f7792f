//! Tests a guest natively.
//!
//! A guest's code holds handles of `first_class_world!`. Compiled for the native target those
//! handles need a host; this crate makes a shim in the same process that host, so that the guest's
//! logic, with its calls of real plugins, runs under plain `cargo test` and a debugger:
//!
//! ```no_run
//! # fn main() -> Result<(), first_class_host::ShimError> {
//! let shim = first_class_host::Shim::builder().directory("plugins").build()?;
//! first_class_native::host_with(&shim);
//! // From here on `RuleInstance::load` and the like work on this thread.
//! # Ok(())
//! # }
//! ```

use first_class::native::{
    Callback, CallbackScalar, Failure, Host, Outcome, Step, Transfer, set_host,
};
use first_class_host::{Caller, Shim, ShimCtx};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Makes a shim the host of all that this thread loads from now on.
pub fn host_with(shim: &Shim) {
    host_as(shim, Caller::default());
}

/// Makes a shim the host of all that this thread loads from now on, as a caller of some identity and
/// rights.
pub fn host_as(shim: &Shim, caller: Caller) {
    set_host(Arc::new(Native(Mutex::new(shim.caller_as(caller)))));
}

/// One caller of the shim. Calls from several threads take turns.
struct Native(Mutex<ShimCtx>);

impl Native {
    fn caller(&self) -> MutexGuard<'_, ShimCtx> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host for Native {
    fn available(&self, world: &[u8]) -> Result<Vec<String>, Failure> {
        self.caller().available(world).map_err(failure)
    }

    fn load(&self, source: &str, world: &[u8]) -> Result<u32, Failure> {
        self.caller().load(source, world).map_err(failure)
    }

    fn load_bytes(&self, component: &[u8], world: &[u8]) -> Result<u32, Failure> {
        self.caller().load_bytes(component, world).map_err(failure)
    }

    fn load_with_imports(&self, source: &str, world: &[u8]) -> Result<u32, Failure> {
        let mut caller = self.caller();
        caller.load_with_imports(source, world).map_err(failure)
    }

    fn load_bytes_with_imports(&self, component: &[u8], world: &[u8]) -> Result<u32, Failure> {
        let mut caller = self.caller();
        caller
            .load_bytes_with_imports(component, world)
            .map_err(failure)
    }

    fn respawn(&self, instance: u32) -> Result<(), Failure> {
        self.caller().respawn(instance).map_err(failure)
    }

    fn invoke(&self, instance: u32, function: u32, arguments: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut caller = self.caller();
        caller
            .invoke(instance, function, arguments)
            .map_err(failure)
    }

    fn invoke_scalar(
        &self,
        instance: u32,
        function: u32,
        scalars: [u64; 4],
    ) -> Result<u64, Failure> {
        let mut caller = self.caller();
        caller
            .invoke_scalar(instance, function, scalars)
            .map_err(failure)
    }

    fn invoke_text(&self, instance: u32, function: u32, argument: &str) -> Result<String, Failure> {
        let mut caller = self.caller();
        caller
            .invoke_text(instance, function, argument.to_owned())
            .map_err(failure)
    }

    fn invoke_numbers(
        &self,
        instance: u32,
        function: u32,
        argument: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let mut caller = self.caller();
        caller
            .invoke_numbers(instance, function, argument)
            .map_err(failure)
    }

    fn takes_batches(&self, instance: u32) -> bool {
        self.caller().takes_batches(instance)
    }

    fn invoke_batch(&self, instance: u32, calls: &[u8]) -> Result<Outcome, Failure> {
        let outcome = self.caller().invoke_batch(instance, calls);
        outcome.map(self::outcome).map_err(failure)
    }

    fn begin(&self, instance: u32, function: u32, arguments: &[u8]) -> Result<Step, Failure> {
        let begun = self.caller().begin(instance, function, arguments);
        begun.map(step).map_err(failure)
    }

    fn resume(&self, instance: u32, result: &[u8]) -> Result<Step, Failure> {
        let resumed = self.caller().resume(instance, result.to_vec());
        resumed.map(step).map_err(failure)
    }

    fn begin_scalar(
        &self,
        instance: u32,
        function: u32,
        scalars: [u64; 4],
    ) -> Result<Step, Failure> {
        let begun = self.caller().begin_scalar(instance, function, scalars);
        begun.map(step).map_err(failure)
    }

    fn resume_scalar(&self, instance: u32, result: u64) -> Result<Step, Failure> {
        let resumed = self.caller().resume_scalar(instance, result);
        resumed.map(step).map_err(failure)
    }

    fn abandon(&self, instance: u32) {
        self.caller().abandon(instance);
    }

    fn start(&self, instance: u32, function: u32, arguments: &[u8]) -> Result<u32, Failure> {
        let mut caller = self.caller();
        caller
            .start(instance, function, arguments.to_vec())
            .map_err(failure)
    }

    fn wait(&self, call: u32, nanoseconds: Option<u64>) -> Result<Option<Step>, Failure> {
        let most = nanoseconds.map(Duration::from_nanos);
        let waited = self.caller().wait(call, most);
        waited.map(|waited| waited.map(step)).map_err(failure)
    }

    fn answer(&self, instance: u32, result: &[u8]) -> Result<(), Failure> {
        let answered = self.caller().answer(instance, result.to_vec());
        answered.map_err(failure)
    }

    fn cancel(&self, call: u32) {
        self.caller().cancel(call);
    }

    fn make_stream(&self, instance: u32, kind: u32) -> Result<(u32, u32), Failure> {
        self.caller().make_stream(instance, kind).map_err(failure)
    }

    fn read(&self, instance: u32, kind: u32, reader: u32, most: u32) -> Result<Transfer, Failure> {
        let read = self.caller().read(instance, kind, reader, most);
        read.map(transfer).map_err(failure)
    }

    fn write(
        &self,
        instance: u32,
        kind: u32,
        writer: u32,
        count: u32,
        elements: &[u8],
    ) -> Result<Transfer, Failure> {
        let mut caller = self.caller();
        let written = caller.write(instance, kind, writer, count, elements.to_vec());
        written.map(transfer).map_err(failure)
    }

    fn drop_reader(&self, instance: u32, kind: u32, reader: u32) {
        self.caller().drop_reader(instance, kind, reader);
    }

    fn drop_writer(&self, instance: u32, kind: u32, writer: u32) {
        self.caller().drop_writer(instance, kind, writer);
    }

    fn supports(&self, instance: u32, function: u32) -> bool {
        self.caller().supports(instance, function)
    }

    fn is_alive(&self, instance: u32) -> bool {
        self.caller().is_alive(instance)
    }

    fn release(&self, instance: u32) {
        self.caller().release(instance);
    }
}

fn outcome(outcome: first_class_host::Outcome) -> Outcome {
    Outcome {
        results: outcome.results,
        failure: outcome.failure.map(failure),
    }
}

fn transfer(transfer: first_class_host::Transfer) -> Transfer {
    Transfer {
        count: transfer.count,
        closed: transfer.closed,
        elements: transfer.elements,
    }
}

fn step(step: first_class_host::Step) -> Step {
    match step {
        first_class_host::Step::Done(result) => Step::Done(result),
        first_class_host::Step::Callback(callback) => Step::Callback(Callback {
            instance: callback.instance,
            function: callback.function,
            arguments: callback.arguments,
        }),
        first_class_host::Step::DoneScalar(result) => Step::DoneScalar(result),
        first_class_host::Step::CallbackScalar(callback) => {
            let first_class_host::CallbackScalar {
                function,
                a,
                b,
                c,
                d,
            } = callback;
            Step::CallbackScalar(CallbackScalar {
                function,
                a,
                b,
                c,
                d,
            })
        }
    }
}

fn failure(error: impl Into<first_class_host::Failure>) -> Failure {
    let first_class_host::Failure {
        code,
        source,
        function,
        message,
        details,
        limit,
    } = error.into();
    Failure {
        code,
        source,
        function,
        message,
        details,
        limit,
    }
}
