//! How far a call got, as the contract says it.

use crate::exchange::{Asked, Passed, Returned};
use crate::instance::{Progressed, Transferred};
use wasmtime::component::{ComponentType, Lower};

/// The variant `step` of the contract: how far a call got.
#[derive(Clone, PartialEq, Eq, Debug, ComponentType, Lower)]
#[component(variant)]
pub enum Step {
    /// It ended, with the buffer of its result.
    #[component(name = "done")]
    Done(Vec<u8>),
    /// It waits for the caller to serve an import.
    #[component(name = "callback")]
    Callback(Callback),
    /// A call that was begun with scalars ended, with its result.
    #[component(name = "done-scalar")]
    DoneScalar(u64),
    /// It waits for the caller to serve an import that needs no buffer.
    #[component(name = "callback-scalar")]
    CallbackScalar(CallbackScalar),
}

/// The record `callback` of the contract: a call of an import that the caller serves.
#[derive(Clone, PartialEq, Eq, Debug, ComponentType, Lower)]
#[component(record)]
pub struct Callback {
    /// The instance that calls.
    pub instance: u32,
    /// The number of the import.
    pub function: u32,
    /// The buffer of its arguments.
    pub arguments: Vec<u8>,
}

/// The record `scalar-callback` of the contract: a call of an import that needs no buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ComponentType, Lower)]
#[component(record)]
pub struct CallbackScalar {
    /// The number of the import.
    pub function: u32,
    /// The first argument.
    pub a: u64,
    /// The second one.
    pub b: u64,
    /// The third one.
    pub c: u64,
    /// The fourth one.
    pub d: u64,
}

/// The record `transfer` of the contract: what came of reading from a stream, or writing into it.
#[derive(Clone, PartialEq, Eq, Debug, ComponentType, Lower)]
#[component(record)]
pub struct Transfer {
    /// How many elements were read, or taken by the other end.
    pub count: u32,
    /// Whether nobody is at the other end any more.
    pub closed: bool,
    /// The elements that were read.
    pub elements: Vec<u8>,
}

impl From<Transferred> for Transfer {
    fn from(transferred: Transferred) -> Self {
        let Transferred {
            count,
            closed,
            elements,
        } = transferred;
        Transfer {
            count,
            closed,
            elements,
        }
    }
}

impl Step {
    pub(super) fn of(instance: u32, progressed: Progressed) -> Self {
        match progressed {
            Progressed::Done(Returned::Buffer(result)) => Step::Done(result),
            Progressed::Done(Returned::Scalar(result)) => Step::DoneScalar(result),
            Progressed::Asked(Asked {
                function,
                arguments: Passed::Scalars([a, b, c, d]),
            }) => Step::CallbackScalar(CallbackScalar {
                function,
                a,
                b,
                c,
                d,
            }),
            Progressed::Asked(Asked {
                function,
                arguments: Passed::Buffer(arguments),
            }) => Step::Callback(Callback {
                instance,
                function,
                arguments,
            }),
        }
    }
}
