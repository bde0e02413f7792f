//! The extension points. Each loads its plugin by a name that is the same whatever the plugin is.

use crate::answer::Answer;
use crate::limiter::Admission;
use crate::response_filter::types::{Request, Response};
use crate::{AuthenticatorInstance, LimiterInstance, ResponseFilterInstance, RewriterInstance};
use std::fmt::Display;

/// Who sends a request.
pub(crate) fn authenticate(request: &Request) -> Result<String, Answer> {
    let plugin = AuthenticatorInstance::load("authenticator").map_err(unavailable)?;
    let client = plugin.authenticate(request).map_err(unavailable)?;
    client.map_err(|reason| {
        let answer = Answer::plain(401, &format!("who are you? {reason}"));
        answer.with_header("www-authenticate", "Bearer")
    })
}

/// Lets a client send one more request, or says when it may.
pub(crate) fn admit(client: &str) -> Result<(), Answer> {
    let plugin = LimiterInstance::load("limiter").map_err(unavailable)?;
    match plugin.admit(client).map_err(unavailable)? {
        Admission::Admitted => Ok(()),
        Admission::Later(seconds) => {
            let answer = Answer::plain(429, "too many requests");
            Err(answer.with_header("retry-after", &seconds.to_string()))
        }
    }
}

/// What to ask the upstream.
pub(crate) fn rewrite(request: &Request, client: &str) -> Result<Request, Answer> {
    let plugin = RewriterInstance::load("rewriter").map_err(unavailable)?;
    plugin.rewrite(request, client).map_err(unavailable)
}

/// What to answer.
pub(crate) fn filter(request: &Request, response: &Response) -> Result<Response, Answer> {
    let plugin = ResponseFilterInstance::load("response-filter").map_err(unavailable)?;
    plugin.filter(request, response).map_err(unavailable)
}

/// The answer when a plugin is not there, or fails: to go on without it would let through what it is
/// there to hold back.
fn unavailable(error: impl Display) -> Answer {
    Answer::plain(503, &error.to_string())
}
