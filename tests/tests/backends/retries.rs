//! Peers that fail, and which calls are made again.

use crate::custom::{Office, OfficeInstance};
use crate::host;
use first_class::CallError;
use first_class::error::{Remote, Unavailable};
use first_class_host::Retry;
use first_class_host::backends::BackendError;
use std::time::Duration;

fn unreachable() -> BackendError {
    BackendError::Unreachable {
        message: "nobody answers".into(),
    }
}

fn lost() -> BackendError {
    BackendError::Lost {
        message: "the line broke".into(),
    }
}

fn retry() -> Retry {
    let ms = Duration::from_millis(1);
    Retry::default().attempts(3).pause(ms, ms)
}

fn unavailable(function: &str, message: &str, may_have_run: bool) -> CallError {
    CallError::from(Unavailable {
        source: "office".into(),
        function: function.into(),
        message: message.into(),
        may_have_run,
    })
}

#[test]
fn a_call_that_did_not_run_is_made_again() {
    let office = Office::default();
    host(&office, |source| source.retry(retry()));
    let instance = OfficeInstance::load("office").expect("loads");
    office.answer([unreachable(), unreachable()]);
    assert_eq!(instance.add(1), Ok(1));
    assert_eq!(office.calls(), 3);
    office.answer([unreachable(), unreachable(), unreachable()]);
    let error = unavailable("add", "nobody answers", false);
    assert_eq!(instance.add(1), Err(error));
    assert_eq!(office.calls(), 6);
    assert_eq!(instance.add(1), Ok(2));
}

#[test]
fn a_call_that_may_have_run_is_made_again_only_if_it_is_idempotent() {
    let office = Office::default();
    let retry = retry().idempotent(["fill"]).expect("are patterns");
    host(&office, |source| source.retry(retry));
    let instance = OfficeInstance::load("office").expect("loads");
    office.answer([lost()]);
    let error = unavailable("add", "the line broke", true);
    assert_eq!(instance.add(1), Err(error));
    assert_eq!(office.calls(), 1);
    office.answer([lost()]);
    assert_eq!(instance.fill(1), Ok(vec![7]));
    assert_eq!(office.calls(), 3);
    // What may have run once may have run, whatever comes after.
    office.answer([lost(), unreachable(), unreachable()]);
    let error = unavailable("fill", "nobody answers", true);
    assert_eq!(instance.fill(1), Err(error));
}

#[test]
fn nothing_is_waited_for_that_would_come_too_late() {
    let office = Office::default();
    let hour = Duration::from_secs(3600);
    host(&office, |source| source.retry(retry().pause(hour, hour)));
    let instance = OfficeInstance::load("office").expect("loads");
    office.answer([unreachable()]);
    let error = unavailable("add", "nobody answers", false);
    assert_eq!(instance.add(1), Err(error));
    assert_eq!(office.calls(), 1);
}

#[test]
fn what_a_peer_answers_is_told_and_not_asked_again() {
    let office = Office::default();
    host(&office, |source| source.retry(retry()));
    let instance = OfficeInstance::load("office").expect("loads");
    let failed = BackendError::Failed {
        message: "out of ink".into(),
    };
    let malformed = BackendError::Malformed {
        message: "it is a poem".into(),
    };
    office.answer([failed, malformed, BackendError::Unsupported]);
    for expected in ["out of ink", "what was sent is no result: it is a poem"] {
        let error = CallError::from(Remote {
            source: "office".into(),
            function: "add".into(),
            message: expected.into(),
        });
        assert_eq!(instance.add(1), Err(error));
    }
    let error = instance.add(1).expect_err("is not there");
    assert!(matches!(error, CallError::Unsupported(_)), "{error}");
    assert_eq!(office.calls(), 3);
    let large = BackendError::TooLarge { found: None };
    office.answer([large]);
    let error = instance.fill(1).expect_err("is too large");
    assert!(matches!(error, CallError::Limit(_)), "{error}");
    assert!(instance.is_alive());
}
