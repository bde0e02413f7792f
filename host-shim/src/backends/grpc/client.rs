//! Calls.

use super::Grpc;
use super::mapping::{Mapping, Method, ReceiveError, code_name};
use super::wire::{self, Sent, WireError, frames};
use crate::backends::{BackendError, Call, Session};
use async_trait::async_trait;
use bytes::Bytes;
use first_class_abi::value::{Codec, Value};
use prost_reflect::DynamicMessage;
use std::time::Duration;
use tonic::{Code, Status};

/// By how much a message may be longer than its value: a negative number of 32 bits takes ten bytes
/// and its field's number, and what the world does not have is sent all the same.
const LONGER: u64 = 4;

/// What may be added to that, in bytes.
const HEADS: u64 = 64 << 10;

/// How long before the end of a call a server may take its time to be over.
const CLOSE: Duration = Duration::from_millis(10);

/// An instance at a server. The server knows nothing of it.
pub(super) struct Client {
    pub(super) server: Grpc,
    pub(super) codec: Codec,
    pub(super) mapping: Mapping,
}

#[async_trait]
impl Session for Client {
    async fn call(&self, call: &Call) -> Result<Vec<u8>, BackendError> {
        let arguments = call.values(&self.codec)?;
        let method = self.mapping.method(call.function);
        let method = method.ok_or(BackendError::Unsupported)?;
        let request = self.mapping.request(method, &arguments);
        let request = request.map_err(|error| BackendError::Arguments {
            message: error.to_string(),
        })?;
        drop(arguments);
        let frames = frames([&request]).ok_or_else(|| BackendError::Arguments {
            message: "the request takes more than 4 GiB".into(),
        })?;
        drop(request);
        let result = self.result(call, method, frames).await?;
        call.result(&self.codec, result.as_ref())
    }
}

impl Client {
    async fn result(
        &self,
        call: &Call,
        method: &Method,
        frames: Bytes,
    ) -> Result<Option<Value>, BackendError> {
        let connected = self.server.connection.get(call.ends).await;
        let (channel, mut in_use) =
            connected.map_err(|message| self.told(WireError::Unreachable(message)))?;
        let sent = Sent {
            path: &method.path,
            headers: &self.server.headers,
            time: call.left(),
            frames,
        };
        let most = call
            .result_bytes
            .saturating_mul(LONGER)
            .saturating_add(HEADS);
        let called = wire::call(channel, sent, most).await;
        match &called {
            Err(WireError::Late) => in_use.unanswered(),
            _ => in_use.answered(),
        }
        let received = match called {
            Ok(mut messages) => {
                let mut reply = self.mapping.reply(method, call.result_bytes);
                loop {
                    match messages.next().await {
                        Ok(Some(message)) if reply.count() < self.most(method) => {
                            reply.take(decode(method, message)?).map_err(refused)?;
                        }
                        Ok(Some(_)) => return Err(self.too_many(method)),
                        Ok(None) => break Ok(reply),
                        Err(error) => break Err(error),
                    }
                }
            }
            Err(error) => Err(error),
        };
        match received {
            Ok(reply) if reply.count() == 0 && !method.is_stream => Err(BackendError::Malformed {
                message: "it succeeds, and no message comes".into(),
            }),
            Ok(reply) => Ok(reply.result()),
            Err(WireError::Status(status)) if is_late(call, &status) => Err(BackendError::Late),
            Err(WireError::Status(status)) => match method.failure(&status) {
                Some(failure) => Ok(Some(failure)),
                None => Err(self.failed(&status)),
            },
            Err(error) => Err(self.told(error)),
        }
    }

    /// How many replies there may be.
    fn most(&self, method: &Method) -> usize {
        match method.is_stream {
            true => self.server.replies,
            false => 1,
        }
    }

    fn too_many(&self, method: &Method) -> BackendError {
        match method.is_stream {
            true => BackendError::Failed {
                message: format!(
                    "there are more than {} replies; the host raises the limit with `Grpc::replies`",
                    self.server.replies
                ),
            },
            false => BackendError::Malformed {
                message: "several messages come, and one was due".into(),
            },
        }
    }

    /// What a status means that is no error of the function.
    fn failed(&self, status: &Status) -> BackendError {
        let message = match status.message() {
            "" => code_name(status.code()).to_owned(),
            message => format!("{}: {message}", code_name(status.code())),
        };
        match status.code() {
            Code::Unavailable => self.told(WireError::Lost(message)),
            Code::DeadlineExceeded => BackendError::Late,
            Code::Unimplemented => BackendError::Unsupported,
            _ => BackendError::Failed { message },
        }
    }

    fn told(&self, error: WireError) -> BackendError {
        let server = self.server.connection.endpoint().uri();
        match error {
            WireError::Unreachable(message) => BackendError::Unreachable {
                message: format!("{server}: {message}"),
            },
            WireError::Lost(message) => BackendError::Lost {
                message: format!("{server}: {message}"),
            },
            WireError::Late => BackendError::Late,
            WireError::Status(status) => self.failed(&status),
            WireError::Malformed(message) => BackendError::Malformed { message },
            WireError::TooLarge(found) => BackendError::TooLarge { found: Some(found) },
        }
    }
}

/// Whether a server has ended a call since its time is over, of which some say that it was cancelled.
/// Its clock may be a little before this one.
fn is_late(call: &Call, status: &Status) -> bool {
    let is_over = call.left().is_some_and(|left| left < CLOSE);
    status.code() == Code::Cancelled && is_over
}

fn decode(method: &Method, message: Bytes) -> Result<DynamicMessage, BackendError> {
    let message = DynamicMessage::decode(method.output().clone(), message);
    message.map_err(|error| BackendError::Malformed {
        message: format!("`{}`: {error}", method.output().full_name()),
    })
}

fn refused(error: ReceiveError) -> BackendError {
    match error {
        ReceiveError::TooLarge => BackendError::TooLarge { found: None },
        error => BackendError::Malformed {
            message: error.to_string(),
        },
    }
}
