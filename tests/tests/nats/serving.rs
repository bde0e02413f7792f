//! Plugins that we serve: fresh instances, called by NATS's own client and by ours.

use crate::named::until_full;
use crate::ours::AccumulatorInstance;
use crate::ours::{FaultyInstance, accumulator, shop};
use crate::peers::{RUNTIME, client, header};
use crate::shims::{SHORT, serving, shim};
use crate::{LONG, host, nats, remote, server, servers};
use async_nats::{HeaderMap, Message, RequestErrorKind};
use first_class::CallError;
use first_class_host::backends::nats::Servers;
use first_class_host::serving::ServeError;
use first_class_host::serving::nats::Serving;
use first_class_host::{LoadError, Shim, Source};
use first_class_tests::{Caller, guest};
use std::time::{Duration, Instant};

mod whole {
    first_class::first_class_world!({ world: "values", path: "wit/values" });
}

/// A world of the same names, with other types.
mod another {
    first_class::first_class_world!({
        world: "another",
        inline: "package test:accumulator@0.1.0;
            world another {
                export add: func(value: s64, twice: bool) -> s64;
                export subtract: func(value: s64) -> s64;
            }",
    });
}

#[test]
fn a_component_calls_a_plugin_of_another_shim() {
    // A text is larger than NATS carries unless it is told to.
    let server = first_class_peers::nats::Server::start("max_payload: 32MB").expect("starts");
    let Some(server) = server else { return };
    let shim = Shim::builder()
        .file("echo", guest("test-echo"))
        .deadline(LONG);
    let serving = Serving::of(&shim.build().expect("builds")).source("echo", whole::values::WORLD);
    let _server = serving.nats(servers(&server)).expect("serves");
    let remote = Source::backend(nats(&server).named("echo"));
    let there = Shim::builder().source("remote", remote).deadline(LONG);
    let output = Caller::run("test-values", &there.build().expect("builds"), &[]);
    assert_eq!(output.expect_success(), "remote: all values came back\n");
}

/// What a function of `sum` gives to NATS's own client.
fn ask(
    server: &first_class_peers::nats::Server,
    lines: &[(&str, &str)],
    payload: &[u8],
) -> Message {
    let client = client(server);
    let mut headers = HeaderMap::new();
    lines
        .iter()
        .for_each(|(name, value)| headers.append(*name, *value));
    let asked =
        client.request_with_headers("first-class.call.sum", headers, payload.to_vec().into());
    RUNTIME.block_on(asked).expect("is answered")
}

#[test]
fn their_client_calls_a_plugin() {
    let Some(server) = server() else { return };
    let shim = shim();
    let _server = serving(&shim).nats(servers(&server)).expect("serves");
    let reply = ask(&server, &[("First-Class-Function", "add")], &[5]);
    assert_eq!((reply.headers, &*reply.payload), (None, &[5][..]));

    let refused = |lines: &[(&str, &str)], payload: &[u8]| {
        let reply = ask(&server, lines, payload);
        let code = header(&reply, "Nats-Service-Error-Code").expect("is an error");
        let message = header(&reply, "Nats-Service-Error").expect("says why");
        format!("{code}: {message}")
    };
    let mut all = [
        refused(&[], &[5]),
        refused(&[("First-Class-Function", "subtract")], &[5]),
        refused(
            &[("First-Class-Function", "test:accumulator/other#add")],
            &[5],
        ),
        refused(
            &[
                ("First-Class-Function", "add"),
                ("First-Class-Signature", "00"),
            ],
            &[5],
        ),
        refused(&[("First-Class-Function", "add")], &[]),
        refused(&[("First-Class-Function", "add")], &[0x80]),
        refused(&[("First-Class-Function", "add")], &[5, 5]),
        refused(
            &[("First-Class-Function", "add")],
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        ),
    ];
    all.sort();
    expect_test::expect![[r#"
        1: the request has no header `First-Class-Function`
        1: what was sent are no arguments of `add`: 1 bytes are left over
        1: what was sent are no arguments of `add`: at `value`: 1 bytes are missing at least
        1: what was sent are no arguments of `add`: at `value`: 1 bytes are missing at least
        1: what was sent are no arguments of `add`: at `value`: the number does not fit into 64 bits
        33: `sum` does not have `subtract`
        33: `sum` does not have `test:accumulator/other#add`
        38: `add` of the world `test:accumulator/accumulator@0.1.0`, as it is served, has another type than the caller's (signature ad7340a3ac3f366f, not 00); build both from one version of the world"#]].assert_eq(&all.join("\n"));
    // It serves on.
    let reply = ask(&server, &[("First-Class-Function", "add")], &[6]);
    assert_eq!(&*reply.payload, [6]);
}

#[test]
fn what_goes_wrong_in_a_plugin_is_told_as_if_it_were_here() {
    let Some(server) = server() else { return };
    let shim = shim();
    let _server = serving(&shim).nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    let mut backtraces = Vec::new();
    for name in ["faulty", "faults/a"] {
        let faulty = FaultyInstance::load(name).expect("loads");
        match faulty.panic().expect_err("panics") {
            CallError::Trap(trap) => backtraces.push(trap.backtrace),
            error => panic!("{error:?}"),
        }
        let error = faulty.end_process().expect_err("exits");
        assert!(error.to_string().contains("exited with status"), "{error}");
        let error = faulty.exhaust_memory().expect_err("has no more");
        assert!(
            matches!(&error, CallError::Exhausted(it) if it.limit == 256 << 20),
            "{error:?}"
        );
        assert!(faulty.is_alive());
        // Who was told of a death is not told again.
        assert_eq!(faulty.double(4), Ok(8));
    }
    // All of it comes, of whatever instance.
    assert!(backtraces[0].len() > 1, "{backtraces:?}");
    assert_eq!(backtraces[0], backtraces[1]);
}

#[test]
fn a_source_beside_a_pattern_is_not_served_with_it() {
    let Some(server) = server() else { return };
    let sum = || Source::file(guest("test-sum"));
    let shim = Shim::builder()
        .source("sums/*", sum())
        .source("sums/admin", sum())
        .deadline(LONG)
        .build()
        .expect("builds");
    let serving = Serving::of(&shim).source("sums/*", accumulator::WORLD);
    let _server = serving.nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    let add = |name| AccumulatorInstance::load(name).expect("loads").add(1);
    assert_eq!(add("sums/a"), Ok(1));
    let error = add("sums/admin").expect_err("is not served");
    assert!(matches!(error, CallError::Remote(_)), "{error}");
    assert!(
        error
            .to_string()
            .contains("there is no source `sums/admin`"),
        "{error}"
    );
}

#[test]
fn what_never_returns_is_ended_where_it_is_served() {
    let Some(server) = server() else { return };
    let shim = shim();
    let _server = serving(&shim).nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    for name in ["spinning", "faults/spinning/a"] {
        let faulty = FaultyInstance::load(name).expect("loads");
        let error = faulty.spin().expect_err("is late");
        assert!(matches!(error, CallError::Deadline(_)), "{error}");
        let limit = format!("{} ms", SHORT.as_millis());
        assert!(error.to_string().contains(&limit), "{error}");
        assert!(faulty.is_alive());
        let started = Instant::now();
        loop {
            assert!(started.elapsed() < LONG, "it is never in time");
            match faulty.double(4) {
                Ok(twice) => break assert_eq!(twice, 8),
                // The machine is busy.
                Err(CallError::Deadline(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn each_call_has_a_fresh_instance_on_one_of_the_servers() {
    let Some(server) = server() else { return };
    let shims = [shim(), shim(), shim()];
    let _servers = shims.each_ref().map(|shim| {
        let serving = Serving::of(shim).source("sum", accumulator::WORLD);
        serving.nats(servers(&server)).expect("serves")
    });
    host(nats(&server), LONG);
    let sum = AccumulatorInstance::load("sum").expect("loads");
    for _ in 0..100 {
        assert_eq!(sum.add(2), Ok(2));
    }
    let calls = shims.map(|shim| shim.snapshot().calls);
    assert_eq!(calls.iter().sum::<u64>(), 100);
    assert!(calls.iter().all(|calls| *calls > 5), "{calls:?}");
}

#[test]
fn a_call_of_another_interface_is_refused() {
    let Some(server) = server() else { return };
    let shim = shim();
    let _server = serving(&shim).nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    for name in ["sum", "sums/a"] {
        let other = another::AnotherInstance::load(name).expect("loads");
        let error = other.add(1, true).expect_err("has another type");
        let message = error.to_string();
        assert!(matches!(error, CallError::Remote(_)), "{message}");
        assert!(
            message.contains("has another type than the caller's"),
            "{message}"
        );
        let error = other.subtract(1).expect_err("is not there");
        assert!(matches!(error, CallError::Unsupported(_)), "{error}");
        // Of what is the same, a call is served.
        let sum = AccumulatorInstance::load(name).expect("loads");
        assert_eq!(sum.add(3), Ok(3));
    }
}

#[test]
fn what_cannot_be_served_is_refused() {
    let Some(server) = server() else { return };
    let shim = shim();
    let serve = |name: &str, world: &[u8]| {
        let serving = Serving::of(&shim).source(name, world);
        serving.nats(servers(&server)).expect_err("is refused")
    };
    let error = serve("sum", shop::WORLD);
    assert!(
        matches!(error, ServeError::Load(LoadError::Misfit { .. })),
        "{error}"
    );
    let error = serve("sums/*", shop::WORLD);
    assert!(
        matches!(error, ServeError::Load(LoadError::Misfit { .. })),
        "{error}"
    );
    let error = serve("sum", crate::ours::peer::WORLD);
    assert!(
        matches!(error, ServeError::Load(LoadError::Incompatible { .. })),
        "{error}"
    );
    let error = serve("nobody", accumulator::WORLD);
    assert!(
        matches!(error, ServeError::Load(LoadError::NotFound { .. })),
        "{error}"
    );
    let error = serve("others/*", accumulator::WORLD);
    assert!(
        matches!(error, ServeError::Load(LoadError::NotFound { .. })),
        "{error}"
    );
    let error = serve("su*", accumulator::WORLD);
    assert!(matches!(error, ServeError::Pattern { .. }), "{error}");
    let serving = Serving::of(&shim).source("sum", accumulator::WORLD);
    let error = serving
        .nats(Servers::at(["nats://127.0.0.1:1"]))
        .expect_err("is absent");
    assert!(matches!(error, ServeError::Unavailable(_)), "{error}");
}

#[test]
fn no_more_calls_go_on_than_may() {
    let Some(server) = server() else { return };
    let shim = shim();
    let serving = Serving::of(&shim).source("naps/*", crate::ours::sleeper::WORLD);
    let _server = serving.calls(1).nats(servers(&server)).expect("serves");
    host(nats(&server), LONG);
    let load = |name| crate::ours::SleeperInstance::load(name).expect("loads");
    let (first, second) = (load("naps/a"), load("naps/b"));
    assert_eq!((first.count(), second.count()), (Ok(1), Ok(1)));
    // Longer than it takes to see that there is no room beside it.
    let nap = first.start().nap(10_000, 7).expect("starts");
    until_full(&server);
    // Who has time waits until there is.
    assert!(second.count().is_ok());
    assert_eq!(nap.wait(), Ok(7));
}

#[test]
fn the_service_api_lists_what_is_served() {
    let Some(server) = server() else { return };
    let shim = shim();
    let serving = serving(&shim).nats(servers(&server)).expect("serves");
    let sum = remote(nats(&server), LONG);
    first_class_native::host_with(&sum);
    assert_eq!(
        AccumulatorInstance::load("sum").expect("loads").add(1),
        Ok(1)
    );
    let client = client(&server);
    let ask = |verb: &str| {
        let subject = format!("$SRV.{verb}.first-class.{}", serving.id());
        let reply = RUNTIME
            .block_on(client.request(subject, "".into()))
            .expect("is answered");
        let reply: serde_json::Value = serde_json::from_slice(&reply.payload).expect("is JSON");
        reply
    };
    assert_eq!(ask("PING")["id"], serving.id());
    let info = ask("INFO");
    let endpoints = info["endpoints"].as_array().expect("is a list");
    let of = |source: &str| {
        let found = endpoints
            .iter()
            .find(|it| it["metadata"]["source"] == source);
        found.expect("is listed")
    };
    assert_eq!(endpoints.len(), 7);
    let sum = of("sum");
    assert_eq!(sum["subject"], "first-class.call.sum");
    assert_eq!(sum["queue_group"], "first-class");
    assert_eq!(
        sum["metadata"]["world"],
        "test:accumulator/accumulator@0.1.0"
    );
    assert_eq!(sum["metadata"]["instances"], "fresh");
    assert_eq!(of("sums/*")["subject"], "first-class.hold.sums.*");
    assert_eq!(of("sums/*")["metadata"]["instances"], "named");
    let stats = ask("STATS");
    let stats = stats["endpoints"].as_array().expect("is a list");
    let sum = stats
        .iter()
        .find(|it| it["subject"] == "first-class.call.sum");
    assert_eq!(sum.expect("is listed")["num_requests"], 1);

    // And no more when it has ended.
    serving.end();
    let started = Instant::now();
    let is_gone = || {
        let asked = RUNTIME.block_on(async {
            let asked = client.request("$SRV.PING", "".into());
            tokio::time::timeout(Duration::from_millis(300), asked).await
        });
        matches!(asked, Ok(Err(error)) if error.kind() == RequestErrorKind::NoResponders)
    };
    while !is_gone() {
        assert!(started.elapsed() < LONG, "it answers, or seems to");
    }
}
