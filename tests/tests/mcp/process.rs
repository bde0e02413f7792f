//! Processes that fail: each time a typed error within the deadline, and nothing stays behind.

use crate::stub::{StubInstance, heard, is_running, processes, stub, times, tools};
use crate::{LONG, host, source};
use first_class::{CallError, LoadError};
use first_class_host::backends::mcp::Mcp;
use first_class_host::{Shim, Source};
use first_class_tests::eventually;
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A server that behaves in some way, as the source `stub` of this thread's host.
struct Stub {
    shim: Option<Shim>,
    log: PathBuf,
    _directory: TempDir,
}

impl Stub {
    fn start(mode: &str, with: impl FnOnce(Mcp) -> Source) -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let log = directory.path().join("log");
        let mcp = stub(mode, &tools(), Some(&log))?;
        let shim = Shim::builder().source("stub", with(mcp)).build();
        let shim = shim.expect("builds");
        first_class_native::host_with(&shim);
        Some(Stub {
            shim: Some(shim),
            log,
            _directory: directory,
        })
    }

    /// Ends the host, and sees that no process is left.
    fn end(mut self) {
        first_class_native::host_with(&Shim::builder().build().expect("builds"));
        drop(self.shim.take());
        let processes = processes(&self.log);
        assert!(!processes.is_empty());
        for id in processes {
            eventually(|| !is_running(id));
        }
    }
}

fn plain(mcp: Mcp) -> Source {
    source(mcp, LONG)
}

fn load() -> Result<StubInstance, LoadError> {
    StubInstance::load("stub")
}

/// The same, again until it is in time: a start goes on meanwhile.
fn load_in_time() -> StubInstance {
    let started = Instant::now();
    loop {
        match load() {
            Ok(instance) => return instance,
            Err(error) => assert!(started.elapsed() < LONG, "{error}"),
        }
    }
}

/// Why a source is not there.
fn unavailable(loaded: Result<StubInstance, LoadError>) -> String {
    match loaded.map(drop) {
        Err(LoadError::Unavailable { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

/// Whether a call may have run, of one that was not available.
fn may_have_run<T: std::fmt::Debug>(result: Result<T, CallError>) -> bool {
    match result {
        Err(CallError::Unavailable(it)) => it.may_have_run,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_program_is_not_there() {
    let absent = Mcp::command("/nonexistent/server", [] as [&str; 0]);
    let _shim = host([("stub", absent)]);
    let reason = unavailable(load());
    assert!(
        reason.contains("`/nonexistent/server` cannot be started"),
        "{reason}"
    );
}

#[test]
fn it_ends_at_once_and_is_not_started_for_ever() {
    let pause = Duration::from_secs(1);
    let few = |mcp: Mcp| plain(mcp.restarts(3, pause, pause));
    let Some(stub) = Stub::start("exit", few) else {
        return;
    };
    let reason = unavailable(load());
    assert!(reason.contains("exit status: 7"), "{reason}");
    assert!(reason.contains("there is no configuration"), "{reason}");
    // The second time is at once, and the next ones after a pause.
    let reasons = RefCell::new(Vec::new());
    eventually(|| {
        let reason = unavailable(load());
        let is_over = reason.contains("given up");
        reasons.borrow_mut().push(reason);
        is_over
    });
    let reasons = reasons.into_inner();
    let paused = |it: &String| it.contains("it is started again after");
    assert!(reasons.iter().any(paused), "{reasons:?}");
    let times = times(&stub.log);
    assert_eq!(times.len(), 4);
    for two in times[1..].windows(2) {
        assert!(two[1] - two[0] >= pause, "{times:?}");
    }
    stub.end();
}

#[test]
fn it_says_nothing_or_no_end_of_it() {
    // In which it writes to its file, if nothing else.
    let short = Duration::from_secs(10);
    for (mode, starting, expected) in [
        ("mute", short, "did not answer within"),
        ("endless", LONG, "a message of more than"),
        (
            "garbage",
            LONG,
            "what it sends is not MCP, such as `this is no message`",
        ),
        ("flood", LONG, ""),
    ] {
        let Some(stub) = Stub::start(mode, |mcp| plain(mcp.starting(starting))) else {
            return;
        };
        let started = Instant::now();
        let loaded = load();
        assert!(started.elapsed() < LONG / 2, "{mode}");
        match loaded {
            // What is only said is not listened to.
            Ok(instance) => assert_eq!((mode, instance.say("hi")), ("flood", Ok("hi".into()))),
            error => {
                let reason = unavailable(error);
                assert!(reason.contains(expected), "{mode}: {reason}");
            }
        }
        stub.end();
    }
}

#[test]
fn it_has_no_end_of_tools_or_refuses_clients() {
    for (mode, expected) in [
        ("pages", "has no end of them"),
        ("refuse", "no more clients"),
    ] {
        let Some(stub) = Stub::start(mode, plain) else {
            return;
        };
        match load().map(drop) {
            Err(LoadError::Instantiate { message, .. }) => {
                assert!(message.contains(expected), "{message}");
            }
            other => panic!("{other:?}"),
        }
        stub.end();
    }
}

#[test]
fn a_start_goes_on_when_nobody_waits_for_it() {
    let deadline = Duration::from_millis(1);
    let Some(stub) = Stub::start("", |mcp| source(mcp, deadline)) else {
        return;
    };
    eventually(|| load().is_ok());
    assert_eq!(processes(&stub.log).len(), 1);
    stub.end();
}

#[test]
fn it_ends_in_a_call_and_is_started_for_the_next() {
    let Some(stub) = Stub::start("", plain) else {
        return;
    };
    let instance = load().expect("loads");
    let first = instance.pid().expect("says it");
    // Without a word, within a word, and after one.
    for text in [
        "",
        "{\"jsonrpc\": \"2.0\", \"id\": ID, \"resu",
        "no message\n",
    ] {
        let lost = instance.raw(text, true);
        assert!(may_have_run(lost), "{text}");
        let next = instance.pid().expect("is started again");
        assert_ne!(next, first);
    }
    assert_eq!(processes(&stub.log).len(), 4);
    drop(instance);
    stub.end();
}

#[test]
fn it_is_restarted_between_calls() {
    let Some(stub) = Stub::start("", plain) else {
        return;
    };
    let instance = load().expect("loads");
    let other = load().expect("loads");
    let first = instance.pid().expect("says it");
    let killed = std::process::Command::new("kill")
        .args(["-9", &first.to_string()])
        .status();
    assert!(killed.expect("runs").success());
    eventually(|| !instance.is_alive() || !is_running(first));
    // Who calls before that is seen is told that it is lost or dead, and never waits.
    eventually(|| instance.pid().is_ok_and(|next| next != first));
    assert_eq!(other.pid(), instance.pid());
    drop((instance, other));
    stub.end();
}

#[test]
fn what_it_answers_is_no_answer() {
    let Some(stub) = Stub::start("", plain) else {
        return;
    };
    let instance = load().expect("loads");
    for text in [
        // No result of a tool, no number, another number than is meant, and a text.
        r#"{"jsonrpc": "2.0", "id": ID, "result": {"tools": 5}}"#,
        r#"{"jsonrpc": "2.0", "id": ID, "result": {"content": []}}"#,
        r#"{"jsonrpc": "2.0", "id": ID, "result": {"content": [{"type": "text", "text": "-1"}]}}"#,
        r#"{"jsonrpc": "2.0", "id": ID, "result": {"content": [{"type": "text", "text": "one"}]}}"#,
        r#"{"jsonrpc": "2.0", "id": ID, "result": {"structuredContent": {"a": 1, "b": 2}}}"#,
        r#"{"jsonrpc": "2.0", "id": ID, "result": {"content": [], "isError": true}}"#,
        r#"{"jsonrpc": "2.0", "id": ID, "error": {"code": -32602, "message": "is wrong"}}"#,
    ] {
        let error = instance
            .raw(&format!("{text}\n"), false)
            .expect_err("is none");
        assert!(matches!(error, CallError::Remote(_)), "{text}: {error}");
    }
    // What comes before an answer is passed over: greetings, and answers that nobody waits for.
    let late = r#"{"jsonrpc": "2.0", "id": 999, "result": {}}"#;
    let answer =
        r#"{"jsonrpc": "2.0", "id": ID, "result": {"content": [{"type": "text", "text": "7"}]}}"#;
    assert_eq!(
        instance.raw(&format!("hello\n\n{late}\n{answer}\n"), false),
        Ok(7)
    );
    assert_eq!(processes(&stub.log).len(), 1);
    drop(instance);
    stub.end();
}

#[test]
fn results_are_no_larger_than_they_may_be() {
    let Some(stub) = Stub::start("", |mcp| plain(mcp.message_bytes(10_000))) else {
        return;
    };
    let instance = load().expect("loads");
    assert_eq!(instance.large(9_000).expect("is small").len(), 9_000);
    let error = instance.large(11_000).expect_err("is large");
    assert!(matches!(error, CallError::Limit(_)), "{error}");
    let error = instance.say(&"x".repeat(11_000)).expect_err("is large");
    assert!(
        error.to_string().contains("more than 10000 bytes"),
        "{error}"
    );
    assert_eq!(instance.large(1).expect("is started again").len(), 1);
    drop(instance);
    stub.end();
}

#[test]
fn it_never_answers() {
    let deadline = Duration::from_secs(3);
    let Some(stub) = Stub::start("", |mcp| source(mcp, deadline)) else {
        return;
    };
    let instance = load_in_time();
    let error = instance.wait().expect_err("is late");
    assert!(matches!(error, CallError::Deadline(_)), "{error}");
    // It was told that nobody waits any more, and goes on.
    let is_told = || {
        heard(&stub.log)
            .iter()
            .any(|it| it == "notifications/cancelled")
    };
    eventually(is_told);
    assert_eq!(instance.say("still here"), Ok("still here".into()));
    assert_eq!(processes(&stub.log).len(), 1);
    drop(instance);
    stub.end();
}

#[test]
fn calls_go_on_at_the_same_time_and_can_be_cancelled() {
    let Some(stub) = Stub::start("", plain) else {
        return;
    };
    let instance = load().expect("loads");
    let waiting = instance.start().wait().expect("starts");
    eventually(|| heard(&stub.log).iter().any(|it| it == "waits"));
    assert_eq!(instance.say("beside it"), Ok("beside it".into()));
    waiting.cancel();
    let is_told = || {
        heard(&stub.log)
            .iter()
            .any(|it| it == "notifications/cancelled")
    };
    eventually(is_told);
    assert!(instance.is_alive());
    drop(instance);
    stub.end();
}

#[test]
fn it_reads_nothing_any_more() {
    let deadline = Duration::from_millis(500);
    let Some(stub) = Stub::start("", |mcp| source(mcp, deadline)) else {
        return;
    };
    let instance = load_in_time();
    let large = "x".repeat(1 << 20);
    let error = instance.deaf().expect_err("is late");
    assert!(matches!(error, CallError::Deadline(_)), "{error}");
    // Pipes are full after the first, and nothing waits longer than it may.
    for _ in 0..3 {
        let error = instance.say(&large).expect_err("is not read");
        assert!(matches!(error, CallError::Deadline(_)), "{error}");
    }
    drop(instance);
    stub.end();
}

#[test]
fn it_reads_nothing_for_too_long() {
    let reading = Duration::from_millis(500);
    let Some(stub) = Stub::start("", |mcp| plain(mcp.reading(reading))) else {
        return;
    };
    let instance = load().expect("loads");
    let waiting = instance.start().deaf().expect("starts");
    eventually(|| heard(&stub.log).iter().any(|it| it == "deaf"));
    let started = Instant::now();
    // All that waits is lost. What was not read to its end was not executed, which is not always told.
    let error = instance.say(&"x".repeat(1 << 20)).expect_err("is not read");
    let reason = error.to_string();
    assert!(reason.contains("did not read"), "{reason}");
    assert!(matches!(error, CallError::Unavailable(_)), "{error}");
    assert!(may_have_run(waiting.wait()));
    assert!(started.elapsed() < LONG / 2, "{:?}", started.elapsed());
    assert_eq!(instance.say("hi"), Ok("hi".into()));
    let [first, _second] = processes(&stub.log)[..] else {
        panic!("{:?}", processes(&stub.log));
    };
    eventually(|| !is_running(first));
    drop(instance);
    stub.end();
}

#[test]
fn it_asks_without_listening() {
    for mode in ["ask", "sample", "few"] {
        let reading = Duration::from_millis(500);
        let Some(stub) = Stub::start(mode, |mcp| plain(mcp.reading(reading))) else {
            return;
        };
        // It has listed its tools before.
        let instance = load().expect("loads");
        let started = Instant::now();
        let error = instance.say("hi").expect_err("is not heard");
        assert!(started.elapsed() < LONG / 2, "{mode}: {error}");
        assert!(
            matches!(error, CallError::Unavailable(_)),
            "{mode}: {error}"
        );
        // It is not listened to for ever: pipes take a few thousand questions and answers.
        let asks = heard(&stub.log).into_iter().filter(|it| it == "asks again");
        let asks = asks.count();
        assert!(asks <= 10, "{asks} times a thousand");
        let first = processes(&stub.log)[0];
        eventually(|| !is_running(first));
        // The next call starts another.
        instance.say("hi").expect_err("is not heard");
        assert!(processes(&stub.log).len() > 1, "{mode}");
        drop(instance);
        stub.end();
    }
}

#[test]
fn it_asks_much_and_listens() {
    let Some(stub) = Stub::start("polite", plain) else {
        return;
    };
    let instance = load().expect("loads");
    assert_eq!(instance.say("hi"), Ok("hi".into()));
    let count = |what: &str| heard(&stub.log).iter().filter(|it| *it == what).count();
    eventually(|| (count("answer"), count("refusal")) == (500, 500));
    assert_eq!(processes(&stub.log).len(), 1);
    drop(instance);
    stub.end();
}

#[test]
fn one_that_does_not_want_to_end_is_ended() {
    let Some(stub) = Stub::start("stubborn", plain) else {
        return;
    };
    let instance = load().expect("loads");
    assert_eq!(instance.say("hi"), Ok("hi".into()));
    drop(instance);
    stub.end();
}
