//! What a client is answered.

use crate::messages::{fields, write};
use crate::response_filter::types::{Header, Response};
use wasip2::http::types::{ErrorCode, OutgoingBody, OutgoingResponse, ResponseOutparam};

/// A whole response.
pub(crate) struct Answer(Response);

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Answer(response)
    }
}

impl Answer {
    /// A line of text.
    pub(crate) fn plain(status: u16, text: &str) -> Self {
        let answer = Answer(Response {
            status,
            headers: Vec::new(),
            body: format!("{text}\n").into_bytes(),
        });
        answer.with_header("content-type", "text/plain; charset=utf-8")
    }

    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.0.headers.push(Header {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// Sends it. What a plugin made of it may be no response at all; that is a 503.
    pub(crate) fn send(self, out: ResponseOutparam) {
        match self.outgoing().or_else(|answer| answer.outgoing()) {
            Ok((response, body, bytes)) => {
                ResponseOutparam::set(out, Ok(response));
                // A client that has gone needs nothing more.
                if write(&body, &bytes).is_ok() {
                    let _ = OutgoingBody::finish(body, None);
                }
            }
            Err(_) => ResponseOutparam::set(out, Err(ErrorCode::InternalError(None))),
        }
    }

    fn outgoing(self) -> Result<(OutgoingResponse, OutgoingBody, Vec<u8>), Answer> {
        let Response {
            status,
            headers,
            body,
        } = self.0;
        let headers = fields(&headers).map_err(|name| Answer::refused(&name))?;
        let length = body.len().to_string().into_bytes();
        let sized = headers.set("content-length", &[length]);
        sized.map_err(|_| Answer::refused("content-length"))?;
        let response = OutgoingResponse::new(headers);
        let set = response.set_status_code(status);
        set.map_err(|()| Answer::plain(503, &format!("a plugin made {status} the status")))?;
        let stream = response.body();
        let stream = stream.map_err(|()| Answer::plain(503, "there is no body to write"))?;
        Ok((response, stream, body))
    }

    fn refused(name: &str) -> Self {
        Answer::plain(
            503,
            &format!("the response may not have `{}`", name.escape_debug()),
        )
    }
}
