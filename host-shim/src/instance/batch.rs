//! Many calls in one crossing.

use super::Instance;
use super::death::Death;
use super::live::Live;
use super::spawn::Spawn;
use crate::chain::Chain;
use crate::error::CallError;
use crate::policy::{Exceeded, Limit};
use first_class_abi::CallShape;
use first_class_abi::contract::{ARENA_BASE, BATCH_ALIGN, BATCH_FRONT, CALL_FRONT};
use std::time::{Duration, Instant};
use wasmtime::component::{Func, TypedFunc, WasmList};

/// What a batch is called where a function is named.
pub(crate) const BATCH: &str = "batch";

/// The room that results which are more than a number have at first, all together, in bytes.
const USUAL: u64 = 16 << 10;

/// What came of a batch: the results, as the contract has them, and why the call behind these has none.
pub(crate) struct Batched {
    pub(crate) results: Vec<u8>,
    pub(crate) failure: Option<CallError>,
}

/// The entries of a bridge for batches, in an instance.
#[derive(Clone, Copy)]
pub(super) struct BatchFuncs {
    prepare: Func,
    call: TypedFunc<(), (WasmList<u8>,)>,
}

impl Instance {
    /// Makes many calls, up to the first that fails.
    pub(crate) async fn invoke_batch(
        &mut self,
        chain: &Chain,
        limit: Duration,
        calls: &[u8],
    ) -> Result<Batched, CallError> {
        let spawn = &*self.spawn;
        spawn.check_takes_batches()?;
        let batch = Batch::checked(spawn, calls)?;
        let Some(first) = batch.function(0) else {
            return Ok(Batched {
                results: vec![0; BATCH_FRONT],
                failure: batch.refused,
            });
        };
        if !self.course.is_alive() {
            Box::pin(self.course.revive(spawn, chain, limit)).await?;
        }
        let mut live = self.course.enter(spawn, chain, limit, first)?;
        let (results, end) = live.batch(spawn, limit, &batch).await;
        let done = word(&results, 0);
        self.course.tally.called(u64::from(done.saturating_sub(1)));
        let function = batch.function(done).unwrap_or(first);
        let (outcome, too_large) = match end {
            End::Reached => (Ok(()), None),
            End::TooLarge(found) => (Ok(()), Some(spawn.too_large(function, found))),
            End::Died(death) => (Err(death), None),
        };
        let died = self.course.leave(spawn, live, limit, function, outcome);
        let failure = died.err().or(too_large).or(batch.refused);
        Ok(Batched { results, failure })
    }
}

/// How a batch ended.
enum End {
    Reached,
    /// The results, with that of the call behind those that are given, are of this size.
    TooLarge(u64),
    Died(Death),
}

impl Live {
    /// Makes all calls of a batch, and gives the results of those that returned.
    async fn batch(&mut self, spawn: &Spawn, limit: Duration, batch: &Batch<'_>) -> (Vec<u8>, End) {
        let begun = Instant::now();
        let nothing = |death| (vec![0; BATCH_FRONT], End::Died(death));
        let BatchFuncs { prepare, call } = match self.batch_funcs(spawn) {
            Ok(funcs) => funcs,
            Err(error) => return nothing(Death::from(error)),
        };
        let prepare = match prepare.typed(&self.store) {
            Ok(prepare) => prepare,
            Err(error) => return nothing(Death::from(error)),
        };
        let params = (batch.calls, batch.count, batch.window, batch.most);
        let mut given: WasmList<u8> = match self.enter(spawn, limit, &prepare, params).await {
            Ok((given,)) => given,
            Err(death) => return nothing(death),
        };
        loop {
            let left = limit.saturating_sub(begun.elapsed());
            let called = self.enter(spawn, left, &call, ()).await;
            let died = match called {
                Ok((larger,)) => {
                    given = larger;
                    None
                }
                Err(death) => Some(death),
            };
            // Of an instance that died, what was given before can still be read.
            let given = Given {
                start: batch.start,
                bytes: given.as_le_slice(&self.store),
            };
            let (done, size) = (given.done(), given.size(given.done()));
            if let Some(death) = died {
                return (given.first(done), End::Died(death));
            }
            if size > u64::from(batch.most) {
                return (given.first(done.saturating_sub(1)), End::TooLarge(size));
            }
            if done == batch.count {
                return (given.first(done), End::Reached);
            }
        }
    }

    fn batch_funcs(&mut self, spawn: &Spawn) -> wasmtime::Result<BatchFuncs> {
        if let Some(known) = self.batch {
            return Ok(known);
        }
        let missing = || wasmtime::Error::msg("the bridge lacks an entry");
        let entries = spawn.plan.entries.as_ref().ok_or_else(missing)?;
        let prepare = self
            .instance
            .get_func(&mut self.store, entries.prepare_batch);
        let funcs = BatchFuncs {
            prepare: prepare.ok_or_else(missing)?,
            call: self
                .instance
                .get_typed_func(&mut self.store, entries.call_batch)?,
        };
        self.batch = Some(funcs);
        Ok(funcs)
    }
}

/// What a bridge has given of a batch.
struct Given<'a> {
    /// Its address.
    start: u64,
    bytes: &'a [u8],
}

impl Given<'_> {
    fn done(&self) -> u32 {
        word(self.bytes, 0)
    }

    /// How many bytes there are up to the end of the first so many results.
    fn size(&self, results: u32) -> u64 {
        let address = BATCH_FRONT + results as usize * size_of::<u32>();
        u64::from(word(self.bytes, address)).saturating_sub(self.start)
    }

    /// The first so many results, as the contract has them.
    fn first(&self, results: u32) -> Vec<u8> {
        let size = usize::try_from(self.size(results)).unwrap_or(usize::MAX);
        let mut first = self.bytes[..size.min(self.bytes.len())].to_vec();
        if let Some(done) = first.first_chunk_mut() {
            *done = results.to_le_bytes();
        }
        first
    }
}

/// A batch whose first calls can be made.
struct Batch<'a> {
    calls: &'a [u8],
    /// How many of them.
    count: u32,
    /// The address of what the bridge gives.
    start: u64,
    /// How much room that has at first, and at most.
    window: u32,
    most: u32,
    /// Why the call behind these cannot be made.
    refused: Option<CallError>,
}

impl<'a> Batch<'a> {
    fn checked(spawn: &Spawn, calls: &'a [u8]) -> Result<Self, CallError> {
        check_size(spawn, Limit::Arguments, calls.len() as u64)?;
        let (mut count, mut refused) = (0, None);
        let (mut results, mut usual) = (0, 0);
        // Most batches call one function.
        let mut known: Option<(u32, &CallShape)> = None;
        for call in Calls(calls) {
            let Call {
                function,
                arguments,
            } = call?;
            let shape = match known {
                Some((of, shape)) if of == function => shape,
                _ => match spawn.shape(function) {
                    Err(error @ CallError::Unsupported { .. }) => {
                        refused = Some(error);
                        break;
                    }
                    shape => shape?,
                },
            };
            known = Some((function, shape));
            spawn.check_arguments(function, shape, arguments)?;
            results += shape.result_size.next_multiple_of(BATCH_ALIGN) as u64;
            if shape.indirect_result {
                usual = USUAL;
            }
            count += 1;
        }
        let front = BATCH_FRONT + (count as usize + 1) * size_of::<u32>();
        let front = front.next_multiple_of(BATCH_ALIGN) as u64;
        check_size(spawn, Limit::Result, front)?;
        let start = u64::from(ARENA_BASE) + calls.len().next_multiple_of(BATCH_ALIGN) as u64;
        let addresses = u64::from(u32::MAX).saturating_sub(start);
        let most = spawn.limits.result_bytes.min(addresses);
        let window = (front + results + usual).min(most);
        Ok(Batch {
            calls,
            count,
            start,
            window: u32::try_from(window).unwrap_or(u32::MAX),
            most: u32::try_from(most).unwrap_or(u32::MAX),
            refused,
        })
    }

    /// The number of the function that a call is of, if it can be made.
    fn function(&self, call: u32) -> Option<u32> {
        if call >= self.count {
            return None;
        }
        let call = Calls(self.calls).nth(call as usize)?.ok()?;
        Some(call.function)
    }
}

/// Checks the size of what passes for all calls together.
fn check_size(spawn: &Spawn, limit: Limit, size: u64) -> Result<(), CallError> {
    let most = match limit {
        Limit::Result => spawn.limits.result_bytes,
        _ => spawn.limits.argument_bytes,
    };
    Exceeded::check(limit, size, most).map_err(|exceeded| CallError::Limit {
        source_name: spawn.source_name.to_string(),
        function: BATCH.into(),
        exceeded,
    })
}

/// The calls in a buffer.
struct Calls<'a>(&'a [u8]);

struct Call<'a> {
    function: u32,
    arguments: &'a [u8],
}

impl<'a> Iterator for Calls<'a> {
    type Item = Result<Call<'a>, CallError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let call = || {
            let (front, rest) = self.0.split_first_chunk::<CALL_FRONT>()?;
            let length = word(front, 4) as usize;
            if !length.is_multiple_of(BATCH_ALIGN) {
                return None;
            }
            let (arguments, rest) = rest.split_at_checked(length)?;
            let function = word(front, 0);
            Some((
                Call {
                    function,
                    arguments,
                },
                rest,
            ))
        };
        match call() {
            Some((call, rest)) => {
                self.0 = rest;
                Some(Ok(call))
            }
            None => {
                let left = std::mem::take(&mut self.0).len();
                Some(Err(CallError::Protocol {
                    message: format!("the last {left} bytes of a batch are no calls"),
                }))
            }
        }
    }
}

/// A number of 4 bytes; 0 where there is none.
#[inline]
fn word(bytes: &[u8], offset: usize) -> u32 {
    let bytes = bytes.get(offset..).and_then(<[u8]>::first_chunk);
    bytes.copied().map_or(0, u32::from_le_bytes)
}
