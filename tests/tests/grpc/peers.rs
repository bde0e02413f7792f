//! A server on tonic that knows its messages as `prost-reflect` does, and no WIT.

use bytes::{Buf, BufMut, Bytes};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::{Service, http};
use tonic::server::{NamedService, ServerStreamingService};
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::{Code, Request, Response, Status};

/// Where servers of tests run.
pub(crate) static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("starts threads"));

/// What the server's files say, compiled for it alone.
pub(crate) static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let set = protox::compile(
        ["values.proto", "health.proto", "kv.proto"],
        [crate::protos()],
    );
    DescriptorPool::from_file_descriptor_set(set.expect("compiles")).expect("is whole")
});

/// A server of a test; it ends with this.
pub(crate) struct Peer {
    pub(crate) address: String,
    end: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl Peer {
    /// The service [`Values`] at a port that is free.
    pub(crate) fn values(values: &Values) -> Self {
        Peer::values_at("127.0.0.1:0", values)
    }

    /// The same at an address.
    pub(crate) fn values_at(address: &str, values: &Values) -> Self {
        Peer::serve(address, None, Routes::new(values.clone()))
    }

    /// Services at an address, through TLS if there is a configuration.
    pub(crate) fn serve(address: &str, tls: Option<ServerTlsConfig>, routes: Routes) -> Self {
        let listener = RUNTIME
            .block_on(TcpListener::bind(address))
            .expect("is free");
        let address: SocketAddr = listener.local_addr().expect("has one");
        let mut server = Server::builder();
        if let Some(tls) = tls {
            server = server.tls_config(tls).expect("the key fits");
        }
        let (end, ended) = oneshot::channel();
        let entered = RUNTIME.enter();
        let incoming = TcpIncoming::from(listener);
        drop(entered);
        let serving = async move {
            let ended = async { drop(ended.await) };
            let router = server.add_routes(routes);
            let served = router.serve_with_incoming_shutdown(incoming, ended).await;
            served.expect("serves");
        };
        Peer {
            address: address.to_string(),
            end: Some(end),
            task: Some(RUNTIME.spawn(serving)),
        }
    }

    /// Ends the server when it has no call any more, and waits until it is gone.
    pub(crate) fn end(mut self) {
        drop(self.end.take());
        let task = self.task.take().expect("is there until now");
        RUNTIME.block_on(task).expect("serves");
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.end.take());
    }
}

/// The service of `values.proto`.
#[derive(Clone, Default)]
pub(crate) struct Values(Arc<State>);

#[derive(Default)]
struct State {
    /// The last call: its method, and its request as text.
    heard: Mutex<Option<(String, String)>>,
    /// The headers of the last call.
    headers: Mutex<http::HeaderMap>,
    /// What `Echo` answers with in place of what it gets, as text.
    answer: Mutex<Option<String>>,
    /// How many calls wait.
    waiting: Mutex<i64>,
}

impl Values {
    /// The method of the last call and its request as text.
    pub(crate) fn heard(&self) -> (String, String) {
        let heard = self.0.heard.lock().expect("is whole").clone();
        heard.expect("was called")
    }

    /// A header of the last call.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let headers = self.0.headers.lock().expect("is whole");
        let value = headers.get(name)?;
        Some(value.to_str().expect("is text").to_owned())
    }

    /// Lets `Echo` answer with this.
    pub(crate) fn answer(&self, text: &str) {
        *self.0.answer.lock().expect("is whole") = Some(text.to_owned());
    }

    /// How many calls wait.
    pub(crate) fn waiting(&self) -> i64 {
        *self.0.waiting.lock().expect("is whole")
    }

    async fn serve(
        self,
        method: String,
        request: Request<Bytes>,
    ) -> Result<Vec<DynamicMessage>, Status> {
        let service = POOL.get_service_by_name(Self::NAME).expect("is described");
        let method = service.methods().find(|it| it.name() == method);
        let method = method.ok_or_else(|| Status::unimplemented("there is no such method"))?;
        *self.0.headers.lock().expect("is whole") = request.metadata().clone().into_headers();
        let request = DynamicMessage::decode(method.input(), request.into_inner());
        let request = request.map_err(|error| Status::invalid_argument(error.to_string()))?;
        let heard = (method.name().to_owned(), request.to_text_format());
        *self.0.heard.lock().expect("is whole") = Some(heard);
        let output = |fields: &[(&str, Value)]| {
            let mut message = DynamicMessage::new(method.output());
            for (name, value) in fields {
                message.set_field_by_name(name, value.clone());
            }
            message
        };
        let number = |name: &str| {
            let value = request.get_field_by_name(name).expect("is a field");
            let value = value.into_owned();
            let whole = value.as_i64().or(value.as_u32().map(i64::from));
            whole
                .or(value.as_i32().map(i64::from))
                .expect("is a number")
        };
        Ok(match method.name() {
            "Echo" => {
                let answer = self.0.answer.lock().expect("is whole").clone();
                let answer = answer.map(|text| {
                    let parsed = DynamicMessage::parse_text_format(method.output(), &text);
                    parsed.expect("is a message")
                });
                vec![answer.unwrap_or(request)]
            }
            "Add" => vec![output(&[("sum", Value::I64(number("a") + number("b")))])],
            "Count" => {
                let (from, many) = (number("from"), number("many"));
                let numbers = (from..from + many).map(|it| it as u32);
                numbers
                    .map(|it| output(&[("number", Value::U32(it))]))
                    .collect()
            }
            "Fail" => {
                let message = request.get_field_by_name("message").expect("is a field");
                let message = message.as_str().expect("is text").to_owned();
                return Err(Status::new(Code::from(number("code") as i32), message));
            }
            "Fill" => {
                let filled = vec![7; number("bytes") as usize];
                vec![output(&[("filled", Value::Bytes(filled.into()))])]
            }
            "Ping" => vec![output(&[])],
            "Wait" => {
                let _waiting = Waiting::begin(&self.0);
                tokio::time::sleep(Duration::from_secs(600)).await;
                vec![output(&[])]
            }
            other => return Err(Status::unimplemented(other.to_owned())),
        })
    }
}

/// A call that waits until it is given up.
struct Waiting(Arc<State>);

impl Waiting {
    fn begin(state: &Arc<State>) -> Self {
        *state.waiting.lock().expect("is whole") += 1;
        Waiting(state.clone())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        *self.0.waiting.lock().expect("is whole") -= 1;
    }
}

impl NamedService for Values {
    const NAME: &'static str = "test.values.v1.Values";
}

impl Service<http::Request<Body>> for Values {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = request.uri().path().rsplit('/').next().unwrap_or_default();
        let one = One(self.clone(), method.to_owned());
        Box::pin(async move {
            Ok(tonic::server::Grpc::new(Raw)
                .server_streaming(one, request)
                .await)
        })
    }
}

/// One call.
struct One(Values, String);

impl ServerStreamingService<Bytes> for One {
    type Response = Bytes;
    type ResponseStream = BoxStream<'static, Result<Bytes, Status>>;
    type Future = BoxFuture<'static, Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let served = self.0.clone().serve(self.1.clone(), request);
        Box::pin(async move {
            let messages = served.await?.into_iter();
            let messages = messages.map(|message| Ok(message.encode_to_vec().into()));
            Ok(Response::new(stream::iter(messages).boxed()))
        })
    }
}

/// Bytes as they are.
#[derive(Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length)))
    }
}
