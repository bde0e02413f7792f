//! One connection of a client, which is one call.

use crate::backends::wrpc::{Frames, ReceiveError, Stream, reply};
use crate::serving::ServeError;
use crate::serving::served::{CallFailure, Served};
use first_class_abi::Callee;
use first_class_abi::value::{EncodeValueError, Value};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, copy, sink};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::bytes::BytesMut;
use wrpc_transport::frame::Header;

/// How long the names in a header may be, in bytes.
const HEADER: u64 = 4096;

/// How much is read of what a client sends when nobody waits for it any more, in bytes.
const REMAINDER: u64 = 64 << 10;

/// The head of a frame of one byte, which never comes.
const BROKEN_OFF: [u8; 2] = [0, 1];

/// What serves connections.
pub(super) struct Connections {
    pub(super) routes: Routes,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) patience: Duration,
}

/// What is called by which names.
#[derive(Default)]
pub(super) struct Routes(HashMap<(String, String), Route>);

#[derive(Clone)]
struct Route {
    served: Arc<Served>,
    function: u32,
}

type Reader = BufReader<Box<dyn Stream>>;

/// A call as a client asks for it.
struct Request {
    route: Route,
    arguments: Vec<Value>,
}

/// Why a call was not served.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the connection was lost: {0}")]
    Connection(#[from] io::Error),
    #[error("the client was too slow")]
    Late,
    #[error("what was sent is no call: {0}")]
    Header(String),
    #[error("there is no `{function}` in `{interface}`")]
    Unknown { interface: String, function: String },
    #[error("what was sent are no arguments of `{0}`: {1}")]
    Arguments(String, String),
    #[error(transparent)]
    Call(#[from] CallFailure),
    #[error("the result cannot be sent: {0}")]
    Result(#[from] EncodeValueError),
}

impl Routes {
    pub(super) fn add(&mut self, served: Arc<Served>) -> Result<(), ServeError> {
        for (number, callable) in (0..).zip(served.codec.world().callables()) {
            if let Callee::Drop(_) = callable.callee {
                continue;
            }
            let names = (callable.interface.clone(), callable.name.clone());
            let route = Route {
                served: served.clone(),
                function: number,
            };
            if let Some(first) = self.0.insert(names, route) {
                return Err(ServeError::Ambiguous {
                    function: callable.display_name(),
                    first: first.served.source_name.clone(),
                    second: served.source_name.clone(),
                });
            }
        }
        Ok(())
    }
}

impl Connections {
    /// Serves the call of a connection.
    pub(super) async fn serve(&self, stream: Box<dyn Stream>) {
        let Ok(Ok(stream)) = timeout(self.patience, self.secure(stream)).await else {
            tracing::debug!("a client came to no agreement on TLS");
            return;
        };
        let mut reader = BufReader::new(stream);
        let received = timeout(self.patience, self.receive(&mut reader)).await;
        let reply = match received {
            Ok(Ok(request)) => answer(request).await,
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err(Failure::Late),
        };
        let reply = reply.unwrap_or_else(|failure| {
            told(&failure);
            BytesMut::from(&BROKEN_OFF[..])
        });
        let sent = timeout(self.patience, send(&mut reader, &reply)).await;
        if let Ok(Err(error)) = sent {
            tracing::debug!(%error, "a client did not take its result");
        }
    }

    async fn secure(&self, stream: Box<dyn Stream>) -> io::Result<Box<dyn Stream>> {
        match &self.tls {
            None => Ok(stream),
            Some(acceptor) => Ok(Box::new(acceptor.accept(stream).await?)),
        }
    }

    async fn receive(&self, reader: &mut Reader) -> Result<Request, Failure> {
        let header = Header::read(reader.take(HEADER)).await;
        let header = header.map_err(|error| Failure::Header(error.to_string()))?;
        let names = (header.instance, header.name);
        let Some(route) = self.routes.0.get(&names).cloned() else {
            let (interface, function) = names;
            return Err(Failure::Unknown {
                interface,
                function,
            });
        };
        let Route { served, function } = &route;
        let most = served.limits.argument_bytes;
        let read = |packed: &[u8]| served.codec.unpack_arguments(*function, packed, most);
        let arguments = Frames::new(reader, most).values(read).await;
        let arguments = arguments.map_err(|error| {
            let message = match error {
                ReceiveError::Ended => "the connection ended before them".into(),
                ReceiveError::Refused(error) | ReceiveError::Broken(error) => error.to_string(),
                ReceiveError::TooLarge => {
                    "they are larger than `Limits::argument_bytes` allows".into()
                }
                ReceiveError::Malformed(message) => message,
            };
            Failure::Arguments(names.1, message)
        })?;
        Ok(Request { route, arguments })
    }
}

async fn answer(request: Request) -> Result<BytesMut, Failure> {
    let Request {
        route: Route { served, function },
        arguments,
    } = request;
    let name = &served.source_name;
    let result = served.call(name, function, &arguments).await?;
    let packed = served.codec.pack_result(function, result.as_ref())?;
    Ok(reply(&packed)?)
}

/// Sends what there is to send, and ends the connection in order: what a client still sends is read,
/// since the system may drop what was sent to a client whose last words nobody read.
async fn send(reader: &mut Reader, reply: &[u8]) -> io::Result<()> {
    reader.write_all(reply).await?;
    reader.flush().await?;
    reader.shutdown().await?;
    copy(&mut reader.take(REMAINDER), &mut sink()).await?;
    Ok(())
}

/// What an embedder is told: of the own side's failures more loudly than of what clients do.
fn told(failure: &Failure) {
    match failure {
        Failure::Call(_) | Failure::Result(_) => {
            tracing::warn!(%failure, "a call was not served");
        }
        _ => tracing::debug!(%failure, "a call was not served"),
    }
}
