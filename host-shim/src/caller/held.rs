//! What a number of a caller stands for, and its calls.

use crate::chain::Chain;
use crate::error::CallError;
use crate::instance::{Instance, Progressed, Spawn};
use crate::named::{Attachment, Stay};
use crate::policy::Restart;
use crate::seeing::{Meters, Watch};
use first_class_abi::contract::SCALAR_PARAMS;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tracing::Instrument;

/// What a number of a caller stands for.
pub(super) enum Held {
    /// An instance of its own.
    Fresh(Box<Fresh>),
    /// A hold on an instance that it shares with others.
    Named(Box<Attachment>),
}

/// An instance of its own, and what looks at the call that waits for the caller.
pub(super) struct Fresh {
    instance: Instance,
    watch: Option<Watch>,
}

impl Held {
    pub(super) fn fresh(instance: Instance) -> Self {
        let watch = None;
        Held::Fresh(Box::new(Fresh { instance, watch }))
    }

    pub(super) fn spawn(&self) -> &Arc<Spawn> {
        match self {
            Held::Fresh(fresh) => fresh.instance.spawn(),
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
            Held::Fresh(fresh) => {
                let Fresh { instance, .. } = &**fresh;
                instance.is_alive() || instance.spawn().restart != Restart::Never
            }
            Held::Named(attachment) => attachment.is_alive(),
        }
    }

    /// Gives up the call that waits for the caller, if one does.
    pub(super) fn abandon(&mut self) {
        if let Held::Fresh(fresh) = self {
            fresh.instance.abandon();
            fresh.watch = None;
        }
    }

    /// Lets a flag stop the calls of an instance that cannot wait, or no longer.
    pub(super) fn stop_by(&mut self, flag: Option<Arc<AtomicBool>>) {
        if let Held::Fresh(fresh) = self {
            fresh.instance.stop_by(flag);
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

    /// Gives up the call that waits for the caller, and says so.
    pub(super) fn abandon(&mut self) -> CallError {
        self.held.abandon();
        self.held.spawn().given_up()
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

    /// Calls a function up to its end, or to an import that the caller serves.
    pub(crate) async fn begin(
        &mut self,
        function: u32,
        arguments: &[u8],
    ) -> Result<Progressed, CallError> {
        let watch = self.held.spawn().meters.are_watched().then(|| {
            let (meters, source, name) = self.seen(function);
            meters.begin(&source, self.number, &name, arguments.len())
        });
        let fresh = match &mut self.held {
            Held::Fresh(fresh) => fresh,
            Held::Named(attachment) => {
                let call = Box::pin(attachment.invoke(&self.chain, function, arguments));
                return watched(watch, call).await.0.map(Progressed::Done);
            }
        };
        let limit = self.chain.time(fresh.instance.spawn().limits.deadline);
        let call = fresh
            .instance
            .begin(&self.chain, limit, function, arguments);
        let (progressed, watch) = watched(watch, call).await;
        fresh.watch = watch;
        progressed
    }

    /// Goes on with the call that waits for the caller.
    pub(crate) async fn resume(&mut self, result: Vec<u8>) -> Result<Progressed, CallError> {
        let fresh = match &mut self.held {
            Held::Fresh(fresh) => fresh,
            Held::Named(attachment) => return Err(attachment.spawn().waits_for_nobody()),
        };
        let watch = fresh.watch.take();
        let (progressed, watch) = watched(watch, fresh.instance.resume(result)).await;
        fresh.watch = watch;
        progressed
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

/// How much a part of a call gave, if it was the last.
trait Part {
    fn bytes_out(&self) -> Option<usize>;
}

impl Part for Vec<u8> {
    fn bytes_out(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl Part for Progressed {
    fn bytes_out(&self) -> Option<usize> {
        match self {
            Progressed::Done(result) => Some(result.len()),
            Progressed::Asked(_) => None,
        }
    }
}

/// Does a part of a call under the eyes of what watches it, which is given back if there is more to
/// come.
async fn watched<R: Part>(
    watch: Option<Watch>,
    part: impl Future<Output = Result<R, CallError>>,
) -> (Result<R, CallError>, Option<Watch>) {
    let Some(watch) = watch else {
        return (part.await, None);
    };
    let result = part.instrument(watch.span.clone()).await;
    match result.as_ref().map(R::bytes_out) {
        Ok(None) => return (result, Some(watch)),
        Ok(Some(bytes)) => watch.end(Ok(bytes)),
        Err(error) => watch.end(Err(error)),
    }
    (result, None)
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
        Held::Fresh(fresh) => {
            let Fresh { instance, .. } = &mut **fresh;
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
        Held::Fresh(fresh) => {
            let Fresh { instance, .. } = &mut **fresh;
            let limit = chain.time(instance.spawn().limits.deadline);
            let call = instance.invoke_scalar(chain, limit, function, scalars);
            call.await
        }
        Held::Named(attachment) => {
            Box::pin(attachment.invoke_scalar(chain, function, scalars)).await
        }
    }
}
