//! gRPC: any service of any server, as an interface of a world.
//!
//! ```no_run
//! use first_class_host::backends::grpc::{Descriptors, Grpc};
//! use first_class_host::{Shim, Source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let db = Grpc::new("http://db.example:2379", Descriptors::protos(["kv.proto"], ["protos"])?)?;
//! let web = Grpc::new("http://web.example:50051", Descriptors::reflection())?;
//! let shim = Shim::builder()
//!     .source("health/db", Source::backend(db))
//!     .source("health/web", Source::backend(web))
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A load checks the whole world against the descriptors; what does not map is named with message,
//! field and type. [`wit::of`] writes the world of a service.
//!
//! | gRPC | WIT |
//! |---|---|
//! | service | interface, or the functions of a world itself |
//! | request | one record, if it is not itself called as a field; else a parameter for each field |
//! | reply | nothing, the whole message, or its only field |
//! | stream of replies | list of the same |
//! | status | error of the function, see below |
//! | message | record |
//! | `repeated` | `list` |
//! | `map` | `list<tuple<K, V>>`, or `map<K, V>` |
//! | `optional`, message as a field | `option` |
//! | message without fields as a field | `bool`: whether it is there |
//! | `oneof` | `option` of a variant |
//! | enum | enum, with or without its name at the front of its values, or the number as `s32` |
//! | `bytes` | `list<u8>` |
//! | `int32`, `sint32`, `sfixed32`, … | `s32`, `s64`, `u32`, `u64`, whole |
//! | `google.protobuf.StringValue` and the like | `option` of the scalar |
//! | `google.protobuf.Timestamp`, `Duration` | record of `seconds: s64` and `nanos: s32`, or `u64` of nanoseconds |
//!
//! A negative zero in a field that is always there is sent as 0, as prost does.
//!
//! Names are the same without case, `-` and `_`. A record may lack fields of its message: what it
//! lacks is not sent, and not looked at. An enum or variant of a result may not, since what comes needs
//! a place. A field of a record that the message does not have is an error.
//!
//! A function whose result is a `result` gets the status as its error: as a string (the message), a
//! number, an enum or a variant of codes such as `not-found` (with the message, if the case takes a
//! string), a record of `code` and `message`, or nothing. UNAVAILABLE, DEADLINE_EXCEEDED and UNIMPLEMENTED
//! are errors of the call, unless the type names them; so is every code that an enum or variant does
//! not name.
//!
//! All calls share one connection, which is made when it is needed. The server is told how much time
//! is left, and a call that is given up is cancelled there. What a server says is kept apart from what
//! becomes of the connection: only a status that it has sent is an error of the function.
//!
//! A call may have run unless there was no connection for it, it was still waiting for one when that
//! ended, or the server refused it without a look (`REFUSED_STREAM`). UNAVAILABLE, which a server
//! or a proxy before it has sent, leaves that open.

mod client;
mod connection;
mod descriptors;
mod mapping;
mod reflection;
mod wire;

pub use descriptors::Descriptors;
pub use mapping::wit;
pub use prost_reflect::ServiceDescriptor;
pub use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use super::{Backend, Offered, OpenError, Session};
use crate::lock::lock;
use async_trait::async_trait;
use client::Client;
use connection::Connection;
use first_class_abi::World;
use mapping::{Mapping, is_candidate};
use reflection::Reflected;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tonic::codegen::http::{HeaderMap, HeaderName, HeaderValue};
use tonic::transport::Endpoint;

/// How many replies a stream may have when the embedder does not say.
const REPLIES: usize = 10_000;

/// How long what a server has said of its services counts.
const FRESH: Duration = Duration::from_secs(60);

/// What is wrong with the description of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrpcError {
    /// The endpoint is no URI with `http` or `https`, or `https` without TLS.
    #[error("`{endpoint}` is no endpoint: {message}")]
    Endpoint {
        /// What was given.
        endpoint: String,
        /// What is wrong with it.
        message: String,
    },
    /// A certificate or a key is none.
    #[error("TLS cannot be used: {0}")]
    Tls(String),
    /// A `.proto` file is missing or malformed.
    #[error("{0}")]
    Protos(String),
    /// What should be a set of descriptors is none.
    #[error("it is no set of descriptors: {0}")]
    Set(String),
    /// A header that cannot be sent.
    #[error("`{name}` is no header: {message}")]
    Header {
        /// Its name.
        name: String,
        /// What is wrong with it.
        message: String,
    },
}

/// A gRPC server, as a backend.
#[derive(Clone, Debug)]
pub struct Grpc {
    connection: Connection,
    descriptors: Descriptors,
    services: Vec<String>,
    headers: HeaderMap,
    replies: usize,
    /// What the server has said of itself, and when.
    reflected: Arc<Mutex<Option<(Instant, Reflected)>>>,
}

impl Grpc {
    /// The server at an endpoint such as `http://db.example:2379`, with what it serves. With `https` it
    /// needs [`Grpc::tls`], before anything is called.
    ///
    /// # Errors
    /// When the endpoint is none.
    pub fn new(endpoint: &str, descriptors: Descriptors) -> Result<Self, GrpcError> {
        let malformed = |message: String| GrpcError::Endpoint {
            endpoint: endpoint.to_owned(),
            message,
        };
        let parsed = Endpoint::from_shared(endpoint.to_owned());
        let parsed = parsed.map_err(|error| malformed(wire::described(&error)))?;
        let scheme = parsed.uri().scheme_str();
        if !matches!(scheme, Some("http" | "https")) || parsed.uri().host().is_none() {
            return Err(malformed("it begins with `http://` or `https://`".into()));
        }
        Ok(Grpc {
            connection: Connection::new(parsed),
            descriptors,
            services: Vec::new(),
            headers: HeaderMap::new(),
            replies: REPLIES,
            reflected: Arc::default(),
        })
    }

    /// Through TLS: which roots are trusted, which certificate this side is known by if the server
    /// wants one, and the name that the server's has to have, if it is not that of the endpoint. No
    /// root is trusted unless it is given; [`ClientTlsConfig::with_native_roots`] gives those of the system.
    ///
    /// # Errors
    /// When something of it is no certificate or key, or the endpoint is not `https`.
    pub fn tls(self, config: ClientTlsConfig) -> Result<Self, GrpcError> {
        let endpoint = self.connection.endpoint().clone();
        if endpoint.uri().scheme_str() != Some("https") {
            return Err(GrpcError::Endpoint {
                endpoint: endpoint.uri().to_string(),
                message: "with TLS it begins with `https://`".into(),
            });
        }
        let endpoint = endpoint.tls_config(config);
        let endpoint = endpoint.map_err(|error| GrpcError::Tls(wire::described(&error)))?;
        Ok(Grpc {
            connection: Connection::new(endpoint),
            ..self
        })
    }

    /// Takes a service, by its full name such as `grpc.health.v1.Health`. The first is meant whatever the
    /// world's interfaces are called; if there are more, and if there is none, each interface is the
    /// service of its name.
    #[must_use]
    pub fn service(mut self, full_name: impl Into<String>) -> Self {
        self.services.push(full_name.into());
        self
    }

    /// Sends a header with every call, such as `authorization`.
    ///
    /// # Errors
    /// When it is none, or one of gRPC's own.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, GrpcError> {
        let malformed = |message: String| GrpcError::Header {
            name: name.to_owned(),
            message,
        };
        let parsed = HeaderName::try_from(name).map_err(|error| malformed(error.to_string()))?;
        if matches!(parsed.as_str(), "te" | "content-type") || parsed.as_str().starts_with("grpc-")
        {
            return Err(malformed("it is one of gRPC's own".into()));
        }
        let value = HeaderValue::try_from(value);
        let mut value = value.map_err(|error| malformed(error.to_string()))?;
        // It may be a secret, and is shown nowhere.
        value.set_sensitive(true);
        self.headers.append(parsed, value);
        Ok(self)
    }

    /// How many replies a stream may have, 10,000 unless set; a call whose stream has more fails.
    #[must_use]
    pub fn replies(self, most: usize) -> Self {
        Grpc {
            replies: most,
            ..self
        }
    }

    /// Asks the server for a service, by its full name, or for the only one that it has besides
    /// reflection. Needs a tokio runtime with network and timers.
    ///
    /// # Errors
    /// When it cannot be reached, does not tell, or has no such service.
    pub async fn reflect(&self, service: Option<&str>) -> Result<ServiceDescriptor, OpenError> {
        let is_wanted = |name: &str| match service {
            Some(service) => name == service,
            None => !name.starts_with("grpc.reflection."),
        };
        let reflected = Reflected::ask(&self.connection, &self.headers, is_wanted).await?;
        let mut services = reflected.services().into_iter();
        match (services.next(), services.next()) {
            (Some(only), None) => Ok(only),
            (found, _) => {
                let names: Vec<_> = reflected
                    .names
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect();
                let problem = match (found, service) {
                    (Some(_), _) => "it has several services, one of which has to be named".into(),
                    (None, Some(service)) => format!("it has no service `{service}`"),
                    (None, None) => "it has no service".into(),
                };
                let names = names.join(", ");
                Err(OpenError::Failed(format!("{problem}; there is {names}")))
            }
        }
    }

    /// The world's functions as methods.
    async fn mapping(&self, world: &World) -> Result<Mapping, OpenError> {
        if let Some(services) = self.descriptors.services() {
            return Mapping::new(world, &services, &self.services).map_err(OpenError::Misfits);
        }
        let full_name = world.full_name();
        let names = world
            .callables()
            .iter()
            .map(|callable| match &*callable.interface {
                "" => full_name.as_str(),
                interface => interface,
            });
        let interfaces: Vec<_> = names.collect();
        let is_wanted = |service: &str| is_candidate(service, &self.services, &interfaces);
        if let Some(reflected) = self.remembered().filter(|it| it.has_all(is_wanted)) {
            let mapping = Mapping::new(world, &reflected.services(), &self.services);
            // What does not fit may be there meanwhile.
            if let Ok(mapping) = mapping {
                return Ok(mapping);
            }
        }
        let reflected = Reflected::ask(&self.connection, &self.headers, is_wanted).await?;
        let services = reflected.services();
        *lock(&self.reflected) = Some((Instant::now(), reflected));
        Mapping::new(world, &services, &self.services).map_err(OpenError::Misfits)
    }

    fn remembered(&self) -> Option<Reflected> {
        let reflected = lock(&self.reflected).clone();
        let (_, reflected) = reflected.filter(|(asked, _)| asked.elapsed() < FRESH)?;
        Some(reflected)
    }
}

#[async_trait]
impl Backend for Grpc {
    async fn check(&self, offered: &Offered) -> Result<Vec<u32>, OpenError> {
        Ok(self.mapping(offered.codec.world()).await?.missing())
    }

    async fn open(&self, offered: &Offered) -> Result<Box<dyn Session>, OpenError> {
        Ok(Box::new(Client {
            mapping: self.mapping(offered.codec.world()).await?,
            codec: offered.codec.clone(),
            server: self.clone(),
        }))
    }
}
