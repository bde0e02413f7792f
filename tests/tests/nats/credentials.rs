//! Users whom a server knows by who has signed for them: an operator for accounts, and those for users.

use crate::secrets::{refused, served};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use first_class_host::backends::nats::Servers;
use first_class_peers::nats::Server;
use nkeys::KeyPair;
use serde_json::{Value as Json, json};
use std::fs;
use std::path::Path;

/// What an issuer says of somebody, as NATS's tokens have it.
fn token(of: &KeyPair, issuer: &KeyPair, says: Json) -> String {
    let claims = json!({
        "jti": "a-number", "iat": 1_700_000_000, "name": "test",
        "iss": issuer.public_key(), "sub": of.public_key(), "nats": says,
    });
    let part = |part: Json| URL_SAFE_NO_PAD.encode(part.to_string());
    let head = part(json!({"typ": "JWT", "alg": "ed25519-nkey"}));
    let signed = format!("{head}.{}", part(claims));
    let signature = issuer.sign(signed.as_bytes()).expect("has a seed");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn of_operator(operator: &KeyPair) -> String {
    token(
        operator,
        operator,
        json!({"type": "operator", "version": 2}),
    )
}

fn of_account(account: &KeyPair, operator: &KeyPair) -> String {
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
        "conn": -1, "leaf": -1,
    });
    let says = json!({"type": "account", "version": 2, "limits": limits});
    token(account, operator, says)
}

fn of_user(user: &KeyPair, account: &KeyPair) -> String {
    let says = json!({
        "type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1,
    });
    token(user, account, says)
}

/// Writes what a user is known by into a file.
fn write(file: &Path, token: &str, key: &KeyPair) {
    let seed = key.seed().expect("has one");
    let lines = format!(
        "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    );
    fs::write(file, lines).expect("writes");
}

#[test]
fn who_is_signed_for_is_let_in_and_nobody_else() {
    let (operator, account, user) = (
        KeyPair::new_operator(),
        KeyPair::new_account(),
        KeyPair::new_user(),
    );
    // JetStream has an account of its own.
    let system = KeyPair::new_account();
    let known = [&account, &system].map(|account| {
        let token = of_account(account, &operator);
        format!("{}: {token}", account.public_key())
    });
    let settings = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{\n{}\n}}",
        of_operator(&operator),
        system.public_key(),
        known.join("\n"),
    );
    let Some(server) = Server::start(&settings).expect("starts") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("shop.creds");
    let at = || Servers::at([server.url()]).credentials(&file);
    let known = of_user(&user, &account);
    write(&file, &known, &user);
    assert_eq!(served(&at()).expect("serves"), 5);

    // Of an account that nobody knows, which says that it is another; and with the key of somebody else.
    let stranger = KeyPair::new_account();
    let forged = known.rsplit_once('.').expect("has a signature").0;
    let signature = stranger.sign(forged.as_bytes()).expect("has a seed");
    let forged = format!("{forged}.{}", URL_SAFE_NO_PAD.encode(signature));
    for (token, key) in [
        (of_user(&user, &stranger), &user),
        (forged, &user),
        (known, &KeyPair::new_user()),
    ] {
        write(&file, &token, key);
        let error = refused(&at());
        assert!(error.contains("authorization violation"), "{error}");
        assert!(!error.contains(&token), "{error}");
    }
    refused(&Servers::at([server.url()]));
}
