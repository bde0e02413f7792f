//! TLS on both sides, with certificates for both.

use crate::ours::PeerInstance;
use crate::peers::{Peer, Values};
use crate::raw::{RawPeer, Then};
use crate::{LONG, described, host_within, server};
use first_class::CallError;
use first_class_host::backends::grpc::{Certificate, ClientTlsConfig, Grpc, GrpcError, Identity};
use first_class_tests::tls::Authority;
use std::time::Duration;
use tonic::service::Routes;
use tonic::transport::ServerTlsConfig;

/// A server of this name that wants to know its clients.
fn serve(authority: &Authority, name: &str) -> Peer {
    let config = ServerTlsConfig::new().identity(sign(authority, name));
    let config = config.client_ca_root(Certificate::from_pem(authority.certificate()));
    Peer::serve("127.0.0.1:0", Some(config), Routes::new(Values::default()))
}

fn sign(authority: &Authority, name: &str) -> Identity {
    let identity = authority.sign(name);
    Identity::from_pem(identity.certificate, identity.key)
}

/// A client that trusts an authority, and is known by some identity.
fn client(trusted: &Authority, identity: Option<Identity>) -> ClientTlsConfig {
    let root = Certificate::from_pem(trusted.certificate());
    let config = ClientTlsConfig::new().ca_certificate(root);
    match identity {
        Some(identity) => config.identity(identity),
        None => config,
    }
}

/// What one call comes to through TLS, to a server under a name.
fn add(address: &str, name: &str, config: ClientTlsConfig) -> Result<i64, CallError> {
    add_within(address, name, config, LONG)
}

/// The same, with a deadline.
fn add_within(
    address: &str,
    name: &str,
    config: ClientTlsConfig,
    deadline: Duration,
) -> Result<i64, CallError> {
    let grpc = Grpc::new(&format!("https://{address}"), described("values.proto"));
    let grpc = grpc.expect("is an endpoint").tls(config.domain_name(name));
    host_within(grpc.expect("are certificates"), deadline);
    PeerInstance::load("peer")
        .expect("loads")
        .values()
        .add(2, 3)
}

fn unavailable(result: Result<i64, CallError>) -> (String, bool) {
    match result {
        Err(CallError::Unavailable(it)) => (it.message, it.may_have_run),
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_sides_know_each_other() {
    let authority = Authority::new("ours");
    let peer = serve(&authority, "sums.example");
    let config = client(&authority, Some(sign(&authority, "alice")));
    assert_eq!(add(&peer.address, "sums.example", config), Ok(5));
}

#[test]
fn who_is_not_known_is_told_so() {
    let (authority, stranger) = (Authority::new("ours"), Authority::new("theirs"));
    let peer = serve(&authority, "sums.example");
    let known = || client(&authority, Some(sign(&authority, "alice")));
    // The client does not know the server: nothing was called.
    let (message, may_have_run) = unavailable(add(&peer.address, "other.example", known()));
    assert!(message.contains("not valid for name"), "{message}");
    assert!(!may_have_run);
    let config = client(&stranger, Some(sign(&authority, "alice")));
    let (message, may_have_run) = unavailable(add(&peer.address, "sums.example", config));
    assert!(message.contains("UnknownIssuer"), "{message}");
    assert!(!may_have_run);
    // No root is trusted that was not given.
    let config = ClientTlsConfig::new().identity(sign(&authority, "alice"));
    let (message, may_have_run) = unavailable(add(&peer.address, "sums.example", config));
    assert!(message.contains("UnknownIssuer"), "{message}");
    assert!(!may_have_run);
    // The server does not know the client, which hears of it after the greeting.
    for identity in [None, Some(sign(&stranger, "alice"))] {
        unavailable(add(
            &peer.address,
            "sums.example",
            client(&authority, identity),
        ));
    }
    assert_eq!(add(&peer.address, "sums.example", known()), Ok(5));
}

#[test]
fn tls_on_one_side_alone_is_an_error() {
    let authority = Authority::new("ours");
    let peer = serve(&authority, "sums.example");
    host_within(server(&peer.address, "values.proto"), LONG);
    let instance = PeerInstance::load("peer").expect("loads");
    unavailable(instance.values().add(1, 2));
    let peer = Peer::values(&Values::default());
    let config = client(&authority, None);
    let (_, may_have_run) = unavailable(add(&peer.address, "sums.example", config));
    assert!(!may_have_run);
}

#[test]
fn a_server_that_does_not_greet_was_asked_nothing() {
    let peer = RawPeer::saying(b"", Then::Hold);
    let config = client(&Authority::new("ours"), None);
    let deadline = Duration::from_secs(2);
    let called = add_within(&peer.address, "sums.example", config, deadline);
    let (message, may_have_run) = unavailable(called);
    assert!(message.contains("no connection within"), "{message}");
    assert!(!may_have_run);
}

#[test]
fn what_is_no_certificate_or_needs_none_is_told() {
    let grpc = |endpoint: &str| {
        let grpc = Grpc::new(endpoint, described("values.proto"));
        grpc.expect("is an endpoint")
    };
    let error = grpc("http://sums.example:1").tls(ClientTlsConfig::new());
    assert!(
        matches!(error, Err(GrpcError::Endpoint { .. })),
        "{error:?}"
    );
    let config = ClientTlsConfig::new().identity(Identity::from_pem("no", "key"));
    let error = grpc("https://sums.example:1").tls(config);
    assert!(matches!(error, Err(GrpcError::Tls(_))), "{error:?}");
    // Without any, nothing is sent.
    host_within(grpc("https://127.0.0.1:1"), LONG);
    let instance = PeerInstance::load("peer").expect("loads");
    let (message, may_have_run) = unavailable(instance.values().add(1, 2));
    assert!(!may_have_run, "{message}");
}
