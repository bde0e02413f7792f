//! The way of a request through the gateway.

use crate::answer::Answer;
use crate::response_filter::types::Request;
use crate::{extensions, messages, upstream};
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

/// Answers a request.
pub(crate) fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
    let request = messages::request(&incoming);
    let answer = respond(&request, incoming).unwrap_or_else(|answer| answer);
    answer.send(out);
}

/// An error is an answer, too.
fn respond(request: &Request, incoming: IncomingRequest) -> Result<Answer, Answer> {
    let client = extensions::authenticate(request)?;
    extensions::admit(&client)?;
    let rewritten = extensions::rewrite(request, &client)?;
    let response = upstream::ask(&rewritten, incoming)?;
    let filtered = extensions::filter(request, &response)?;
    Ok(filtered.into())
}
