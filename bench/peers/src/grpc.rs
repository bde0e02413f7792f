//! gRPC: a server of `tonic-health`, the client that tonic has generated for it, and ours.

use anyhow::{Context, Result, ensure};
use first_class_host::backends::grpc::{Descriptors, Grpc};
use health_service::health::ServingStatus;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};
use tonic_health::pb::health_check_response::ServingStatus as Status;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{FILE_DESCRIPTOR_SET, HealthCheckRequest};

use crate::callers::{CLIENTS, SERVERS, SOURCE, host, ours, theirs};
use crate::cases::Pair;

first_class::first_class_world!({ world: "health-service", path: "../../examples/wit/health" });

/// The server, which ends with this.
struct Serving(JoinHandle<()>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Asks the server how it is.
pub(crate) fn check() -> Result<Pair> {
    let listener = SERVERS.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let serving = SERVERS.spawn(async move {
        let (_reporter, health) = tonic_health::server::health_reporter();
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let router = Server::builder().add_service(health);
        if let Err(error) = router.serve_with_incoming(incoming).await {
            eprintln!("the server of gRPC: {error}");
        }
    });
    let channel = CLIENTS.block_on(Endpoint::from_shared(endpoint.clone())?.connect());
    let mut client = HealthClient::new(channel.context("cannot connect")?);
    let generated = theirs("tonic", async move || {
        let request = HealthCheckRequest {
            service: String::new(),
        };
        let reply = client.check(request).await?.into_inner();
        ensure!(reply.status() == Status::Serving, "it does not serve");
        Ok(())
    });
    host(Grpc::new(
        &endpoint,
        Descriptors::set(FILE_DESCRIPTOR_SET)?,
    )?)?;
    let instance = HealthServiceInstance::load(SOURCE)?;
    let handle = ours(move || {
        let status = instance.health().check("")?;
        ensure!(status == Ok(ServingStatus::Serving), "it does not serve");
        Ok(())
    });
    Ok(Pair {
        contenders: [generated, handle],
        _server: Box::new(Serving(serving)),
    })
}
