//! Calls of one instance.

use super::headers::{FUNCTION, INSTANCE, SIGNATURE, SUBJECT, TIME, error, line, value};
use super::link::{Request, Shared, Unanswered};
use super::signature::{Signature, signatures};
use super::subjects::tokens;
use crate::backends::{BackendError, Call, Session};
use crate::error::CallError;
use crate::lock::lock;
use crate::policy::{Exceeded, Limit, milliseconds};
use async_nats::{HeaderMap, Message};
use async_trait::async_trait;
use bytes::Bytes;
use first_class_abi::value::Codec;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout_at};

/// Which part of the time of a call may pass before it is sent.
const SENDING: f64 = 0.9;

/// How long a call may take to be sent that has no deadline.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait until servers are asked again of which none could hold the instance, and how long at
/// most.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// How long a server may take to say who holds an instance.
const ANSWERING: Duration = Duration::from_millis(300);

/// An instance behind a name.
pub(super) struct Client {
    shared: Arc<Shared>,
    name: Arc<str>,
    tokens: String,
    codec: Codec,
    signatures: Vec<Signature>,
    /// Where calls go, if some server holds the instance.
    route: Mutex<Option<String>>,
    /// Which one it was that answered last, if its name is shared.
    instance: Mutex<Option<String>>,
}

impl Client {
    pub(super) fn new(shared: &Arc<Shared>, name: &Arc<str>, codec: &Codec) -> Self {
        Client {
            shared: shared.clone(),
            name: name.clone(),
            tokens: tokens(name),
            codec: codec.clone(),
            signatures: signatures(codec.world()),
            route: Mutex::default(),
            instance: Mutex::default(),
        }
    }
}

#[async_trait]
impl Session for Client {
    async fn call(&self, call: &Call) -> Result<Vec<u8>, BackendError> {
        let packed = call.packed(&self.codec)?;
        let reply = self.reply(call, packed.into()).await?;
        if let Some(instance) = value(reply.headers.as_ref(), INSTANCE) {
            *lock(&self.instance) = Some(line(instance));
        }
        if let Some(error) = error(reply.headers.as_ref()) {
            return Err(error);
        }
        let unpacked = self
            .codec
            .unpack_result(call.function, &reply.payload, call.result_bytes);
        let result = unpacked.map_err(|error| match error.is_too_large() {
            true => BackendError::TooLarge { found: None },
            false => BackendError::Malformed {
                message: error.to_string(),
            },
        })?;
        call.result(&self.codec, result.as_ref())
    }
}

impl Client {
    /// Asks for the instance until somebody has it.
    async fn reply(&self, call: &Call, payload: Bytes) -> Result<Message, BackendError> {
        let until = call.left().map_or(PATIENCE, |left| left.mul_f64(SENDING));
        let until = Instant::now() + until;
        let mut pause = Duration::ZERO;
        loop {
            let route = lock(&self.route).clone();
            let is_held = route.is_some();
            let calls = || self.shared.servers.subjects.calls(&self.tokens);
            let request = Request {
                subject: route.unwrap_or_else(calls),
                headers: self.headers(call)?,
                payload: payload.clone(),
                until,
            };
            let refused = match self.ask(request).await {
                Ok(reply) => match error(reply.headers.as_ref()) {
                    // Its server holds it no more.
                    Some(BackendError::Unreachable { message }) if is_held => message,
                    _ => return Ok(reply),
                },
                Err(Unanswered::Nobody) => "the server that held it is away".into(),
                Err(error) => return Err(refusal(error)),
            };
            *lock(&self.route) = None;
            if Instant::now() + pause >= until {
                return Err(self.unserved(&refused));
            }
            sleep(pause).await;
            self.place(until).await?;
            pause = (pause * 2).clamp(PAUSE, LONGEST_PAUSE);
        }
    }

    /// Asks, and forgets where it has asked if that comes to no end.
    async fn ask(&self, request: Request) -> Result<Message, Unanswered> {
        let forgets = Forgets(&self.route);
        let reply = self.shared.ask(request).await?;
        std::mem::forget(forgets);
        Ok(reply)
    }

    fn headers(&self, call: &Call) -> Result<HeaderMap, BackendError> {
        let number = call.function as usize;
        let callable = self.codec.world().callables().get(number);
        let (Some(callable), Some(signature)) = (callable, self.signatures.get(number)) else {
            return Err(BackendError::Unsupported);
        };
        let mut headers = HeaderMap::new();
        headers.insert(FUNCTION, line(&callable.display_name()));
        headers.insert(SIGNATURE, signature.to_string());
        if let Some(left) = call.left() {
            headers.insert(TIME, milliseconds(left).to_string());
        }
        if let Some(instance) = lock(&self.instance).clone() {
            headers.insert(INSTANCE, instance);
        }
        Ok(headers)
    }

    /// Finds the server that holds the instance, or begins to.
    async fn place(&self, until: Instant) -> Result<(), BackendError> {
        loop {
            let request = Request {
                subject: self.shared.servers.subjects.places(&self.tokens),
                headers: HeaderMap::new(),
                payload: Bytes::new(),
                until,
            };
            // One that is cut off is asked as well as the others, and does not answer.
            let soon = until.min(Instant::now() + ANSWERING);
            let asked = timeout_at(soon.into(), self.shared.ask(request)).await;
            let refused = match asked {
                Err(_) => "no server has answered where it is".into(),
                Ok(Ok(reply)) => match error(reply.headers.as_ref()) {
                    None => return self.follow(&reply),
                    // Holding an instance calls nothing.
                    Some(
                        BackendError::Unreachable { message } | BackendError::Lost { message },
                    ) => message,
                    Some(error) => return Err(error),
                },
                Ok(Err(Unanswered::Nobody)) => {
                    return Err(self.unserved("nobody serves it"));
                }
                Ok(Err(Unanswered::Lost(message))) => message,
                Ok(Err(error)) => return Err(refusal(error)),
            };
            if Instant::now() + PAUSE >= until {
                return Err(self.unserved(&refused));
            }
            sleep(PAUSE).await;
        }
    }

    /// Goes from now on where a server says that the instance is.
    fn follow(&self, reply: &Message) -> Result<(), BackendError> {
        let subject = value(reply.headers.as_ref(), SUBJECT).unwrap_or_default();
        let subjects = &self.shared.servers.subjects;
        if !subjects.is_held(subject, &self.tokens) {
            return Err(BackendError::Failed {
                message: format!("`{}` is said to be at `{}`", self.name, line(subject)),
            });
        }
        *lock(&self.route) = Some(subject.to_owned());
        Ok(())
    }

    fn unserved(&self, message: &str) -> BackendError {
        BackendError::Unreachable {
            message: format!("{}: `{}`: {message}", self.shared.servers, self.name),
        }
    }
}

/// Forgets where calls go, when it is dropped.
struct Forgets<'a>(&'a Mutex<Option<String>>);

impl Drop for Forgets<'_> {
    fn drop(&mut self) {
        *lock(self.0) = None;
    }
}

fn refusal(error: Unanswered) -> BackendError {
    match error {
        Unanswered::Unsent(message) => BackendError::Unreachable { message },
        Unanswered::Lost(message) => BackendError::Lost { message },
        Unanswered::Nobody => BackendError::Unreachable {
            message: "nobody answers".into(),
        },
        Unanswered::TooLarge { most, found } => BackendError::There(Box::new(CallError::Limit {
            source_name: String::new(),
            function: String::new(),
            exceeded: Exceeded {
                limit: Limit::Request,
                allowed: most,
                found: Some(found),
            },
        })),
    }
}
