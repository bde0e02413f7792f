//! What a number of a caller stands for, and its calls.

use crate::chain::Chain;
use crate::error::CallError;
use crate::exchange::{Passed, Returned};
use crate::instance::{Instance, Progressed, Spawn, Streams, Told};
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
    pub(super) instance: Instance,
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

    /// The instance, if it is not shared and nobody watches its calls.
    pub(super) fn unwatched(&mut self) -> Option<&mut Instance> {
        match self {
            Held::Fresh(fresh) if !fresh.instance.spawn().meters.are_watched() => {
                Some(&mut fresh.instance)
            }
            _ => None,
        }
    }

    /// Whether a call waits for the caller.
    pub(super) fn is_suspended(&self) -> bool {
        match self {
            Held::Fresh(fresh) => fresh.instance.is_suspended(),
            Held::Named(_) => false,
        }
    }

    /// The instance as one that its caller may serve.
    fn as_fresh(&mut self) -> Result<&mut Fresh, CallError> {
        match self {
            Held::Fresh(fresh) => Ok(fresh),
            Held::Named(attachment) => Err(attachment.spawn().waits_for_nobody()),
        }
    }

    /// Gives up the call that waits for the caller, if one does.
    pub(super) fn abandon(&mut self) {
        if let Held::Fresh(fresh) = self {
            fresh.instance.abandon();
            fresh.watch = None;
        }
    }

    /// Whether the caller knows of the end of its instance. What is shared has no handles in common with
    /// another behind its name, so there is nothing to know.
    pub(super) fn told(&self) -> Option<&Arc<Told>> {
        match self {
            Held::Fresh(fresh) => Some(fresh.instance.told()),
            Held::Named(_) => None,
        }
    }

    /// Checks that a call which was started as this one of its caller's is not made of an instance that
    /// came after the one that it was meant for.
    pub(super) fn check_told(&mut self, call: u64) -> Result<(), CallError> {
        match self {
            Held::Fresh(fresh) => fresh.instance.check_told(call),
            Held::Named(_) => Ok(()),
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
    pub(super) held: Held,
    pub(super) chain: Chain,
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
        let watched = self.watched(function);
        let call = invoke(&mut self.held, &self.chain, function, arguments);
        match watched {
            None => call.await,
            Some(watched) => Box::pin(watched.watch(arguments.len(), Vec::len, call)).await,
        }
    }

    /// Calls a function that needs no buffer.
    pub(crate) async fn invoke_scalar(
        &mut self,
        function: u32,
        scalars: [u64; SCALAR_PARAMS],
    ) -> Result<u64, CallError> {
        let watched = self.watched(function);
        let call = invoke_scalar(&mut self.held, &self.chain, function, scalars);
        let (bytes_in, bytes_out) = (size_of_val(&scalars), |_: &u64| size_of::<u64>());
        match watched {
            None => call.await,
            Some(watched) => Box::pin(watched.watch(bytes_in, bytes_out, call)).await,
        }
    }

    /// Calls a function up to its end, or to an import that the caller serves.
    pub(crate) async fn begin(
        &mut self,
        function: u32,
        arguments: Passed,
    ) -> Result<Progressed, CallError> {
        if let Held::Named(_) = &self.held {
            return match arguments {
                Passed::Buffer(arguments) => {
                    let result = Box::pin(self.invoke(function, &arguments)).await;
                    result.map(|result| Progressed::Done(Returned::Buffer(result)))
                }
                Passed::Scalars(scalars) => {
                    let result = Box::pin(self.invoke_scalar(function, scalars)).await;
                    result.map(|result| Progressed::Done(Returned::Scalar(result)))
                }
            };
        }
        let watched = self.watched(function);
        let watch = watched.map(|watched| watched.begin(arguments.len()));
        let fresh = self.held.as_fresh()?;
        let limit = self.chain.time(fresh.instance.spawn().limits.deadline);
        let begun = fresh
            .instance
            .begin(&self.chain, limit, function, arguments);
        match watch {
            None => begun.await,
            Some(watch) => Box::pin(watched_part(watch, begun, &mut fresh.watch)).await,
        }
    }

    /// Begins a call of an instance on which calls go on at the same time, and gives its end; nothing
    /// for one that does one thing after the other.
    pub(super) async fn launch(
        &mut self,
        function: u32,
        arguments: &[u8],
    ) -> Result<Option<Boxed<'static, Result<Vec<u8>, CallError>>>, CallError> {
        if !self.held.spawn().plan.is_concurrent() {
            return Ok(None);
        }
        let watched = self.watched(function);
        let watch = watched.map(|watched| watched.begin(arguments.len()));
        let Held::Fresh(fresh) = &mut self.held else {
            return Ok(None);
        };
        let limit = self.chain.time(fresh.instance.spawn().limits.deadline);
        let launched = fresh
            .instance
            .launch(&self.chain, limit, function, arguments.to_vec());
        let launched = launched.await?;
        Ok(Some(Box::pin(async move {
            let Some(watch) = watch else {
                return launched.finish().await;
            };
            let result = launched.finish().instrument(watch.span.clone()).await;
            watch.end(result.as_ref().map(Vec::len));
            result
        })))
    }

    /// The streams and futures between the instance and its caller.
    pub(super) fn streams(&mut self) -> Result<Streams, CallError> {
        match &mut self.held {
            Held::Fresh(fresh) => fresh.instance.streams(),
            Held::Named(_) => Err(CallError::Protocol {
                message: "an instance that is shared by name has no streams".into(),
            }),
        }
    }

    /// Goes on with the call that waits for the caller.
    pub(crate) async fn resume(&mut self, result: Returned) -> Result<Progressed, CallError> {
        let fresh = self.held.as_fresh()?;
        let resumed = fresh.instance.resume(result);
        match fresh.watch.take() {
            None => resumed.await,
            Some(watch) => Box::pin(watched_part(watch, resumed, &mut fresh.watch)).await,
        }
    }

    /// What those who watch a call want to know of it, if anybody watches.
    pub(super) fn watched(&self, function: u32) -> Option<Watched> {
        self.watched_as(|spawn| spawn.plan.world.function_name(function))
    }

    /// The same for what has a name of its own.
    pub(super) fn watched_as(&self, name: impl FnOnce(&Spawn) -> String) -> Option<Watched> {
        let spawn = self.held.spawn();
        spawn.meters.are_watched().then(|| Watched {
            meters: spawn.meters.clone(),
            source: spawn.source_name.clone(),
            instance: self.number,
            function: name(spawn),
        })
    }
}

/// A call that is watched.
pub(super) struct Watched {
    meters: Meters,
    source: Arc<str>,
    instance: u32,
    function: String,
}

impl Watched {
    fn begin(&self, bytes_in: usize) -> Watch {
        self.meters
            .begin(&self.source, self.instance, &self.function, bytes_in)
    }

    /// Does the call.
    pub(super) async fn watch<R>(
        &self,
        bytes_in: usize,
        bytes_out: impl Fn(&R) -> usize,
        call: impl Future<Output = Result<R, CallError>>,
    ) -> Result<R, CallError> {
        let watch = self.begin(bytes_in);
        let result = call.instrument(watch.span.clone()).await;
        watch.end(result.as_ref().map(bytes_out));
        result
    }
}

/// Does a part of a call under the eyes of what watches it, which is kept if there is more to come.
async fn watched_part(
    watch: Watch,
    part: impl Future<Output = Result<Progressed, CallError>>,
    kept: &mut Option<Watch>,
) -> Result<Progressed, CallError> {
    let progressed = part.instrument(watch.span.clone()).await;
    match &progressed {
        Ok(Progressed::Asked(_)) => *kept = Some(watch),
        Ok(Progressed::Done(result)) => watch.end(Ok(result.len())),
        Err(error) => watch.end(Err(error)),
    }
    progressed
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
