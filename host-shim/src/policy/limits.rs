//! What instances may take, and what happens to those that want more.

use std::fmt;
use std::time::Duration;

/// What one instance may take. Each source may have limits of its own; the others have those of
/// [`ShimBuilder::limits`](crate::ShimBuilder::limits).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) deadline: Duration,
    pub(crate) memory_bytes: u64,
    pub(crate) table_entries: u64,
    pub(crate) argument_bytes: u64,
    pub(crate) result_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            deadline: Duration::from_secs(1),
            memory_bytes: 256 << 20,
            table_entries: 100_000,
            argument_bytes: 64 << 20,
            result_bytes: 64 << 20,
        }
    }
}

impl Limits {
    /// How long a call, or the start of an instance, may take, wall clock; 1 second unless set.
    /// Kept to within some 20 ms. All calls of a batch have it together. The time that a caller takes to serve an import does not count: a
    /// plugin that goes on asking for it lasts as long as its caller answers.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How much linear memory all of an instance's memories may have together, in bytes, with the
    /// buffers of its calls; 256 MiB unless set.
    #[must_use]
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// How many entries all of an instance's tables may have together; 100,000 unless set.
    #[must_use]
    pub fn table_entries(mut self, entries: u64) -> Self {
        self.table_entries = entries;
        self
    }

    /// How large the arguments of a call, or of all calls of a batch, may be, in bytes of their buffer;
    /// 64 MiB unless set. A
    /// caller whose store has wasmtime's own limit (`Store::set_hostcall_fuel`) traps on more than
    /// 128 MiB.
    #[must_use]
    pub fn argument_bytes(mut self, bytes: u64) -> Self {
        self.argument_bytes = bytes;
        self
    }

    /// How large the result of a call may be, in bytes of its buffer, and the results of a batch together
    /// with their addresses; 64 MiB unless set.
    #[must_use]
    pub fn result_bytes(mut self, bytes: u64) -> Self {
        self.result_bytes = bytes;
        self
    }
}

/// What a whole shim takes on; see [`ShimBuilder::capacity`](crate::ShimBuilder::capacity).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    pub(crate) instances: u64,
    pub(crate) memories: u64,
    pub(crate) instances_per_caller: u64,
    pub(crate) worlds_per_caller: u64,
    pub(crate) nesting: u64,
    pub(crate) calls_per_caller: u64,
    pub(crate) component_bytes: u64,
    pub(crate) compile_time: Duration,
}

impl Default for Capacity {
    fn default() -> Self {
        Capacity {
            instances: 10_000,
            memories: 20_000,
            instances_per_caller: 1_000,
            worlds_per_caller: 64,
            nesting: 16,
            calls_per_caller: 1_000,
            component_bytes: 256 << 20,
            compile_time: Duration::from_secs(60),
        }
    }
}

impl Capacity {
    /// How many instances may live at once; 10,000 unless set.
    #[must_use]
    pub fn instances(mut self, instances: u64) -> Self {
        self.instances = instances;
        self
    }

    /// How many linear memories all live instances may have together, 20,000 unless set. Each instance
    /// has one for the buffers of its calls, and most plugins have one. On Linux a memory takes three
    /// of the mappings of a process, of which there are 65,530 unless `vm.max_map_count` says
    /// otherwise; a process that has no more is lost.
    #[must_use]
    pub fn memories(mut self, memories: u64) -> Self {
        self.memories = memories;
        self
    }

    /// How many instances a caller may hold at once, the dead among them; 1,000 unless set.
    #[must_use]
    pub fn instances_per_caller(mut self, instances: u64) -> Self {
        self.instances_per_caller = instances;
        self
    }

    /// How many different worlds a caller may load plugins as; 64 unless set.
    #[must_use]
    pub fn worlds_per_caller(mut self, worlds: u64) -> Self {
        self.worlds_per_caller = worlds;
        self
    }

    /// How many instances a call may pass through, each called by the one before; 16 unless set.
    #[must_use]
    pub fn nesting(mut self, instances: u64) -> Self {
        self.nesting = instances;
        self
    }

    /// How many calls a caller may have started and not taken the ends of; 1,000 unless set.
    #[must_use]
    pub fn calls_per_caller(mut self, calls: u64) -> Self {
        self.calls_per_caller = calls;
        self
    }

    /// How large a component may be, in bytes of its binary form; 256 MiB unless set.
    #[must_use]
    pub fn component_bytes(mut self, bytes: u64) -> Self {
        self.component_bytes = bytes;
        self
    }

    /// How long a load may wait for its component to be checked and compiled, wall clock; 60
    /// seconds unless set. What takes longer goes on aside, so that a later load may find it done.
    #[must_use]
    pub fn compile_time(mut self, time: Duration) -> Self {
        self.compile_time = time;
        self
    }
}

/// A limit of the shim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::deadline`], when an instance starts, in milliseconds.
    Start,
    /// [`Limits::memory_bytes`].
    Memory,
    /// [`Limits::table_entries`].
    TableEntries,
    /// [`Limits::argument_bytes`].
    Arguments,
    /// [`Limits::result_bytes`].
    Result,
    /// [`Capacity::instances`].
    Instances,
    /// [`Capacity::memories`].
    Memories,
    /// [`Capacity::instances_per_caller`].
    InstancesPerCaller,
    /// [`Capacity::worlds_per_caller`].
    WorldsPerCaller,
    /// [`Limits::deadline`], for waiting for the other end of a stream, in milliseconds.
    Transfer,
    /// [`Capacity::nesting`].
    Nesting,
    /// [`Capacity::calls_per_caller`].
    CallsPerCaller,
    /// [`Capacity::component_bytes`].
    ComponentSize,
    /// [`Capacity::compile_time`], in milliseconds.
    CompileTime,
    /// [`Source::most`](crate::Source::most).
    NamedInstances,
    /// What a NATS server takes of a request, its `max_payload`.
    Request,
    /// What a NATS server takes of a reply, its `max_payload`.
    Reply,
}

impl Limit {
    /// What is limited.
    pub fn name(self) -> &'static str {
        match self {
            Limit::Start => "time to start",
            Limit::Memory => "memory",
            Limit::TableEntries => "table entries",
            Limit::Arguments => "size of arguments",
            Limit::Result => "size of a result",
            Limit::Instances => "instances in all",
            Limit::Memories => "memories in all",
            Limit::InstancesPerCaller => "instances of one caller",
            Limit::WorldsPerCaller => "worlds of one caller",
            Limit::Transfer => "time to wait for a stream",
            Limit::Nesting => "depth of nested calls",
            Limit::CallsPerCaller => "started calls of one caller",
            Limit::ComponentSize => "size of a component",
            Limit::CompileTime => "time to compile",
            Limit::NamedInstances => "live instances of the source",
            Limit::Request => "size of a request",
            Limit::Reply => "size of a reply",
        }
    }

    /// The limit of a [name](Limit::name).
    #[cfg(feature = "nats")]
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let all = [
            Limit::Start,
            Limit::Memory,
            Limit::TableEntries,
            Limit::Arguments,
            Limit::Result,
            Limit::Instances,
            Limit::Memories,
            Limit::InstancesPerCaller,
            Limit::WorldsPerCaller,
            Limit::Transfer,
            Limit::Nesting,
            Limit::CallsPerCaller,
            Limit::ComponentSize,
            Limit::CompileTime,
            Limit::NamedInstances,
            Limit::Request,
            Limit::Reply,
        ];
        all.into_iter().find(|limit| limit.name() == name)
    }

    /// The setting of the embedder that raises it.
    pub fn setting(self) -> &'static str {
        match self {
            Limit::Start => "Limits::deadline",
            Limit::Memory => "Limits::memory_bytes",
            Limit::TableEntries => "Limits::table_entries",
            Limit::Arguments => "Limits::argument_bytes",
            Limit::Result => "Limits::result_bytes",
            Limit::Instances => "Capacity::instances",
            Limit::Memories => "Capacity::memories",
            Limit::InstancesPerCaller => "Capacity::instances_per_caller",
            Limit::WorldsPerCaller => "Capacity::worlds_per_caller",
            Limit::Transfer => "Limits::deadline",
            Limit::Nesting => "Capacity::nesting",
            Limit::CallsPerCaller => "Capacity::calls_per_caller",
            Limit::ComponentSize => "Capacity::component_bytes",
            Limit::CompileTime => "Capacity::compile_time",
            Limit::NamedInstances => "Source::most",
            Limit::Request | Limit::Reply => "max_payload",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Limit::Start | Limit::CompileTime | Limit::Transfer => " ms",
            Limit::Memory
            | Limit::Arguments
            | Limit::Result
            | Limit::ComponentSize
            | Limit::Request
            | Limit::Reply => " bytes",
            _ => "",
        }
    }
}

/// A limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exceeded {
    /// Which limit.
    pub limit: Limit,
    /// What it allows, in its own unit: bytes, milliseconds, or a count.
    pub allowed: u64,
    /// What was asked for, where that is known.
    pub found: Option<u64>,
}

impl Exceeded {
    /// An error if more is asked for than a limit allows.
    pub(crate) fn check(limit: Limit, found: u64, allowed: u64) -> Result<(), Exceeded> {
        match found <= allowed {
            true => Ok(()),
            false => Err(Exceeded {
                limit,
                allowed,
                found: Some(found),
            }),
        }
    }

    /// A time that was over before something was done.
    pub(crate) fn time(limit: Limit, allowed: Duration) -> Self {
        Exceeded {
            limit,
            allowed: milliseconds(allowed),
            found: None,
        }
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Exceeded {
            limit,
            allowed,
            found,
        } = self;
        let (name, unit, setting) = (limit.name(), limit.unit(), limit.setting());
        write!(f, "the limit of the {name} is {allowed}{unit}")?;
        if let Some(found) = found {
            write!(f, ", {found}{unit} were asked for")?;
        }
        write!(f, "; the host raises it with `{setting}`")
    }
}

/// A time in whole milliseconds.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Exceeded, Limit};

    #[test]
    fn what_was_exceeded_is_named_with_its_value_and_its_remedy() {
        assert_eq!(Exceeded::check(Limit::Arguments, 8, 8), Ok(()));
        let exceeded = Exceeded::check(Limit::Arguments, 9, 8).expect_err("is more");
        assert_eq!(
            exceeded.to_string(),
            "the limit of the size of arguments is 8 bytes, 9 bytes were asked for; the host raises \
             it with `Limits::argument_bytes`"
        );
    }
}
