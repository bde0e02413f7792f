//! A request that is to be answered.

use crate::backends::nats::{Told, line, size};
use crate::error::CallError;
use crate::policy::{Exceeded, Limit};
use async_nats::service::{Request, error};
use async_nats::{Client, HeaderMap, Message};
use bytes::Bytes;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request. If it is dropped without an answer, since the server ends, the client is told so, and whether its
/// call may have run.
pub(super) struct Asked {
    client: Client,
    from: Option<From>,
    has_begun: AtomicBool,
}

/// How it came.
enum From {
    /// Through an endpoint of the service, which counts it.
    Endpoint(Box<Request>),
    /// At the subject of an instance that is held.
    Subject(Box<Message>),
}

impl From {
    fn message(&self) -> &Message {
        match self {
            From::Endpoint(request) => &request.message,
            From::Subject(message) => message,
        }
    }

    async fn answer(self, client: Client, answer: Result<Bytes, Told>, mut headers: HeaderMap) {
        let sent = match (self, answer) {
            (From::Endpoint(request), answer) => {
                let answer = answer.map_err(|told| {
                    add(&mut headers, &told.headers);
                    error::Error {
                        status: told.message,
                        code: told.code as usize,
                    }
                });
                request.respond_with_headers(answer, headers).await
            }
            (From::Subject(message), answer) => {
                let Some(reply) = message.reply.clone() else {
                    return;
                };
                let payload = answer.unwrap_or_else(|told| {
                    add(&mut headers, &told.into_headers());
                    Bytes::new()
                });
                client.publish_with_headers(reply, headers, payload).await
            }
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "a client could not be answered");
        }
    }
}

fn add(headers: &mut HeaderMap, more: &HeaderMap) {
    for (name, values) in more.iter() {
        for value in values {
            headers.append(name.clone(), value.clone());
        }
    }
}

impl Asked {
    pub(super) fn of_endpoint(client: &Client, request: Request) -> Self {
        Asked {
            client: client.clone(),
            from: Some(From::Endpoint(Box::new(request))),
            has_begun: AtomicBool::new(false),
        }
    }

    pub(super) fn of_subject(client: &Client, message: Message) -> Self {
        Asked {
            client: client.clone(),
            from: Some(From::Subject(Box::new(message))),
            has_begun: AtomicBool::new(false),
        }
    }

    /// The request; nothing if nobody waits for an answer.
    pub(super) fn message(&self) -> Option<&Message> {
        let message = self.from.as_ref()?.message();
        message.reply.is_some().then_some(message)
    }

    /// Notes that what is asked for is called now.
    pub(super) fn begin(&self) {
        self.has_begun.store(true, Ordering::Relaxed);
    }

    /// Whether what is asked for may have run.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }

    /// Answers with a packed result, or tells what went wrong, with one more header.
    pub(super) async fn answer(
        mut self,
        answer: Result<Vec<u8>, CallError>,
        more: Option<(&str, String)>,
    ) {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = more {
            headers.insert(name, value);
        }
        let (most, client) = (self.client.max_payload() as u64, self.client.clone());
        let answer = answer.and_then(|result| match size(&headers, &result) {
            found if found > most => Err(CallError::Limit {
                source_name: String::new(),
                function: String::new(),
                exceeded: Exceeded {
                    limit: Limit::Reply,
                    allowed: most,
                    found: Some(found),
                },
            }),
            _ => Ok(result),
        });
        if let Some(from) = self.from.take() {
            let answer = answer.map(Bytes::from).map_err(Told::from);
            from.answer(client, answer, headers).await;
        }
    }

    /// Leaves it without an answer: nobody waits for one any more.
    pub(super) fn leave(mut self) {
        self.from = None;
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let Some(from) = self.from.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let may_have_run = self.has_begun();
        let message = match may_have_run {
            true => "its server ended in the call",
            false => "its server ended before the call",
        };
        let lost = CallError::Unavailable {
            source_name: String::new(),
            function: String::new(),
            message: line(message),
            may_have_run,
        };
        let client = self.client.clone();
        runtime.spawn(from.answer(client, Err(Told::from(lost)), HeaderMap::new()));
    }
}
