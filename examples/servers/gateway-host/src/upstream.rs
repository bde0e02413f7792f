//! The one server that the gateway may send requests to.

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use wasmtime_wasi_http::{Error, RequestOptions, WasiHttpHooks};

/// How long it may take to answer, if the gateway does not say so.
const PATIENCE: Duration = Duration::from_secs(10);

type Body = UnsyncBoxBody<Bytes, Error>;
type End = Box<dyn Future<Output = Result<(), Error>> + Send>;

/// Where it is.
#[derive(Clone)]
pub(crate) struct Upstream(pub(crate) SocketAddr);

impl WasiHttpHooks for Upstream {
    fn send_request(
        &mut self,
        request: Request<Body>,
        options: Option<RequestOptions>,
        _: End,
    ) -> Box<dyn Future<Output = Result<(Response<Body>, End), Error>> + Send> {
        let address = self.0;
        Box::new(async move {
            let authority = request.uri().authority().map(ToString::to_string);
            if authority != Some(address.to_string()) {
                return Err(Error::HttpRequestDenied);
            }
            let patience = options.and_then(|options| options.first_byte_timeout);
            let sent = timeout(patience.unwrap_or(PATIENCE), send(address, request));
            let (response, end) = sent.await.map_err(|_| Error::ConnectionReadTimeout)??;
            let response = response.map(|body| body.map_err(Error::from).boxed_unsync());
            Ok((response, end))
        })
    }
}

/// Sends it over a connection of its own.
async fn send(
    address: SocketAddr,
    mut request: Request<Body>,
) -> Result<(Response<Incoming>, End), Error> {
    let stream = TcpStream::connect(address).await.map_err(Error::Connect)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends when the response is read to its end, or dropped.
    let connection = tokio::spawn(connection);
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map(Uri::from).unwrap_or_default();
    let response = sender.send_request(request).await?;
    let end = async move {
        match connection.await {
            Ok(ended) => Ok(ended?),
            // It was not awaited to its end, since the runtime goes.
            Err(_) => Err(Error::ConnectionTerminated),
        }
    };
    Ok((response, Box::new(end)))
}
