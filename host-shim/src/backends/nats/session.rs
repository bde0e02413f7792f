//! Calls of one instance.

use super::headers::{FUNCTION, INSTANCE, SIGNATURE, TIME, error, line, value};
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
use tokio::time::sleep;

/// Which part of the time of a call may pass before it is sent.
const SENDING: f64 = 0.9;

/// How long a call may take to be sent that has no deadline.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait until servers are asked again that could not hold the instance.
const PAUSE: Duration = Duration::from_millis(50);

/// An instance behind a name.
pub(super) struct Client {
    shared: Arc<Shared>,
    name: Arc<str>,
    tokens: String,
    codec: Codec,
    signatures: Vec<Signature>,
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
            instance: Mutex::default(),
        }
    }
}

#[async_trait]
impl Session for Client {
    async fn call(&self, call: &Call) -> Result<Vec<u8>, BackendError> {
        let arguments = call.values(&self.codec)?;
        let packed = self.codec.pack_arguments(call.function, &arguments);
        let packed = packed.map_err(|error| BackendError::Arguments {
            message: error.to_string(),
        })?;
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
        let subjects = &self.shared.servers.subjects;
        loop {
            let request = Request {
                subject: subjects.calls(&self.tokens),
                headers: self.headers(call)?,
                payload: payload.clone(),
                until,
            };
            match self.shared.ask(request).await {
                Ok(reply) => return Ok(reply),
                Err(Unanswered::Nobody) => self.place(until).await?,
                Err(error) => return Err(refusal(error)),
            }
        }
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

    /// Finds a server that holds the instance from now on, or has begun to.
    async fn place(&self, until: Instant) -> Result<(), BackendError> {
        loop {
            let asked = Request {
                subject: self.shared.servers.subjects.places(&self.tokens),
                headers: HeaderMap::new(),
                payload: Bytes::new(),
                until,
            };
            let asked = tokio::time::timeout_at(until.into(), self.shared.ask(asked)).await;
            let refused = match asked {
                Err(_) => self.unserved("no server has answered that it holds it"),
                Ok(Ok(reply)) => match error(reply.headers.as_ref()) {
                    None => return Ok(()),
                    Some(BackendError::Unreachable { message }) => self.unserved(&message),
                    Some(error) => return Err(error),
                },
                Ok(Err(Unanswered::Nobody)) => {
                    return Err(self.unserved("nobody serves it"));
                }
                // Holding an instance calls nothing.
                Ok(Err(Unanswered::Lost(message))) => self.unserved(&message),
                Ok(Err(error)) => return Err(refusal(error)),
            };
            if Instant::now() + PAUSE >= until {
                return Err(refused);
            }
            sleep(PAUSE).await;
        }
    }

    fn unserved(&self, message: &str) -> BackendError {
        BackendError::Unreachable {
            message: format!("{}: `{}`: {message}", self.shared.servers, self.name),
        }
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
