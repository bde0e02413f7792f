//! What an instance of a plugin may take.

use clap::Args;
use first_class_host::Limits;
use std::time::Duration;

/// What an instance of a plugin may take.
#[derive(Args)]
pub(crate) struct LimitOptions {
    /// How long a call may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    deadline: u64,
    /// How much memory an instance may have, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    memory: u64,
}

impl LimitOptions {
    pub(crate) fn limits(&self) -> Limits {
        Limits::default()
            .deadline(Duration::from_millis(self.deadline))
            .memory_bytes(self.memory.saturating_mul(1 << 20))
    }
}
