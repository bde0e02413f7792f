//! Who may connect, and to whom: users, tokens, keys, and TLS on both sides.

use crate::ours::{AccumulatorInstance, accumulator};
use crate::{LONG, host};
use first_class::CallError;
use first_class_host::Shim;
use first_class_host::backends::nats::{Nats, Servers};
use first_class_host::config::Config;
use first_class_host::serving::ServeError;
use first_class_host::serving::nats::Serving;
use first_class_peers::nats::Server;
use first_class_tests::guest;
use first_class_tests::tls::Authority;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// An NKey of a user: the seed, and what the server knows it by. They are from NATS's own documentation.
const SEED: &str = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
const KEY: &str = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";

/// What one call comes to, to a plugin that is served with these credentials.
pub(crate) fn served(servers: &Servers) -> Result<i64, ServeError> {
    let shim = Shim::builder().file("sum", guest("test-sum"));
    let shim = shim.deadline(LONG).build();
    let serving = Serving::of(&shim.expect("builds")).source("sum", accumulator::WORLD);
    let _server = serving.nats(servers.clone())?;
    host(Nats::new(servers.clone()), LONG);
    let sum = AccumulatorInstance::load("sum").expect("loads").add(5);
    Ok(sum.expect("is served"))
}

/// Why there is no connection; both sides say so, and neither hangs.
pub(crate) fn refused(servers: &Servers) -> String {
    let error = served(servers).expect_err("is refused").to_string();
    host(Nats::new(servers.clone()), LONG);
    let started = Instant::now();
    let sum = AccumulatorInstance::load("sum").expect("loads").add(5);
    assert!(started.elapsed() < LONG / 2, "{:?}", started.elapsed());
    match sum {
        Err(CallError::Unavailable(it)) if !it.may_have_run => assert!(!it.message.is_empty()),
        other => panic!("{other:?}"),
    }
    error
}

#[test]
fn a_user_has_a_password() {
    let Some(server) =
        Server::start("authorization { user: shop, password: secret }").expect("starts")
    else {
        return;
    };
    let at = || Servers::at([server.url()]);
    assert_eq!(served(&at().user("shop", "secret")).expect("serves"), 5);
    let error = refused(&at().user("shop", "public"));
    assert!(error.contains("authorization violation"), "{error}");
    assert!(!error.contains("public"), "{error}");
    refused(&at());
}

/// A `first-class.toml` that serves a plugin and calls it, as who the file says.
#[test]
fn a_file_says_where_the_password_is() {
    // Cargo gives tests this variable.
    let variable = "CARGO_PKG_NAME";
    let password = std::env::var(variable).expect("cargo runs this");
    let settings = format!("authorization {{ user: shop, password: {password:?} }}");
    let Some(server) = Server::start(&settings).expect("starts") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary directory");
    fs::write(folder.path().join("password"), format!("{password}\n")).expect("writes");
    let plugin = guest("test-sum");
    let config = |secret: &str| {
        let text = format!(
            "[nats]\nservers = [{:?}]\nuser = \"shop\"\npassword = {secret}\n\
             [sources.sum]\nfile = {plugin:?}\n\
             [sources.far]\nnats.name = \"sum\"\nretry.attempts = 1\n\
             [[serve]]\nnats = {{}}\nsources.sum.component = {plugin:?}\n",
            server.url()
        );
        let file = folder.path().join("first-class.toml");
        fs::write(&file, text).expect("writes");
        Config::read(&file).expect("is right")
    };
    for secret in [
        &format!("{{ environment = {variable:?} }}"),
        "{ file = \"password\" }",
    ] {
        let config = config(secret);
        let shim = config.build().expect("builds");
        let _servers = config.serve(&shim).expect("is let in");
        first_class_native::host_with(&shim);
        let sum = AccumulatorInstance::load("far").expect("loads").add(5);
        assert_eq!(sum, Ok(5), "{secret}");
    }
    let config = config("{ environment = \"PATH\" }");
    let shim = config.build().expect("builds");
    let error = config.serve(&shim).expect_err("is refused").to_string();
    assert!(error.contains("authorization violation"), "{error}");
    let path = std::env::var("PATH").expect("is set");
    assert!(!error.contains(&path), "{error}");
}

#[test]
fn a_token_lets_in() {
    let Some(server) = Server::start("authorization { token: secret }").expect("starts") else {
        return;
    };
    let at = || Servers::at([server.url()]);
    assert_eq!(served(&at().token("secret")).expect("serves"), 5);
    refused(&at().token("public"));
}

#[test]
fn a_key_lets_in() {
    let settings = format!("authorization {{ users: [ {{ nkey: {KEY} }} ] }}");
    let Some(server) = Server::start(&settings).expect("starts") else {
        return;
    };
    let at = || Servers::at([server.url()]);
    assert_eq!(served(&at().nkey(SEED)).expect("serves"), 5);
    refused(&at().nkey("SUnothing"));
    refused(&at());
}

#[test]
fn credentials_are_read_from_a_file() {
    let Some(server) = Server::start("").expect("starts") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("shop.creds");
    // A server without operators takes any user's token, as long as it is one.
    let lines = format!(
        "-----BEGIN NATS USER JWT-----\neyJ0eXAiOiJKV1QifQ.e30.AA\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{SEED}\n------END USER NKEY SEED------\n"
    );
    fs::write(&file, lines).expect("writes");
    let at = || Servers::at([server.url()]);
    assert_eq!(served(&at().credentials(&file)).expect("serves"), 5);
    let error = refused(&at().credentials(folder.path().join("other.creds")));
    assert!(error.contains("No such file"), "{error}");
    fs::write(&file, "nothing").expect("writes");
    refused(&at().credentials(&file));
}

/// Writes what a server is known by, and whom it lets in.
fn prepare(authority: &Authority, folder: &Path, name: &str) -> anyhow::Result<()> {
    let identity = authority.sign(name);
    fs::write(folder.join("cert.pem"), identity.certificate)?;
    fs::write(folder.join("key.pem"), identity.key)?;
    Ok(fs::write(folder.join("ca.pem"), authority.certificate())?)
}

#[test]
fn both_sides_know_each_other_by_certificates() {
    let (authority, stranger) = (Authority::new("ours"), Authority::new("theirs"));
    let settings = "tls { cert_file: \"FOLDER/cert.pem\", key_file: \"FOLDER/key.pem\", \
                    ca_file: \"FOLDER/ca.pem\", verify: true }";
    let start = |name: &str| {
        let prepare = |folder: &Path| prepare(&authority, folder, name);
        Server::start_at("127.0.0.1", Vec::new(), settings, prepare).expect("starts")
    };
    let Some(server) = start("127.0.0.1") else {
        return;
    };
    let at = || Servers::at([server.url()]);
    let known = || authority.client(Some(authority.sign("shop")));
    assert_eq!(served(&at().tls(known())).expect("serves"), 5);
    // The server does not know the client.
    refused(&at().tls(authority.client(None)));
    refused(&at().tls(authority.client(Some(stranger.sign("shop")))));
    // The client does not know the server.
    let error = refused(&at().tls(stranger.client(Some(authority.sign("shop")))));
    assert!(error.contains("UnknownIssuer"), "{error}");
    let Some(other) = start("other.example") else {
        return;
    };
    let error = refused(&Servers::at([other.url()]).tls(known()));
    assert!(error.contains("not valid for name"), "{error}");
    // The client speaks no TLS that anybody trusts.
    refused(&at());
}

#[test]
fn a_server_without_tls_is_not_spoken_to_if_that_is_wanted() {
    let Some(server) = Server::start("").expect("starts") else {
        return;
    };
    let config = Authority::new("ours").client(None);
    refused(&Servers::at([server.url()]).tls(config));
}
