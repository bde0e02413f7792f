//! A request that is to be answered.

use crate::backends::nats::{Told, line, size};
use crate::error::CallError;
use crate::policy::{Exceeded, Limit};
use async_nats::service::{Request, error};
use async_nats::{Client, HeaderMap, Message};
use bytes::Bytes;

/// A request. If it is dropped without an answer, since the server ends, the client is told that its
/// call may have run.
pub(super) struct Asked {
    client: Client,
    from: Option<From>,
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
        let told = answer.as_ref().err();
        for (name, values) in told.into_iter().flat_map(|told| told.headers.iter()) {
            values
                .iter()
                .for_each(|value| headers.append(name.clone(), value.clone()));
        }
        let sent = match (self, answer) {
            (From::Endpoint(request), answer) => {
                let answer = answer.map_err(|told| error::Error {
                    status: told.message,
                    code: told.code as usize,
                });
                request.respond_with_headers(answer, headers).await
            }
            (From::Subject(message), answer) => {
                let Some(reply) = message.reply.clone() else {
                    return;
                };
                let payload = answer.unwrap_or_else(|told| {
                    let lines = told.into_headers();
                    for (name, values) in lines.iter() {
                        values
                            .iter()
                            .for_each(|value| headers.insert(name.clone(), value.clone()));
                    }
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

impl Asked {
    pub(super) fn of_endpoint(client: &Client, request: Request) -> Self {
        Asked {
            client: client.clone(),
            from: Some(From::Endpoint(Box::new(request))),
        }
    }

    pub(super) fn of_subject(client: &Client, message: Message) -> Self {
        Asked {
            client: client.clone(),
            from: Some(From::Subject(Box::new(message))),
        }
    }

    /// The request; nothing if nobody waits for an answer.
    pub(super) fn message(&self) -> Option<&Message> {
        let message = self.from.as_ref()?.message();
        message.reply.is_some().then_some(message)
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
        let lost = CallError::Unavailable {
            source_name: String::new(),
            function: String::new(),
            message: line("its server ended in the call"),
            may_have_run: true,
        };
        let client = self.client.clone();
        runtime.spawn(from.answer(client, Err(Told::from(lost)), HeaderMap::new()));
    }
}
