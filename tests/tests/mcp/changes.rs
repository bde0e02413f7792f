//! Servers that have other tools than before.

use crate::host;
use crate::stub::{StubInstance, processes, stub, tool, tools};
use first_class::CallError;
use serde_json::{Value as Json, json};

/// The tools with one changed.
fn with(changed: &str, into: Option<Json>) -> String {
    let others = tools().into_iter().filter(|it| it["name"] != changed);
    Json::from(others.chain(into).collect::<Vec<_>>()).to_string()
}

#[test]
fn a_tool_that_was_renamed_is_missed_with_and_without_a_word() {
    for loud in [true, false] {
        let Some(mcp) = stub("", &tools(), None) else {
            return;
        };
        let _shim = host([("stub", mcp)]);
        let instance = StubInstance::load("stub").expect("loads");
        assert_eq!(instance.say("hi"), Ok("hi".into()));
        let renamed = with(
            "say",
            Some(tool("tell", json!({"text": {"type": "string"}}))),
        );
        let renamed = instance.rename(&renamed, loud);
        assert!(renamed.is_ok(), "{renamed:?}");
        let error = instance.say("hi").expect_err("is gone");
        let CallError::Remote(remote) = &error else {
            panic!("{error}");
        };
        let expected = "its tools have changed: `say`: the server has no such tool; it has pid";
        assert!(remote.message.contains(expected), "{error}");
        assert!(StubInstance::load("stub").is_err());
        // Others are as they were, and it is there again when it is.
        assert!(instance.pid().is_ok());
        assert_eq!(instance.rename(&with("", None), true), Ok(()));
        assert_eq!(instance.say("hi"), Ok("hi".into()));
        assert!(StubInstance::load("stub").is_ok());
    }
}

#[test]
fn a_tool_that_takes_something_else_is_refused() {
    let Some(mcp) = stub("", &tools(), None) else {
        return;
    };
    let _shim = host([("stub", mcp)]);
    let instance = StubInstance::load("stub").expect("loads");
    let number = tool("say", json!({"text": {"type": "integer"}}));
    assert!(instance.rename(&with("say", Some(number)), true).is_ok());
    let error = instance.say("hi").expect_err("takes a number now");
    assert!(
        error
            .to_string()
            .contains("property `text`: expected string, found integer"),
        "{error}"
    );
}

#[test]
fn what_is_optional_comes_and_goes() {
    let directory = tempfile::tempdir().expect("a directory");
    let log = directory.path().join("log");
    let Some(mcp) = stub("", &tools(), Some(&log)) else {
        return;
    };
    let _shim = host([("stub", mcp)]);
    let instance = StubInstance::load("stub").expect("loads");
    assert!(!instance.supports_gone());
    assert!(matches!(instance.gone(), Err(CallError::Unsupported(_))));
    let with_it = with("", Some(tool("gone", json!({}))));
    assert!(instance.rename(&with_it, true).is_ok());
    let later = StubInstance::load("stub").expect("loads");
    assert!(later.supports_gone());
    assert!(instance.rename(&with("", None), false).is_ok());
    let error = later.gone().expect_err("is gone");
    assert!(matches!(error, CallError::Unsupported(_)), "{error}");
    assert_eq!(processes(&log).len(), 1);
}
