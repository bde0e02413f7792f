//! Many calls of an instance in one crossing.

use super::ShimCtx;
use super::held::{Held, Taken};
use crate::error::CallError;
use crate::failure::Failure;
use crate::instance::{BATCH, Batched};
use crate::waits::run;
use wasmtime::component::{ComponentType, Lower};

/// The record `outcome` of the contract: what came of a batch.
#[derive(Clone, PartialEq, Eq, Debug, ComponentType, Lower)]
#[component(record)]
pub struct Outcome {
    /// The results of the calls that have one, in the form of the contract.
    pub results: Vec<u8>,
    /// Why the call behind these has none, if there is one.
    pub failure: Option<Failure>,
}

impl From<Batched> for Outcome {
    fn from(batched: Batched) -> Self {
        let Batched { results, failure } = batched;
        Outcome {
            results,
            failure: failure.map(Failure::from),
        }
    }
}

impl ShimCtx {
    /// Whether an instance takes batches; no, too, for numbers that name nothing.
    pub fn takes_batches(&self, instance: u32) -> bool {
        let origin = self.table.origin(instance);
        origin.is_some_and(|(spawn, stay)| stay.is_none() && spawn.takes_batches())
    }

    /// Makes many calls of an instance that takes batches, up to the first that fails. Its failure is
    /// a part of the outcome.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`]; nothing was called then.
    pub fn invoke_batch(&mut self, instance: u32, calls: &[u8]) -> Result<Outcome, CallError> {
        run(self.invoke_batch_async(instance, calls))
    }

    /// The same as [`ShimCtx::invoke_batch`].
    ///
    /// # Errors
    /// As there.
    pub async fn invoke_batch_async(
        &mut self,
        instance: u32,
        calls: &[u8],
    ) -> Result<Outcome, CallError> {
        let mut out = self.out(instance)?;
        out.taken().await?.invoke_batch(calls).await
    }
}

impl Taken {
    /// Makes many calls.
    pub(crate) async fn invoke_batch(&mut self, calls: &[u8]) -> Result<Outcome, CallError> {
        let watched = self.watched_as(|_| BATCH.into());
        let fresh = match &mut self.held {
            Held::Fresh(fresh) => fresh,
            Held::Named(attachment) => return Err(attachment.spawn().takes_no_batches()),
        };
        let limit = self.chain.time(fresh.instance.spawn().limits.deadline);
        let batch = fresh.instance.invoke_batch(&self.chain, limit, calls);
        let batched = match watched {
            None => Box::pin(batch).await,
            Some(watched) => {
                let size = |batched: &Batched| batched.results.len();
                Box::pin(watched.watch(calls.len(), size, batch)).await
            }
        };
        batched.map(Outcome::from)
    }
}
