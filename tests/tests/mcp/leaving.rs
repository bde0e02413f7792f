//! Servers that go away, or fall silent, before or after a call.

use crate::stub::{StubInstance, processes, stub, tools};
use crate::{LONG, source};
use first_class::CallError;
use first_class_host::Shim;
use first_class_host::backends::mcp::Mcp;
use first_class_tests::eventually;
use serde_json::Value as Json;
use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

/// Makes a shim with a server that behaves in some way the host of this thread.
fn host(mode: &str, deadline: Duration, log: Option<&Path>) -> Option<Shim> {
    let mcp: Mcp = stub(mode, &tools(), log)?;
    let shim = Shim::builder().source("stub", source(mcp, deadline));
    let shim = shim.build().expect("builds");
    first_class_native::host_with(&shim);
    Some(shim)
}

/// An instance, as soon as the server has started.
fn load() -> StubInstance {
    let loaded = RefCell::new(None);
    eventually(|| {
        *loaded.borrow_mut() = StubInstance::load("stub").ok();
        loaded.borrow().is_some()
    });
    loaded.into_inner().expect("is there")
}

#[test]
fn it_closes_its_output_and_lives_on_under_load() {
    let directory = tempfile::tempdir().expect("a directory");
    let log = directory.path().join("log");
    // Calls come faster than the server is waited for.
    let Some(_shim) = host("closes", Duration::from_millis(200), Some(&log)) else {
        return;
    };
    let instance = load();
    eventually(|| {
        let error = instance.say("hi").expect_err("is not answered");
        assert!(
            matches!(
                error,
                CallError::Deadline(_) | CallError::Unavailable(_) | CallError::Dead(_)
            ),
            "{error}"
        );
        processes(&log).len() > 1
    });
}

#[test]
fn it_ends_when_it_is_asked_for_its_tools_before_a_call() {
    let Some(_shim) = host("leaves", LONG, None) else {
        return;
    };
    let instance = load();
    let same = Json::from(tools()).to_string();
    assert_eq!(instance.rename(&same, true), Ok(()));
    match instance.say("hi") {
        Err(CallError::Unavailable(it)) => {
            assert!(it.message.contains("exit status: 3"), "{}", it.message);
            assert!(!it.may_have_run);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_tool_said_is_told_although_its_server_falls_silent() {
    // Half of it is waited for.
    let Some(_shim) = host("once", Duration::from_secs(4), None) else {
        return;
    };
    let instance = load();
    let error = r#"{"jsonrpc": "2.0", "id": ID, "result": {"content": [{"type": "text", "text": "it is full"}], "isError": true}}"#;
    let error = instance.raw(&format!("{error}\n"), false);
    let error = error.expect_err("is one");
    assert!(matches!(error, CallError::Remote(_)), "{error}");
    assert!(error.to_string().contains("it is full"), "{error}");
}
