//! Where a plugin's call of its caller meets the caller's answer.
//!
//! The plugin runs on a fiber, as a future that whoever called it polls. When it calls an import
//! that its caller serves, it leaves the call here and is pending; who polled it finds the call
//! here, and goes back to the caller with it. Nobody enters the caller again.

use crate::lock::lock;
use first_class_abi::contract::{ARENA_BASE, SCALAR_PARAMS};
use first_class_abi::value::Codec;
use first_class_abi::wit_parser::TypeId;
use std::mem::replace;
use std::sync::Mutex;
use std::task::Poll;

/// The meeting point of one instance and its caller.
pub(crate) struct Exchange {
    state: Mutex<State>,
    codec: Codec,
    /// The resources that the caller implements, in the order of the lower bridge.
    resources: Vec<TypeId>,
}

/// A call of a caller.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The position of the function among the world's callbacks.
    pub(crate) function: u32,
    pub(crate) arguments: Passed,
}

/// What is passed to a function: a buffer, or scalars if it needs none.
#[derive(Debug)]
pub(crate) enum Passed {
    Buffer(Vec<u8>),
    Scalars([u64; SCALAR_PARAMS]),
}

/// What a function returns.
#[derive(Debug)]
pub(crate) enum Returned {
    Buffer(Vec<u8>),
    Scalar(u64),
}

impl Passed {
    /// In how many bytes it is passed.
    pub(crate) fn len(&self) -> usize {
        match self {
            Passed::Buffer(bytes) => bytes.len(),
            Passed::Scalars(scalars) => size_of_val(scalars),
        }
    }

    pub(crate) fn into_buffer(self) -> Vec<u8> {
        match self {
            Passed::Buffer(bytes) => bytes,
            Passed::Scalars(scalars) => bytemuck::cast_slice(&scalars).to_vec(),
        }
    }
}

impl Returned {
    /// In how many bytes it is returned.
    pub(crate) fn len(&self) -> usize {
        match self {
            Returned::Buffer(bytes) => bytes.len(),
            Returned::Scalar(scalar) => size_of_val(scalar),
        }
    }

    pub(crate) fn into_buffer(self) -> Vec<u8> {
        match self {
            Returned::Buffer(bytes) => bytes,
            Returned::Scalar(scalar) => scalar.to_le_bytes().to_vec(),
        }
    }

    /// The scalar, which is in the slot at the front of a buffer; 0 if there is none.
    pub(crate) fn scalar(self) -> u64 {
        match self {
            Returned::Buffer(bytes) => bytes.first_chunk().copied().map_or(0, u64::from_le_bytes),
            Returned::Scalar(scalar) => scalar,
        }
    }
}

enum State {
    /// Nobody would hear a call: the instance starts.
    Closed,
    Open,
    Asked(Asked),
    Waiting,
    Answered(Returned),
}

impl Exchange {
    pub(crate) fn new(codec: Codec, resources: Vec<TypeId>) -> Self {
        Exchange {
            state: Mutex::new(State::Closed),
            codec,
            resources,
        }
    }

    /// From here on somebody looks for calls.
    pub(crate) fn open(&self) {
        *lock(&self.state) = State::Open;
    }

    /// The name of a function.
    pub(crate) fn function_name(&self, function: u32) -> String {
        let callback = self.codec.world().callbacks().get(function as usize);
        callback.map_or_else(String::new, |callback| callback.display_name())
    }

    /// Leaves a call here, and waits for the answer; nothing if nobody would hear it.
    pub(crate) async fn ask(&self, asked: Asked) -> Option<Returned> {
        {
            let mut state = lock(&self.state);
            if !matches!(*state, State::Open) {
                return None;
            }
            *state = State::Asked(asked);
        }
        let mut is_asked = false;
        std::future::poll_fn(|_| {
            // Whoever answers polls again, so there is no answer the first time.
            if !replace(&mut is_asked, true) {
                return Poll::Pending;
            }
            let mut state = lock(&self.state);
            match replace(&mut *state, State::Open) {
                State::Answered(answer) => Poll::Ready(Some(answer)),
                other => {
                    *state = other;
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// The call that was left here, once.
    pub(crate) fn asked(&self) -> Option<Asked> {
        let mut state = lock(&self.state);
        match replace(&mut *state, State::Waiting) {
            State::Asked(asked) => Some(asked),
            other => {
                *state = other;
                None
            }
        }
    }

    /// Answers the call that was found here. Whoever answers polls the plugin next.
    pub(crate) fn answer(&self, answer: Returned) {
        *lock(&self.state) = State::Answered(answer);
    }

    /// How many bytes an answer has at least.
    pub(crate) fn least_answer(&self, function: u32) -> usize {
        self.codec
            .shape(function)
            .map_or(0, |shape| shape.result_size)
    }

    /// Where handles that change their owner lie in a buffer, in the form that a lower bridge asks
    /// for. A buffer that is malformed has none: adapters will refuse it.
    pub(crate) fn handles(&self, function: u32, of_result: bool, buffer: &[u8]) -> Vec<u8> {
        let found = match of_result {
            true => self.codec.check_result(function, buffer),
            false => self.codec.check_arguments(function, buffer),
        };
        let owned = found.into_iter().flatten().filter(|used| used.owned);
        let places = owned.filter_map(|used| {
            let resource = self.resources.iter().position(|it| *it == used.resource)?;
            Some([ARENA_BASE + used.offset as u32, resource as u32])
        });
        places.flatten().flat_map(u32::to_le_bytes).collect()
    }
}
