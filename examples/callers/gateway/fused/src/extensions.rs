//! The extension points. A plugin that traps takes the request with it.

use crate::answer::Answer;
use crate::bindings;
use crate::response_filter::types::{Admission, Request, Response};

pub(crate) fn authenticate(request: &Request) -> Result<String, Answer> {
    let client = bindings::authenticate(request);
    client.map_err(|reason| Answer::plain(401, &reason))
}

pub(crate) fn admit(client: &str) -> Result<(), Answer> {
    match bindings::admit(client) {
        Admission::Admitted => Ok(()),
        Admission::Later(seconds) => Err(Answer::plain(429, &format!("wait for {seconds} s"))),
    }
}

pub(crate) fn rewrite(request: &Request, client: &str) -> Result<Request, Answer> {
    Ok(bindings::rewrite(request, client))
}

pub(crate) fn filter(request: &Request, response: &Response) -> Result<Response, Answer> {
    Ok(bindings::filter(request, response))
}
