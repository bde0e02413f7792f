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

use first_class::native::{Failure, Host, set_host};
use first_class_host::{Caller, Shim, ShimCtx};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
