//! TLS on both sides, with certificates for both.

use crate::LONG;
use crate::peers::{Peer, RUNTIME};
use first_class::CallError;
use first_class_host::backends::wrpc::Wrpc;
use first_class_host::backends::wrpc::rustls::pki_types::ServerName;
use first_class_host::backends::wrpc::rustls::{ClientConfig, ServerConfig};
use first_class_host::serving::wrpc::{Server, Serving};
use first_class_host::{Retry, Shim, Source};
use first_class_tests::guest;
use first_class_tests::tls::Authority;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::split;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use wrpc_transport::InvokeExt;
use wrpc_transport::frame::Oneshot;

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });

fn serve(config: Arc<ServerConfig>) -> Server {
    let shim = Shim::builder().file("sum", guest("test-sum"));
    let shim = shim.deadline(LONG).build();
    let serving = Serving::of(&shim.expect("builds")).source("sum", accumulator::WORLD);
    serving.tls(config).tcp("127.0.0.1:0").expect("listens")
}

fn address(server: &Server) -> String {
    server.address().expect("is no socket").to_string()
}

/// What one call comes to.
fn add(wrpc: Wrpc) -> Result<i64, CallError> {
    add_within(wrpc, LONG)
}

/// The same, with a deadline.
fn add_within(wrpc: Wrpc, deadline: Duration) -> Result<i64, CallError> {
    let source = Source::backend(wrpc).retry(Retry::default().attempts(1));
    let builder = Shim::builder().source("sum", source);
    let shim = builder.deadline(deadline).build();
    first_class_native::host_with(&shim.expect("builds"));
    AccumulatorInstance::load("sum").expect("loads").add(5)
}

/// What one call comes to through TLS, to a server under a name.
fn add_as(server: &Server, name: &str, config: Arc<ClientConfig>) -> Result<i64, CallError> {
    add(Wrpc::tls(address(server), name, config).expect("is a name"))
}

fn refusal(result: Result<i64, CallError>) -> String {
    match result {
        Err(CallError::Unavailable(it)) if !it.may_have_run => it.message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_sides_know_each_other() {
    let authority = Authority::new("ours");
    let server = serve(authority.server("sums.example", Some(&authority)));
    let config = authority.client(Some(authority.sign("alice")));
    assert_eq!(add_as(&server, "sums.example", config.clone()), Ok(5));

    // So does their client, through TLS that is not ours.
    let sum = RUNTIME.block_on(async {
        let stream = TcpStream::connect(address(&server)).await?;
        let name = ServerName::try_from("sums.example")?;
        let stream = TlsConnector::from(config).connect(name, stream).await?;
        let client = Oneshot::from(split(stream));
        const NO_PATHS: [[Option<usize>; 0]; 0] = [];
        let call = client.invoke_values((), "", "add", (7_i64,), NO_PATHS);
        let ((sum,), _): ((i64,), _) = call.await?;
        anyhow::Ok(sum)
    });
    assert_eq!(sum.expect("is served"), 7);
}

#[test]
fn who_is_not_known_is_told_so_and_nothing_runs() {
    let (authority, stranger) = (Authority::new("ours"), Authority::new("theirs"));
    let server = serve(authority.server("sums.example", Some(&authority)));
    let known = || authority.client(Some(authority.sign("alice")));
    // The client does not know the server.
    let message = refusal(add_as(&server, "other.example", known()));
    assert!(message.contains("not valid for name"), "{message}");
    let config = stranger.client(Some(authority.sign("alice")));
    let message = refusal(add_as(&server, "sums.example", config));
    assert!(message.contains("UnknownIssuer"), "{message}");
    // The server does not know the client.
    let config = authority.client(None);
    let message = refusal(add_as(&server, "sums.example", config));
    assert!(message.contains("CertificateRequired"), "{message}");
    let config = authority.client(Some(stranger.sign("alice")));
    let message = refusal(add_as(&server, "sums.example", config));
    assert!(message.contains("UnknownCA"), "{message}");
    assert_eq!(add_as(&server, "sums.example", known()), Ok(5));
}

#[test]
fn a_server_that_does_not_greet_was_asked_nothing() {
    let peer = Peer::doing(|stream| async move {
        let _open = stream;
        std::future::pending().await
    });
    let config = Authority::new("ours").client(None);
    let wrpc = Wrpc::tls(&peer.address, "sums.example", config).expect("is a name");
    let message = refusal(add_within(wrpc, Duration::from_secs(2)));
    assert!(message.contains("no connection within"), "{message}");
}

#[test]
fn tls_on_one_side_alone_is_an_error() {
    let authority = Authority::new("ours");
    let server = serve(authority.server("sums.example", Some(&authority)));
    let error = add(Wrpc::tcp(address(&server))).expect_err("speaks no TLS");
    assert!(!matches!(error, CallError::Deadline(_)), "{error}");
    // Their server takes the greeting for a header.
    let peer = Peer::tcp();
    let config = authority.client(Some(authority.sign("alice")));
    let wrpc = Wrpc::tls(&peer.address, "sums.example", config).expect("is a name");
    refusal(add(wrpc));
}
