//! Plugins that we serve, called by their client.

use crate::LONG;
use crate::ours::peer::WORLD as PEER;
use crate::peers::RUNTIME;
use crate::theirs::client;
use crate::theirs::client::test::values::compounds::{Entry, Failure, Level, Point, Shape};
use crate::theirs::client::test::values::{compounds, scalars};
use bytes::Bytes;
use first_class_host::backends::wrpc::Wrpc;
use first_class_host::serving::ServeError;
use first_class_host::serving::wrpc::{Server, Serving};
use first_class_host::{Caller as Identity, Limits, LoadError, Shim, Source};
use first_class_tests::{Caller, guest};
use futures::future::join_all;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wrpc_transport::{Invoke, InvokeExt, TupleDecode, TupleEncode};

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
first_class::first_class_world!({ world: "faulty", path: "wit/faulty" });
first_class::first_class_world!({ world: "shop", path: "wit/shop" });

mod whole {
    first_class::first_class_world!({ world: "values", path: "wit/values" });
}

/// A shim with `echo`, `sum`, `sum/*`, which is named, and `faulty`, which as `spinning` has a second.
fn shim() -> Shim {
    let sum = || Source::file(guest("test-sum"));
    let faulty = || Source::file(guest("test-faulty"));
    let short = Limits::default().deadline(Duration::from_secs(1));
    let builder = Shim::builder()
        .file("echo", guest("test-echo"))
        .source("sum", sum())
        .source("sum/*", sum().named())
        .file("shop", guest("test-shop"))
        .source("faulty", faulty())
        .source("spinning", faulty().limits(short));
    builder.deadline(LONG).build().expect("builds")
}

fn tcp(serving: Serving) -> Server {
    serving.tcp("127.0.0.1:0").expect("listens")
}

fn address(server: &Server) -> String {
    server.address().expect("is no socket").to_string()
}

type Client = wrpc_transport::tcp::Client<String>;

/// Calls a function of the world itself with their client.
fn call<P, R>(client: &Client, function: &str, parameters: P) -> anyhow::Result<R>
where
    P: TupleEncode + Send,
    R: TupleDecode + Send,
    <P::Encoder as tokio_util::codec::Encoder<P>>::Error: std::error::Error + Send + Sync + 'static,
    <R::Decoder as tokio_util::codec::Decoder>::Error: std::error::Error + Send + Sync + 'static,
{
    const NO_PATHS: [[Option<usize>; 0]; 0] = [];
    RUNTIME.block_on(async {
        let call = client.invoke_values((), "", function, parameters, NO_PATHS);
        let (result, deferred) = tokio::time::timeout(LONG, call).await??;
        assert!(deferred.is_none());
        Ok(result)
    })
}

/// The result of a call that a busy machine may not serve in time, so that it is made again.
fn eventually<R>(call: impl Fn() -> anyhow::Result<R>) -> R {
    let started = Instant::now();
    loop {
        match call() {
            Ok(result) => return result,
            Err(error) => assert!(started.elapsed() < LONG, "{error:#}"),
        }
    }
}

async fn check(wrpc: &impl Invoke<Context = ()>) -> anyhow::Result<()> {
    client::nothing(wrpc, ()).await?;
    assert_eq!(client::add(wrpc, (), 7, 300).await?, 307);
    assert_eq!(scalars::echo_s64(wrpc, (), i64::MIN).await?, i64::MIN);
    assert_eq!(scalars::echo_u16(wrpc, (), 40_000).await?, 40_000);
    assert_eq!(scalars::echo_char(wrpc, (), '🦀').await?, '🦀');
    let text = compounds::echo_string(wrpc, (), "a ß € 🦀").await?;
    assert_eq!(text, "a ß € 🦀");
    let bytes = Bytes::from(vec![7; 1 << 20]);
    assert_eq!(compounds::echo_bytes(wrpc, (), &bytes).await?, bytes);
    let entry = Entry {
        id: 1 << 40,
        name: "ålesund".into(),
        at: Some(Point { x: -1, y: 2 }),
        tags: vec!["a".into(), String::new()],
        score: 0.25,
    };
    let given = compounds::echo_entry(wrpc, (), &entry).await?;
    assert_eq!(format!("{given:?}"), format!("{entry:?}"));
    let shape = Shape::Labelled(("l".into(), Level::High));
    let given = compounds::echo_shape(wrpc, (), &shape).await?;
    assert_eq!(format!("{given:?}"), format!("{shape:?}"));
    let found = compounds::find(wrpc, (), "origin").await?;
    assert!(matches!(found, Ok(Point { x: 0, y: 0 })));
    let missing = compounds::find(wrpc, (), "away").await?;
    assert!(matches!(missing, Err(Failure::Missing(name)) if name == "away"));
    Ok(())
}

#[test]
fn their_client_calls_a_plugin_over_tcp() {
    let server = tcp(Serving::of(&shim()).source("echo", whole::values::WORLD));
    let client = Client::from(address(&server));
    RUNTIME.block_on(check(&client)).expect("is served");
}

#[test]
fn their_client_calls_a_plugin_over_a_unix_socket() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("echo.sock");
    let serving = Serving::of(&shim()).source("echo", whole::values::WORLD);
    let server = serving.unix(&path).expect("listens");
    let client = wrpc_transport::unix::Client::from(path.clone());
    RUNTIME.block_on(check(&client)).expect("is served");
    drop(server);
    assert!(!path.exists());
}

#[test]
fn a_component_calls_a_plugin_of_another_shim() {
    let server = tcp(Serving::of(&shim()).source("echo", whole::values::WORLD));
    let remote = Source::backend(Wrpc::tcp(address(&server)));
    let there = Shim::builder().source("remote", remote).deadline(LONG);
    let there = there.build().expect("builds");
    let output = Caller::run("test-values", &there, &[]).expect_success();
    assert_eq!(output, "remote: all values came back\n");
    let output = RUNTIME.block_on(Caller::run_async(
        &wasmtime::Engine::default(),
        "test-values",
        &there,
        &[],
    ));
    assert_eq!(output.expect_success(), "remote: all values came back\n");
}

#[test]
fn a_named_instance_is_one_and_a_fresh_one_is_new_for_each_call() {
    let shim = shim();
    let serve = |name: &str| tcp(Serving::of(&shim).source(name, accumulator::WORLD));
    let (fresh, alice, bob) = (serve("sum"), serve("sum/alice"), serve("sum/bob"));
    let add = |server: &Server, value: i64| {
        let client = Client::from(address(server));
        let (sum,): (i64,) = call(&client, "add", (value,)).expect("is served");
        sum
    };
    assert_eq!((add(&fresh, 2), add(&fresh, 3)), (2, 3));
    assert_eq!((add(&alice, 2), add(&alice, 3), add(&bob, 4)), (2, 5, 4));
    // It is the instance that callers of this shim have.
    first_class_native::host_with(&shim);
    let sum = AccumulatorInstance::load("sum/alice").expect("loads");
    assert_eq!(sum.add(1), Ok(6));
    assert_eq!(add(&alice, 1), 7);
}

#[test]
fn what_goes_wrong_in_a_plugin_is_the_end_of_that_call_alone() {
    let server = tcp(Serving::of(&shim()).source("faulty", faulty::WORLD));
    let client = Client::from(address(&server));
    for function in ["panic", "reach-unreachable", "exhaust-memory"] {
        let result: anyhow::Result<()> = call(&client, function, ());
        assert!(result.is_err(), "{function}");
        let (twice,): (u32,) = call(&client, "double", (4_u32,)).expect("is served");
        assert_eq!(twice, 8);
    }
    let spinning = tcp(Serving::of(&shim()).source("spinning", faulty::WORLD));
    let spinning = Client::from(address(&spinning));
    let result: anyhow::Result<()> = call(&spinning, "spin", ());
    assert!(result.is_err());
    let (twice,): (u32,) = eventually(|| call(&spinning, "double", (4_u32,)));
    assert_eq!(twice, 8);
    // And so it is for our own client.
    let source = Source::backend(Wrpc::tcp(address(&server)));
    let there = Shim::builder().source("faulty", source).deadline(LONG);
    first_class_native::host_with(&there.build().expect("builds"));
    let instance = FaultyInstance::load("faulty").expect("loads");
    let error = instance.panic().expect_err("dies");
    assert!(
        matches!(
            error,
            first_class::CallError::Unavailable(ref it) if it.may_have_run
        ),
        "{error}"
    );
    assert_eq!(instance.double(5), Ok(10));
}

#[test]
fn what_is_asked_for_in_vain() {
    let server = tcp(Serving::of(&shim()).source("sum", accumulator::WORLD));
    let client = Client::from(address(&server));
    let unknown: anyhow::Result<()> = call(&client, "subtract", (1_i64,));
    assert!(unknown.is_err());
    let wrong: anyhow::Result<(i64,)> = call(&client, "add", ("text",));
    assert!(wrong.is_err());
    let (sum,): (i64,) = call(&client, "add", (1_i64,)).expect("is served");
    assert_eq!(sum, 1);
}

/// What a server answers to these bytes, after which the client sends nothing more.
async fn answer(address: &str, bytes: &[u8], ends: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let _ = stream.write_all(bytes).await;
    if ends {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(LONG, stream.read_to_end(&mut answer)).await;
    let _ = ended.expect("the server ends the connection");
    answer
}

#[test]
fn clients_that_do_not_keep_to_the_protocol_are_turned_away() {
    let serving = Serving::of(&shim()).source("sum", accumulator::WORLD);
    let serving = serving.patience(Duration::from_secs(1)).connections(4);
    let server = tcp(serving);
    let address = address(&server);
    let long = [&[0, 0xff, 0xff, 0x7f][..], &[b'a'; 10_000]].concat();
    let cases = [
        &b""[..],
        b"\x01",
        b"\0\xff\xff\xff\xff\xff",
        b"\0\0\x03ad",
        b"\0\0\x03add",
        b"\0\0\x03add\0\x05\x01",
        b"\0\0\x03add\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\0\0\x03add\x01\0\x01\x01",
        b"\0\0\x03add\0\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\0\0\x03add\0\x02\x01\x01",
        b"\0\xff\xff\xff\xff\x0fabc",
        &long,
    ];
    // More than there may be connections, so each has to end, also if the client does not end it.
    let ways = [true, false].into_iter();
    let all = ways.flat_map(|ends| cases.iter().map(move |bytes| (bytes, ends)));
    let answers = all.map(|(bytes, ends)| answer(&address, bytes, ends));
    for given in RUNTIME.block_on(join_all(answers)) {
        assert!(given.is_empty() || given == [0, 1], "{given:?}");
    }
    let client = Client::from(address.clone());
    let (sum,): (i64,) = eventually(|| call(&client, "add", (5_i64,)));
    assert_eq!(sum, 5);
}

#[test]
fn a_call_may_come_in_pieces() {
    let server = tcp(Serving::of(&shim())
        .source("sum", accumulator::WORLD)
        .patience(LONG));
    RUNTIME.block_on(async {
        let stream = TcpStream::connect(address(&server)).await;
        let mut stream = stream.expect("connects");
        for byte in b"\0\0\x03add\0\x01\x05" {
            stream.write_all(&[*byte]).await.expect("is open");
        }
        // The connection is left open on this side.
        let mut given = [0; 3];
        stream.read_exact(&mut given).await.expect("is served");
        assert_eq!(given, [0, 1, 5]);
    });
}

#[test]
fn what_cannot_be_served_is_refused_before_anybody_listens() {
    let shim = shim();
    let serve = |serving: Serving| serving.tcp("127.0.0.1:0").expect_err("is refused");
    let error = serve(Serving::of(&shim).source("shop", shop::WORLD));
    assert!(
        matches!(error, ServeError::Load(LoadError::Misfit { .. })),
        "{error}"
    );
    let error = serve(Serving::of(&shim).source("nobody", accumulator::WORLD));
    assert!(
        matches!(error, ServeError::Load(LoadError::NotFound { .. })),
        "{error}"
    );
    let error = serve(Serving::of(&shim).source("sum", PEER));
    assert!(
        matches!(error, ServeError::Load(LoadError::Incompatible { .. })),
        "{error}"
    );
    let error = serve(Serving::of(&shim).source("sum", *b"no world"));
    assert!(
        matches!(error, ServeError::Load(LoadError::World(_))),
        "{error}"
    );
    let twice = Serving::of(&shim).source("sum", accumulator::WORLD);
    let error = serve(twice.source("sum/a", accumulator::WORLD));
    assert!(matches!(error, ServeError::Ambiguous { .. }), "{error}");
    let nobody = Identity::new("nobody")
        .may_load(["other"])
        .expect("a pattern");
    let serving = Serving::of(&shim).source("sum", accumulator::WORLD);
    let error = serve(serving.caller(nobody));
    assert!(
        matches!(error, ServeError::Load(LoadError::NotFound { .. })),
        "{error}"
    );

    let server = tcp(Serving::of(&shim).source("sum", accumulator::WORLD));
    let again = Serving::of(&shim).source("sum", accumulator::WORLD);
    let error = again.tcp(&address(&server)).expect_err("is taken");
    assert!(matches!(error, ServeError::Listen { .. }), "{error}");
}

#[test]
fn a_server_ends_with_its_handle() {
    let shim = shim();
    let server = tcp(Serving::of(&shim).source("sum", accumulator::WORLD));
    let address = address(&server);
    drop(server);
    let gone = RUNTIME.block_on(async {
        tokio::time::timeout(LONG, async {
            while TcpStream::connect(&address).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await
    });
    assert!(gone.is_ok());
}
