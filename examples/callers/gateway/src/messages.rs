//! Between the messages of `wasi:http`, which are handles, and those that plugins take, which are values.

use crate::response_filter::types::{Header, Request};
use std::io::{self, Read, Write};
use wasip2::http::types::{Fields, IncomingBody, IncomingRequest, Method, OutgoingBody};

/// How large a body that a plugin sees may be, in bytes.
pub(crate) const MOST: u64 = 1 << 20;

/// Headers that are about one connection, or about how a body is sent over it, and not passed on.
const OF_A_CONNECTION: [&str; 9] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request as plugins see it.
pub(crate) fn request(incoming: &IncomingRequest) -> Request {
    Request {
        method: name(&incoming.method()),
        path: incoming.path_with_query().unwrap_or("/".into()),
        headers: headers(&incoming.headers()),
    }
}

/// Headers as plugins see them.
pub(crate) fn headers(fields: &Fields) -> Vec<Header> {
    let entries = fields.entries().into_iter().map(|(name, value)| Header {
        name: name.to_ascii_lowercase(),
        value,
    });
    let is_passed_on = |header: &Header| !OF_A_CONNECTION.contains(&header.name.as_str());
    entries.filter(is_passed_on).collect()
}

/// Headers as they are sent, without those that a plugin has no say in.
///
/// # Errors
/// The name of one that is not allowed.
pub(crate) fn fields(headers: &[Header]) -> Result<Fields, String> {
    let fields = Fields::new();
    for Header { name, value } in headers {
        if !OF_A_CONNECTION.contains(&name.as_str()) {
            fields.append(name, value).map_err(|_| name.clone())?;
        }
    }
    Ok(fields)
}

/// Reads a body that is not too large.
pub(crate) fn read(body: IncomingBody) -> io::Result<Vec<u8>> {
    let stream = body.stream();
    let stream = stream.map_err(|()| io::Error::other("its body was read already"))?;
    let mut bytes = Vec::new();
    stream.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(io::Error::other(format!("it is larger than {MOST} bytes")));
    }
    Ok(bytes)
}

/// Writes all of a body.
pub(crate) fn write(body: &OutgoingBody, bytes: &[u8]) -> io::Result<()> {
    let stream = body.write();
    let mut stream = stream.map_err(|()| io::Error::other("its body was written already"))?;
    stream.write_all(bytes)?;
    // The handle has a method of this name, which does not wait.
    Write::flush(&mut stream)
}

fn name(method: &Method) -> String {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Connect => "CONNECT",
        Method::Options => "OPTIONS",
        Method::Trace => "TRACE",
        Method::Patch => "PATCH",
        Method::Other(name) => name,
    }
    .into()
}
