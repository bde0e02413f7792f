//! The instance behind a name that is held, over time.

use super::plugin::Plugin;
use crate::error::CallError;
use crate::serving::served::{CallFailure, Kept};
use first_class_abi::value::Value;
use std::sync::Arc;

/// The instance behind a name, for whoever's turn it is.
pub(super) struct Slot {
    plugin: Arc<Plugin>,
    name: Arc<str>,
    /// What the names of its instances begin with, which no others do.
    prefix: String,
    /// How many instances there have been before this one.
    number: u64,
    kept: Option<Kept>,
}

impl Slot {
    pub(super) fn new(plugin: Arc<Plugin>, name: Arc<str>, prefix: String) -> Self {
        Slot {
            plugin,
            name,
            prefix,
            number: 0,
            kept: None,
        }
    }

    /// What tells the instance apart from all others that had or will have its name.
    pub(super) fn instance(&self) -> String {
        format!("{}.{}", self.prefix, self.number)
    }

    /// Calls a function of the instance, which is made if there is none that lives.
    pub(super) async fn call(
        &mut self,
        function: u32,
        arguments: &[Value],
    ) -> Result<Option<Value>, CallFailure> {
        let kept = match &mut self.kept {
            Some(kept) => kept,
            none => none.insert(self.plugin.served.keep(&self.name).await?),
        };
        let result = kept.call(function, arguments).await;
        let has_died = matches!(
            result,
            Err(CallFailure::Call(
                CallError::Trap { .. } | CallError::Deadline { .. } | CallError::Exhausted { .. }
            ))
        );
        let is_alive = kept.is_alive();
        if has_died || !is_alive {
            self.number += 1;
        }
        if !is_alive {
            self.kept = None;
        }
        result
    }

    /// Ends the instance.
    pub(super) fn end(&mut self) {
        self.kept = None;
    }
}
