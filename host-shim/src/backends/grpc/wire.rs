//! A call as HTTP/2 carries it: messages in frames, and a status at the end.
//!
//! tonic's own client makes a status of all that goes wrong. Here the one that a server sent is kept
//! apart from what became of the connection, since one is a server's word about a function, and the
//! other leaves open whether it has run.

use bytes::{Buf, Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use prost::Message;
use std::error::Error;
use std::time::Duration;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::http::header::{CONTENT_TYPE, HeaderValue, TE};
use tonic::codegen::http::{HeaderMap, Request, Response, StatusCode};
use tonic::transport::Channel;
use tonic::{Code, ConnectError, Status, TimeoutExpired};

/// What frames begin with: whether the message is compressed, and its length.
const HEAD: usize = 5;

/// How a call ended that has no result.
#[derive(Debug)]
pub(super) enum WireError {
    /// Nothing was called.
    Unreachable(String),
    /// The connection was lost, or the call on it; the server may have got it.
    Lost(String),
    /// The time that the server was given is over.
    Late,
    /// The server's own word.
    Status(Box<Status>),
    /// What came is no gRPC.
    Malformed(String),
    /// A message is larger than it may be.
    TooLarge(u64),
}

/// What is sent.
pub(super) struct Sent<'a> {
    /// Such as `/grpc.health.v1.Health/Check`.
    pub(super) path: &'a str,
    /// What is sent with every call.
    pub(super) headers: &'a HeaderMap,
    /// How long the server may take.
    pub(super) time: Option<Duration>,
    /// Messages in frames.
    pub(super) frames: Bytes,
}

/// The messages that come.
pub(super) struct Messages {
    body: Body,
    buffer: BytesMut,
    /// How large each may be, in bytes.
    most: u64,
    /// The status, if it came before all else.
    status: Option<Status>,
}

/// Puts messages into frames.
pub(super) fn frames<'m, M: Message + 'm>(
    messages: impl IntoIterator<Item = &'m M>,
) -> Option<Bytes> {
    let mut frames = Vec::new();
    for message in messages {
        let length = u32::try_from(message.encoded_len()).ok()?;
        frames.reserve(HEAD + length as usize);
        frames.push(0);
        frames.extend(length.to_be_bytes());
        message.encode(&mut frames).ok()?;
    }
    Some(frames.into())
}

/// Makes a call. To drop the future, or what it gives, is to cancel it.
pub(super) async fn call(
    mut channel: Channel,
    sent: Sent<'_>,
    most: u64,
) -> Result<Messages, WireError> {
    let request = Request::post(sent.path).body(Body::new(Full::new(sent.frames)));
    let mut request = request.map_err(|error| WireError::Malformed(error.to_string()))?;
    let headers = request.headers_mut();
    headers.extend(sent.headers.clone());
    headers.insert(TE, HeaderValue::from_static("trailers"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    if let Some(time) = sent.time.map(timeout) {
        headers.insert("grpc-timeout", time);
    }
    std::future::poll_fn(|context| GrpcService::poll_ready(&mut channel, context))
        .await
        .map_err(of_transport)?;
    let response = GrpcService::call(&mut channel, request).await;
    Messages::of(response.map_err(of_transport)?, most)
}

impl Messages {
    fn of(response: Response<Body>, most: u64) -> Result<Self, WireError> {
        let (head, body) = response.into_parts();
        let status = Status::from_header_map(&head.headers);
        if status.is_none() {
            of_http(head.status, &head.headers)?;
        }
        Ok(Messages {
            body,
            buffer: BytesMut::new(),
            most,
            status,
        })
    }

    /// The next message; nothing after the last, if the call succeeded.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, WireError> {
        loop {
            if let Some(status) = self.status.take() {
                return self.end(status);
            }
            if let Some(message) = self.whole()? {
                return Ok(Some(message));
            }
            let frame = match self.body.frame().await {
                Some(frame) => frame.map_err(|status| of_body(&status))?,
                None => {
                    let ended = "it ended the call without a status";
                    return Err(WireError::Lost(ended.into()));
                }
            };
            match frame.into_data() {
                Ok(data) => self.buffer.extend_from_slice(&data),
                Err(frame) => {
                    let trailers = frame.into_trailers().unwrap_or_default();
                    let status = Status::from_header_map(&trailers);
                    let status = status.ok_or_else(|| {
                        WireError::Malformed("it ended the call with no status".into())
                    });
                    self.status = Some(status?);
                }
            }
        }
    }

    fn end(&mut self, status: Status) -> Result<Option<Bytes>, WireError> {
        // Whoever asks again hears the same.
        self.status = Some(status.clone());
        match status.code() {
            Code::Ok if self.buffer.is_empty() => Ok(None),
            Code::Ok => Err(WireError::Malformed(
                "it ended the call within a message".into(),
            )),
            _ => Err(WireError::Status(Box::new(status))),
        }
    }

    /// Takes a message that has come as a whole.
    fn whole(&mut self) -> Result<Option<Bytes>, WireError> {
        let Some((head, rest)) = self.buffer.split_first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let [compressed, length @ ..] = *head;
        let length = u64::from(u32::from_be_bytes(length));
        if compressed != 0 {
            let reason = "a message is compressed, which nobody has offered to read";
            return Err(WireError::Malformed(reason.into()));
        }
        if length > self.most {
            return Err(WireError::TooLarge(length));
        }
        if (rest.len() as u64) < length {
            return Ok(None);
        }
        self.buffer.advance(HEAD);
        Ok(Some(self.buffer.split_to(length as usize).freeze()))
    }
}

/// What an answer means that has no status of gRPC.
fn of_http(status: StatusCode, headers: &HeaderMap) -> Result<(), WireError> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    match status {
        StatusCode::OK if kind.is_some_and(|kind| kind.starts_with("application/grpc")) => Ok(()),
        StatusCode::OK => {
            let kind = kind.unwrap_or("nothing");
            let reason = format!("it answers with {kind:.100}, and not with gRPC");
            Err(WireError::Malformed(reason))
        }
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Err(WireError::Lost(format!("HTTP status {status}"))),
        status => Err(WireError::Malformed(format!(
            "it answers with HTTP status {status}, and not with gRPC"
        ))),
    }
}

/// What is known of a call that has no answer.
fn of_transport(error: tonic::transport::Error) -> WireError {
    if is_late(&error) {
        return WireError::Late;
    }
    let message = described(&error);
    let on_connection = find::<h2::Error>(&error).map(h2::Error::reason);
    let was_not_seen = match on_connection {
        // The server says that it did not look at it.
        Some(reason) => reason == Some(h2::Reason::REFUSED_STREAM),
        // It never left: there is no connection, or the one that it waited for has ended.
        None => {
            find::<ConnectError>(&error).is_some()
                || Status::from_error(error.into()).code() == Code::Cancelled
        }
    };
    match was_not_seen {
        true => WireError::Unreachable(message),
        false => WireError::Lost(message),
    }
}

/// What is known of a call whose answer broke off.
fn of_body(status: &Status) -> WireError {
    match is_late(status) {
        true => WireError::Late,
        false => WireError::Lost(described(status)),
    }
}

fn is_late(error: &(dyn Error + 'static)) -> bool {
    find::<TimeoutExpired>(error).is_some()
}

/// An error of some type, in what an error comes of.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// An error and what it comes of.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'e (dyn Error + 'static)| {
        let error: &'e (dyn Error + 'static) = *error;
        error.source()
    })
}

/// An error with what it comes of: the outermost says next to nothing.
pub(super) fn described(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    for error in chain(error) {
        let part = error.to_string();
        if parts.last().is_none_or(|last| !last.contains(&part)) {
            parts.push(part);
        }
    }
    parts.join(": ")
}

/// A time as the header has it: at most eight digits, and a unit.
fn timeout(time: Duration) -> HeaderValue {
    const MOST: u128 = 99_999_999;
    let (millis, seconds) = (time.as_millis().max(1), u128::from(time.as_secs()));
    let text = match millis <= MOST {
        true => format!("{millis}m"),
        false => format!("{}S", seconds.min(MOST)),
    };
    HeaderValue::try_from(text).expect("digits and a letter are a header")
}

#[cfg(test)]
mod tests {
    use super::timeout;
    use std::time::Duration;

    #[test]
    fn times_have_eight_digits_at_most() {
        let text = |time| timeout(time).to_str().expect("is text").to_owned();
        assert_eq!(text(Duration::from_millis(1500)), "1500m");
        assert_eq!(text(Duration::from_nanos(1)), "1m");
        assert_eq!(text(Duration::from_secs(200_000)), "200000S");
        assert_eq!(text(Duration::MAX), "99999999S");
    }
}
