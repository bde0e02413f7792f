//! Serving a gateway: a fresh instance of it for each request.

use crate::state::State;
use crate::turns;
use crate::upstream::Upstream;
use anyhow::anyhow;
use bytes::Bytes;
use first_class_host::config::Config;
use first_class_host::{Caller, Shim};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::error::Context;
use wasmtime::{Result, Store, bail};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

/// How long a request may take in all, if nothing else is said.
const DEADLINE: Duration = Duration::from_secs(20);

/// How long a client may take to send the headers of its next request.
const HEADERS: Duration = Duration::from_secs(10);

/// How many connections there may be at once, each of which has one request at a time.
const CONNECTIONS: u32 = 256;

/// As whom the gateway loads its plugins.
const CALLER: &str = "gateway";

/// A gateway, ready to be served.
pub struct Gateway {
    pre: ProxyPre<State>,
    shim: Shim,
    caller: Caller,
    upstream: Upstream,
    deadline: Duration,
}

impl Gateway {
    /// Compiles a gateway, whose plugins are what a configuration says.
    ///
    /// # Errors
    /// When it is no component of the world `wasi:http/proxy` that the contract suffices for, or the
    /// shim cannot be built.
    pub fn new(component: &[u8], config: &Config, upstream: SocketAddr) -> anyhow::Result<Self> {
        Self::compile(component, config, upstream).map_err(|error| anyhow!("{error:#}"))
    }

    fn compile(component: &[u8], config: &Config, upstream: SocketAddr) -> Result<Self> {
        let engine = turns::engine(CONNECTIONS)?;
        let mut linker: Linker<State> = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        first_class_host::add_to_linker_async(&mut linker)?;
        let component = Component::new(&engine, component)?;
        let pre = linker.instantiate_pre(&component)?;
        let pre = ProxyPre::new(pre).context("the component handles no HTTP requests")?;
        Ok(Gateway {
            pre,
            shim: config.builder().build()?,
            caller: config.caller(CALLER),
            upstream: Upstream(upstream),
            deadline: DEADLINE,
        })
    }

    /// Gives each request so much time. One that has no answer by then gets a 504.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The shim that its plugins run in.
    pub fn shim(&self) -> &Shim {
        &self.shim
    }

    /// Says that a plugin's file was replaced. The next load sees that by itself, but for an instance
    /// that is shared.
    pub fn replaced(&self, file: &Path) {
        self.shim.retire(file);
    }

    /// Serves until it is dropped.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        let connections = Arc::new(Semaphore::new(CONNECTIONS as usize));
        loop {
            // Nobody closes it.
            let Ok(permit) = connections.clone().acquire_owned().await else {
                return;
            };
            // A client that has gone again, or no files left for a moment.
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let gateway = self.clone();
            tokio::spawn(async move {
                gateway.connection(stream).await;
                drop(permit);
            });
        }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream) {
        // A response is written in parts, which should not wait for each other.
        let _ = stream.set_nodelay(true);
        let service = service_fn(|request| {
            let gateway = self.clone();
            async move { Ok::<_, Infallible>(gateway.answer(request).await) }
        });
        // What goes wrong with a connection is the client's to see.
        let _ = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    /// What the gateway answers, or why it does not.
    async fn answer(&self, request: Request<Incoming>) -> Response<HyperOutgoingBody> {
        let (status, why) = match self.handle(request).await {
            Ok(Some(response)) => return response,
            Ok(None) => (StatusCode::GATEWAY_TIMEOUT, "takes too long".into()),
            Err(error) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("fails: {error:#}"),
            ),
        };
        let text = Full::new(Bytes::from(format!("the gateway {why}\n")));
        let mut response = Response::new(text.map_err(|never| match never {}).boxed_unsync());
        *response.status_mut() = status;
        response
    }

    /// Gives the response as soon as its headers are there; the instance goes on with the body, within the
    /// same deadline. Nothing if that has passed.
    async fn handle(
        &self,
        request: Request<Incoming>,
    ) -> Result<Option<Response<HyperOutgoingBody>>> {
        let mut store = Store::new(self.pre.engine(), self.state());
        turns::take(&mut store);
        let mut http = wasmtime_wasi_http::WasiHttpView::http(store.data_mut());
        let request = http.new_incoming_request(Scheme::Http, request)?;
        let (sender, receiver) = oneshot::channel();
        let out = http.new_response_outparam(sender)?;
        let pre = self.pre.clone();
        let run = async move {
            let proxy = pre.instantiate_async(&mut store).await?;
            let handler = proxy.wasi_http_incoming_handler();
            handler.call_handle(&mut store, request, out).await
        };
        let task = tokio::spawn(timeout(self.deadline, run));
        if let Ok(response) = receiver.await {
            return Ok(Some(response?));
        }
        match task.await? {
            Ok(ended) => ended?,
            Err(_) => return Ok(None),
        }
        bail!("it has not answered")
    }

    fn state(&self) -> State {
        let upstream = self.upstream.0.to_string();
        State {
            wasi: WasiCtx::builder().env("UPSTREAM", &upstream).build(),
            http: WasiHttpCtx::new(),
            table: ResourceTable::new(),
            upstream: self.upstream.clone(),
            shim: self.shim.caller_as(self.caller.clone()),
        }
    }
}
