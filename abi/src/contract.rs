//! The numbers of the contract `first-class:worlds` that WIT cannot express.

/// The interface of the contract, as the binary format spells its name.
pub const INSTANCES: &str = "first-class:worlds/instances@0.1.0";

/// The interface of calls that the caller does not wait for at once.
pub const CALLS: &str = "first-class:worlds/calls@0.1.0";

/// The interface of waiting for such calls together with other things.
pub const POLLING: &str = "first-class:worlds/polling@0.1.0";

/// The interface of streams and futures.
pub const STREAMS: &str = "first-class:worlds/streams@0.1.0";

/// The address at which a buffer lies in the memory of the bridge, so pointers in it count from
/// here. A multiple of the largest alignment of the canonical ABI.
pub const ARENA_BASE: u32 = 1024;

/// How many flattened core values are passed in slots; with more, the parameters are one record.
pub const MAX_FLAT_PARAMS: usize = 16;

/// Up to how many core values a result takes before it becomes a record in memory.
pub const MAX_FLAT_RESULTS: usize = 1;

/// How many core values the scalar lane carries.
pub const SCALAR_PARAMS: usize = 4;

/// What the scalar lane gives for a call that has failed. It may be the result of one that has not.
pub const SCALAR_FAILED: u64 = 0xb6d0_c4f5_91e2_37a8;

/// The size of a slot in bytes: it holds any core value, in its low bits, little-endian.
pub const SLOT_SIZE: usize = 8;

/// How calls and results in a batch are aligned, in bytes: a multiple of the largest alignment of the
/// canonical ABI.
pub const BATCH_ALIGN: usize = 8;

/// The bytes before the arguments of a call in a batch: the number of its function, and how many
/// bytes follow.
pub const CALL_FRONT: usize = 8;

/// The bytes before the addresses of the results of a batch: how many calls have a result.
pub const BATCH_FRONT: usize = 4;

macro_rules! failure_codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// What kind of failure the contract reports.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        #[repr(u32)]
        pub enum FailureCode {
            $($(#[$doc])* $name = $number,)*
        }

        impl FailureCode {
            /// Every kind, in the order of their numbers.
            pub const ALL: &[FailureCode] = &[$(FailureCode::$name,)*];

            /// The kind with this number, if this version knows it.
            pub fn from_number(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(FailureCode::$name),)*
                    _ => None,
                }
            }
        }
    };
}

failure_codes! {
    /// The caller broke the contract: a bad function number, a buffer too short, or bytes that
    /// are no world.
    Protocol = 1,
    /// A limit of the host was exceeded: `limit` is its value, and `message` names it and says how
    /// the host raises it. Nothing was called.
    Limit = 2,
    /// The instance is busy with a call that waits for this one, or was busy for too long; nothing
    /// was called. `details` is the chain of those that wait for each other.
    Busy = 3,
    /// The caller may load no source of this name.
    NotFound = 10,
    /// The source could not be read.
    Unreadable = 11,
    /// The source is not a component.
    NotAComponent = 12,
    /// The component, or the peer behind the source, does not fit the world; `details` lists the
    /// differences.
    Incompatible = 13,
    /// The component imports what nobody provides; `details` lists it.
    Unsatisfied = 14,
    /// The component could not be compiled.
    Compile = 15,
    /// The component failed while it was instantiated.
    Instantiate = 16,
    /// The caller gave a component itself, which it may not.
    BytesNotGranted = 17,
    /// The named instance is live as another world, whose name is `message`.
    OtherWorld = 18,
    /// The instance trapped; it is dead from now on. `details` is the backtrace, the innermost
    /// function first.
    Trap = 30,
    /// The call took longer than its deadline, `limit` in milliseconds; the instance is dead, unless
    /// it is remote.
    Deadline = 31,
    /// The instance died in an earlier call, or was released.
    Dead = 32,
    /// The plugin lacks this export, which the caller declared optional.
    Unsupported = 33,
    /// The instance trapped after it was refused memory or table entries; it is dead. `limit` and
    /// `message` are as for `Limit`.
    Exhausted = 34,
    /// The result is larger than the host allows, and was not taken: `limit` and `message` are as
    /// for `Limit`. The function has run, and the instance lives on.
    ResultLimit = 35,
    /// The peer behind the source cannot be reached. Nothing was called.
    Unavailable = 36,
    /// The peer behind the source was lost in the call, so the function may have run.
    Lost = 37,
    /// The peer behind the source answered with an error of its own, or with what is no result.
    /// The instance lives on.
    Remote = 38,
    /// The instance died before this call, which its caller was not told, and its resources are no more.
    /// Nothing was called; the next call may be of another instance.
    Died = 39,
}

#[cfg(test)]
mod tests {
    use super::FailureCode;

    #[test]
    fn every_code_is_found_by_its_number() {
        for &code in FailureCode::ALL {
            assert_eq!(FailureCode::from_number(code as u32), Some(code));
        }
        assert_eq!(FailureCode::from_number(0), None);
    }
}
