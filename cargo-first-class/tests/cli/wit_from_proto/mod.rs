//! `wit-from-proto`.

mod tls;

use crate::tool::{flush, folder, root, tool};
use expect_test::expect;
use first_class_peers::{Process, free_port};
use std::net::TcpStream;
use std::process::Command;

const GREETER: &[u8] = b"syntax = \"proto3\";
package acme.greetings;
import \"acme/people.proto\";
// Says hello.
service Greeter {
  // To somebody.
  rpc Greet(Person) returns (Greeting);
  rpc Chat(stream Person) returns (stream Greeting);
}
message Greeting { string text = 1; }
";

const PEOPLE: &[u8] = b"syntax = \"proto3\";
package acme.greetings;
message Person {
  string name = 1;
  optional uint32 age = 2;
}
service Directory { rpc Find(Person) returns (Person); }
";

#[test]
fn a_world_is_written() {
    let files = [
        ("protos/acme/greeter.proto", GREETER),
        ("protos/acme/people.proto", PEOPLE),
    ];
    let here = folder(&files);
    let file = "protos/acme/greeter.proto";
    let command = ["wit-from-proto", "-I", "protos", file];
    let written = tool(here.path(), &command);
    assert_eq!(written.status, Some(0), "{}", written.stderr);
    assert_eq!(
        written.stderr.trim(),
        "Left out `acme.greetings.Greeter.Chat` takes a stream of requests"
    );
    expect![[r#"
        package acme:greetings;

        /// Says hello.
        interface greeter {
            /// Why a call failed, as the server says it.
            record status {
                code: status-code,
                message: string,
            }

            enum status-code {
                cancelled,
                unknown,
                invalid-argument,
                not-found,
                already-exists,
                permission-denied,
                resource-exhausted,
                failed-precondition,
                aborted,
                out-of-range,
                internal,
                data-loss,
                unauthenticated,
            }

            record greeting {
                text: string,
            }

            /// To somebody.
            greet: func(name: string, age: option<u32>) -> result<greeting, status>;

            // Left out, since it has no form in WIT:
            // - `acme.greetings.Greeter.Chat` takes a stream of requests
        }

        world greeter-service {
            export greeter;
        }
    "#]]
    .assert_eq(&written.stdout);

    let quiet = [&command[..], &["--quiet", "--service", "Greeter"]].concat();
    let again = tool(here.path(), &quiet);
    assert_eq!(
        (again.stderr.as_str(), &again.stdout),
        ("", &written.stdout)
    );
}

#[test]
fn mistakes_say_what_to_do() {
    let files = [
        ("greeter.proto", GREETER),
        ("acme/people.proto", PEOPLE),
        ("none.proto", b"syntax = \"proto3\";"),
        ("broken.proto", b"syntax = \"proto3\"; message {"),
    ];
    let here = folder(&files);
    let cases: [&[&str]; 7] = [
        &["greeter.proto", "acme/people.proto", "-I", "."],
        &["greeter.proto", "--service", "Greter"],
        &["none.proto"],
        &["broken.proto"],
        &["absent.proto"],
        &["--reflect", "localhost"],
        &["--reflect", "http://127.0.0.1:1"],
    ];
    let mut said = String::new();
    for arguments in cases {
        let failed = tool(here.path(), &[&["wit-from-proto"], arguments].concat()).failed();
        said += &flush(&failed);
    }
    expect![[r#"
        x there are several services
        help: name one with `--service`: `acme.greetings.Directory`, `acme.greetings.Greeter`

        x there is no service `Greter`
        help: there is: `acme.greetings.Directory`, `acme.greetings.Greeter`

        x the files have no service
        help: a service is what `service NAME { … }` defines

        x `broken.proto`: expected an identifier, but found '{'
        help: `-I DIR` says where files are found, and those that they import

        x file 'absent.proto' is not in any include path
        help: `-I DIR` says where files are found, and those that they import

        x `localhost` is no endpoint: it begins with `http://` or `https://`

        x http://127.0.0.1:1/: transport error: tcp connect error: Connection refused (os error 111)
        help: see that a gRPC server runs there; one that speaks TLS wants a URL with `https://`, and of one without reflection, give the `.proto` files

    "#]]
    .assert_eq(&said);
}

#[test]
fn a_server_is_asked() {
    let Some(python) = first_class_peers::python() else {
        return;
    };
    let port = free_port().expect("there is one");
    let script = root().join("examples/callers/grpc-health/server.py");
    let mut command = Command::new(python);
    command.arg(script).args([&port.to_string(), "=SERVING"]);
    let address = format!("127.0.0.1:{port}");
    let process = Process::start(&mut command).expect("is installed");
    let _process = process
        .until(|| TcpStream::connect(&address).is_ok())
        .expect("listens");
    let here = folder(&[]);
    let url = format!("http://{address}");
    let ask = |arguments: &[&str]| {
        let command = [&["wit-from-proto", "--reflect", &url], arguments].concat();
        tool(here.path(), &command)
    };
    let written = ask(&[]).done();
    assert!(written.starts_with("package grpc:health-v1;"), "{written}");
    assert!(
        written.contains("check: func(service: string)"),
        "{written}"
    );
    assert_eq!(ask(&["--service", "grpc.health.v1.Health"]).done(), written);
    let unknown = ask(&["--service", "grpc.health.v2.Health"]).failed();
    assert!(
        unknown.contains("there is `grpc.health.v1.Health`"),
        "{unknown}"
    );
}
