//! Where the host and an instance on which calls go on at the same time meet.
//!
//! In the store of such an instance one task of its bridge runs, which takes commands from a [`Desk`]
//! and leaves there what has ended. Others hold a [`Remote`], which leaves commands.

mod deadlines;

use crate::bridge::CONCURRENT_HOST;
use crate::lock::lock;
use deadlines::Deadlines;
use slab::Slab;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use wasmtime::StoreContextMut;
use wasmtime::component::{Accessor, Linker};

/// A command as the bridge takes it: see `wit/bridge.wit`.
type Order = (u32, u32, u32, u32, u32, Vec<u8>);

/// Something that is begun and ends at some time.
#[derive(Debug)]
pub(crate) enum Operation {
    Call {
        function: u32,
        arguments: Vec<u8>,
    },
    /// Reads at most so many elements from an end of a kind of stream.
    Read {
        kind: u32,
        reader: u32,
        most: u32,
    },
    Write {
        kind: u32,
        writer: u32,
        count: u32,
        elements: Vec<u8>,
    },
    /// Makes a stream or a future of a kind.
    Make {
        kind: u32,
    },
}

/// How an operation ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// As the bridge's events have it.
    pub(crate) code: u32,
    pub(crate) data: Vec<u8>,
}

enum Command {
    Begin {
        number: u64,
        operation: Operation,
        reply: oneshot::Sender<Ended>,
    },
    Cancel(u64),
    DropReader {
        kind: u32,
        reader: u32,
    },
    DropWriter {
        kind: u32,
        writer: u32,
    },
}

/// By which others reach an instance. When all are gone its driver ends.
pub(crate) struct Remote {
    commands: mpsc::UnboundedSender<Command>,
    deadlines: Arc<Deadlines>,
    next: AtomicU64,
}

/// An operation that goes on, or has ended.
pub(crate) struct Ongoing {
    pub(crate) number: u64,
    ended: oneshot::Receiver<Ended>,
}

impl Ongoing {
    /// Waits for its end; nothing if the instance died before.
    pub(crate) async fn ended(&mut self) -> Option<Ended> {
        (&mut self.ended).await.ok()
    }
}

impl Remote {
    /// Begins something, in the order of such calls. If it goes on at the deadline, the instance
    /// dies.
    pub(crate) fn begin(&self, operation: Operation, deadline: Option<Instant>) -> Ongoing {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (reply, ended) = oneshot::channel();
        // Before the command: a plugin that computes keeps its bridge from taking any.
        self.deadlines.set(number, deadline);
        let begin = Command::Begin {
            number,
            operation,
            reply,
        };
        if !self.send(begin) {
            self.deadlines.forget(number);
        }
        Ongoing { number, ended }
    }

    /// Cancels an operation. If it was not done before, its end says so.
    pub(crate) fn cancel(&self, number: u64) {
        self.send(Command::Cancel(number));
    }

    /// Makes a stream or future of a kind: its reader and its writer; nothing if the instance died,
    /// as it does at the deadline.
    pub(crate) async fn make(&self, kind: u32, deadline: Option<Instant>) -> Option<(u32, u32)> {
        let make = Operation::Make { kind };
        let made = self.begin(make, deadline).ended().await?;
        let ends = made.data.try_into().ok().map(u64::from_le_bytes)?;
        Some((ends as u32, (ends >> 32) as u32))
    }

    /// Drops a reader on which nothing goes on.
    pub(crate) fn drop_reader(&self, kind: u32, reader: u32) {
        self.send(Command::DropReader { kind, reader });
    }

    /// Drops a writer on which nothing goes on.
    pub(crate) fn drop_writer(&self, kind: u32, writer: u32) {
        self.send(Command::DropWriter { kind, writer });
    }

    /// Leaves a command; whether the instance lives. If not, whoever waits for a reply learns it.
    fn send(&self, command: Command) -> bool {
        self.commands.send(command).is_ok()
    }
}

/// Where commands come in, and where the bridge leaves what has ended.
pub(crate) struct Desk {
    state: Mutex<State>,
    deadlines: Arc<Deadlines>,
}

struct State {
    commands: mpsc::UnboundedReceiver<Command>,
    /// Who waits for what goes on, by the number that the bridge has for it.
    ongoing: Slab<Waiter>,
    /// The numbers that the bridge has, by those that others have.
    numbers: HashMap<u64, u32>,
    /// Nobody can leave a command any more.
    is_left: bool,
    /// Who has to be told that.
    driver: Option<Waker>,
}

/// Who waits for an operation.
struct Waiter {
    number: u64,
    reply: oneshot::Sender<Ended>,
}

impl Desk {
    pub(crate) fn new() -> (Arc<Self>, Remote) {
        let (sender, commands) = mpsc::unbounded_channel();
        let state = State {
            commands,
            ongoing: Slab::new(),
            numbers: HashMap::new(),
            is_left: false,
            driver: None,
        };
        let deadlines = Arc::<Deadlines>::default();
        let desk = Desk {
            state: Mutex::new(state),
            deadlines: deadlines.clone(),
        };
        let remote = Remote {
            commands: sender,
            deadlines,
            next: AtomicU64::new(0),
        };
        (Arc::new(desk), remote)
    }

    /// Adds what a concurrent bridge calls to a linker. `desk` finds that of a store.
    pub(crate) fn add_to_linker<T: Send + 'static>(
        linker: &mut Linker<T>,
        desk: fn(&T) -> &Arc<Desk>,
    ) -> wasmtime::Result<()> {
        let mut host = linker.instance(CONCURRENT_HOST)?;
        host.func_wrap_concurrent("next", move |accessor: &Accessor<T>, (): ()| {
            let desk = accessor.with(|mut access| desk(access.data_mut()).clone());
            Box::pin(async move {
                let order = std::future::poll_fn(|context| desk.poll_order(context)).await;
                Ok((order,))
            })
        })?;
        host.func_wrap(
            "ended",
            move |store: StoreContextMut<'_, T>, (number, code, data): (u32, u32, Vec<u8>)| {
                desk(store.data()).end(number, Ended { code, data });
                Ok(())
            },
        )
    }

    fn poll_order(&self, context: &mut Context<'_>) -> Poll<Order> {
        let mut state = lock(&self.state);
        loop {
            match state.commands.poll_recv(context) {
                Poll::Ready(Some(command)) => {
                    if let Some(order) = state.order(command) {
                        return Poll::Ready(order);
                    }
                }
                Poll::Ready(None) => {
                    state.is_left = true;
                    if let Some(driver) = state.driver.take() {
                        driver.wake();
                    }
                    return Poll::Pending;
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn end(&self, number: u32, ended: Ended) {
        let mut state = lock(&self.state);
        let Some(waiter) = state.ongoing.try_remove(number as usize) else {
            return;
        };
        state.numbers.remove(&waiter.number);
        self.deadlines.forget(waiter.number);
        // Nobody may wait any more.
        let _ = waiter.reply.send(ended);
    }

    /// The first of the deadlines; whoever asks is woken when there is an earlier one.
    pub(crate) fn first_deadline(&self, context: &mut Context<'_>) -> Option<Instant> {
        self.deadlines.first(context)
    }

    /// Is done when nobody can leave a command any more.
    pub(crate) fn poll_left(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.state);
        if state.is_left {
            return Poll::Ready(());
        }
        state.driver = Some(context.waker().clone());
        Poll::Pending
    }

    /// Whoever waits, or comes later, learns that nothing goes on.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.commands.close();
        while state.commands.try_recv().is_ok() {}
        state.ongoing.clear();
    }
}

impl State {
    /// The order that a command becomes, if there still is something to do.
    fn order(&mut self, command: Command) -> Option<Order> {
        let nothing = Vec::new();
        Some(match command {
            Command::Begin {
                number,
                operation,
                reply,
            } => {
                let waiter = Waiter { number, reply };
                let place = self.ongoing.insert(waiter) as u32;
                self.numbers.insert(number, place);
                match operation {
                    Operation::Call {
                        function,
                        arguments,
                    } => (0, place, function, 0, 0, arguments),
                    Operation::Read { kind, reader, most } => {
                        (1, place, kind, reader, most, nothing)
                    }
                    Operation::Write {
                        kind,
                        writer,
                        count,
                        elements,
                    } => (2, place, kind, writer, count, elements),
                    Operation::Make { kind } => (3, place, kind, 0, 0, nothing),
                }
            }
            Command::DropReader { kind, reader } => (4, 0, kind, reader, 0, nothing),
            Command::DropWriter { kind, writer } => (5, 0, kind, writer, 0, nothing),
            Command::Cancel(number) => (6, *self.numbers.get(&number)?, 0, 0, 0, nothing),
        })
    }
}
