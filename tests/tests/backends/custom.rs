//! A backend of an embedder's own: it answers in the same process, and does what a test tells it.

use async_trait::async_trait;
use first_class_abi::value::{Codec, Value};
use first_class_host::backends::{
    Backend, BackendError, Call, Misfit, Offered, OpenError, Session, beyond_values,
};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

first_class::first_class_world!({
    world: "office",
    inline: "package test:office@0.1.0;
        interface letters {
            record letter { to: string, lines: list<string> }
            /// How many lines they have, by whom they are to.
            sort: func(letters: list<letter>) -> result<list<tuple<string, u32>>, string>;
        }
        world office {
            export letters;
            export add: func(value: s64) -> s64;
            export fill: func(bytes: u32) -> list<u8>;
            export stamp: func();
            /// Never answers.
            export wait: func();
        }",
    optional: ["stamp"],
});

/// The backend. Its sessions share what is counted.
#[derive(Clone, Default)]
pub(crate) struct Office(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// What to answer before anything is done.
    troubles: Mutex<VecDeque<BackendError>>,
    /// What to answer who wants to open a session.
    closed: Mutex<Option<OpenError>>,
    has_stamps: bool,
    calls: AtomicU64,
    open: AtomicU64,
    waiting: AtomicU64,
    /// Whether nobody opens a session who asks for one, and how many have asked in vain.
    deaf: AtomicBool,
    unheard: AtomicU64,
    /// How often all sessions have ended by themselves.
    ends: AtomicU64,
}

struct Desk {
    shared: Arc<Shared>,
    codec: Codec,
    sum: AtomicI64,
    /// How often others had ended when it was opened.
    ends_before: u64,
}

impl Office {
    pub(crate) fn with_stamps() -> Self {
        Office(Arc::new(Shared {
            has_stamps: true,
            ..Shared::default()
        }))
    }

    /// Answers the next calls like this.
    pub(crate) fn answer(&self, troubles: impl IntoIterator<Item = BackendError>) {
        self.0.troubles.lock().expect("is whole").extend(troubles);
    }

    /// Answers like this who wants to open a session.
    pub(crate) fn close(&self, closed: Option<OpenError>) {
        *self.0.closed.lock().expect("is whole") = closed;
    }

    /// Hears nobody who wants to open a session, or somebody again.
    pub(crate) fn ignore(&self, deaf: bool) {
        self.0.deaf.store(deaf, Ordering::SeqCst);
    }

    /// How many have asked for a session in vain.
    pub(crate) fn unheard(&self) -> u64 {
        self.0.unheard.load(Ordering::SeqCst)
    }

    /// Ends all sessions that are open, without a call.
    pub(crate) fn end(&self) {
        self.0.ends.fetch_add(1, Ordering::SeqCst);
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// How many sessions are open.
    pub(crate) fn open(&self) -> u64 {
        self.0.open.load(Ordering::SeqCst)
    }

    /// How many calls wait for ever.
    pub(crate) fn waiting(&self) -> u64 {
        self.0.waiting.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Backend for Office {
    async fn check(&self, offered: &Offered) -> Result<Vec<u32>, OpenError> {
        let world = offered.codec.world();
        let mut misfits = beyond_values(world);
        if world.full_name() != "test:office/office@0.1.0" {
            misfits.push(Misfit {
                subject: world.full_name(),
                reason: "it is no office".into(),
            });
        }
        OpenError::check(misfits)?;
        let numbered = (0..).zip(world.callables());
        let stamps = numbered.filter(|(_, it)| it.name == "stamp" && !self.0.has_stamps);
        Ok(stamps.map(|(number, _)| number).collect())
    }

    async fn open(&self, offered: &Offered) -> Result<Box<dyn Session>, OpenError> {
        if let Some(error) = self.0.closed.lock().expect("is whole").clone() {
            return Err(error);
        }
        if self.0.deaf.load(Ordering::SeqCst) {
            self.0.unheard.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        self.0.open.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Desk {
            shared: self.0.clone(),
            codec: offered.codec.clone(),
            sum: AtomicI64::new(0),
            ends_before: self.0.ends.load(Ordering::SeqCst),
        }))
    }
}

#[async_trait]
impl Session for Desk {
    async fn call(&self, call: &Call) -> Result<Vec<u8>, BackendError> {
        self.shared.calls.fetch_add(1, Ordering::SeqCst);
        if let Some(trouble) = self.shared.troubles.lock().expect("is whole").pop_front() {
            return Err(trouble);
        }
        let arguments = call.values(&self.codec)?;
        let name = &self.codec.world().callables()[call.function as usize].name;
        let result = match (name.as_str(), arguments.as_slice()) {
            ("add", [Value::S64(value)]) => {
                let sum = self.sum.fetch_add(*value, Ordering::SeqCst) + value;
                Some(Value::S64(sum))
            }
            ("fill", [Value::U32(bytes)]) => Some(Value::Bytes(vec![7; *bytes as usize])),
            ("sort", [Value::List(letters)]) => Some(sort(letters)),
            ("stamp", []) => None,
            ("wait", []) => {
                let _waiting = Waiting::begin(&self.shared);
                std::future::pending().await
            }
            (name, arguments) => panic!("{name} {arguments:?}"),
        };
        call.result(&self.codec, result.as_ref())
    }

    fn ended(&self) -> Option<String> {
        let ends = self.shared.ends.load(Ordering::SeqCst);
        (ends > self.ends_before).then(|| "it went home".into())
    }
}

fn sort(letters: &[Value]) -> Value {
    let letters = letters.iter().map(|letter| match letter {
        Value::Record(fields) => match fields.as_slice() {
            [Value::String(to), Value::List(lines)] if !to.is_empty() => {
                let lines = Value::U32(lines.len() as u32);
                Ok(Value::Tuple(vec![Value::String(to.clone()), lines]))
            }
            _ => Err(Some(Box::new(Value::String("it is to nobody".into())))),
        },
        other => panic!("{other:?}"),
    });
    let sorted = letters.collect::<Result<_, _>>();
    Value::Result(sorted.map(|sorted| Some(Box::new(Value::List(sorted)))))
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shared.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A call that waits for ever; until it is given up.
struct Waiting(Arc<Shared>);

impl Waiting {
    fn begin(shared: &Arc<Shared>) -> Self {
        shared.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting(shared.clone())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}
