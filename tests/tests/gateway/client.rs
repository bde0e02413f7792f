//! A gateway that serves, and a client.

use bytes::Bytes;
use gateway_host::{Folder, Gateway, Load, serve_origin};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::HeaderMap;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// A gateway with a server behind it. Both end with the runtime of the test.
pub(crate) struct Served {
    pub(crate) folder: Folder,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) address: SocketAddr,
}

/// What a client was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Served {
    /// One whose plugins are those of the configuration.
    pub(crate) async fn start() -> Self {
        Self::edited("", "").await
    }

    /// One in whose configuration some text is another.
    pub(crate) async fn edited(old: &str, new: &str) -> Self {
        let origin = TcpListener::bind("127.0.0.1:0").await.expect("is free");
        let upstream = origin.local_addr().expect("has one");
        tokio::spawn(serve_origin(origin));
        Self::before(upstream, old, new).await
    }

    /// The same in front of a server of one's own.
    pub(crate) async fn before(upstream: SocketAddr, old: &str, new: &str) -> Self {
        let folder = folder();
        folder.edit(old, new).expect("is written");
        let gateway = gateway(&folder, "gateway", upstream);
        Self::serving(folder, gateway).await
    }

    /// Another component in its place, which asks no upstream, with so much time for each request.
    pub(crate) async fn of(package: &str, deadline: Duration) -> Self {
        let folder = folder();
        let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
        let gateway = gateway(&folder, package, nobody).deadline(deadline);
        Self::serving(folder, gateway).await
    }

    async fn serving(folder: Folder, gateway: Gateway) -> Self {
        let gateway = Arc::new(gateway);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("is free");
        let address = listener.local_addr().expect("has one");
        tokio::spawn(gateway.clone().serve(listener));
        Served {
            folder,
            gateway,
            address,
        }
    }

    /// Replaces a plugin, as an operator would.
    pub(crate) fn replace(&self, point: &str, package: &str) {
        self.folder.replace(point, package).expect("is replaced");
        self.gateway.replaced(&self.folder.plugin(point));
    }

    /// Sends a request over a connection of its own.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Answered {
        let (head, body) = self.begin(request).await.into_parts();
        let body = body.collect().await.expect("comes whole").to_bytes();
        Answered {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// The same, without the body of the answer.
    pub(crate) async fn begin(&self, request: Request<Full<Bytes>>) -> Response<Incoming> {
        let stream = TcpStream::connect(self.address).await.expect("connects");
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.expect("speaks HTTP");
        tokio::spawn(connection);
        sender.send_request(request).await.expect("is answered")
    }

    /// Asks for a path, as a client that is known.
    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(with_token("GET", path, "")).await
    }

    /// So many requests by four clients at once.
    pub(crate) fn load(&self, requests: u64) -> Load {
        Load {
            address: self.address,
            clients: 4,
            requests,
            time: Duration::from_secs(120),
        }
    }
}

fn folder() -> Folder {
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/wasm32-wasip2/guest");
    let folder = Folder::new(Path::new(target)).expect("`cargo xtask test` builds them");
    let cache = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/wasmtime-cache");
    folder.cache_in(Path::new(cache)).expect("is written");
    // A busy machine makes nobody late, and interpreters have room.
    folder.edit("250ms", "10s").expect("is written");
    folder.edit("16MiB", "128MiB").expect("is written");
    folder
}

fn gateway(folder: &Folder, package: &str, upstream: SocketAddr) -> Gateway {
    let component = folder.component(package).expect("is built");
    let config = folder.config().expect("is sound");
    Gateway::new(&component, &config, upstream).expect("is a gateway")
}

/// A request of a client that is known.
pub(crate) fn with_token(method: &str, path: &str, body: &str) -> Request<Full<Bytes>> {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("host", "gateway.example");
    let request = request.header("authorization", "Bearer builder");
    let body = Full::new(Bytes::from(body.to_owned()));
    request.body(body).expect("is a request")
}
