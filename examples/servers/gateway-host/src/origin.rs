//! A server for the gateway to stand in front of: it says what it was asked.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use tokio::net::TcpListener;

/// How much of a body it takes, in bytes.
const MOST: usize = 4 << 20;

/// Serves until it is dropped.
pub async fn serve_origin(listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let connection =
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(connection);
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MOST).collect().await;
    let length = body.map_or(0, |body| body.to_bytes().len());
    let client = head.headers.get("x-client");
    let client = client.and_then(|value| value.to_str().ok()).unwrap_or("-");
    let (method, uri) = (head.method, head.uri);
    let secret = head.headers.contains_key("authorization");
    let text = format!("{method} {uri} {length} bytes, client {client}, secret {secret}\n");
    let mut response = Response::new(Full::new(Bytes::from(text)));
    let headers = response.headers_mut();
    headers.insert("x-internal-host", HeaderValue::from_static("origin-7"));
    Ok(response)
}
