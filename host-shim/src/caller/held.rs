//! What a number of a caller stands for, and its calls.

use crate::chain::Chain;
use crate::error::CallError;
use crate::instance::{Instance, Spawn};
use crate::named::{Attachment, Stay};
use crate::policy::Restart;
use crate::seeing::Meters;
use first_class_abi::contract::SCALAR_PARAMS;
use std::pin::Pin;
use std::sync::Arc;

/// What a number of a caller stands for.
pub(super) enum Held {
    /// An instance of its own.
    Fresh(Box<Instance>),
    /// A hold on an instance that it shares with others.
    Named(Box<Attachment>),
}

impl Held {
    pub(super) fn spawn(&self) -> &Arc<Spawn> {
        match self {
            Held::Fresh(instance) => instance.spawn(),
            Held::Named(attachment) => attachment.spawn(),
        }
    }

    /// How it stays, if it is named.
    pub(super) fn stay(&self) -> Option<Stay> {
        match self {
            Held::Fresh(_) => None,
            Held::Named(attachment) => Some(attachment.stay()),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        match self {
            Held::Fresh(instance) => {
                instance.is_alive() || instance.spawn().restart != Restart::Never
            }
            Held::Named(attachment) => attachment.is_alive(),
        }
    }

    /// Whether somebody may have to know by which calls it is entered.
    fn needs_chain(&self) -> bool {
        matches!(self, Held::Named(_)) || self.spawn().plan.holds_instances()
    }
}

/// An instance that was taken out of its caller's table for a call.
pub(crate) struct Taken {
    number: u32,
    held: Held,
    chain: Chain,
}

impl Taken {
    pub(super) fn new(number: u32, held: Held, chain: Option<&Chain>) -> Self {
        let chain = match chain {
            Some(chain) => chain.clone(),
            None if held.needs_chain() => Chain::start(),
            None => Chain::NONE,
        };
        Taken {
            number,
            held,
            chain,
        }
    }

    pub(super) fn into_parts(self) -> (u32, Held) {
        (self.number, self.held)
    }

    /// Calls a function with a buffer.
    pub(crate) async fn invoke(
        &mut self,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        match self.held.spawn().meters.are_watched() {
            true => self.watched_invoke(function, arguments).await,
            false => invoke(&mut self.held, &self.chain, function, arguments).await,
        }
    }

    /// Calls a function that needs no buffer.
    pub(crate) async fn invoke_scalar(
        &mut self,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        match self.held.spawn().meters.are_watched() {
            true => self.watched_invoke_scalar(function, scalars).await,
            false => invoke_scalar(&mut self.held, &self.chain, function, scalars).await,
        }
    }

    fn watched_invoke<'a>(
        &'a mut self,
        function: u32,
        arguments: &'a [u8],
    ) -> Boxed<'a, Result<Vec<u8>, CallError>> {
        let (meters, source, name) = self.seen(function);
        let call = invoke(&mut self.held, &self.chain, function, arguments);
        let (number, size) = (self.number, arguments.len());
        Box::pin(async move {
            meters
                .watch(&source, number, &name, size, Vec::len, call)
                .await
        })
    }

    fn watched_invoke_scalar(
        &mut self,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Boxed<'_, Result<u64, CallError>> {
        let (meters, source, name) = self.seen(function);
        let call = invoke_scalar(&mut self.held, &self.chain, function, scalars);
        let (number, size) = (self.number, size_of_val(&scalars));
        let bytes_out = |_: &u64| size_of::<u64>();
        Box::pin(async move {
            meters
                .watch(&source, number, &name, size, bytes_out, call)
                .await
        })
    }

    /// What those who watch a call want to know of it.
    fn seen(&self, function: u32) -> (Meters, Arc<str>, String) {
        let spawn = self.held.spawn();
        let name = spawn.plan.world.function_name(function);
        (spawn.meters.clone(), spawn.source_name.clone(), name)
    }
}

/// A future that takes no room where it is waited for. All that is not the shortest way of a call is
/// one, since a future that holds others is copied about with room for the largest of them.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

async fn invoke(
    held: &mut Held,
    chain: &Chain,
    function: u32,
    arguments: &[u8],
) -> Result<Vec<u8>, CallError> {
    match held {
        Held::Fresh(instance) => {
            let limit = chain.time(instance.spawn().limits.deadline);
            instance.invoke(chain, limit, function, arguments).await
        }
        Held::Named(attachment) => Box::pin(attachment.invoke(chain, function, arguments)).await,
    }
}

async fn invoke_scalar(
    held: &mut Held,
    chain: &Chain,
    function: u32,
    scalars: [u64; SCALAR_PARAMS],
) -> Result<u64, CallError> {
    match held {
        Held::Fresh(instance) => {
            let limit = chain.time(instance.spawn().limits.deadline);
            let call = instance.invoke_scalar(chain, limit, function, scalars);
            call.await
        }
        Held::Named(attachment) => {
            Box::pin(attachment.invoke_scalar(chain, function, scalars)).await
        }
    }
}
