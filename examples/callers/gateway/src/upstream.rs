//! The server behind the gateway.

use crate::answer::Answer;
use crate::messages::{fields, headers, read, write};
use crate::response_filter::types::{Request, Response};
use std::fmt::Display;
use std::time::Duration;
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    IncomingRequest, IncomingResponse, OutgoingBody, OutgoingRequest, RequestOptions, Scheme,
};

/// How long the upstream may take for each part of its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends a request with the body of the client's, and takes the whole response.
pub(crate) fn ask(request: &Request, incoming: IncomingRequest) -> Result<Response, Answer> {
    let method = incoming.method();
    let body = incoming.consume();
    let body = body.map_err(|()| Answer::plain(500, "the body was read already"))?;
    let body = read(body).map_err(|error| Answer::plain(413, &format!("the body: {error}")))?;
    let headers = fields(&request.headers);
    let headers = headers.map_err(|name| {
        Answer::plain(
            503,
            &format!("a request may not have `{}`", name.escape_debug()),
        )
    })?;
    let outgoing = OutgoingRequest::new(headers);
    let set = outgoing
        .set_method(&method)
        .and_then(|()| outgoing.set_scheme(Some(&Scheme::Http)))
        .and_then(|()| outgoing.set_authority(Some(&address())))
        .and_then(|()| outgoing.set_path_with_query(Some(&request.path)));
    set.map_err(|()| Answer::plain(503, "a plugin made no request of it"))?;
    send(outgoing, &body).map_err(|error| bad_gateway(&error))
}

/// Where it is: its host says so.
fn address() -> String {
    std::env::var("UPSTREAM").unwrap_or("127.0.0.1:8080".into())
}

fn send(outgoing: OutgoingRequest, bytes: &[u8]) -> Result<Response, String> {
    let body = outgoing.body().map_err(|()| "it has no body")?;
    let options = RequestOptions::new();
    let nanoseconds = Some(PATIENCE.as_nanos() as u64);
    // A host that does not know one of these has a patience of its own.
    let _ = options.set_connect_timeout(nanoseconds);
    let _ = options.set_first_byte_timeout(nanoseconds);
    let _ = options.set_between_bytes_timeout(nanoseconds);
    let response = handle(outgoing, Some(options)).map_err(|error| error.to_string())?;
    // An upstream that answers before it has read all of the body may do so.
    if write(&body, bytes).is_ok() {
        let _ = OutgoingBody::finish(body, None);
    }
    response.subscribe().block();
    let response = response.get().ok_or("it is not there yet")?;
    let response = response.map_err(|()| "it was taken already")?;
    let response = response.map_err(|error| error.to_string())?;
    receive(&response).map_err(|error| error.to_string())
}

fn receive(response: &IncomingResponse) -> std::io::Result<Response> {
    let body = response.consume();
    let body = body.map_err(|()| std::io::Error::other("its body was read already"))?;
    Ok(Response {
        status: response.status(),
        headers: headers(&response.headers()),
        body: read(body)?,
    })
}

fn bad_gateway(error: &impl Display) -> Answer {
    Answer::plain(502, &format!("the upstream does not answer: {error}"))
}
