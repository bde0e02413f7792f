//! The tables of limits.

use super::units::{Size, Time};
use crate::engine::Pooling;
use crate::policy::{Capacity, Limits};
use serde::Deserialize;

/// What one instance may take. What is not there is what it is elsewhere.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LimitsTable {
    deadline: Option<Time>,
    memory: Option<Size>,
    table_entries: Option<u64>,
    arguments: Option<Size>,
    result: Option<Size>,
}

impl LimitsTable {
    /// These limits with those of the table in their places.
    pub(super) fn over(&self, limits: Limits) -> Limits {
        Limits {
            deadline: self.deadline.map_or(limits.deadline, |time| time.0),
            memory_bytes: bytes(self.memory, limits.memory_bytes),
            table_entries: self.table_entries.unwrap_or(limits.table_entries),
            argument_bytes: bytes(self.arguments, limits.argument_bytes),
            result_bytes: bytes(self.result, limits.result_bytes),
        }
    }
}

/// What the shim as a whole takes on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct CapacityTable {
    instances: Option<u64>,
    memories: Option<u64>,
    instances_per_caller: Option<u64>,
    worlds_per_caller: Option<u64>,
    nesting: Option<u64>,
    calls_per_caller: Option<u64>,
    component: Option<Size>,
    compile_time: Option<Time>,
}

impl CapacityTable {
    pub(super) fn capacity(&self) -> Capacity {
        let default = Capacity::default();
        let per_caller = self.instances_per_caller;
        Capacity {
            instances: self.instances.unwrap_or(default.instances),
            memories: self.memories.unwrap_or(default.memories),
            instances_per_caller: per_caller.unwrap_or(default.instances_per_caller),
            worlds_per_caller: self.worlds_per_caller.unwrap_or(default.worlds_per_caller),
            nesting: self.nesting.unwrap_or(default.nesting),
            calls_per_caller: self.calls_per_caller.unwrap_or(default.calls_per_caller),
            component_bytes: bytes(self.component, default.component_bytes),
            compile_time: self.compile_time.map_or(default.compile_time, |it| it.0),
        }
    }
}

/// The pool that memory of instances comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PoolingTable {
    instances: u32,
    memory: Size,
}

impl PoolingTable {
    pub(super) fn pooling(&self) -> Pooling {
        let memory = usize::try_from(self.memory.bytes()).unwrap_or(usize::MAX);
        Pooling::new(self.instances, memory)
    }
}

fn bytes(size: Option<Size>, otherwise: u64) -> u64 {
    size.map_or(otherwise, Size::bytes)
}
