//! `wit-from-proto --reflect` of a server that speaks TLS.

use crate::tool::{Ran, command, flush, folder, root, tool};
use expect_test::expect;
use first_class_peers::{Process, free_port};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Who signs certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("has randomness");
        let issuer = CertifiedIssuer::self_signed(parameters, key);
        Authority(issuer.expect("signs itself"))
    }

    /// Writes a certificate for a name, and its key.
    fn sign(&self, name: &str, folder: &Path, file: &str) {
        let key = KeyPair::generate().expect("has randomness");
        let parameters = CertificateParams::new([name.to_owned()]).expect("is a name");
        let certificate = parameters.signed_by(&key, &self.0).expect("signs");
        let path = folder.join(file);
        fs::write(path.with_extension("pem"), certificate.pem()).expect("writes");
        fs::write(path.with_extension("key"), key.serialize_pem()).expect("writes");
    }
}

/// A folder with certificates, and a server of Python's that is known by one. Both end with this.
struct Served {
    here: TempDir,
    address: String,
    _process: Process,
}

impl Served {
    /// With a certificate for `localhost`, or for another name.
    fn start(name: &str, arguments: &[&str]) -> Option<Self> {
        let python = first_class_peers::python()?;
        let here = folder(&[("none.pem", b"nothing")]);
        let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
        fs::write(here.path().join("ca.pem"), ours.0.pem()).expect("writes");
        fs::write(here.path().join("other.pem"), theirs.0.pem()).expect("writes");
        ours.sign(name, here.path(), "server");
        ours.sign("alice", here.path(), "alice");
        theirs.sign("mallory", here.path(), "mallory");
        let port = free_port().expect("there is one");
        let script = root().join("cargo-first-class/tests/cli/wit_from_proto/server.py");
        let mut command = Command::new(python);
        command.arg(script).arg(port.to_string()).arg(here.path());
        let process = Process::start(command.args(arguments)).expect("is installed");
        let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        Some(Served {
            here,
            address: format!("localhost:{port}"),
            _process: process.until(listens).expect("listens"),
        })
    }

    fn ask(&self, scheme: &str, arguments: &[&str]) -> Ran {
        let url = format!("{scheme}://{}", self.address);
        let command = [&["wit-from-proto", "--reflect", &url], arguments].concat();
        tool(self.here.path(), &command)
    }

    /// What is said of a failure, whatever the port.
    fn failure(&self, scheme: &str, arguments: &[&str]) -> String {
        let said = self.ask(scheme, arguments).failed();
        flush(&said.replace(&self.address, "localhost:1"))
    }
}

fn is_health(written: &str) {
    assert!(written.starts_with("package grpc:health-v1;"), "{written}");
    let check = "check: func(service: string)";
    assert!(written.contains(check), "{written}");
}

#[test]
fn a_server_that_is_trusted_is_asked() {
    let Some(server) = Served::start("localhost", &[]) else {
        return;
    };
    let written = server.ask("https", &["--ca", "ca.pem"]).done();
    is_health(&written);
    // The system trusts who stands in this file.
    let url = format!("https://{}", server.address);
    let mut trusting = command(server.here.path(), &["wit-from-proto", "--reflect", &url]);
    let trusting = trusting.env("SSL_CERT_FILE", server.here.path().join("ca.pem"));
    let trusting = trusting.env_remove("SSL_CERT_DIR");
    let ran = Ran::of(trusting.output().expect("the tool runs"));
    assert_eq!(ran.done(), written);
    let said = [
        server.failure("https", &[]),
        server.failure("https", &["--ca", "other.pem"]),
        server.failure("https", &["--ca", "ca.pem", "--server-name", "a.example"]),
    ];
    expect![[r#"
        x https://localhost:1/: transport error: invalid peer certificate: UnknownIssuer
        help: nobody signed its certificate who is trusted; `--ca FILE` says who may have

        x https://localhost:1/: transport error: invalid peer certificate: UnknownIssuer
        help: nobody signed its certificate who is trusted; `--ca FILE` says who may have

        x https://localhost:1/: transport error: invalid peer certificate: certificate not valid for name "a.example"; certificate is only valid for DnsName("localhost")
        help: if it is the right server, `--server-name NAME` says what its certificate is for

    "#]].assert_eq(&said.concat());
    let plain = server.failure("http", &[]);
    assert!(plain.contains("wants a URL with `https://`"), "{plain}");
    let wanted = server.failure("http", &["--ca", "ca.pem"]);
    expect![[r#"
        x `http://localhost:1/` is no endpoint: with TLS it begins with `https://`
        help: TLS is spoken to a URL with `https://`; without `--ca`, the system has to trust somebody

    "#]].assert_eq(&wanted);
}

#[test]
fn a_server_under_another_name_is_asked_by_that() {
    let Some(server) = Served::start("sums.example", &[]) else {
        return;
    };
    let options = ["--ca", "ca.pem", "--server-name", "sums.example"];
    is_health(&server.ask("https", &options).done());
    let said = server.failure("https", &["--ca", "ca.pem"]);
    assert!(said.contains("not valid for name"), "{said}");
    assert!(said.contains("`--server-name NAME` says"), "{said}");
}

#[test]
fn a_server_that_wants_to_know_who_asks_is_told() {
    let Some(server) = Served::start("localhost", &["known"]) else {
        return;
    };
    let known = |name: &str| {
        let ca = ["--ca", "ca.pem"].map(str::to_owned);
        let certificate = ["--certificate".to_owned(), format!("{name}.pem")];
        let key = ["--key".to_owned(), format!("{name}.key")];
        [ca, certificate, key].concat()
    };
    let ask = |options: &[String]| {
        let options: Vec<_> = options.iter().map(String::as_str).collect();
        server.ask("https", &options)
    };
    is_health(&ask(&known("alice")).done());
    let nobody = server.failure("https", &["--ca", "ca.pem"]);
    assert!(nobody.contains("`--certificate FILE`"), "{nobody}");
    let stranger = ask(&known("mallory")).failed();
    assert!(stranger.contains("localhost"), "{stranger}");
    let mixed = [
        "--ca",
        "ca.pem",
        "--certificate",
        "alice.pem",
        "--key",
        "mallory.key",
    ];
    let mixed = server.failure("https", &mixed);
    assert!(mixed.contains("TLS cannot be used"), "{mixed}");
}

#[test]
fn a_server_without_tls_is_said_to_be_one() {
    let Some(python) = first_class_peers::python() else {
        return;
    };
    let port = free_port().expect("there is one");
    let script = root().join("examples/callers/grpc-health/server.py");
    let mut server = Command::new(python);
    server.arg(script).args([&port.to_string(), "=SERVING"]);
    let process = Process::start(&mut server).expect("is installed");
    let listens = || TcpStream::connect(("127.0.0.1", port)).is_ok();
    let _process = process.until(listens).expect("listens");
    let here = folder(&[]);
    fs::write(here.path().join("ca.pem"), Authority::new("ours").0.pem()).expect("writes");
    let url = format!("https://127.0.0.1:{port}");
    let ran = tool(
        here.path(),
        &["wit-from-proto", "--reflect", &url, "--ca", "ca.pem"],
    );
    let said = ran.failed();
    assert!(said.contains("the server does not speak TLS"), "{said}");
}

#[test]
fn what_is_no_certificate_is_said_to_be_none() {
    let here = folder(&[("none.pem", b"nothing")]);
    fs::write(here.path().join("ca.pem"), Authority::new("ours").0.pem()).expect("writes");
    let cases: [&[&str]; 4] = [
        &["--ca", "absent.pem"],
        &["--ca", "none.pem"],
        &["--certificate", "none.pem", "--key", "none.pem"],
        &["--certificate", "ca.pem", "--key", "ca.pem"],
    ];
    let mut said = String::new();
    for arguments in cases {
        let command = [
            &["wit-from-proto", "--reflect", "https://127.0.0.1:1"],
            arguments,
        ];
        said += &flush(&tool(here.path(), &command.concat()).failed());
    }
    expect![[r#"
        x `--ca absent.pem`: No such file or directory (os error 2)

        x `--ca none.pem`: no items found
        help: this has to be a file in PEM, with a line such as `-----BEGIN CERTIFICATE-----`

        x `--certificate none.pem`: no items found
        help: this has to be a file in PEM, with a line such as `-----BEGIN CERTIFICATE-----`

        x `--key ca.pem`: no items found
        help: this has to be a file in PEM, with a line such as `-----BEGIN CERTIFICATE-----`

    "#]]
    .assert_eq(&said);
    for (arguments, expected) in [
        (&["a.proto", "--ca", "ca.pem"][..], "cannot be used with"),
        (&["--ca", "ca.pem"], "required"),
        (
            &["--reflect", "https://127.0.0.1:1", "--key", "ca.pem"],
            "required",
        ),
        (
            &[
                "--reflect",
                "https://127.0.0.1:1",
                "--certificate",
                "ca.pem",
            ],
            "required",
        ),
    ] {
        let ran = tool(here.path(), &[&["wit-from-proto"], arguments].concat());
        assert_eq!(ran.status, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    }
}
