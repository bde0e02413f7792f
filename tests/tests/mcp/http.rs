//! Servers over HTTP that fail.

use crate::stub::{StubInstance, tools};
use crate::{LONG, host, source};
use first_class::{CallError, LoadError};
use first_class_host::Shim;
use first_class_host::backends::mcp::Mcp;
use first_class_peers::free_port;
use first_class_tests::tls::Authority;
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What a server does with a call of a tool, and with everything if it is told so.
#[derive(Clone)]
enum Answer {
    /// Sends this, whatever is asked.
    Always(String),
    /// Sends this when a tool is called, with the number of the request for `ID`.
    Call(String),
    /// Ends the connection when a tool is called.
    Reset,
    /// Says nothing.
    Never,
}

/// A request: its head, and its body.
type Request = (String, Json);

/// A server on a thread, and what it hears. It ends with the process.
fn serve(answer: Answer) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("is free");
    let url = format!("http://{}/mcp", listener.local_addr().expect("has one"));
    let (told, heard) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (told, answer) = (told.clone(), answer.clone());
            thread::spawn(move || {
                let mut stream = stream.expect("is accepted");
                while let Some(request) = read(&mut stream) {
                    let reply = reply(&answer, &request.1);
                    let _ = told.send(request);
                    let Some(reply) = reply else { return };
                    if reply.is_empty() {
                        thread::sleep(LONG);
                    }
                    if stream.write_all(reply.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (url, heard)
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let before = head.len();
        reader
            .read_line(&mut head)
            .ok()
            .filter(|length| *length > 0)?;
        let line = head[before..].to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("is a number");
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, serde_json::from_slice(&body).unwrap_or_default()))
}

fn http(status: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Nothing to end the connection, an empty text to wait.
fn reply(answer: &Answer, request: &Json) -> Option<String> {
    let json = |result: Json| {
        let body = json!({"jsonrpc": "2.0", "id": request["id"], "result": result});
        Some(http("200 OK", "application/json", &body.to_string()))
    };
    match (answer, request["method"].as_str()) {
        (Answer::Always(reply), _) => Some(reply.clone()),
        (_, Some("initialize")) => json(json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "http", "version": "1"},
        })),
        (_, Some("tools/list")) => json(json!({"tools": tools()})),
        (Answer::Call(reply), Some("tools/call")) => {
            Some(reply.replace("ID", &request["id"].to_string()))
        }
        (Answer::Reset, Some("tools/call")) => None,
        (Answer::Never, Some("tools/call")) => Some(String::new()),
        _ => Some(http("202 Accepted", "text/plain", "")),
    }
}

fn load(url: &str) -> Result<StubInstance, LoadError> {
    host([("http", Mcp::http(url))]);
    StubInstance::load("http")
}

/// What a call gives whose server answers so.
fn called(answer: Answer) -> Result<String, CallError> {
    let (url, _heard) = serve(answer);
    load(&url).expect("loads").say("hi")
}

#[test]
fn nobody_is_there() {
    let port = free_port().expect("is there");
    let error = load(&format!("http://127.0.0.1:{port}/mcp")).map(drop);
    assert!(
        matches!(error, Err(LoadError::Unavailable { .. })),
        "{error:?}"
    );
    let error = load("no address").map(drop);
    assert!(
        matches!(error, Err(LoadError::Unavailable { .. })),
        "{error:?}"
    );
}

#[test]
fn a_status_is_told() {
    for (status, expected) in [
        ("401 Unauthorized", "401"),
        ("403 Forbidden", "403"),
        ("404 Not Found", "404"),
        ("500 Internal Server Error", "500"),
        ("302 Found\r\nlocation: http://127.0.0.1:1/", "302"),
    ] {
        let page = http(status, "text/html", "<h1>no</h1>");
        let (url, _heard) = serve(Answer::Always(page.clone()));
        match load(&url).map(drop) {
            Err(LoadError::Instantiate { message, .. }) => {
                assert!(message.contains(expected), "{message}");
            }
            other => panic!("{status}: {other:?}"),
        }
        let error = called(Answer::Call(page)).expect_err("is refused");
        assert!(matches!(error, CallError::Remote(_)), "{status}: {error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    // Whoever stands before the server does not know what became of the call.
    let error = called(Answer::Call(http("502 Bad Gateway", "text/html", "")));
    let Err(CallError::Unavailable(lost)) = &error else {
        panic!("{error:?}");
    };
    assert!(lost.may_have_run);
}

#[test]
fn what_comes_is_no_answer() {
    for body in ["", "no json", "{}", "[1, 2]"] {
        let page = http("200 OK", "application/json", body);
        let (url, _heard) = serve(Answer::Always(page.clone()));
        assert!(load(&url).is_err(), "{body}");
        let error = called(Answer::Call(page)).expect_err("is none");
        assert!(matches!(error, CallError::Remote(_)), "{body}: {error}");
    }
    let error = called(Answer::Call(http("200 OK", "text/html", "<p>hello"))).expect_err("is none");
    assert!(matches!(error, CallError::Remote(_)), "{error}");
}

#[test]
fn the_connection_is_reset_or_ends_within_the_answer() {
    let half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{";
    let event =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\ndata: {";
    let (halves, _heard) = serve_once(half);
    let (events, _heard) = serve_once(event);
    for error in [called(Answer::Reset), call_of(&halves), call_of(&events)] {
        let Err(CallError::Unavailable(lost)) = &error else {
            panic!("{error:?}");
        };
        assert!(lost.may_have_run, "{lost:?}");
    }
}

/// A server that sends the beginning of an answer to a call and ends the connection.
fn serve_once(beginning: &'static str) -> (String, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("is free");
    let url = format!("http://{}/mcp", listener.local_addr().expect("has one"));
    let serving = thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("is accepted");
            while let Some((_, request)) = read(&mut stream) {
                let is_call = request["method"] == "tools/call";
                let reply = reply(&Answer::Reset, &request);
                let reply = reply.unwrap_or_else(|| beginning.into());
                if stream.write_all(reply.as_bytes()).is_err() || is_call {
                    break;
                }
            }
        }
    });
    (url, serving)
}

fn call_of(url: &str) -> Result<String, CallError> {
    load(url).expect("loads").say("hi")
}

#[test]
fn the_server_never_answers() {
    let (url, heard) = serve(Answer::Never);
    let deadline = Duration::from_secs(3);
    let source = source(Mcp::http(url), deadline);
    let shim = Shim::builder().source("http", source).build();
    first_class_native::host_with(&shim.expect("builds"));
    let instance = StubInstance::load("http").expect("loads");
    let error = instance.say("hi").expect_err("is late");
    assert!(matches!(error, CallError::Deadline(_)), "{error}");
    assert!(instance.is_alive());
    let next = || heard.recv_timeout(LONG).expect("the server is told");
    while next().1["method"] != "notifications/cancelled" {}
}

#[test]
fn an_answer_that_is_too_large_is_refused() {
    let text = "x".repeat(20_000);
    let body = format!(
        r#"{{"jsonrpc": "2.0", "id": ID, "result": {{"content": [{{"type": "text", "text": "{text}"}}]}}}}"#
    );
    // Either way of an answer, with a length that `ID` does not change.
    let json = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{body}"
    );
    let (url, _heard) = serve(Answer::Call(json));
    host([("http", Mcp::http(url).message_bytes(15_000))]);
    let error = StubInstance::load("http")
        .expect("loads")
        .say("hi")
        .expect_err("is large");
    assert!(matches!(error, CallError::Limit(_)), "{error}");
}

#[test]
fn headers_are_sent_and_wrong_ones_are_refused() {
    let answer = http("401 Unauthorized", "text/plain", "");
    let (url, heard) = serve(Answer::Always(answer));
    let mcp = Mcp::http(url)
        .header("Authorization", "Bearer s3cret")
        .expect("is one");
    assert!(!format!("{mcp:?}").contains("s3cret"));
    host([("http", mcp)]);
    assert!(StubInstance::load("http").is_err());
    let (head, _) = heard.recv_timeout(LONG).expect("was asked");
    assert!(
        head.to_lowercase().contains("authorization: bearer s3cret"),
        "{head}"
    );
    let error = Mcp::http("http://x").header("a b", "c").map(drop);
    assert!(error.expect_err("is none").to_string().contains("`a b`"));
    let error = Mcp::http("http://x").header("a", "s3cret\n").map(drop);
    assert!(!error.expect_err("is none").to_string().contains("s3cret"));
    let mcp = Mcp::http("https://user:s3cret@notes.example/mcp?key=s3cret");
    assert_eq!(format!("{mcp:?}"), "Mcp(https://notes.example/mcp)");
}

#[test]
fn a_certificate_that_is_not_trusted_is_refused() {
    let authority = Authority::new("ours");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("builds");
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .expect("is free");
    let port = listener.local_addr().expect("has one").port();
    let acceptor = tokio_rustls::TlsAcceptor::from(authority.server("localhost", None));
    runtime.spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            // What comes before the request is no answer to it.
            let _ = stream.read(&mut [0; 1024]).await;
            let answer = http("401 Unauthorized", "text/plain", "");
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
            // To close with the request unread would reset the connection, answer and all.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    let url = format!("https://localhost:{port}/mcp");
    // Who signed it is not known, then it is, and then it is not what is spoken.
    let error = load(&url).map(drop);
    let Err(LoadError::Unavailable { message, .. }) = &error else {
        panic!("{error:?}");
    };
    assert!(message.contains("certificate"), "{message}");
    host([("http", Mcp::http(&url).tls(authority.client(None)))]);
    let error = StubInstance::load("http").map(drop);
    assert!(
        matches!(error, Err(LoadError::Instantiate { .. })),
        "{error:?}"
    );
    let error = load(&url.replace("https", "http")).map(drop);
    assert!(error.is_err());
}

/// A server that asks on a stream for ever as soon as `wait` is called, and never says that an answer has come. The
/// number counts the streams.
fn asking() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("is free");
    let url = format!("http://{}/mcp", listener.local_addr().expect("has one"));
    let streams = Arc::new(AtomicUsize::new(0));
    let counted = streams.clone();
    let (called, calls) = channel();
    let calls = Arc::new(Mutex::new(calls));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (counted, called, calls) = (counted.clone(), called.clone(), calls.clone());
            thread::spawn(move || {
                let mut stream = stream.expect("is accepted");
                while let Some((head, request)) = read(&mut stream) {
                    if head.starts_with("GET") {
                        counted.fetch_add(1, Ordering::SeqCst);
                        let call = calls.lock().map(|calls| calls.recv());
                        assert!(call.is_ok_and(|call| call.is_ok()));
                        return ask(&mut stream);
                    }
                    let method = request["method"].as_str();
                    let tool = request["params"]["name"].as_str();
                    if tool == Some("wait") {
                        let _ = called.send(());
                        return thread::sleep(LONG);
                    }
                    if method.is_none() {
                        return thread::sleep(LONG);
                    }
                    let reply = reply(&Answer::Never, &request).expect("is one");
                    let session = "content-type: application/json\r\nmcp-session-id: one\r\n";
                    let reply = match method {
                        Some("initialize") => {
                            reply.replace("content-type: application/json\r\n", session)
                        }
                        _ => reply,
                    };
                    if stream.write_all(reply.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (url, streams)
}

fn ask(stream: &mut TcpStream) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    let mut sent = stream.write_all(head.as_bytes());
    for number in 0.. {
        if sent.is_err() {
            return;
        }
        let ping = json!({"jsonrpc": "2.0", "id": number, "method": "ping"});
        sent = stream.write_all(format!("data: {ping}\n\n").as_bytes());
    }
}

#[test]
fn it_asks_without_taking_answers() {
    let (url, streams) = asking();
    let mcp = Mcp::http(url).reading(Duration::from_secs(3));
    let shim = Shim::builder().source("http", source(mcp, LONG)).build();
    first_class_native::host_with(&shim.expect("builds"));
    let instance = StubInstance::load("http").expect("loads");
    // The second call makes another session.
    for sessions in 1..=2 {
        let started = Instant::now();
        match instance.wait() {
            Err(CallError::Unavailable(it)) => {
                assert!(it.may_have_run);
                assert!(it.message.contains("did not read"), "{}", it.message);
            }
            other => panic!("{other:?}"),
        }
        assert!(started.elapsed() < LONG / 2, "{:?}", started.elapsed());
        assert_eq!(streams.load(Ordering::SeqCst), sessions);
    }
}
